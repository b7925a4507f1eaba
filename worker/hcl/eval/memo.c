#include "worker/hcl/eval/memo.h"

#define SLOTS_FIRST ((size_t)1024) /* powers of two */
#define SLOTS_MAX   ((size_t)1024 * 1024)

struct slot {
    struct memo_key key;
    const struct hcl_value *value; /* NULL: empty */
};
struct eval_memo {
    struct slot *slots; /* owned */
    size_t n_slots, n;
};

static size_t hash_of(const struct memo_key *key)
{
    uint64_t hash = (uintptr_t)key->expression;

    hash = (hash ^ (uintptr_t)key->instance) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ (hash >> 29) ^ (uintptr_t)key->resource) * 0x9E3779B97F4A7C15u;
    return (size_t)(hash >> 32);
}

/* The slot of the key, or the empty one where it belongs. */
static struct slot *slot_of(const struct eval_memo *memo, const struct memo_key *key)
{
    size_t at = hash_of(key) & (memo->n_slots - 1);

    while (memo->slots[at].value != NULL && (memo->slots[at].key.expression != key->expression ||
                                             memo->slots[at].key.instance != key->instance ||
                                             memo->slots[at].key.resource != key->resource))
        at = (at + 1) & (memo->n_slots - 1);
    return &memo->slots[at];
}

const struct hcl_value *memo_find(const struct eval_memo *memo, const struct memo_key *key)
{
    return memo != NULL ? slot_of(memo, key)->value : NULL;
}

/* Room for one more, at most half full; false: there is none. */
static bool make_room(struct eval_memo *memo)
{
    struct eval_memo wider = {.n_slots = memo->n_slots == 0 ? SLOTS_FIRST : memo->n_slots * 2,
                              .n = memo->n};

    if (memo->n * 2 < memo->n_slots)
        return true;
    if (wider.n_slots > SLOTS_MAX)
        return false;
    wider.slots = calloc(wider.n_slots, sizeof *wider.slots);
    if (wider.slots == NULL)
        return false;
    for (size_t i = 0; i < memo->n_slots; i++) {
        if (memo->slots[i].value != NULL)
            *slot_of(&wider, &memo->slots[i].key) = memo->slots[i];
    }
    free(memo->slots);
    *memo = wider;
    return true;
}

void memo_add(struct eval_memo **memo, const struct memo_key *key, const struct hcl_value *value)
{
    struct slot *slot;

    if (*memo == NULL) {
        struct eval_memo *first = calloc(1, sizeof *first);

        if (first == NULL || !make_room(first)) {
            free(first);
            return;
        }
        *memo = first;
    }
    if (!make_room(*memo))
        return;
    slot = slot_of(*memo, key);
    (*memo)->n += slot->value == NULL;
    *slot = (struct slot){*key, value};
}

void memo_free(struct eval_memo *memo)
{
    if (memo != NULL)
        free(memo->slots);
    free(memo);
}
