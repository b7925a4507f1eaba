/* Looking things up in a state: sorted arrays and binary search. */
#include "worker/hcl/state/state_inside.h"

#include <stdio.h>

#include "worker/hcl/aws/types.h"

static int by_key(const void *a, const void *b)
{
    const struct state_key *one = a, *other = b;
    int order = strcmp(one->text, other->text);

    if (order != 0)
        return order;
    if (one->instance != other->instance)
        return one->instance < other->instance ? -1 : 1;
    return one->name < other->name ? -1 : one->name > other->name;
}

static int by_address(const void *a, const void *b, void *context)
{
    const struct hcl_state_instance *instances = context;

    return strcmp(instances[*(const uint32_t *)a].address, instances[*(const uint32_t *)b].address);
}

/* The text under which an ARN is found; NULL: it is none. */
static const char *arn_key(struct hcl_state *state, const char *value, bool *no_memory)
{
    char normal[CURSOR_TEXT_MAX + 1];

    if (!state_arn_normal(value, normal))
        return NULL;
    char *copy = arena_text(state->arena, normal);
    *no_memory = *no_memory || copy == NULL;
    return copy;
}

static bool fill(struct hcl_state *state)
{
    bool no_memory = false;

    for (size_t i = 0; i < state->n && !no_memory; i++) {
        const struct hcl_state_instance *instance = &state->instances[i];
        for (size_t k = 0; k < instance->n_names; k++) {
            const char *arn = arn_key(state, instance->names[k].value, &no_memory);
            const char *text = arn != NULL ? arn : instance->names[k].value;
            struct state_key key = {text, (uint32_t)i, (uint32_t)k};
            if (arn != NULL)
                state->arns[state->n_arns++] = key;
            else
                state->names[state->n_names++] = key;
        }
        if (!instance->deposed)
            state->addresses[state->n_addresses++] = (uint32_t)i;
    }
    return !no_memory;
}

int state_index(struct hcl_state *state, struct err *err)
{
    size_t n_arns = 0, n_names = 0;

    for (size_t i = 0; i < state->n; i++)
        for (size_t k = 0; k < state->instances[i].n_names; k++) {
            char normal[CURSOR_TEXT_MAX + 1];
            if (state_arn_normal(state->instances[i].names[k].value, normal))
                n_arns++;
            else
                n_names++;
        }
    state->arns = calloc(n_arns + 1, sizeof *state->arns);
    state->names = calloc(n_names + 1, sizeof *state->names);
    state->addresses = calloc(state->n + 1, sizeof *state->addresses);
    if (state->arns == NULL || state->names == NULL || state->addresses == NULL || !fill(state))
        return err_nomem(err);
    qsort(state->arns, state->n_arns, sizeof *state->arns, by_key);
    qsort(state->names, state->n_names, sizeof *state->names, by_key);
    qsort_r(state->addresses, state->n_addresses, sizeof *state->addresses, by_address,
            state->instances);
    return 0;
}

/* The first entry that is not before text. */
static size_t lower(const struct state_key *keys, size_t n, const char *text)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(keys[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Hits that are gathered; n counts all, the first max are kept. */
struct hits {
    struct hcl_state_hit *out;
    size_t n, max;
    const struct hcl_state_instance *last;
};

static void add(struct hits *hits, const struct hcl_state *state, const struct state_key *key)
{
    const struct hcl_state_instance *instance = &state->instances[key->instance];

    if (instance == hits->last)
        return;
    hits->last = instance;
    if (hits->n < hits->max)
        hits->out[hits->n] = (struct hcl_state_hit){instance, &instance->names[key->name]};
    hits->n++;
}

/* How near a spelling in the state is to the ARN that is asked for. */
enum nearness { NEAR_NORMAL, NEAR_PLAIN, NEAR_EXACT };

/* The ARN without what is beside the point, and with its own partition: the resource itself. */
static bool is_plain(const char *value, const char *normal)
{
    const char *rest = strchr(value + 4, ':'); /* after "arn:", the partition */

    return rest != NULL && str_eq(rest, normal + 4);
}

size_t hcl_state_by_arn(const struct hcl_state *state, const char *arn, struct hcl_state_hit *out,
                        size_t max)
{
    char normal[CURSOR_TEXT_MAX + 1];
    enum nearness best = NEAR_NORMAL;
    struct hits hits = {.out = out, .max = max};

    if (!state_arn_normal(arn, normal))
        return 0;
    for (size_t i = lower(state->arns, state->n_arns, normal);
         i < state->n_arns && str_eq(state->arns[i].text, normal); i++) {
        const struct state_key *key = &state->arns[i];
        const char *value = state->instances[key->instance].names[key->name].value;
        enum nearness near = str_eq(value, arn)        ? NEAR_EXACT
                             : is_plain(value, normal) ? NEAR_PLAIN
                                                       : NEAR_NORMAL;
        if (near > best)
            hits = (struct hits){.out = out, .max = max};
        if (near < best)
            continue;
        best = near;
        add(&hits, state, key);
    }
    return hits.n;
}

static bool is_hit(const struct hits *hits, const struct hcl_state_instance *instance)
{
    for (size_t i = 0; i < hits->n && i < hits->max; i++)
        if (hits->out[i].instance == instance)
            return true;
    return false;
}

static void search(const struct hcl_state *state, const char *type, const char *name,
                   struct hits *hits)
{
    hits->last = NULL;
    for (size_t i = lower(state->names, state->n_names, name);
         i < state->n_names && str_eq(state->names[i].text, name); i++) {
        const struct hcl_state_instance *instance = &state->instances[state->names[i].instance];
        if ((type == NULL || hcl_type_fits(type, instance->type)) && !is_hit(hits, instance))
            add(hits, state, &state->names[i]);
    }
}

size_t hcl_state_by_name(const struct hcl_state *state, const char *type, const char *name,
                         struct hcl_state_hit *out, size_t max)
{
    /* Of no other type: the log groups "/aws/x" and "aws/x" are two. */
    static const struct {
        const char *type, *front;
    } forms[] = {{"aws_ssm_parameter", "/"}, {"aws_kms_alias", "alias/"}};
    char text[CURSOR_TEXT_MAX + 1];
    struct hits hits = {.out = out, .max = max};

    if (name[0] == '\0' || strlen(name) > CURSOR_TEXT_MAX - 8)
        return 0;
    search(state, type, name, &hits);
    for (size_t i = 0; i < COUNT(forms) && hits.n == 0; i++) {
        if (type != NULL && !str_eq(type, forms[i].type))
            continue;
        /* Without what the name has, or with what it lacks. */
        const char *bare = str_starts(name, forms[i].front) ? name + strlen(forms[i].front) : NULL;
        if (bare == NULL)
            snprintf(text, sizeof text, "%s%s", forms[i].front, name);
        search(state, forms[i].type, bare != NULL ? bare : text, &hits);
    }
    return hits.n;
}

const struct hcl_state_instance *hcl_state_by_address(const struct hcl_state *state,
                                                      const char *address)
{
    size_t low = 0, high = state->n_addresses;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct hcl_state_instance *at = &state->instances[state->addresses[middle]];
        int order = strcmp(at->address, address);
        if (order == 0)
            return at;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
