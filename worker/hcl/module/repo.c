/* The files of a repository and its directories; the story stands in module.h. */
#include <stdio.h>

#include "worker/hcl/eval/eval.h"
#include "worker/hcl/eval/memo.h"
#include "worker/hcl/module/module_inside.h"
#include "worker/hcl/syntax/json.h"

#define PATH_BYTES_MAX 4096
#define SOURCE_MAX     1024

int hcl_repo_new(struct hcl_repo **out, struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = calloc(1, sizeof *repo);

    if (repo == NULL)
        return err_nomem(err);
    repo->arena = arena_new(REPO_MAX_BYTES);
    if (repo->arena == NULL)
        return err_nomem(err);
    *out = STEAL(repo);
    return 0;
}

void hcl_repo_free(struct hcl_repo *repo)
{
    if (repo == NULL)
        return;
    for (size_t i = 0; i < repo->n_files; i++)
        hcl_file_free(repo->files[i]->file);
    for (size_t i = 0; i < repo->n_dirs; i++)
        free(repo->dirs[i]->files);
    free(repo->files);
    free(repo->parsed);
    free(repo->dirs);
    free(repo->uses);
    memo_free(repo->memo);
    arena_free(repo->arena);
    free(repo);
}

/* The place of path in a sorted array of pointers to structs that begin with their path. */
static size_t place_of(void *const *items, size_t n, const char *path, bool *found)
{
    size_t low = 0;
    size_t high = n;

    *found = false;
    while (low < high && !*found) {
        size_t middle = (low + high) / 2;
        int order = strcmp(*(const char *const *)items[middle], path);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static bool insert_at(void ***items, size_t *n, size_t *cap, size_t at, void *item)
{
    if (*n == *cap) {
        size_t wider = *cap == 0 ? 16 : *cap * 2;
        void **grown = reallocarray(*items, wider, sizeof *grown);
        if (grown == NULL)
            return false;
        *items = grown;
        *cap = wider;
    }
    memmove(*items + at + 1, *items + at, (*n - at) * sizeof **items);
    (*items)[at] = item;
    (*n)++;
    return true;
}

int repo_failed(const struct hcl_repo *repo, int r, const char *path, struct err *err)
{
    if (r != ERR_FATAL || !arena_is_full(repo->arena))
        return r;
    return err_set(err, ERR_REJECT, "%.150s: the repository's modules need more than %zu MiB", path,
                   REPO_MAX_BYTES / 1024 / 1024);
}

struct repo_dir *repo_dir_find(const struct hcl_repo *repo, const char *path)
{
    bool found;
    size_t at = place_of((void *const *)repo->dirs, repo->n_dirs, path, &found);

    return found ? repo->dirs[at] : NULL;
}

static struct repo_dir *dir_of(struct hcl_repo *repo, const char *path)
{
    bool found;
    size_t at = place_of((void *const *)repo->dirs, repo->n_dirs, path, &found);

    if (found)
        return repo->dirs[at];
    struct repo_dir *dir = arena_alloc(repo->arena, sizeof *dir);
    if (dir == NULL)
        return NULL;
    dir->path = path;
    return insert_at((void ***)&repo->dirs, &repo->n_dirs, &repo->cap_dirs, at, dir) ? dir : NULL;
}

/* Terraform's own copies of modules and hidden files are no part of the configuration; values
 * files that are read unasked are, even hidden ones. */
bool hcl_repo_takes(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    if ((name[0] == '.' && !module_reads_values(path)) || str_starts(path, ".terraform/") ||
        strstr(path, "/.terraform/") != NULL)
        return false;
    return str_ends(path, ".tf") || str_ends(path, ".tfvars") || hcl_path_is_json(path);
}

static int read_file(struct hcl_repo *repo, struct repo_file *entry, const char *bytes, size_t len,
                     struct err *err)
{
    struct err why;

    int r = hcl_path_is_json(entry->path)
                ? hcl_json_parse(&entry->file, entry->path, bytes, len, &why)
                : hcl_parse(&entry->file, entry->path, bytes, len, &why);
    if (r == ERR_REJECT) {
        entry->broken = arena_text(repo->arena, why.text);
        return entry->broken != NULL ? 0 : err_nomem(err);
    }
    if (r < 0)
        *err = why;
    return r;
}

/* Into the parsed ones and all of them, or into neither. */
static bool keep_in_repo(struct hcl_repo *repo, struct repo_file *entry)
{
    bool found;
    size_t at = place_of((void *const *)repo->files, repo->n_files, entry->path, &found);

    if (!insert_at((void ***)&repo->files, &repo->n_files, &repo->cap_files, at, entry))
        return false;
    if (entry->file == NULL)
        return true;
    size_t parsed = place_of((void *const *)repo->parsed, repo->n_parsed, entry->path, &found);
    if (insert_at((void ***)&repo->parsed, &repo->n_parsed, &repo->cap_parsed, parsed, entry->file))
        return true;
    repo->n_files--;
    memmove(repo->files + at, repo->files + at + 1, (repo->n_files - at) * sizeof(*repo->files));
    return false;
}

/* Into all orders, or into none: what is in them is freed with the repo. */
static int keep_file(struct hcl_repo *repo, struct repo_file *entry, struct err *err)
{
    bool found;
    struct repo_dir *dir = dir_of(repo, entry->directory);

    if (dir == NULL)
        return err_nomem(err);
    size_t at = place_of((void *const *)dir->files, dir->n, entry->path, &found);
    if (!insert_at((void ***)&dir->files, &dir->n, &dir->cap, at, entry))
        return err_nomem(err);
    if (!keep_in_repo(repo, entry)) {
        dir->n = 0;
        return err_nomem(err);
    }
    dir->has_tf = dir->has_tf || repo_is_configuration(entry->path);
    return 0;
}

static int add_file(struct hcl_repo *repo, const char *path, const char *bytes, size_t len,
                    struct err *err)
{
    bool found;

    if (strnlen(path, PATH_BYTES_MAX) == PATH_BYTES_MAX || repo->n_files >= REPO_MAX_FILES)
        return err_set(err, ERR_REJECT, "%.80s: more than %d files, or the path is too long", path,
                       REPO_MAX_FILES);
    place_of((void *const *)repo->files, repo->n_files, path, &found);
    if (found)
        return err_set(err, ERR_REJECT, "%s: added twice", path);

    const char *slash = strrchr(path, '/');
    struct repo_file *entry = arena_alloc(repo->arena, sizeof *entry);
    if (entry == NULL)
        return err_nomem(err);
    entry->path = arena_text(repo->arena, path);
    entry->directory = arena_copy(repo->arena, path, slash != NULL ? (size_t)(slash - path) : 0);
    if (entry->path == NULL || entry->directory == NULL)
        return err_nomem(err);

    int r = read_file(repo, entry, bytes, len, err);
    if (r < 0)
        return r;
    r = keep_file(repo, entry, err);
    if (r < 0)
        hcl_file_free(entry->file);
    return r;
}

int hcl_repo_add(struct hcl_repo *repo, const char *path, const char *bytes, size_t len,
                 struct err *err)
{
    assert(!repo->is_opened);
    if (!hcl_repo_takes(path))
        return 0;
    repo->uses_known = false;
    return repo_failed(repo, add_file(repo, path, bytes, len, err), path, err);
}

static struct repo_file *file_find(const struct hcl_repo *repo, const char *path)
{
    bool found;
    size_t at = place_of((void *const *)repo->files, repo->n_files, path, &found);

    return found ? repo->files[at] : NULL;
}

const struct hcl_file *hcl_repo_file(const struct hcl_repo *repo, const char *path)
{
    const struct repo_file *entry = file_find(repo, path);

    return entry != NULL ? entry->file : NULL;
}

const char *hcl_repo_broken(const struct hcl_repo *repo, const char *path)
{
    const struct repo_file *entry = file_find(repo, path);

    return entry != NULL ? entry->broken : NULL;
}

size_t hcl_repo_file_count(const struct hcl_repo *repo)
{
    return repo->n_parsed;
}

const struct hcl_file *hcl_repo_file_at(const struct hcl_repo *repo, size_t i)
{
    return i < repo->n_parsed ? repo->parsed[i] : NULL;
}

bool repo_is_configuration(const char *path)
{
    return str_ends(path, ".tf") || str_ends(path, ".tf.json");
}

bool repo_source_is_local(const char *source)
{
    return str_starts(source, "./") || str_starts(source, "../") || str_eq(source, ".") ||
           str_eq(source, "..");
}

/* One segment of a relative path onto out; false when it leaves the top. */
static bool step(char *out, const char *segment, size_t len)
{
    if (len == 0 || (len == 1 && segment[0] == '.'))
        return true;
    if (len == 2 && memcmp(segment, "..", 2) == 0) {
        char *slash = strrchr(out, '/');
        bool was_below = out[0] != '\0';
        out[slash != NULL ? slash - out : 0] = '\0';
        return was_below;
    }
    size_t used = strlen(out);
    if (used + len + 2 > PATH_BYTES_MAX)
        return false;
    if (used > 0)
        out[used++] = '/';
    memcpy(out + used, segment, len);
    out[used + len] = '\0';
    return true;
}

const char *repo_join(struct hcl_repo *repo, const char *base, const char *relative)
{
    char path[PATH_BYTES_MAX];

    if (!str_copy(path, sizeof path, base))
        return NULL;
    for (const char *at = relative; *at != '\0';) {
        size_t len = strcspn(at, "/");
        if (!step(path, at, len))
            return NULL;
        at += len + (at[len] == '/');
    }
    return arena_text(repo->arena, path);
}
