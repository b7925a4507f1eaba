/* Sorted once, then searched; the story stands in index.h. */
#include "tests/chaos/index.h"

#include <stdio.h>

static int compare(const void *a, const void *b)
{
    const struct index_entry *left = a;
    const struct index_entry *right = b;
    int order = strcmp(left->key, right->key);

    return order != 0 ? order : (left->value > right->value) - (left->value < right->value);
}

void index_of(struct index *out, const struct json *array, index_key_fn key_of)
{
    size_t n = json_count(array);

    *out = (struct index){.entries = calloc(n + 1, sizeof *out->entries)};
    if (out->entries == NULL) {
        fprintf(stderr, "out of memory\n");
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        struct index_entry *entry = &out->entries[out->n];
        entry->value = json_at(array, i);
        key_of(entry->value, entry->key);
        out->n += entry->key[0] != '\0';
    }
    qsort(out->entries, out->n, sizeof *out->entries, compare);
}

void index_done(struct index *index)
{
    free(index->entries);
    *index = (struct index){0};
}

const struct index_entry *index_find(const struct index *index, const char *key, size_t *n)
{
    size_t low = 0;
    size_t high = index->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->entries[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *n = low < index->n && str_eq(index->entries[low].key, key) ? index_group(index, low) : 0;
    return &index->entries[low];
}

size_t index_group(const struct index *index, size_t i)
{
    size_t n = 1;

    while (i + n < index->n && str_eq(index->entries[i].key, index->entries[i + n].key))
        n++;
    return n;
}
