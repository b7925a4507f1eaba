/*
 * Module view: a directory as Terraform sees it, from files in memory (git blobs); local child
 * modules are linked to their calls, remote ones are named (calls.h). What their expressions say
 * is evaluate.h's.
 *
 *     hcl_repo_new -> hcl_repo_add … -> hcl_repo_roots, hcl_module_open
 *         -> hcl_resource_at -> hcl_repo_free
 *
 * Everything below belongs to the repo and is read-only after hcl_module_open; one thread per repo.
 */
#ifndef WORKER_HCL_MODULE_MODULE_H
#define WORKER_HCL_MODULE_MODULE_H

#include "common/base.h"
#include "worker/hcl/syntax/tree.h"

struct hcl_repo;
struct hcl_module; /* one instance of a directory: the root, or one module call's child */

int hcl_repo_new(struct hcl_repo **out, struct err *err) MUST_USE;
void hcl_repo_free(struct hcl_repo *repo);
DEFINE_CLEANUP(struct hcl_repo *, hcl_repo_free)
/* Adds a .tf or .tfvars file, or one in JSON syntax (.tf.json, .tfvars.json); bytes are copied. A
 * file that does not parse is kept as broken: 0 is returned, and modules that need it say so.
 * Others are ignored. */
int hcl_repo_add(struct hcl_repo *repo, const char *path, const char *bytes, size_t len,
                 struct err *err) MUST_USE;
/* Is it such a file, by its path? */
bool hcl_repo_takes(const char *path);
/* Either may be NULL: the parsed file, or why it is broken. */
const struct hcl_file *hcl_repo_file(const struct hcl_repo *repo, const char *path);
const char *hcl_repo_broken(const struct hcl_repo *repo, const char *path);
/* The parsed ones only, sorted by path. */
size_t hcl_repo_file_count(const struct hcl_repo *repo);
const struct hcl_file *hcl_repo_file_at(const struct hcl_repo *repo, size_t i);

/* The i-th of all paths in order, broken ones included; NULL past the end. */
const char *hcl_repo_path(const struct hcl_repo *repo, size_t i);

/* Directories ("" is the top) with .tf files that no other directory calls as a local module, below
 * under ("" for all). out gets borrowed strings; answers how many there are (may exceed max). */
size_t hcl_repo_roots(const struct hcl_repo *repo, const char *under, const char **out, size_t max);
/* The root module of a directory with its tree of local children. ERR_REJECT: no .tf files there,
 * one is broken or cannot stand beside another (with its message), a module calls itself, or the
 * tree is too large; other roots can still be opened. ERR_FATAL. */
int hcl_module_open(struct hcl_repo *repo, const char *directory, struct hcl_module **out,
                    struct err *err) MUST_USE;

/* Frees what the roots opened so far have taken: modules, resources and values of theirs are gone,
 * the files stay, and roots can be opened again. No files are taken from then on. ERR_FATAL. */
int hcl_repo_forget_roots(struct hcl_repo *repo, struct err *err) MUST_USE;
/* How many bytes roots may still take. 0: something was refused already, so what was evaluated
 * since may be less than it is. */
size_t hcl_repo_left(const struct hcl_repo *repo);

const struct hcl_repo *hcl_module_repo(const struct hcl_module *module);
const char *hcl_module_path(const struct hcl_module *module); /* "" or "module.a.module.b" */
const char *hcl_module_directory(const struct hcl_module *module);
const struct hcl_module *hcl_module_parent(const struct hcl_module *module); /* NULL at the root */
size_t hcl_module_file_count(const struct hcl_module *module);
const struct hcl_file *hcl_module_file(const struct hcl_module *module, size_t i);

/* The expression of the module's own required_providers entry that counts, override files
 * included, with its file; NULL: there is none. */
const struct hcl_node *hcl_module_requires(const struct hcl_module *module, const char *provider,
                                           const struct hcl_file **file);

struct hcl_resource {
    const struct hcl_module *module;
    const struct hcl_file *file;
    const struct hcl_node *block;
    const char *address; /* without instance keys: "module.a.aws_s3_bucket.b"; "data.…" of data */
    const char *type;
    const char *name;
    bool is_data;
    bool has_count;
    bool has_for_each;
    /* Blocks of override files that are merged into block, in order: where they are written. The
     * file is then one of its own (source.h): read it, and edit what hcl_written says. */
    const struct hcl_place *overrides;
    size_t n_overrides;
};
/* Every resource and data source below the root, children included, in file order. */
size_t hcl_resource_count(const struct hcl_module *root);
const struct hcl_resource *hcl_resource_at(const struct hcl_module *root, size_t i);
/* Keys in the address are ignored. May be NULL. */
const struct hcl_resource *hcl_resource_find(const struct hcl_module *root, const char *address);

/* What the values files that terraform reads only when told to (-var-file) give a root's variable:
 * from *next on (0 at first), which moves along, the next expression, with its file; NULL at the
 * end. Those beside another root are left out. */
const struct hcl_node *hcl_other_values(const struct hcl_module *root, const char *variable,
                                        size_t *next, const struct hcl_file **file);

#endif
