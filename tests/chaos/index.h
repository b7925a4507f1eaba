/*
 * Index: a JSON array's elements by a text key, several under one key, for checks over many items.
 *
 *     index_of(&index, array, key_of)  ->  index_find(&index, key, &n)  ->  index_done(&index)
 *
 * Borrows the array. Out of memory ends the program: this is a checker.
 */
#ifndef TESTS_CHAOS_INDEX_H
#define TESTS_CHAOS_INDEX_H

#include "common/base.h"
#include "common/json.h"

#define INDEX_KEY_BYTES 320

struct index_entry {
    char key[INDEX_KEY_BYTES];
    const struct json *value;
};

struct index {
    struct index_entry *entries; /* by key, then as in the array */
    size_t n;
};

/* Writes the key, or "" for an element that does not belong. */
typedef void (*index_key_fn)(const struct json *element, char out[INDEX_KEY_BYTES]);

void index_of(struct index *out, const struct json *array, index_key_fn key_of);
void index_done(struct index *index);
/* The first of the *n entries under the key; *n is 0 when there are none. */
const struct index_entry *index_find(const struct index *index, const char *key, size_t *n);
/* The same for the key that begins at entry i of the whole: walks over all keys once. */
size_t index_group(const struct index *index, size_t i);

#endif
