/*
 * Who calls which directory; the story stands in roots.h. The calls are learned once: a repo takes
 * no more files after a module was opened, and forgets them when it takes one before that.
 */
#include "worker/hcl/module/roots.h"

#include "worker/hcl/eval/eval.h"
#include "worker/hcl/module/module_inside.h"

/* --- the calls --- */

static struct repo_dir *dir_used(struct hcl_repo *repo, const struct repo_file *entry,
                                 const struct hcl_node *block)
{
    const struct hcl_node *source = hcl_attribute(entry->file, block, "source");
    const char *text = source != NULL ? eval_literal_text(repo, entry->file, source->child) : NULL;
    const char *path;

    if (text == NULL || !repo_source_is_local(text))
        return NULL;
    path = repo_join(repo, entry->directory, text);
    return path != NULL && !str_eq(path, entry->directory) ? repo_dir_find(repo, path) : NULL;
}

static int use_keep(struct hcl_repo *repo, struct repo_dir *from, struct repo_dir *to,
                    struct err *err)
{
    to->called = true;
    if (repo->n_uses == repo->cap_uses) {
        size_t wider = repo->cap_uses == 0 ? 64 : repo->cap_uses * 2;
        struct module_use *grown = reallocarray(repo->uses, wider, sizeof *grown);

        if (grown == NULL)
            return err_nomem(err);
        repo->uses = grown;
        repo->cap_uses = wider;
    }
    repo->uses[repo->n_uses++] = (struct module_use){from, to};
    return 0;
}

static int uses_of_file(struct hcl_repo *repo, struct repo_dir *from, const struct repo_file *entry,
                        struct err *err)
{
    const struct hcl_node *block = NULL;
    int r = 0;

    while (r == 0 &&
           (block = hcl_block_next(entry->file, entry->file->body, "module", block)) != NULL) {
        struct repo_dir *to = dir_used(repo, entry, block);

        if (to != NULL)
            r = use_keep(repo, from, to, err);
    }
    return r;
}

static int uses_learn(struct hcl_repo *repo, struct err *err)
{
    int r = 0;

    if (repo->uses_known)
        return 0;
    repo->n_uses = 0;
    for (size_t i = 0; i < repo->n_dirs; i++)
        repo->dirs[i]->called = false;
    for (size_t i = 0; i < repo->n_dirs && r == 0; i++) {
        struct repo_dir *dir = repo->dirs[i];

        for (size_t k = 0; k < dir->n && r == 0; k++)
            if (dir->files[k]->file != NULL && repo_is_configuration(dir->files[k]->path))
                r = uses_of_file(repo, dir, dir->files[k], err);
    }
    repo->uses_known = r == 0;
    return r;
}

/* --- the roots --- */

static bool is_under(const char *path, const char *under)
{
    size_t len = strlen(under);

    while (len > 0 && under[len - 1] == '/')
        len--;
    return len == 0 || (strncmp(path, under, len) == 0 && (path[len] == '\0' || path[len] == '/'));
}

size_t hcl_repo_roots(const struct hcl_repo *repo, const char *under, const char **out, size_t max)
{
    struct err err;
    size_t n = 0;

    /* Without memory some calls are not seen, and the walk that follows says so. */
    (void)uses_learn((struct hcl_repo *)repo, &err);
    for (size_t i = 0; i < repo->n_dirs; i++) {
        const struct repo_dir *dir = repo->dirs[i];
        if (!dir->has_tf || dir->called || !is_under(dir->path, under))
            continue;
        if (n < max)
            out[n] = dir->path;
        n++;
    }
    return n;
}

/* What a directory reaches or declares, its callers do too. One round per level of modules; deeper
 * ones than a module tree may have are not opened either. */
