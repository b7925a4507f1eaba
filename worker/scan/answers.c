/* An open hash table that doubles; the story stands in answers.h. */
#include "worker/scan/answers.h"

#define FIRST_SLOTS 1024

struct slot {
    const struct rule *rule;
    const struct hcl_node *block; /* NULL: free */
    enum worst_answer answer;
};

struct answers {
    struct slot *slots;
    size_t cap, n; /* cap is a power of two */
};

int answers_new(struct answers **out, struct err *err)
{
    CLEANUP(answers_freep) struct answers *answers = calloc(1, sizeof *answers);

    if (answers == NULL)
        return err_nomem(err);
    answers->cap = FIRST_SLOTS;
    answers->slots = calloc(answers->cap, sizeof *answers->slots);
    if (answers->slots == NULL)
        return err_nomem(err);
    *out = STEAL(answers);
    return 0;
}

void answers_free(struct answers *answers)
{
    if (answers == NULL)
        return;
    free(answers->slots);
    free(answers);
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

static int grow(struct answers *answers, struct err *err)
{
    size_t cap = answers->cap * 2;
    struct slot *slots = calloc(cap, sizeof *slots);

    if (slots == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < answers->cap; i++)
        if (answers->slots[i].block != NULL)
            *slot_of(slots, cap, answers->slots[i].rule, answers->slots[i].block) =
                answers->slots[i];
    free(answers->slots);
    answers->slots = slots;
    answers->cap = cap;
    return 0;
}

int answers_worse(struct answers *answers, const struct rule *rule, const struct hcl_node *block,
                  enum worst_answer answer, bool *out, struct err *err)
{
    if (answers->n * 2 >= answers->cap && grow(answers, err) < 0)
        return ERR_FATAL;

    struct slot *slot = slot_of(answers->slots, answers->cap, rule, block);
    bool is_new = slot->block == NULL;

    *out = is_new || answer > slot->answer;
    if (*out)
        *slot = (struct slot){rule, block, answer};
    answers->n += is_new;
    return 0;
}

size_t answers_count(const struct answers *answers, enum worst_answer answer)
{
    size_t n = 0;

    for (size_t i = 0; i < answers->cap; i++)
        n += answers->slots[i].block != NULL && answers->slots[i].rule != NULL &&
             answers->slots[i].answer == answer;
    return n;
}

size_t answers_blocks(const struct answers *answers)
{
    size_t n = 0;

    for (size_t i = 0; i < answers->cap; i++)
        n += answers->slots[i].block != NULL && answers->slots[i].rule == NULL;
    return n;
}
