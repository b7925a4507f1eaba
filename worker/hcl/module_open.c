/* A module tree from outside: opening a root, and the plain questions of module.h. */
#include "worker/hcl/module_inside.h"

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
    return module->n_files;
}

const struct hcl_file *hcl_module_file(const struct hcl_module *module, size_t i)
{
    return i < module->n_files ? module->files[i] : NULL;
}

size_t hcl_resource_count(const struct hcl_module *root)
{
    return root->n_all;
}

const struct hcl_resource *hcl_resource_at(const struct hcl_module *root, size_t i)
{
    return i < root->n_all ? &root->all[i]->open : NULL;
}

/* Compares an address that may carry keys with one that carries none. */
static bool same_address(const char *with_keys, const char *plain)
{
    while (*with_keys != '\0') {
        if (*with_keys == '[') {
            bool quoted = false;
            for (; *with_keys != '\0' && (quoted || *with_keys != ']'); with_keys++) {
                if (*with_keys == '\\' && with_keys[1] != '\0')
                    with_keys++;
                else if (*with_keys == '"')
                    quoted = !quoted;
            }
            if (*with_keys++ == '\0')
                return false;
            continue;
        }
        if (*with_keys++ != *plain++)
            return false;
    }
    return *plain == '\0';
}

const struct hcl_resource *hcl_resource_find(const struct hcl_module *root, const char *address)
{
    for (size_t i = 0; i < root->n_all; i++)
        if (same_address(address, root->all[i]->open.address))
            return &root->all[i]->open;
    return NULL;
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

int hcl_module_open(struct hcl_repo *repo, const char *directory, struct hcl_module **out,
                    struct err *err)
{
    for (struct opened *at = repo->opened; at != NULL; at = at->next)
        if (str_eq(at->module->dir->path, directory)) {
            *out = at->module;
            return 0;
        }
    const struct repo_dir *dir = repo_dir_find(repo, directory);
    if (dir == NULL || !dir->has_tf)
        return err_set(err, ERR_REJECT, "no .tf files in %s",
                       directory[0] != '\0' ? directory : "the top directory");

    struct hcl_module *root = NULL;
    int r = module_new(repo, dir, NULL, NULL, NULL, &root, err);
    if (r < 0)
        return r;
    root->all = arena_alloc(repo->arena, tree_size(root) * sizeof *root->all);
    struct opened *opened = arena_alloc(repo->arena, sizeof *opened);
    if (root->all == NULL || opened == NULL)
        return err_nomem(err);
    list_tree(root, root);
    *opened = (struct opened){.module = root, .next = repo->opened};
    repo->opened = opened;
    *out = root;
    return 0;
}
