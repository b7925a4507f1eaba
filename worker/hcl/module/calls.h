/*
 * Calls: which modules a tree calls, and where each comes from.
 *
 *     hcl_calls(root, out, max) -> out[i].source, .version, .kind, .child
 *
 * Nothing is fetched: a module that is not in the repository is named and left there. Answers
 * belong to the repo; one thread per repo.
 */
#ifndef WORKER_HCL_MODULE_CALLS_H
#define WORKER_HCL_MODULE_CALLS_H

#include "worker/hcl/module/module.h"

/* By the source, as developer.hashicorp.com/terraform/language/modules/sources tells them apart. */
/* clang-format off */
enum hcl_module_kind {
    HCL_MODULE_LOCAL,    /* "./x", "../x" */
    HCL_MODULE_REGISTRY, /* "namespace/name/system", with a host before it or not */
    HCL_MODULE_GIT,      /* "git::…", "git@…", and the short forms of two forges */
    HCL_MODULE_ARCHIVE,  /* over HTTP, or from a bucket ("s3::…", "gcs::…") */
    HCL_MODULE_OTHER,    /* any other text */
    HCL_MODULE_UNKNOWN,  /* no plain text */
};
/* clang-format on */

struct hcl_call {
    const struct hcl_module *caller;
    const char *name;
    const char *source;  /* as written; NULL: HCL_MODULE_UNKNOWN */
    const char *version; /* constraint as written; NULL: none */
    enum hcl_module_kind kind;
    const struct hcl_file *file;    /* where the call is written */
    const struct hcl_node *block;   /* its module block there */
    const struct hcl_module *child; /* of a local one that is in the repository, else NULL */
    const char *outside;            /* without a child: "module x comes from y version z" */
};
/* Every call below the root, children's calls behind their caller's. out gets up to max of them;
 * answers how many there are. */
size_t hcl_calls(const struct hcl_module *root, struct hcl_call *out, size_t max);
enum hcl_module_kind hcl_module_kind_of(const char *source); /* NULL is HCL_MODULE_UNKNOWN */
const char *hcl_module_kind_name(enum hcl_module_kind kind); /* "local", "registry" … */

/* --- inside --- */
struct module_call;
struct declarations;
/* The arguments of all calls of a directory, sorted: a call may have as many as its child has
 * variables, and each variable asks for its own. */
int calls_index(struct hcl_repo *repo, struct declarations *in, struct err *err) MUST_USE;
const struct hcl_node *call_argument(const struct module_call *call,
                                     const char *name); /* or NULL */
/* Reads source and version of the call's block. */
void call_read(struct hcl_repo *repo, struct module_call *call);
/* NULL without memory. */
const char *call_outside(struct hcl_repo *repo, const struct module_call *call, bool is_local);

#endif
