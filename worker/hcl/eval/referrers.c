#include "worker/hcl/eval/referrers.h"

#include "worker/hcl/eval/value.h"
#include "worker/hcl/module/by_type.h"

#define INSTANCES_ASKED_MAX 256 /* of one resource; one with more is asked each time */

struct named_by { /* one refers to the resource of that address */
    const char *address;
    const struct hcl_resource *one;
    size_t at; /* in file order */
};
struct reference_index {
    const struct hcl_module *root;
    struct hcl_reference reference;
    const char *subject_type;
    struct named_by *named; /* sorted by address, then by file order */
    size_t n_named;
    struct named_by *open; /* in file order: may refer to anything */
    size_t n_open;
    struct reference_index *next;
};

static bool same_key(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : str_eq(a, b);
}

static const struct reference_index *known(const struct hcl_module *root,
                                           const struct hcl_reference *reference,
                                           const char *subject_type)
{
    const struct reference_index *one = root->repo->references;

    while (one != NULL && (one->root != root || !str_eq(one->reference.type, reference->type) ||
                           !str_eq(one->reference.argument, reference->argument) ||
                           !same_key(one->reference.key, reference->key) ||
                           !str_eq(one->subject_type, subject_type)))
        one = one->next;
    return one;
}

/* What an instance's argument was read through; NULL: it may be anything, or nothing. */
static const struct hcl_resource *referred(const struct reference_index *index,
                                           const struct hcl_resource *one,
                                           const struct hcl_instance *instance)
{
    const struct hcl_value *value =
        hcl_eval_attribute(one, hcl_block_body(one->block), index->reference.argument, instance);

    if (value != NULL && index->reference.key != NULL)
        value = value->kind == HCL_V_OBJECT ? value_member(value, index->reference.key) : NULL;
    return value != NULL && value->resource != NULL && !value->resource->is_data &&
                   str_eq(value->resource->type, index->subject_type)
               ? value->resource
               : NULL;
}

struct growing {
    struct named_by *items; /* owned */
    size_t n, cap;
};

static bool grow(struct growing *to, const struct named_by *item)
{
    size_t cap = to->cap == 0 ? 64 : to->cap * 2;
    struct named_by *items = to->items;

    if (to->n == to->cap) {
        items = realloc(to->items, cap * sizeof *items);
        if (items == NULL)
            return false;
        to->items = items;
        to->cap = cap;
    }
    to->items[to->n++] = *item;
    return true;
}

/* Adds what one refers to; *is_open when that cannot be said of all its instances. */
static bool add_named(const struct reference_index *index, const struct hcl_resource *one,
                      size_t at, struct growing *named, bool *is_open)
{
    const struct hcl_instance *instances = NULL;
    size_t n = hcl_instances(one, &instances);
    size_t known_before = named->n;
    const char *last = "";

    *is_open = n == 0 || n > INSTANCES_ASKED_MAX;
    for (size_t i = 0; i < n && !*is_open; i++) {
        const struct hcl_resource *to = referred(index, one, &instances[i]);
        struct named_by item = {to != NULL ? to->address : NULL, one, at};

        if (to == NULL)
            *is_open = true;
        else if (!str_eq(to->address, last) && !grow(named, &item))
            return false;
        last = to != NULL ? to->address : last;
    }
    if (*is_open)
        named->n = known_before;
    return true;
}

static int by_address_and_place(const void *a, const void *b)
{
    const struct named_by *one = a;
    const struct named_by *two = b;
    int order = strcmp(one->address, two->address);

    return order != 0 ? order : (one->at > two->at) - (one->at < two->at);
}

static struct named_by *kept(struct arena *arena, const struct growing *from)
{
    struct named_by *to = arena_alloc(arena, (from->n + 1) * sizeof *to);

    if (to != NULL && from->n > 0)
        memcpy(to, from->items, from->n * sizeof *to);
    return to;
}

static bool gather_references(struct reference_index *index, struct growing *named,
                              struct growing *open)
{
    const struct hcl_resource *one;
    size_t next = 0;

    while ((one = hcl_resource_of(index->root, index->reference.type, &next)) != NULL) {
        const struct named_by item = {"", one, next};
        bool is_open;

        if (!add_named(index, one, next, named, &is_open) || (is_open && !grow(open, &item)))
            return false;
    }
    return true;
}

static const struct reference_index *
make(const struct hcl_module *root, const struct hcl_reference *reference, const char *subject_type)
{
    struct arena *arena = root->repo->arena;
    struct reference_index *index = arena_alloc(arena, sizeof *index);
    struct growing named = {NULL, 0, 0};
    struct growing open = {NULL, 0, 0};
    bool made = false;

    if (index == NULL)
        return NULL;
    index->root = root;
    index->reference = (struct hcl_reference){
        arena_text(arena, reference->type), arena_text(arena, reference->argument),
        reference->key != NULL ? arena_text(arena, reference->key) : NULL};
    index->subject_type = arena_text(arena, subject_type);
    if (index->reference.type != NULL && index->reference.argument != NULL &&
        (index->reference.key != NULL) == (reference->key != NULL) && index->subject_type != NULL &&
        gather_references(index, &named, &open)) {
        if (named.n > 0)
            qsort(named.items, named.n, sizeof *named.items, by_address_and_place);
        index->named = kept(arena, &named);
        index->n_named = named.n;
        index->open = kept(arena, &open);
        index->n_open = open.n;
        made = index->named != NULL && index->open != NULL;
    }
    free(named.items);
    free(open.items);
    if (!made)
        return NULL;
    index->next = root->repo->references;
    root->repo->references = index;
    return index;
}

/* The first that names an address not before that one (or, after: behind it). */
static size_t bound(const struct reference_index *index, const char *address, bool after)
{
    size_t low = 0;
    size_t high = index->n_named;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(index->named[middle].address, address);

        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void hcl_referrers_start(const struct hcl_module *root, const struct hcl_reference *reference,
                         const struct hcl_resource *subject, struct hcl_referrers *out)
{
    const struct reference_index *index = known(root, reference, subject->type);

    if (index == NULL)
        index = make(root, reference, subject->type);
    *out = (struct hcl_referrers){.root = root, .type = reference->type, .index = index};
    if (index == NULL)
        return;
    out->named = bound(index, subject->address, false);
    out->named_end = bound(index, subject->address, true);
}

const struct hcl_resource *hcl_referrers_next(struct hcl_referrers *walk)
{
    const struct reference_index *index = walk->index;
    const struct named_by *named;
    const struct named_by *open;

    if (index == NULL)
        return hcl_resource_of(walk->root, walk->type, &walk->next);
    named = walk->named < walk->named_end ? &index->named[walk->named] : NULL;
    open = walk->open < index->n_open ? &index->open[walk->open] : NULL;
    if (named != NULL && (open == NULL || named->at < open->at)) {
        walk->named++;
        return named->one;
    }
    if (open != NULL)
        walk->open++;
    return open != NULL ? open->one : NULL;
}
