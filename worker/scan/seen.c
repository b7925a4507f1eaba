/* An open hash table that doubles; the story stands in seen.h. */
#include "worker/scan/seen.h"

#define FIRST_SLOTS 1024

struct slot {
    const struct rule *rule;
    const struct hcl_node *block; /* NULL: free */
    enum seen_answer answer;
};

struct seen {
    struct slot *slots;
    size_t cap, n; /* cap is a power of two */
};

int seen_new(struct seen **out, struct err *err)
{
    CLEANUP(seen_freep) struct seen *seen = calloc(1, sizeof *seen);

    if (seen == NULL)
        return err_nomem(err);
    seen->cap = FIRST_SLOTS;
    seen->slots = calloc(seen->cap, sizeof *seen->slots);
    if (seen->slots == NULL)
        return err_nomem(err);
    *out = STEAL(seen);
    return 0;
}

void seen_free(struct seen *seen)
{
    if (seen == NULL)
        return;
    free(seen->slots);
    free(seen);
}

static struct slot *slot_of(struct slot *slots, size_t cap, const struct rule *rule,
                            const struct hcl_node *block)
{
    uint64_t hash = ((uintptr_t)rule >> 4) * 0x9e3779b97f4a7c15U;
    size_t at = (size_t)(((hash ^ ((uintptr_t)block >> 3)) * 0xff51afd7ed558ccdU) >> 20);

    for (at &= cap - 1; slots[at].block != NULL; at = (at + 1) & (cap - 1))
        if (slots[at].block == block && slots[at].rule == rule)
            break;
    return &slots[at];
}

static int grow(struct seen *seen, struct err *err)
{
    size_t cap = seen->cap * 2;
    struct slot *slots = calloc(cap, sizeof *slots);

    if (slots == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < seen->cap; i++)
        if (seen->slots[i].block != NULL)
            *slot_of(slots, cap, seen->slots[i].rule, seen->slots[i].block) = seen->slots[i];
    free(seen->slots);
    seen->slots = slots;
    seen->cap = cap;
    return 0;
}

int seen_worse(struct seen *seen, const struct rule *rule, const struct hcl_node *block,
               enum seen_answer answer, bool *out, struct err *err)
{
    if (seen->n * 2 >= seen->cap && grow(seen, err) < 0)
        return ERR_FATAL;

    struct slot *slot = slot_of(seen->slots, seen->cap, rule, block);
    bool is_new = slot->block == NULL;

    *out = is_new || answer > slot->answer;
    if (*out)
        *slot = (struct slot){rule, block, answer};
    seen->n += is_new;
    return 0;
}

size_t seen_count(const struct seen *seen, enum seen_answer answer)
{
    size_t n = 0;

    for (size_t i = 0; i < seen->cap; i++)
        n += seen->slots[i].block != NULL && seen->slots[i].rule != NULL &&
             seen->slots[i].answer == answer;
    return n;
}

size_t seen_blocks(const struct seen *seen)
{
    size_t n = 0;

    for (size_t i = 0; i < seen->cap; i++)
        n += seen->slots[i].block != NULL && seen->slots[i].rule == NULL;
    return n;
}
