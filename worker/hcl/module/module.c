/* Module objects: what stands in a directory's files, and the tree of local children below it. */
#include "worker/hcl/module/calls.h"
#include "worker/hcl/module/declared.h"
#include "worker/hcl/eval/eval.h"

/* --- names --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

struct named *names_find(const struct names *names, const char *name)
{
    const struct named key = {.name = name};

    if (names->n == 0)
        return NULL;
    return bsearch(&key, names->items, names->n, sizeof key, by_name);
}

struct module_call *module_call_find(const struct hcl_module *module, const char *name)
{
    const struct declared *one = declared_find(module->dir->declared, DECLARED_MODULE, "", name);

    return one != NULL ? &module->calls[one->place] : NULL;
}

struct resource *module_resource(const struct hcl_module *module, const char *type,
                                 const char *name, bool is_data)
{
    const struct declared *one = declared_find(
        module->dir->declared, is_data ? DECLARED_DATA : DECLARED_RESOURCE, type, name);

    return one != NULL ? &module->resources[one->place] : NULL;
}

/* --- what is declared, made this module's own --- */

static bool add_resource(struct hcl_module *module, const struct declared *one)
{
    struct hcl_repo *repo = module->repo;
    bool is_data = one->kind == DECLARED_DATA;
    const char *address =
        arena_print(repo->arena, "%s%s%s%s.%s", module->path, module->path[0] != '\0' ? "." : "",
                    is_data ? "data." : "", one->type, one->name);

    if (address == NULL)
        return false;
    module->resources[one->place].open = (struct hcl_resource){
        .module = module,
        .file = one->file,
        .block = one->node,
        .address = address,
        .type = one->type,
        .name = one->name,
        .is_data = is_data,
        .has_count = hcl_attribute(one->file, one->node, "count") != NULL,
        .has_for_each = hcl_attribute(one->file, one->node, "for_each") != NULL,
        .overrides = one->overrides,
        .n_overrides = one->n_overrides,
    };
    return true;
}

static bool add_items(struct hcl_module *module, const struct declarations *in)
{
    bool added = true;

    for (size_t i = 0; i < in->n && added; i++) {
        const struct declared *one = &in->items[i];
        if (one->kind == DECLARED_RESOURCE || one->kind == DECLARED_DATA)
            added = add_resource(module, one);
        else if (one->kind == DECLARED_MODULE)
            module->calls[one->place] = (struct module_call){
                .declared = one, .name = one->name, .file = one->file, .block = one->node};
    }
    return added;
}

/* Those of one kind, which stand together in the order of names. */
static bool add_names(struct hcl_module *module, struct names *names, enum declared_kind kind,
                      size_t *next)
{
    const struct declarations *in = module->dir->declared;

    names->n = in->counts[kind];
    names->items = arena_alloc(module->repo->arena, (names->n + 1) * sizeof *names->items);
    for (size_t i = 0; i < names->n && names->items != NULL; i++) {
        const struct declared *one = in->sorted[(*next)++];
        names->items[i] =
            (struct named){.name = one->name,
                           .file = one->file,
                           .node = kind == DECLARED_LOCAL ? one->node->child : one->node};
    }
    return names->items != NULL;
}

static int read_blocks(struct hcl_module *module, struct err *err)
{
    const struct declarations *in = module->dir->declared;
    struct arena *arena = module->repo->arena;
    size_t next = 0;

    module->n_calls = in->counts[DECLARED_MODULE];
    module->n_resources = in->counts[DECLARED_RESOURCE];
    module->calls = arena_alloc(arena, (module->n_calls + 1) * sizeof *module->calls);
    module->resources = arena_alloc(arena, (module->n_resources + 1) * sizeof *module->resources);
    if (module->calls == NULL || module->resources == NULL || !add_items(module, in) ||
        !add_names(module, &module->variables, DECLARED_VARIABLE, &next) ||
        !add_names(module, &module->locals, DECLARED_LOCAL, &next) ||
        !add_names(module, &module->outputs, DECLARED_OUTPUT, &next))
        return err_nomem(err);
    return 0;
}

/* --- children --- */

