/*
 * Module inside: what the files behind module.h share, and nobody else sees.
 *
 * A module object is a directory under one set of arguments. A call with count or for_each has its
 * shape (the child as written, whose each.* is not known) and, made when asked for, one module
 * object per key. Shapes are what module.h lists; the others are met through an instance.
 * Everything lives in the repo's arena and dies with it.
 */
#ifndef WORKER_HCL_MODULE_MODULE_INSIDE_H
#define WORKER_HCL_MODULE_MODULE_INSIDE_H

#include "common/arena.h"
#include "worker/hcl/eval/evaluate.h"

#define REPO_MAX_BYTES  ((size_t)96 * 1024 * 1024) /* of the arena: paths, modules and values */
#define REPO_MAX_FILES  50000
#define MODULES_MAX     5000   /* module objects of one root */
#define TREE_NAMES_MAX  300000 /* what they declare together */
#define MODULE_NEST_MAX 32
#define INSTANCES_MAX   10000
#define OVERRIDES_MAX   10000 /* blocks of override files in one directory */
#define LAYERS_MAX      256   /* those that override one block */
#define MERGED_MAX_BYTES                                                                           \
    ((size_t)64 * 1024 * 1024) /* of the files that take part, per directory                       \
                                */

struct repo_file {
    const char *path;
    const char *directory;
    struct hcl_file *file; /* NULL: broken, or none of Terraform's own syntax */
    const char *broken;    /* why, or NULL */
};

struct repo_dir {
    const char *path;
    struct repo_file **files; /* sorted by path */
    size_t n;
    size_t cap;
    bool has_tf;
    struct declarations *declared; /* once asked for (declared.h) */
    struct hcl_module *root;       /* once opened as one */
    bool called;                   /* as a local module (roots.c) */
    bool reaches;                  /* the directory that roots.c is asked about */
    bool declares;                 /* here or below: the type that roots.c is asked about */
};

struct module_use { /* a module block of one directory runs another */
    struct repo_dir *from, *to;
};

struct root_index; /* what locate keeps of a root (locate_index.c) */

struct hcl_repo {
    struct arena *arena;       /* what is allocated now: files_arena until a root is opened */
    struct arena *files_arena; /* of the files and directories, which outlive every root */
    struct repo_file **files;  /* sorted by path */
    size_t n_files, cap_files;
    struct hcl_file **parsed; /* likewise; those that are not broken */
    size_t n_parsed, cap_parsed;
    struct repo_dir **dirs; /* sorted by path */
    size_t n_dirs, cap_dirs;
    struct module_use *uses; /* learned by roots.c when first asked for */
    size_t n_uses, cap_uses;
    bool uses_known;
    struct root_index *indexes;
    struct reference_index *references; /* referrers.c */
    struct eval_memo *memo;             /* memo.h; owned */
    bool is_opened;                     /* a root was, so no more files are taken */
    int depth;                          /* of the evaluation that runs */
    const struct named *asked;          /* the innermost that is asked; may be NULL */
    size_t budget;                      /* node visits it has left */
    size_t floor;             /* of what the arena has left: below it the evaluation stops */
    struct type_table *types; /* value_type.c */
    struct frame *frame; /* made.h: what the expression that runs was made from; NULL: unasked */
    unsigned round;      /* made.c: walks so far */
};

enum named_state { NAMED_NEW, NAMED_BUSY, NAMED_DONE };

/* A variable, a local, an output or a tfvars assignment, with its value once it was asked for. */
struct named {
    const char *name;
    const struct hcl_file *file;
    const struct hcl_node *node; /* block, or the expression of a local */
    const struct hcl_value *value;
    enum named_state state;
    const char *word;          /* while it is asked: "local.", "var.", "output." */
    const struct named *asker; /* likewise: whose value is found out at that time; may be NULL */
};

struct names {
    struct named *items; /* sorted by name */
    size_t n;
};

struct resource {
    struct hcl_resource open;       /* what module.h shows; first, so that one pointer serves */
    struct hcl_instance *instances; /* in this module object alone */
    size_t n_instances;
    const struct hcl_value *spread_by; /* count or for_each, once known; NULL without */
    enum named_state state;
    struct hcl_instance *all; /* over all objects of the module, for hcl_instances */
    size_t n_all;
    bool all_known;
};

struct module_call {
    const struct declared *declared;
    const char *name;
    const struct hcl_file *file;
    const struct hcl_node *block;
    const char *source;  /* its text; NULL: not a plain text */
    const char *version; /* NULL: none */
    const char *outside; /* why there is no child: "module x comes from …" */
    const char *directory;
    struct hcl_module *shape; /* NULL when outside */
    struct hcl_module **objects;
    size_t n_objects;
    const struct hcl_value *spread_by; /* as in struct resource */
    enum named_state state;
};

struct tree_size { /* of a root with all objects below it */
    size_t modules, names;
};

struct hcl_module {
    struct hcl_repo *repo;
    struct tree_size *size; /* the root's, shared */
    const char *path;       /* "module.a.module.b" */
    const char *keyed;      /* the same with instance keys */
    struct repo_dir *dir;
    const char *root_directory;
    const struct hcl_module *parent;
    const struct hcl_module *shape; /* this directory's place in the listed tree; itself there */
    const struct module_call *call; /* in the parent; NULL at the root */
    struct hcl_instance *call_instance; /* each.* of the call; NULL in a shape and at the root */
    int nest;
    struct names variables, locals, outputs;
    struct module_call *calls;
    size_t n_calls;
    struct resource *resources; /* of this module alone, in file order */
    size_t n_resources;
    struct resource **all; /* the root's: children included */
    size_t n_all;
    struct typed *by_type; /* the root's managed ones (by_type.c) */
    size_t n_by_type;
    struct hcl_module **spread; /* all objects of a shape, once asked for */
    size_t n_spread;
};

/* --- repo.c --- */
struct repo_dir *repo_dir_find(const struct hcl_repo *repo, const char *path); /* may be NULL */
/* base joined with "./x" or "../x"; NULL when it leaves the repository. */
const char *repo_join(struct hcl_repo *repo, const char *base, const char *relative);
bool repo_source_is_local(const char *source);
bool repo_is_configuration(const char *path); /* .tf, .tf.json */
/* What a failure r becomes: a repository that needs more memory than one may have is at fault
 * itself (ERR_REJECT), not this process. */
int repo_failed(const struct hcl_repo *repo, int r, const char *path, struct err *err);

/* --- module.c --- */
/* One more object of call's directory below parent, its children included. */
int module_new(struct hcl_repo *repo, struct repo_dir *dir, const struct hcl_module *parent,
               const struct module_call *call, struct hcl_instance *call_instance,
               struct hcl_module **out, struct err *err) MUST_USE;
struct named *names_find(const struct names *names, const char *name); /* may be NULL */
struct module_call *module_call_find(const struct hcl_module *module, const char *name);
struct resource *module_resource(const struct hcl_module *module, const char *type,
                                 const char *name, bool is_data);

/* --- instances.c --- */
/* Of this module object alone. */
size_t resource_instances(struct resource *resource, const struct hcl_instance **out);
/* The objects of a call, one per key; a single one where the keys are not known. */
size_t call_objects(const struct hcl_module *module, struct module_call *call,
                    struct hcl_module *const **out);
/* As written between brackets: [0] or ["a"]. */
const char *instance_key_text(struct hcl_repo *repo, const struct hcl_value *key);

#endif
