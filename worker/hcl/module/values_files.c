/*
 * Values files: what terraform reads unasked at a root. terraform.tfvars first, then
 * terraform.tfvars.json, then *.auto.tfvars and *.auto.tfvars.json by name; the last one counts
 * (developer.hashicorp.com/terraform/language/values/variables, held against terraform 1.11, which
 * reads hidden ones too). The story stands in declared.h.
 */
#include "worker/hcl/module/declared.h"

#include "worker/hcl/eval/eval.h"

bool module_reads_values(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return str_eq(name, "terraform.tfvars") || str_eq(name, "terraform.tfvars.json") ||
           str_ends(name, ".auto.tfvars") || str_ends(name, ".auto.tfvars.json");
}

static size_t rank_of(const char *path, size_t file_at)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    if (str_eq(name, "terraform.tfvars"))
        return 0;
    return str_eq(name, "terraform.tfvars.json") ? 1 : 2 + file_at;
}

static int by_name(const void *a, const void *b)
{
    const struct assigned *left = a;
    const struct assigned *right = b;
    int r = strcmp(left->name, right->name);

    return r != 0 ? r : (right->rank > left->rank) - (right->rank < left->rank);
}

static size_t count_values(const struct repo_dir *dir)
{
    size_t n = 0;

    for (size_t i = 0; i < dir->n; i++) {
        if (dir->files[i]->file == NULL || !module_reads_values(dir->files[i]->path))
            continue;
        for (const struct hcl_node *at = dir->files[i]->file->body->child; at; at = at->next)
            n++;
    }
    return n;
}

static int take_file(struct hcl_repo *repo, const struct repo_file *entry, size_t rank,
                     struct declarations *in, struct err *err)
{
    if (entry->broken != NULL)
        return err_set(err, ERR_REJECT, "%s", entry->broken);
    for (const struct hcl_node *at = entry->file->body->child; at != NULL; at = at->next) {
        if (at->kind != HCL_ATTRIBUTE)
            continue;
        const char *name = arena_copy(repo->arena, entry->file->bytes + at->name_start,
                                      at->name_end - at->name_start);
        if (name == NULL)
            return err_nomem(err);
        in->values[in->n_values++] = (struct assigned){name, entry->file, at, rank};
    }
    return 0;
}

/* Of equal names only the first, which counts. */
static void drop_repeats(struct declarations *in)
{
    size_t kept = 0;

    for (size_t i = 0; i < in->n_values; i++)
        if (kept == 0 || !str_eq(in->values[kept - 1].name, in->values[i].name))
            in->values[kept++] = in->values[i];
    in->n_values = kept;
}

int declared_open_values(struct hcl_repo *repo, struct repo_dir *dir, struct err *err)
{
    struct declarations *in = dir->declared;
    int r = 0;

    if (in->values_known)
        return 0;
    in->n_values = 0;
    in->values = arena_alloc(repo->arena, (count_values(dir) + 1) * sizeof *in->values);
    if (in->values == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < dir->n && r == 0; i++)
        if (module_reads_values(dir->files[i]->path))
            r = take_file(repo, dir->files[i], rank_of(dir->files[i]->path, i), in, err);
    if (r < 0)
        return r;
    if (in->n_values > 1)
        qsort(in->values, in->n_values, sizeof *in->values, by_name);
    drop_repeats(in);
    in->values_known = true;
    return 0;
}

const struct assigned *declared_value(const struct declarations *in, const char *name)
{
    const struct assigned wanted = {.name = name, .rank = SIZE_MAX};
    size_t low = 0;
    size_t high = in->n_values;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(in->values[middle].name, wanted.name);
        if (order == 0)
            return &in->values[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