/* Where the call leads; call->directory stays NULL when that is outside the repository. */
static struct repo_dir *aim(struct hcl_module *module, struct module_call *call)
{
    struct hcl_repo *repo = module->repo;
    struct repo_dir *dir = NULL;
    bool is_local;

    call_read(repo, call);
    is_local = call->source != NULL && repo_source_is_local(call->source);
    if (is_local) {
        call->directory = repo_join(repo, module->dir->path, call->source);
        dir = call->directory != NULL ? repo_dir_find(repo, call->directory) : NULL;
    }
    if (dir != NULL && dir->has_tf)
        return dir;
    call->directory = NULL;
    call->outside = call_outside(repo, call, is_local);
    return NULL;
}

static bool is_above(const struct hcl_module *module, const struct repo_dir *dir)
{
    for (; module != NULL; module = module->parent)
        if (module->dir == dir)
            return true;
    return false;
}

static int link_children(struct hcl_module *module, struct err *err)
{
    for (size_t i = 0; i < module->n_calls; i++) {
        struct module_call *call = &module->calls[i];
        struct repo_dir *dir = aim(module, call);
        if (dir == NULL)
            continue;
        if (is_above(module, dir) || module->nest >= MODULE_NEST_MAX)
            return err_set(err, ERR_REJECT, "%s: module %s calls itself, or nests deeper than %d",
                           call->file->path, call->name, MODULE_NEST_MAX);
        int r = module_new(module->repo, dir, module, call, NULL, &call->shape, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* --- making one --- */

static int name_module(struct hcl_module *module, const struct hcl_instance *instance)
{
    const struct hcl_module *parent = module->parent;
    struct arena *arena = module->repo->arena;

    module->path = "";
    module->keyed = "";
    module->shape = module;
    if (parent == NULL)
        return 0;
    const char *name = module->call->name;
    const char *dot = parent->path[0] != '\0' ? "." : "";
    module->path = arena_print(arena, "%s%smodule.%s", parent->path, dot, name);
    module->keyed = arena_print(arena, "%s%smodule.%s%s", parent->keyed, dot, name,
                                instance != NULL ? instance->key : "");
    if (instance != NULL || parent->shape != parent) {
        const struct module_call *call = module_call_find(parent->shape, name);
        if (call != NULL && call->shape != NULL)
            module->shape = call->shape;
    }
    return module->path != NULL && module->keyed != NULL ? 0 : -1;
}

/* Modules may double at every level, and each object has its own copy of what is declared. */
static int count_in_tree(const struct hcl_module *module, struct err *err)
{
    const char *directory = module->root_directory;
    struct tree_size *size = module->size;

    size->names += module->dir->declared->n;
    if (size->names > TREE_NAMES_MAX)
        return err_set(err, ERR_REJECT, "%s: the modules of %s declare more than %d names",
                       module->dir->path, directory[0] != '\0' ? directory : "the top directory",
                       TREE_NAMES_MAX);
    return 0;
}

int module_new(struct hcl_repo *repo, struct repo_dir *dir, const struct hcl_module *parent,
               const struct module_call *call, struct hcl_instance *call_instance,
               struct hcl_module **out, struct err *err)
{
    struct tree_size *size = parent != NULL ? parent->size : arena_alloc(repo->arena, sizeof *size);
    struct hcl_module *module = arena_alloc(repo->arena, sizeof *module);
    if (size == NULL || module == NULL)
        return err_nomem(err);
    if (size->modules++ >= MODULES_MAX)
        return err_set(err, ERR_REJECT, "%s: more than %d module instances", dir->path,
                       MODULES_MAX);
    module->repo = repo;
    module->size = size;
    module->dir = dir;
    module->parent = parent;
    module->call = call;
    module->call_instance = call_instance;
    module->root_directory = parent != NULL ? parent->root_directory : dir->path;
    module->nest = parent != NULL ? parent->nest + 1 : 0;
    if (name_module(module, call_instance) < 0)
        return err_nomem(err);

    int r = declared_open(repo, dir, err);
    if (r == 0 && parent == NULL)
        r = declared_open_values(repo, dir, err);
    if (r == 0)
        r = count_in_tree(module, err);
    if (r == 0)
        r = read_blocks(module, err);
    if (r == 0)
        r = link_children(module, err);
    if (r == 0)
        *out = module;
    return r;
}
