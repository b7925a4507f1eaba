/* Module objects: what stands in a directory's files, and the tree of local children below it. */
#include <stdio.h>

#include "worker/hcl/eval.h"
#include "worker/hcl/module_inside.h"

#define LABEL_MAX 512

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
    for (size_t i = 0; i < module->n_calls; i++)
        if (str_eq(module->calls[i].name, name))
            return &module->calls[i];
    return NULL;
}

struct resource *module_resource(const struct hcl_module *module, const char *type,
                                 const char *name, bool is_data)
{
    for (size_t i = 0; i < module->n_resources; i++) {
        struct resource *resource = &module->resources[i];
        if (resource->open.is_data == is_data && str_eq(resource->open.name, name) &&
            str_eq(resource->open.type, type))
            return resource;
    }
    return NULL;
}

/* --- reading the blocks --- */

struct counts {
    size_t variables, locals, outputs, calls, resources;
};

static size_t attribute_count(const struct hcl_node *block)
{
    size_t n = 0;

    for (const struct hcl_node *at = hcl_block_body(block)->child; at != NULL; at = at->next)
        n += at->kind == HCL_ATTRIBUTE;
    return n;
}

static void count_blocks(const struct hcl_module *module, struct counts *counts)
{
    for (size_t i = 0; i < module->n_files; i++) {
        const struct hcl_file *file = module->files[i];
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, NULL, block)) != NULL) {
            counts->variables += hcl_name_is(file, block, "variable");
            counts->outputs += hcl_name_is(file, block, "output");
            counts->calls += hcl_name_is(file, block, "module");
            counts->resources +=
                hcl_name_is(file, block, "resource") || hcl_name_is(file, block, "data");
            if (hcl_name_is(file, block, "locals"))
                counts->locals += attribute_count(block);
        }
    }
}

static const char *label(struct hcl_repo *repo, const struct hcl_file *file,
                         const struct hcl_node *block, size_t i)
{
    char text[LABEL_MAX];

    return hcl_block_label(file, block, i, text, sizeof text) ? arena_text(repo->arena, text)
                                                              : NULL;
}

static void add_name(struct names *names, const char *name, const struct hcl_file *file,
                     const struct hcl_node *node)
{
    if (name != NULL)
        names->items[names->n++] = (struct named){.name = name, .file = file, .node = node};
}

static void add_locals(struct hcl_module *module, const struct hcl_file *file,
                       const struct hcl_node *block)
{
    for (const struct hcl_node *at = hcl_block_body(block)->child; at != NULL; at = at->next)
        if (at->kind == HCL_ATTRIBUTE)
            add_name(&module->locals,
                     arena_copy(module->repo->arena, file->bytes + at->name_start,
                                at->name_end - at->name_start),
                     file, at->child);
}

static void add_resource(struct hcl_module *module, const struct hcl_file *file,
                         const struct hcl_node *block, bool is_data)
{
    struct hcl_repo *repo = module->repo;
    const char *type = label(repo, file, block, 0);
    const char *name = label(repo, file, block, 1);

    if (type == NULL || name == NULL)
        return;
    const char *address =
        arena_print(repo->arena, "%s%s%s%s.%s", module->path, module->path[0] != '\0' ? "." : "",
                    is_data ? "data." : "", type, name);
    if (address == NULL)
        return;
    module->resources[module->n_resources++].open = (struct hcl_resource){
        .module = module,
        .file = file,
        .block = block,
        .address = address,
        .type = type,
        .name = name,
        .is_data = is_data,
        .has_count = hcl_attribute(file, block, "count") != NULL,
        .has_for_each = hcl_attribute(file, block, "for_each") != NULL,
    };
}

static void add_call(struct hcl_module *module, const struct hcl_file *file,
                     const struct hcl_node *block)
{
    const char *name = label(module->repo, file, block, 0);

    if (name != NULL)
        module->calls[module->n_calls++] =
            (struct module_call){.name = name, .file = file, .block = block};
}

static void add_block(struct hcl_module *module, const struct hcl_file *file,
                      const struct hcl_node *block)
{
    if (hcl_name_is(file, block, "variable"))
        add_name(&module->variables, label(module->repo, file, block, 0), file, block);
    else if (hcl_name_is(file, block, "output"))
        add_name(&module->outputs, label(module->repo, file, block, 0), file, block);
    else if (hcl_name_is(file, block, "locals"))
        add_locals(module, file, block);
    else if (hcl_name_is(file, block, "module"))
        add_call(module, file, block);
    else if (hcl_name_is(file, block, "resource"))
        add_resource(module, file, block, false);
    else if (hcl_name_is(file, block, "data"))
        add_resource(module, file, block, true);
}

