#include "worker/scan/rule_index.h"

struct entry {
    const char *type;
    size_t order;
    const struct rule *rule;
};

struct rule_index {
    struct entry *entries;     /* sorted by type, then by order */
    const struct rule **rules; /* the same, as they are handed out */
    size_t n;
};

static int by_type(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *other = b;
    int order = strcmp(one->type, other->type);

    return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}

int rule_index_new(struct rule_index **out, const struct rule *const *rules, size_t n,
                   struct err *err)
{
    CLEANUP(rule_index_freep) struct rule_index *index = calloc(1, sizeof *index);
    size_t total = 0;

    for (size_t i = 0; i < n; i++)
        for (const char *const *type = rules[i]->types; *type != NULL; type++)
            total++;
    if (index == NULL)
        return err_nomem(err);
    index->entries = calloc(total + 1, sizeof *index->entries);
    index->rules = calloc(total + 1, sizeof *index->rules);
    if (index->entries == NULL || index->rules == NULL)
        return err_nomem(err);

    for (size_t i = 0; i < n; i++)
        for (const char *const *type = rules[i]->types; *type != NULL; type++)
            index->entries[index->n++] = (struct entry){*type, i, rules[i]};
    qsort(index->entries, index->n, sizeof *index->entries, by_type);
    for (size_t i = 0; i < index->n; i++)
        index->rules[i] = index->entries[i].rule;
    *out = STEAL(index);
    return 0;
}

void rule_index_free(struct rule_index *index)
{
    if (index == NULL)
        return;
    free(index->entries);
    free(index->rules);
    free(index);
}

size_t rule_index_of(const struct rule_index *index, const char *type,
                     const struct rule *const **out)
{
    size_t low = 0;
    size_t high = index->n;
    size_t n = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->entries[middle].type, type) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + n < index->n && str_eq(index->entries[low + n].type, type))
        n++;
    *out = index->rules + low;
    return n;
}
