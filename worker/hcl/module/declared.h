/*
 * Declarations: what the files of one directory declare, as Terraform puts them together. Found
 * once per directory, and shared by all module objects that run it.
 *
 *     declared_open() -> items in file order, declared_find(), values_find()
 *
 * Two declarations of one name are refused, in terraform's words with both places. Override files
 * (override.tf, *_override.tf, and .json) are merged into what they override (override.c, merge.c).
 * Everything lives in the repo's arena.
 */
#ifndef WORKER_HCL_MODULE_DECLARED_H
#define WORKER_HCL_MODULE_DECLARED_H

#include "worker/hcl/module/module_inside.h"

/* clang-format off */
enum declared_kind {
    DECLARED_VARIABLE, DECLARED_LOCAL, DECLARED_OUTPUT, DECLARED_MODULE, DECLARED_RESOURCE,
    DECLARED_DATA, DECLARED_EPHEMERAL, DECLARED_PROVIDER, DECLARED_CHECK, DECLARED_PROVIDERS, DECLARED_BACKEND,
    DECLARED_KINDS,
};
/* clang-format on */

struct argument {
    const char *name; /* in the file's bytes, without a NUL */
    size_t len;
    const struct hcl_node *attribute;
};

struct declared {
    enum declared_kind kind;
    const char *type; /* of a resource or data source; a provider's name; else "" */
    const char *name; /* a provider's alias; "" where there is only one */
    const struct hcl_file *file;
    const struct hcl_node *node;       /* the block; of a local, its attribute */
    size_t file_at;                    /* among the files of the directory */
    size_t place;                      /* among those of its kind; resources and data are one */
    struct layer *layers;              /* the blocks that override it, in order */
    const struct hcl_place *overrides; /* the same, for module.h */
    size_t n_overrides;
    const struct argument *arguments; /* of a module call, sorted by name */
    size_t n_arguments;
};

struct layer {
    const struct hcl_file *file;
    const struct hcl_node *node;
    size_t file_at;
    struct layer *next;
};

/* What the values files say that terraform reads unasked; of equal names the one that counts. */
struct assigned {
    const char *name;
    const struct hcl_file *file;
    const struct hcl_node *attribute;
    size_t rank; /* of the file: larger wins */
};

struct declarations {
    const char *broken; /* why the directory cannot be used; NULL: it can */
    const struct hcl_file **files;
    size_t n_files;
    struct declared *items; /* in file order */
    size_t n;
    struct declared **sorted;      /* by kind, name and type */
    size_t counts[DECLARED_KINDS]; /* data count as DECLARED_RESOURCE */
    struct assigned *values;       /* sorted by name */
    size_t n_values;
    bool values_known;
    const struct hcl_file **requiring; /* those with required_providers, once asked for */
    size_t n_requiring;
};

/* The declarations of the directory, made when first asked for. ERR_REJECT: it cannot be used;
 * ERR_FATAL. */
int declared_open(struct hcl_repo *repo, struct repo_dir *dir, struct err *err) MUST_USE;
/* The same for the values files, which count at a root only. */
int declared_open_values(struct hcl_repo *repo, struct repo_dir *dir, struct err *err) MUST_USE;
/* May be NULL. */
const struct declared *declared_find(const struct declarations *in, enum declared_kind kind,
                                     const char *type, const char *name);
const struct assigned *declared_value(const struct declarations *in, const char *name);
bool declared_is_override(const char *path);

/* --- for declared.c, override.c and merge.c --- */
/* Goes through the declarations of a file; visit answers as this does: 0 or an error class. */
typedef int (*declared_visit_fn)(void *context, const struct declared *one, struct err *err);
int declared_walk(struct hcl_repo *repo, const struct hcl_file *file, size_t file_at,
                  declared_visit_fn visit, void *context, struct err *err) MUST_USE;
/* "path:line:column: …", ERR_REJECT. */
int declared_refuse(struct err *err, const struct hcl_file *file, const struct hcl_node *at,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* override.c: merges the override files of the directory into in->items. */
int override_all(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
                 struct err *err) MUST_USE;
/* merge.c: every item that has layers becomes one merged block, in a file of its own. */
int merge_all(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
              struct err *err) MUST_USE;

#endif
