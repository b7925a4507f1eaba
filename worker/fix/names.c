/* An open hash table of texts; the story stands in names.h. */
#include "worker/fix/names.h"

#define FIRST_SLOTS 256

struct names {
    char **slots;  /* NULL: free */
    size_t cap, n; /* cap is a power of two */
};

static size_t slot_of(char *const *slots, size_t cap, const char *text)
{
    uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */

    for (const char *c = text; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3U;
    size_t at = (size_t)hash & (cap - 1);
    while (slots[at] != NULL && !str_eq(slots[at], text))
        at = (at + 1) & (cap - 1);
    return at;
}

int names_new(struct names **out, struct err *err)
{
    CLEANUP(names_freep) struct names *names = calloc(1, sizeof *names);

    if (names == NULL)
        return err_nomem(err);
    names->cap = FIRST_SLOTS;
    names->slots = calloc(names->cap, sizeof *names->slots);
    if (names->slots == NULL)
        return err_nomem(err);
    *out = STEAL(names);
    return 0;
}

void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->cap; i++) {
        free(names->slots[i]);
        names->slots[i] = NULL;
    }
    names->n = 0;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    if (names->slots != NULL)
        names_clear(names);
    free(names->slots);
    free(names);
}

static int grow(struct names *names, struct err *err)
{
    size_t cap = names->cap * 2;
    char **slots = calloc(cap, sizeof *slots);

    if (slots == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < names->cap; i++)
        if (names->slots[i] != NULL)
            slots[slot_of(slots, cap, names->slots[i])] = names->slots[i];
    free(names->slots);
    names->slots = slots;
    names->cap = cap;
    return 0;
}

int names_add(struct names *names, const char *text, struct err *err)
{
    int r = names->n * 2 >= names->cap ? grow(names, err) : 0;
    size_t at = slot_of(names->slots, names->cap, text);

    if (r < 0 || names->slots[at] != NULL)
        return r;
    names->slots[at] = strdup(text);
    if (names->slots[at] == NULL)
        return err_nomem(err);
    names->n++;
    return 0;
}

int names_add_all(struct names *names, const struct names *others, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < others->cap && r == 0; i++)
        if (others->slots[i] != NULL)
            r = names_add(names, others->slots[i], err);
    return r;
}

bool names_is_empty(const struct names *names)
{
    return names->n == 0;
}

bool names_has(const struct names *names, const char *text)
{
    return names->slots[slot_of(names->slots, names->cap, text)] != NULL;
}