static bool make_room(struct hcl_module *module, const struct counts *counts)
{
    struct arena *arena = module->repo->arena;

    module->variables.items = arena_alloc(arena, counts->variables * sizeof(struct named));
    module->locals.items = arena_alloc(arena, counts->locals * sizeof(struct named));
    module->outputs.items = arena_alloc(arena, counts->outputs * sizeof(struct named));
    module->calls = arena_alloc(arena, counts->calls * sizeof(struct module_call));
    module->resources = arena_alloc(arena, counts->resources * sizeof(struct resource));
    return module->variables.items != NULL && module->locals.items != NULL &&
           module->outputs.items != NULL && module->calls != NULL && module->resources != NULL;
}

static void sort_names(struct names *names)
{
    if (names->n > 1)
        qsort(names->items, names->n, sizeof *names->items, by_name);
}

static int read_blocks(struct hcl_module *module, struct err *err)
{
    struct counts counts = {0};

    count_blocks(module, &counts);
    if (!make_room(module, &counts))
        return err_nomem(err);
    for (size_t i = 0; i < module->n_files; i++) {
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(module->files[i], module->files[i]->body, NULL, block)) !=
               NULL)
            add_block(module, module->files[i], block);
    }
    sort_names(&module->variables);
    sort_names(&module->locals);
    sort_names(&module->outputs);
    return 0;
}

/* --- the files of a directory --- */

static bool is_override(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return str_eq(name, "override.tf") || str_eq(name, "override.tf.json") ||
           str_ends(name, "_override.tf") || str_ends(name, "_override.tf.json");
}

static bool is_configuration(const char *path)
{
    return str_ends(path, ".tf") || str_ends(path, ".tf.json");
}

/* Only these values files are read by terraform unasked, and only at a root. */
bool module_reads_values(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return str_eq(name, "terraform.tfvars") || str_eq(name, "terraform.tfvars.json") ||
           str_ends(name, ".auto.tfvars") || str_ends(name, ".auto.tfvars.json");
}

static int collect_files(struct hcl_module *module, struct err *err)
{
    const struct repo_dir *dir = module->dir;

    module->files = arena_alloc(module->repo->arena, dir->n * sizeof *module->files);
    if (module->files == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < dir->n; i++) {
        const struct repo_file *entry = dir->files[i];
        bool values = module->parent == NULL && module_reads_values(entry->path);
        if (!values && !is_configuration(entry->path))
            continue;
        if (entry->broken != NULL)
            return err_set(err, ERR_REJECT, "%s", entry->broken);
        if (is_override(entry->path))
            return err_set(err, ERR_REJECT,
                           "%s: the module uses override files, which are not followed; "
                           "move the overrides into the blocks they change",
                           entry->path);
        if (!values)
            module->files[module->n_files++] = entry->file;
    }
    return 0;
}

/* --- children --- */

static const char *outside(const struct hcl_module *module, const struct module_call *call,
                           const char *source, bool is_local)
{
    return arena_print(module->repo->arena, "module %s comes from %.200s%s", call->name,
                       source != NULL ? source : "a source that is not a plain text",
                       is_local ? ", which is not in this repository" : "");
}

/* Where the call leads; call->directory stays NULL when that is outside the repository. */
static const struct repo_dir *aim(struct hcl_module *module, struct module_call *call)
{
    struct hcl_repo *repo = module->repo;
    const struct hcl_node *source = hcl_attribute(call->file, call->block, "source");
    const char *text = source != NULL ? eval_literal_text(repo, call->file, source->child) : NULL;
    const struct repo_dir *dir = NULL;
    bool is_local = text != NULL && repo_source_is_local(text);

    if (is_local) {
        call->directory = repo_join(repo, module->dir->path, text);
        dir = call->directory != NULL ? repo_dir_find(repo, call->directory) : NULL;
    }
    if (dir != NULL && dir->has_tf)
        return dir;
    call->directory = NULL;
    call->outside = outside(module, call, text, is_local);
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
        const struct repo_dir *dir = aim(module, call);
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

int module_new(struct hcl_repo *repo, const struct repo_dir *dir, const struct hcl_module *parent,
               const struct module_call *call, struct hcl_instance *call_instance,
               struct hcl_module **out, struct err *err)
{
    if (repo->n_modules++ >= MODULES_MAX)
        return err_set(err, ERR_REJECT, "%s: more than %d module instances", dir->path,
                       MODULES_MAX);
    struct hcl_module *module = arena_alloc(repo->arena, sizeof *module);
    if (module == NULL)
        return err_nomem(err);
    module->repo = repo;
    module->dir = dir;
    module->parent = parent;
    module->call = call;
    module->call_instance = call_instance;
    module->root_directory = parent != NULL ? parent->root_directory : dir->path;
    module->nest = parent != NULL ? parent->nest + 1 : 0;
    if (name_module(module, call_instance) < 0)
        return err_nomem(err);

    int r = collect_files(module, err);
    if (r == 0)
        r = read_blocks(module, err);
    if (r == 0)
        r = link_children(module, err);
    if (r == 0)
        *out = module;
    return r;
}
