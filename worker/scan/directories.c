#include "worker/scan/directories.h"

struct directory {
    char *path; /* owned */
    bool is_done;
};

struct directories {
    struct directory *items; /* sorted by path */
    size_t n;
    size_t first; /* all before it are done */
};

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct directory *)a)->path, ((const struct directory *)b)->path);
}

static void drop_repeated(struct directories *directories)
{
    size_t n = 0;

    for (size_t i = 0; i < directories->n; i++) {
        if (n > 0 && str_eq(directories->items[n - 1].path, directories->items[i].path))
            free(directories->items[i].path);
        else
            directories->items[n++] = directories->items[i];
    }
    directories->n = n;
}

int directories_new(struct directories **out, const struct hcl_repo *repo, struct err *err)
{
    CLEANUP(directories_freep) struct directories *directories = calloc(1, sizeof *directories);
    const char *path;
    size_t files = 0;

    while (hcl_repo_path(repo, files) != NULL)
        files++;
    if (directories == NULL)
        return err_nomem(err);
    directories->items = calloc(files + 1, sizeof *directories->items);
    if (directories->items == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < files; i++) {
        path = hcl_repo_path(repo, i);
        if (!str_ends(path, ".tf") && !str_ends(path, ".tf.json"))
            continue;
        const char *slash = strrchr(path, '/');
        char *copy = strndup(path, slash != NULL ? (size_t)(slash - path) : 0);
        if (copy == NULL)
            return err_nomem(err);
        directories->items[directories->n++] = (struct directory){.path = copy};
    }
    qsort(directories->items, directories->n, sizeof *directories->items, by_path);
    drop_repeated(directories);
    *out = STEAL(directories);
    return 0;
}

void directories_free(struct directories *directories)
{
    if (directories == NULL)
        return;
    for (size_t i = 0; i < directories->n; i++)
        free(directories->items[i].path);
    free(directories->items);
    free(directories);
}

size_t directories_count(const struct directories *directories)
{
    return directories->n;
}

void directories_give_up(struct directories *directories, const char *path)
{
    struct directory key = {.path = (char *)path};
    struct directory *found =
        bsearch(&key, directories->items, directories->n, sizeof key, by_path);

    if (found != NULL)
        found->is_done = true;
}

void directories_visit(struct directories *directories, const struct hcl_module *root,
                       const struct hcl_call *calls, size_t n_calls)
{
    directories_give_up(directories, hcl_module_directory(root));
    for (size_t i = 0; i < n_calls; i++)
        if (calls[i].child != NULL)
            directories_give_up(directories, hcl_module_directory(calls[i].child));
}

const char *directories_next(struct directories *directories)
{
    while (directories->first < directories->n && directories->items[directories->first].is_done)
        directories->first++;
    return directories->first < directories->n ? directories->items[directories->first].path : NULL;
}
