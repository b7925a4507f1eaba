/*
 * Override files: which blocks change which, by Terraform's rules
 * (developer.hashicorp.com/terraform/language/files/override, held against terraform 1.11). They
 * are taken in order of their names, after all other files, and may only change what those declare.
 * How blocks are put together stands in merge.c.
 */
#include "worker/hcl/module/declared.h"

bool declared_is_override(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return str_eq(name, "override.tf") || str_eq(name, "override.tf.json") ||
           str_ends(name, "_override.tf") || str_ends(name, "_override.tf.json");
}

struct overriding {
    struct hcl_repo *repo;
    struct declarations *in;
    size_t n_layers;
};

static int refuse_missing(const struct declared *one, struct err *err)
{
    static const char only[] = "an override file can only override what a primary "
                               "configuration file declares";
    const char *noun = one->kind == DECLARED_DATA ? "data resource" : "resource";

    switch (one->kind) {
    case DECLARED_VARIABLE:
        return declared_refuse(err, one->file, one->node,
                               "Missing base variable declaration to override: there is no "
                               "variable named \"%.60s\"; %s",
                               one->name, only);
    case DECLARED_LOCAL:
        return declared_refuse(err, one->file, one->node,
                               "Missing base local value definition to override: there is no local "
                               "value named \"%.60s\"; %s",
                               one->name, only);
    case DECLARED_OUTPUT:
        return declared_refuse(err, one->file, one->node,
                               "Missing base output definition to override: there is no output "
                               "named \"%.60s\"; %s",
                               one->name, only);
    case DECLARED_MODULE:
        return declared_refuse(err, one->file, one->node,
                               "Missing module call to override: there is no module call named "
                               "\"%.60s\"; %s",
                               one->name, only);
    case DECLARED_PROVIDER:
        return declared_refuse(
            err, one->file, one->node,
            "Missing base provider configuration for override: there is no %.40s "
            "provider configuration with the alias \"%.40s\"; %s",
            one->type, one->name, only);
    default:
        return declared_refuse(err, one->file, one->node,
                               "Missing %s to override: there is no %.60s %s named \"%.60s\"; %s",
                               noun, one->type, noun, one->name, only);
    }
}

static int refuse_blocks(const struct hcl_file *file, const struct hcl_node *body, const char *type,
                         struct err *err)
{
    const struct hcl_node *block = hcl_block_next(file, body, type, NULL);

    return block == NULL ? 0
                         : declared_refuse(err, file, block,
                                           "Can't override %s blocks: override files cannot "
                                           "override them",
                                           type);
}

static int refuse_conditions(const struct declared *one, struct err *err)
{
    const struct hcl_node *lifecycle = hcl_block_next(one->file, one->node, "lifecycle", NULL);
    int r = 0;

    if (lifecycle != NULL)
        r = refuse_blocks(one->file, lifecycle, "precondition", err);
    if (lifecycle != NULL && r == 0)
        r = refuse_blocks(one->file, lifecycle, "postcondition", err);
    return r;
}

/* What Terraform does not let a block of an override file say. */
static int refuse_forbidden(const struct declared *one, struct err *err)
{
    bool has_order = one->kind == DECLARED_RESOURCE || one->kind == DECLARED_DATA ||
                     one->kind == DECLARED_OUTPUT || one->kind == DECLARED_MODULE;
    const struct hcl_node *order = hcl_attribute(one->file, one->node, "depends_on");

    if (has_order && order != NULL)
        return declared_refuse(err, one->file, order,
                               "Unsupported override: the depends_on argument may not be "
                               "overridden");
    if (one->kind == DECLARED_VARIABLE)
        return refuse_blocks(one->file, one->node, "validation", err);
    if (one->kind == DECLARED_OUTPUT)
        return refuse_blocks(one->file, one->node, "precondition", err);
    return one->kind == DECLARED_LOCAL ? 0 : refuse_conditions(one, err);
}

static int add_layer(struct overriding *overriding, struct declared *base,
                     const struct declared *one, struct err *err)
{
    struct layer *layer = arena_alloc(overriding->repo->arena, sizeof *layer);
    struct layer **end = &base->layers;

    if (layer == NULL)
        return err_nomem(err);
    if (overriding->n_layers++ >= OVERRIDES_MAX)
        return declared_refuse(err, one->file, one->node,
                               "more than %d blocks of override files in one directory",
                               OVERRIDES_MAX);
    if (base->n_overrides >= LAYERS_MAX)
        return declared_refuse(err, one->file, one->node,
                               "more than %d blocks of override files change one block",
                               LAYERS_MAX);
    *layer = (struct layer){one->file, one->node, one->file_at, NULL};
    while (*end != NULL)
        end = &(*end)->next;
    *end = layer;
    base->n_overrides++;
    return 0;
}

static int override_one(void *context, const struct declared *one, struct err *err)
{
    struct overriding *overriding = context;
    struct declared *base;
    int r;

    /* terraform 1.11 passes over an ephemeral block in an override file. */
    if (one->kind == DECLARED_PROVIDERS || one->kind == DECLARED_BACKEND ||
        one->kind == DECLARED_EPHEMERAL)
        return 0;
    if (one->kind == DECLARED_CHECK)
        return declared_refuse(err, one->file, one->node,
                               "Can't override check blocks: override files cannot override them");
    base = (struct declared *)declared_find(overriding->in, one->kind, one->type, one->name);
    if (base == NULL)
        return one->kind == DECLARED_PROVIDER && one->name[0] == '\0' ? 0
                                                                      : refuse_missing(one, err);
    r = refuse_forbidden(one, err);
    if (r < 0 || one->kind != DECLARED_LOCAL)
        return r < 0 ? r : add_layer(overriding, base, one, err);
    base->file = one->file;
    base->node = one->node;
    return 0;
}

/* Records of what was moved or imported stand in other files only. */
static int refuse_records(const struct hcl_file *file, struct err *err)
{
    static const char *const types[] = {"moved", "import"};

    for (size_t i = 0; i < COUNT(types); i++) {
        const struct hcl_node *block = hcl_block_next(file, file->body, types[i], NULL);
        if (block != NULL)
            return declared_refuse(err, file, block,
                                   "Cannot override '%s' blocks: they can appear only in normal "
                                   "files, not in override files",
                                   types[i]);
    }
    return 0;
}

int override_all(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
                 struct err *err)
{
    struct overriding overriding = {.repo = repo, .in = in};
    int r = 0;

    for (size_t i = 0; i < dir->n && r == 0; i++) {
        const struct repo_file *entry = dir->files[i];
        if (!repo_is_configuration(entry->path) || !declared_is_override(entry->path))
            continue;
        r = refuse_records(entry->file, err);
        if (r == 0)
            r = declared_walk(repo, entry->file, i, override_one, &overriding, err);
    }
    return r == 0 && overriding.n_layers > 0 ? merge_all(repo, dir, in, err) : r;
}
