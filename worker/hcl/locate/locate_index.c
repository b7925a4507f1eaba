/* The index of a root's resources by type; the story stands in locate_inside.h. */
#include <stdio.h>

#include "worker/hcl/eval/provenance.h"
#include "worker/hcl/locate/locate_inside.h"
#include "worker/hcl/module/module_inside.h"

struct argument {
    const char *name;
    const struct hcl_value *value;
    struct argument *next;
};

static int by_type_and_address(const void *a, const void *b)
{
    const struct located *one = a;
    const struct located *two = b;
    int order = strcmp(one->row->type, two->row->type);

    return order != 0 ? order : strcmp(one->resource->address, two->resource->address);
}

static struct root_index *make_index(const struct hcl_module *root)
{
    struct arena *arena = root->repo->arena;
    size_t total = hcl_resource_count(root);
    struct root_index *index = arena_alloc(arena, sizeof *index);

    if (index == NULL)
        return NULL;
    index->items = arena_alloc(arena, (total + 1) * sizeof *index->items);
    if (index->items == NULL)
        return NULL;
    bool may_be_told = hcl_may_be_told(root);
    for (size_t i = 0; i < total; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct hcl_type_row *row = resource->is_data ? NULL : hcl_type_find(resource->type);
        if (row != NULL)
            index->items[index->n++] =
                (struct located){.resource = resource, .row = row, .may_be_told = may_be_told};
    }
    qsort(index->items, index->n, sizeof *index->items, by_type_and_address);
    index->root = root;
    index->next = root->repo->indexes;
    root->repo->indexes = index;
    return index;
}

/* The first item whose type does not come before type (or, after: comes after it). */
static size_t bound(const struct root_index *index, const char *type, bool after)
{
    size_t low = 0;
    size_t high = index->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(index->items[middle].row->type, type);
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct root_index *locate_root(const struct hcl_module *root)
{
    struct root_index *index = root->repo->indexes;

    while (index != NULL && index->root != root)
        index = index->next;
    return index != NULL ? index : make_index(root);
}

size_t locate_index(const struct hcl_module *root, const char *type, struct located **out)
{
    struct root_index *index = locate_root(root);

    if (index == NULL)
        return 0;
    size_t first = type != NULL ? bound(index, type, false) : 0;
    *out = &index->items[first];
    return (type != NULL ? bound(index, type, true) : index->n) - first;
}

static const struct hcl_module *root_of(const struct hcl_resource *resource)
{
    const struct hcl_module *root = resource->module;

    while (root->parent != NULL)
        root = root->parent;
    return root;
}

static int by_address(const void *key, const void *item)
{
    return strcmp(key, ((const struct located *)item)->resource->address);
}

struct located *locate_indexed(const struct hcl_resource *resource)
{
    const struct hcl_module *root = root_of(resource);
    struct located *items = NULL;
    size_t n = resource->is_data ? 0 : locate_index(root, resource->type, &items);
    return n > 0 ? bsearch(resource->address, items, n, sizeof *items, by_address) : NULL;
}

size_t locate_instances(struct located *located)
{
    if (!located->is_known) {
        located->n = hcl_instances(located->resource, &located->instances);
        located->is_known = true;
    }
    return located->n;
}

/* "tags.Name" looks into the tags. */
static const struct hcl_value *evaluate(const struct hcl_resource *resource, const char *argument,
                                        const struct hcl_instance *instance)
{
    if (!str_eq(argument, "tags.Name"))
        return hcl_eval_attribute(resource, resource->block, argument, instance);
    const struct hcl_value *tags = hcl_eval_attribute(resource, resource->block, "tags", instance);
    if (tags == NULL || tags->kind != HCL_V_OBJECT)
        return NULL;
    for (size_t i = 0; i < tags->n; i++)
        if (str_eq(tags->keys[i], "Name"))
            return tags->items[i];
    return NULL;
}

static bool read_values(struct located *located, size_t i)
{
    struct arena *arena = located->resource->module->repo->arena;
    const char *at = located->row->identity;

    if (located->values == NULL) {
        size_t n = located->n * IDENTITY_MAX;
        located->values = arena_alloc(arena, n * sizeof *located->values);
        located->told_otherwise = arena_alloc(arena, n * sizeof(const struct hcl_file *));
        located->has_values = arena_alloc(arena, located->n * sizeof *located->has_values);
    }
    if (located->values == NULL || located->told_otherwise == NULL || located->has_values == NULL)
        return false;
    for (size_t k = 0; *at != '\0' && k < IDENTITY_MAX; k++) {
        char argument[64];
        size_t len = strcspn(at, " ");
        bool is_prefix = *at == '^';
        snprintf(argument, sizeof argument, "%.*s", (int)(len - is_prefix), at + is_prefix);
        const struct hcl_value *v = evaluate(located->resource, argument, &located->instances[i]);
        if (v != NULL && v->kind == HCL_V_NULL)
            v = NULL; /* left to the provider, as if it were not written */
        located->values[i * IDENTITY_MAX + k] = v;
        if (v != NULL && located->may_be_told)
            located->told_otherwise[i * IDENTITY_MAX + k] =
                hcl_told_otherwise(root_of(located->resource), v);
        at += len + (at[len] == ' ');
    }
    return true;
}

const struct hcl_value *locate_identity(struct located *located, size_t i, size_t k)
{
    if (i >= locate_instances(located) || k >= IDENTITY_MAX)
        return NULL;
    if (located->has_values == NULL || !located->has_values[i]) {
        if (!read_values(located, i))
            return NULL;
        located->has_values[i] = true;
    }
    return located->values[i * IDENTITY_MAX + k];
}

const struct hcl_file *locate_told_otherwise(const struct located *located, size_t i, size_t k)
{
    bool is_known = located->has_values != NULL && i < located->n && located->has_values[i];

    return is_known && k < IDENTITY_MAX ? located->told_otherwise[i * IDENTITY_MAX + k] : NULL;
}

const struct hcl_value *locate_argument(struct located *located, size_t i, const char *argument)
{
    const struct hcl_resource *resource = located->resource;
    struct arena *arena = resource->module->repo->arena;
    struct argument *known = NULL;

    if (i >= locate_instances(located))
        return NULL;
    if (located->arguments == NULL)
        located->arguments = arena_alloc(arena, located->n * sizeof *located->arguments);
    if (located->arguments != NULL)
        known = located->arguments[i];
    while (known != NULL && !str_eq(known->name, argument))
        known = known->next;
    if (known != NULL)
        return known->value;

    const struct hcl_value *v =
        hcl_eval_attribute(resource, resource->block, argument, &located->instances[i]);
    known = arena_alloc(arena, sizeof *known);
    if (known == NULL || located->arguments == NULL)
        return v;
    *known = (struct argument){arena_text(arena, argument), v, located->arguments[i]};
    if (known->name != NULL)
        located->arguments[i] = known;
    return v;
}
