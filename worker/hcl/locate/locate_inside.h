/*
 * Locate inside: what the kinds of evidence share; the story stands in locate.h.
 *
 * hcl_locate asks one kind after the other, and the first that finds anything sure decides. A kind
 * is a function that calls locate_found for each resource it means; a new kind is a file of its own
 * and one line in hcl_locate.
 *
 * The index holds the managed resources of a root whose types the table knows, sorted by type and
 * address, each with what its identity arguments evaluate to, once asked. It is made once for a
 * root and lives in the repo's arena.
 */
#ifndef WORKER_HCL_LOCATE_LOCATE_INSIDE_H
#define WORKER_HCL_LOCATE_LOCATE_INSIDE_H

#include "worker/hcl/aws/arn_form.h"
#include "worker/hcl/eval/evaluate.h"
#include "worker/hcl/locate/locate.h"

/* The matches so far; n counts all, the first max of them are kept. */
struct finds {
    const struct hcl_module *root;
    const struct arn_pieces *arn; /* of the finding's ARN; NULL: it has none */
    struct hcl_match *out;
    size_t max;
    size_t n;
    const struct hcl_resource *last; /* the newest, kept or not */
    enum hcl_certainty certainty;    /* of what is found from now on */
};
/* instance NULL: the block as a whole; how lives as long as the repo, NULL when there was no memory
 * for it. Matches of one resource must follow one another. */
void locate_found(struct finds *finds, const struct hcl_resource *resource,
                  const struct hcl_instance *instance, const char *how);

/* Would a match of the resource be kept with its how? Texts for nobody would fill the arena. */
bool locate_keeps(const struct finds *finds, const struct hcl_resource *resource);

/* --- the kinds of evidence, in the order in which they are asked --- */
void locate_by_address(struct finds *finds, const char *address, const char *how);
void locate_by_place(struct finds *finds, const struct hcl_query *query, bool loosely);
void locate_by_import(struct finds *finds, const struct hcl_query *query);
/* Those that the ARN names for sure; with HCL_CANDIDATE those that it may name. type: what the
 * finding says it is, NULL unknown; of a function's it is no alias. */
void locate_by_arn(struct finds *finds, const char *arn, const char *type,
                   enum hcl_certainty certainty);
/* type NULL: any but those that only configure another. A provider that works elsewhere than the
 * finding's ARN says rules its resources out here too. */
void locate_by_name(struct finds *finds, const char *type, const char *name,
                    enum hcl_certainty certainty);

/* --- the index (locate_index.c) --- */
#define IDENTITY_MAX 6 /* identity arguments of a type */

struct located {
    const struct hcl_resource *resource;
    const struct hcl_type_row *row;
    const struct hcl_instance *instances;
    size_t n; /* of instances; ask locate_instances */
    bool is_known;
    const struct hcl_value **values; /* IDENTITY_MAX of each instance */
    bool may_be_told;                /* as hcl_may_be_told says of the root */
    /* Of each value: a values file for -var-file that may make it another, or NULL. */
    const struct hcl_file **told_otherwise;
    bool *has_values;            /* of each instance */
    struct argument **arguments; /* of each instance: others, once asked for */
    /* What its provider says; once asked for (locate_provider.c). */
    bool has_works;
    struct works {
        const struct hcl_value *region, *account_ids; /* NULL: nothing */
    } works;
};
/* What is known of a root, made once. */
struct root_index {
    const struct hcl_module *root;
    struct located *items;
    size_t n;
    const struct import_list *imports; /* locate_import.c; NULL: not yet asked for */
    struct root_index *next;
};
struct root_index *locate_root(const struct hcl_module *root); /* NULL without memory */
/* All of them, or those of a type. Without memory: none. */
size_t locate_index(const struct hcl_module *root, const char *type, struct located **out);
/* The item of a resource, found by its address; NULL: none. */
struct located *locate_indexed(const struct hcl_resource *resource);
size_t locate_instances(struct located *located);
/* What the k-th identity argument of the i-th instance holds; NULL: absent. */
const struct hcl_value *locate_identity(struct located *located, size_t i, size_t k);
/* The values file for -var-file that may make it another; NULL: none. */
const struct hcl_file *locate_told_otherwise(const struct located *located, size_t i, size_t k);
/* What any other argument of it holds; likewise. */
const struct hcl_value *locate_argument(struct located *located, size_t i, const char *argument);

/* --- how well a resource fits (locate_fit.c), worst first --- */
enum fit {
    FIT_NO,
    FIT_OPEN, /* nothing is known that speaks for or against it */
    FIT_PART, /* what is known of the value fits */
    FIT_YES,
};
struct text { /* not NUL-terminated */
    const char *at;
    size_t len;
};
/* What one instance's identity arguments say to a name. by_arn: only those that an ARN's name comes
 * from (the first, and the prefixes). how: in words, when it is not FIT_NO; NULL: not asked. */
enum fit locate_fits_name(struct located *located, size_t i, struct text name, bool by_arn,
                          const char **how);
/* What an instance says to an ARN's (or an import id's) parts. */
enum fit locate_fits_parts(struct located *located, size_t i, const struct arn_fit *fit,
                           const char **how);

/* The provider of the resource works elsewhere, and the code says so in so many words. arn NULL:
 * no.
 */
bool locate_is_elsewhere(const struct hcl_resource *resource, const struct arn_pieces *arn);

#endif