static void mark_callers(struct hcl_repo *repo)
{
    bool grown = true;

    for (int round = 0; grown && round < MODULE_NEST_MAX; round++) {
        grown = false;
        for (size_t i = 0; i < repo->n_uses; i++) {
            const struct repo_dir *to = repo->uses[i].to;
            struct repo_dir *from = repo->uses[i].from;

            if ((!to->reaches || from->reaches) && (!to->declares || from->declares))
                continue;
            from->reaches = from->reaches || to->reaches;
            from->declares = from->declares || to->declares;
            grown = true;
        }
    }
}

static void mark_reaching(struct hcl_repo *repo, struct repo_dir *target)
{
    for (size_t i = 0; i < repo->n_dirs; i++)
        repo->dirs[i]->reaches = repo->dirs[i]->declares = false;
    target->reaches = true;
    mark_callers(repo);
}

static bool file_declares(const struct hcl_file *file, const char *type)
{
    const struct hcl_node *block = NULL;
    char label[NAME_BYTES_MAX];

    while ((block = hcl_block_next(file, file->body, "resource", block)) != NULL)
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, type))
            return true;
    return false;
}

static void mark_declaring(struct hcl_repo *repo, const char *type)
{
    for (size_t i = 0; i < repo->n_dirs; i++) {
        struct repo_dir *dir = repo->dirs[i];

        for (size_t k = 0; k < dir->n && !dir->declares; k++)
            dir->declares = dir->files[k]->file != NULL &&
                            repo_is_configuration(dir->files[k]->path) &&
                            file_declares(dir->files[k]->file, type);
    }
    mark_callers(repo);
}

static bool is_other_root(const struct repo_dir *dir, const struct repo_dir *root)
{
    return dir->reaches && dir->has_tf && !dir->called && dir != root;
}

static void roots_add(struct hcl_roots *roots, const char *directory)
{
    for (size_t i = 0; i < roots->n; i++)
        if (str_eq(roots->items[i], directory))
            return;
    if (roots->n < COUNT(roots->items))
        roots->items[roots->n++] = directory;
    else
        roots->n_more++;
}

int hcl_other_roots(const struct hcl_module *root, const char *path, struct hcl_roots *out,
                    struct err *err)
{
    struct hcl_repo *repo = root->repo;
    const char *slash = strrchr(path, '/');
    const char *directory =
        arena_copy(repo->arena, path, slash != NULL ? (size_t)(slash - path) : 0);
    struct repo_dir *target;
    int r;

    if (directory == NULL)
        return repo_failed(repo, err_nomem(err), path, err);
    r = uses_learn(repo, err);
    target = repo_dir_find(repo, directory);
    if (r < 0 || target == NULL)
        return r;
    mark_reaching(repo, target);
    for (size_t i = 0; i < repo->n_dirs; i++) {
        const struct repo_dir *dir = repo->dirs[i];

        if (is_other_root(dir, root->dir))
            roots_add(out, dir->path);
    }
    return 0;
}

int hcl_other_roots_with(const struct hcl_module *module, const char *type, const char *const **out,
                         size_t *n, struct err *err)
{
    struct hcl_repo *repo = module->repo;
    const struct repo_dir *root = repo_dir_find(repo, module->root_directory);
    size_t n_callers = 0;
    size_t found = 0;
    const char **items;
    int r = uses_learn(repo, err);

    if (r < 0)
        return r;
    mark_reaching(repo, module->dir);
    for (size_t i = 0; i < repo->n_dirs; i++)
        n_callers += is_other_root(repo->dirs[i], root);
    items = arena_alloc(repo->arena, (n_callers + 1) * sizeof *items);
    if (items == NULL)
        return repo_failed(repo, err_nomem(err), module->dir->path, err);
    if (n_callers > 0)
        mark_declaring(repo, type);
    for (size_t i = 0; i < repo->n_dirs; i++)
        if (is_other_root(repo->dirs[i], root) && repo->dirs[i]->declares)
            items[found++] = repo->dirs[i]->path;
    *out = items;
    *n = found;
    return 0;
}
