/* A module tree from outside: opening a root, and the plain questions of module.h. */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/module/by_type.h"
#include "worker/hcl/module/declared.h"

const struct hcl_repo *hcl_module_repo(const struct hcl_module *module)
{
    return module->repo;
}

const char *hcl_module_path(const struct hcl_module *module)
{
    return module->path;
}

const char *hcl_module_directory(const struct hcl_module *module)
{
    return module->dir->path;
}

const struct hcl_module *hcl_module_parent(const struct hcl_module *module)
{
    return module->parent;
}

size_t hcl_module_file_count(const struct hcl_module *module)
{
    return module->dir->declared->n_files;
}

const struct hcl_file *hcl_module_file(const struct hcl_module *module, size_t i)
{
    const struct declarations *in = module->dir->declared;

    return i < in->n_files ? in->files[i] : NULL;
}

static const struct hcl_node *required_in(const struct hcl_file *file, const char *provider)
{
    const struct hcl_node *found = NULL;
    const struct hcl_node *block = NULL;

    while (found == NULL &&
           (block = hcl_block_next(file, file->body, "terraform", block)) != NULL) {
        const struct hcl_node *required = hcl_block_next(file, block, "required_providers", NULL);
        if (required != NULL)
            found = hcl_attribute(file, required, provider);
    }
    return found != NULL ? found->child : NULL;
}

static bool has_requirements(const struct hcl_file *file)
{
    const struct hcl_node *block = NULL;

    while ((block = hcl_block_next(file, file->body, "terraform", block)) != NULL) {
        if (hcl_block_next(file, block, "required_providers", NULL) != NULL)
            return true;
    }
    return false;
}

/* Asked for every resource of a scan: one walk over the files is enough. */
static size_t requiring_files(const struct hcl_module *module, const struct hcl_file ***out)
{
    struct declarations *in = module->dir->declared;
    const struct hcl_file **files = in->requiring;

    if (files == NULL)
        files = arena_alloc(module->repo->arena, (in->n_files + 1) * sizeof *files);
    if (files == NULL) {
        *out = in->files;
        return in->n_files;
    }
    for (size_t i = 0; i < in->n_files && in->requiring == NULL; i++) {
        if (has_requirements(in->files[i]))
            files[in->n_requiring++] = in->files[i];
    }
    *out = in->requiring = files;
    return in->n_requiring;
}

/* The last entry in the override files, or in the others. Each entry counts for itself. */
static const struct hcl_node *required_by(const struct hcl_module *module, const char *provider,
                                          bool in_overrides, const struct hcl_file **file)
{
    const struct hcl_file **files = NULL;
    size_t n = requiring_files(module, &files);
    const struct hcl_node *best = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct hcl_node *found = declared_is_override(files[i]->path) == in_overrides
                                           ? required_in(files[i], provider)
                                           : NULL;
        if (found == NULL)
            continue;
        best = found;
        *file = files[i];
    }
    return best;
}

const struct hcl_node *hcl_module_requires(const struct hcl_module *module, const char *provider,
                                           const struct hcl_file **file)
{
    const struct hcl_node *best = required_by(module, provider, false, file);
    const struct hcl_node *over = required_by(module, provider, true, file);

    return over != NULL ? over : best;
}

size_t hcl_resource_count(const struct hcl_module *root)
{
    return root->n_all;
}

const struct hcl_resource *hcl_resource_at(const struct hcl_module *root, size_t i)
{
    return i < root->n_all ? &root->all[i]->open : NULL;
}

/* The end of the key that begins at '['; NULL when it has none. */
static const char *key_end(const char *at)
{
    bool quoted = false;

    for (; *at != '\0' && (quoted || *at != ']'); at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '"')
            quoted = !quoted;
    }
    return *at == ']' ? at + 1 : NULL;
}

/* The next name of the address, without its key; false when it has none. */
static bool next_name(const char **address, char *out, size_t size)
{
    size_t len = strcspn(*address, ".[");

    if (len == 0 || len >= size)
        return false;
    memcpy(out, *address, len);
    out[len] = '\0';
    *address += len;
    while (**address == '[') {
        *address = key_end(*address);
        if (*address == NULL)
            return false;
    }
    if (**address == '.')
        (*address)++;
    else if (**address != '\0')
        return false;
    return true;
}

const struct hcl_resource *hcl_resource_find(const struct hcl_module *root, const char *address)
{
    char type[NAME_BYTES_MAX];
    char name[NAME_BYTES_MAX];
    bool is_data;

    for (;;) {
        if (!next_name(&address, type, sizeof type))
            return NULL;
        is_data = str_eq(type, "data");
        if (is_data && !next_name(&address, type, sizeof type))
            return NULL;
        if (!next_name(&address, name, sizeof name))
            return NULL;
        if (is_data || !str_eq(type, "module"))
            break;
        const struct module_call *call = module_call_find(root, name);
        root = call != NULL ? call->shape : NULL;
        if (root == NULL)
            return NULL;
    }
    const struct resource *found = module_resource(root, type, name, is_data);
    return found != NULL && *address == '\0' ? &found->open : NULL;
}

static size_t tree_size(const struct hcl_module *module)
{
    size_t n = module->n_resources;

    for (size_t i = 0; i < module->n_calls; i++)
        if (module->calls[i].shape != NULL)
            n += tree_size(module->calls[i].shape);
    return n;
}

static void list_tree(const struct hcl_module *module, struct hcl_module *root)
{
    for (size_t i = 0; i < module->n_resources; i++)
        root->all[root->n_all++] = &module->resources[i];
    for (size_t i = 0; i < module->n_calls; i++)
        if (module->calls[i].shape != NULL)
            list_tree(module->calls[i].shape, root);
}

static int open_root(struct hcl_repo *repo, struct repo_dir *dir, struct err *err)
{
    struct hcl_module *root = NULL;
    int r = module_new(repo, dir, NULL, NULL, NULL, &root, err);

    if (r < 0)
        return r;
    root->all = arena_alloc(repo->arena, tree_size(root) * sizeof *root->all);
    if (root->all == NULL)
        return err_nomem(err);
    list_tree(root, root);
    r = by_type_make(root, err);
    if (r < 0)
        return r;
    dir->root = root;
    repo->is_opened = true;
    return 0;
}

int hcl_module_open(struct hcl_repo *repo, const char *directory, struct hcl_module **out,
                    struct err *err)
{
    struct repo_dir *dir = repo_dir_find(repo, directory);
    int r = 0;

    if (dir == NULL || !dir->has_tf)
        return err_set(err, ERR_REJECT, "no .tf files in %s",
                       directory[0] != '\0' ? directory : "the top directory");
    if (dir->root == NULL)
        r = repo_failed(repo, open_root(repo, dir, err), dir->path, err);
    if (r == 0)
        *out = dir->root;
    return r;
}
