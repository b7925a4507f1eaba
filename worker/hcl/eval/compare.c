/*
 * Which top-level blocks differ between two versions of a tree; the promise stands in compare.h.
 *
 * A block is known by its directory, type and labels, so one that only moved to another file there
 * has not changed. The bytes decide, comments inside included. Of blocks with the same name
 * (locals, moved, a provider and its aliases) equal ones cancel out first; what is left is paired.
 * An argument at the top, as .tfvars files have them, counts as a block named like it.
 *
 * Everything is sorted, never searched pairwise: a hostile file may hold half a million blocks.
 */
#include "worker/hcl/eval/compare.h"

#include "worker/hcl/module/module_inside.h"

struct entry {
    const struct hcl_file *file;
    const struct hcl_node *node;
    bool is_after;
};

struct entries {
    struct entry *items; /* owned */
    size_t n;
};

static size_t directory_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) : 0;
}

static int by_bytes(const char *a, size_t n, const char *b, size_t m)
{
    int r = memcmp(a, b, n < m ? n : m);

    return r != 0 ? r : (n > m) - (n < m);
}

static int by_name(const struct entry *a, const struct hcl_node *left, const struct entry *b,
                   const struct hcl_node *right)
{
    return by_bytes(a->file->bytes + left->name_start, left->name_end - left->name_start,
                    b->file->bytes + right->name_start, right->name_end - right->name_start);
}

/* Directory, type, labels. */
static int by_identity(const struct entry *a, const struct entry *b)
{
    int r = by_bytes(a->file->path, directory_len(a->file->path), b->file->path,
                     directory_len(b->file->path));
    const struct hcl_node *left = a->node->child;
    const struct hcl_node *right = b->node->child;

    if (r == 0)
        r = (int)a->node->kind - (int)b->node->kind;
    if (r == 0)
        r = by_name(a, a->node, b, b->node);
    while (r == 0 && left->kind == HCL_LABEL && right->kind == HCL_LABEL) {
        r = by_name(a, left, b, right);
        left = left->next;
        right = right->next;
    }
    return r != 0 ? r : (left->kind == HCL_LABEL) - (right->kind == HCL_LABEL);
}

static int by_content(const struct entry *a, const struct entry *b)
{
    return by_bytes(a->file->bytes + a->node->start, a->node->end - a->node->start,
                    b->file->bytes + b->node->start, b->node->end - b->node->start);
}

/* Equal entries stand together, those from before first. */
static int by_all(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int r = by_identity(left, right);

    if (r == 0)
        r = by_content(left, right);
    return r != 0 ? r : (int)left->is_after - (int)right->is_after;
}

static size_t count_items(const struct hcl_repo *repo)
{
    size_t n = 0;

    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        for (const struct hcl_node *node = file != NULL ? file->body->child : NULL; node != NULL;
             node = node->next)
            n++;
    }
    return n;
}

static void add_items(struct entries *all, const struct hcl_repo *repo, bool is_after)
{
    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        for (const struct hcl_node *node = file != NULL ? file->body->child : NULL; node != NULL;
             node = node->next)
            all->items[all->n++] = (struct entry){.file = file, .node = node, .is_after = is_after};
    }
}

/* Drops as many equal pairs, one from each side, as there are in every run of equal entries. */
static void cancel_equal(struct entries *all)
{
    size_t kept = 0;
    size_t end;

    for (size_t first = 0; first < all->n; first = end) {
        size_t split = first;
        for (end = first; end < all->n; end++) {
            if (by_identity(&all->items[first], &all->items[end]) != 0 ||
                by_content(&all->items[first], &all->items[end]) != 0)
                break;
            if (!all->items[end].is_after)
                split = end + 1;
        }
        size_t before = split - first;
        size_t after = end - split;
        size_t pairs = before < after ? before : after;
        for (size_t i = first; i < split - pairs; i++)
            all->items[kept++] = all->items[i];
        for (size_t i = split; i < end - pairs; i++)
            all->items[kept++] = all->items[i];
    }
    all->n = kept;
}

/* "type.label…", a resource without its "resource."; in the arena of a file, so it lives as long.
 */
static const char *address_of(const struct entry *entry, struct arena *arena)
{
    const struct hcl_node *node = entry->node;
    bool is_resource = node->kind == HCL_BLOCK && node->child->kind == HCL_LABEL &&
                       hcl_name_is(entry->file, node, "resource");
    char *address = NULL;

    if (!is_resource)
        address = arena_copy(arena, entry->file->bytes + node->name_start,
                             node->name_end - node->name_start);
    for (const struct hcl_node *label = node->child; label->kind == HCL_LABEL; label = label->next)
        address = arena_print(
            arena, "%s%s%.*s", address != NULL ? address : "", address != NULL ? "." : "",
            (int)(label->name_end - label->name_start), entry->file->bytes + label->name_start);
    return address != NULL ? address : "?"; /* no memory: nobody predicts such a name */
}

/* Pairs what is left of one identity: a before and an after are a change. Keeps the after. */
static size_t report(const struct entry *items, size_t n, struct arena *arena,
                     struct hcl_change *out, size_t room)
{
    size_t before = 0;
    size_t told = 0;

    for (size_t i = 0; i < n; i++)
        before += !items[i].is_after;
    size_t changed = before < n - before ? before : n - before;
    size_t skip = changed; /* befores whose after is told */
    size_t pairs = changed;
    for (size_t i = 0; i < n; i++) {
        if (!items[i].is_after && skip > 0) {
            skip--;
            continue;
        }
        if (told < room) {
            out[told].address = address_of(&items[i], arena);
            out[told].path = items[i].file->path;
            out[told].how = !items[i].is_after ? HCL_REMOVED : pairs > 0 ? HCL_CHANGED : HCL_ADDED;
        }
        pairs -= items[i].is_after && pairs > 0;
        told++;
    }
    return told;
}

static size_t report_all(const struct entries *all, struct arena *arena, struct hcl_change *out,
                         size_t max)
{
    size_t n = 0;
    size_t end;

    for (size_t first = 0; first < all->n; first = end) {
        for (end = first; end < all->n; end++)
            if (by_identity(&all->items[first], &all->items[end]) != 0)
                break;
        n += report(all->items + first, end - first, arena, n < max ? out + n : out,
                    n < max ? max - n : 0);
    }
    return n;
}

size_t hcl_compare(const struct hcl_repo *before, const struct hcl_repo *after,
                   struct hcl_change *out, size_t max)
{
    struct entries all = {0};

    all.items = calloc(count_items(before) + count_items(after) + 1, sizeof *all.items);
    if (all.items == NULL)
        return SIZE_MAX; /* unknown is never the same as "no change" */
    add_items(&all, before, false);
    add_items(&all, after, true);
    qsort(all.items, all.n, sizeof *all.items, by_all);
    cancel_equal(&all);
    size_t n = report_all(&all, after->arena, out, max);
    free(all.items);
    return n;
}
