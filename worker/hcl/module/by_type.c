#include "worker/hcl/module/by_type.h"

#include "worker/hcl/module/module_inside.h"

struct typed {
    const struct hcl_resource *resource;
    size_t at; /* in file order */
};

static int by_type_and_place(const void *a, const void *b)
{
    const struct typed *one = a;
    const struct typed *two = b;
    int order = strcmp(one->resource->type, two->resource->type);

    return order != 0 ? order : (one->at > two->at) - (one->at < two->at);
}

int by_type_make(struct hcl_module *root, struct err *err)
{
    struct typed *items = arena_alloc(root->repo->arena, (root->n_all + 1) * sizeof *items);
    size_t n = 0;

    if (items == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < root->n_all; i++) {
        if (!root->all[i]->open.is_data)
            items[n++] = (struct typed){&root->all[i]->open, i};
    }
    qsort(items, n, sizeof *items, by_type_and_place);
    root->by_type = items;
    root->n_by_type = n;
    return 0;
}

/* The first whose type does not come before type. */
static size_t first_of(const struct hcl_module *root, const char *type)
{
    size_t low = 0;
    size_t high = root->n_by_type;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(root->by_type[middle].resource->type, type) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct hcl_resource *hcl_resource_of(const struct hcl_module *root, const char *type,
                                           size_t *next)
{
    size_t at = first_of(root, type) + *next;
    const struct hcl_resource *one = at < root->n_by_type ? root->by_type[at].resource : NULL;

    if (one == NULL || !str_eq(one->type, type))
        return NULL;
    (*next)++;
    return one;
}
