/* Locating by state; the story stands in locate_state.h. */
#include "worker/hcl/locate/locate_state.h"

#include "worker/hcl/aws/types.h"
#include "worker/hcl/locate/moved.h"
#include "worker/hcl/module/module_inside.h"
#include "worker/hcl/state/state.h"
#include "worker/hcl/syntax/address.h"

#define HITS_MAX 64

/* --- what the state has --- */

struct hits {
    struct hcl_state_hit items[HITS_MAX];
    size_t n; /* kept ones */
};

static void set_count(struct hits *hits, size_t n)
{
    hits->n = n < HITS_MAX ? n : HITS_MAX;
}

/* Keeps those of the type, when there are any. */
static void prefer_type(struct hits *hits, const char *type)
{
    size_t kept = 0;

    for (size_t i = 0; i < hits->n; i++)
        if (hcl_type_fits(type, hits->items[i].instance->type))
            hits->items[kept++] = hits->items[i];
    if (kept > 0)
        hits->n = kept;
}

/* Drops what has another ARN than the one asked for. */
static void drop_others(struct hits *hits, const char *arn)
{
    size_t kept = 0;

    for (size_t i = 0; i < hits->n; i++) {
        const char *own = hits->items[i].instance->arn;
        if (own == NULL || hcl_arn_same(own, arn))
            hits->items[kept++] = hits->items[i];
    }
    hits->n = kept;
}

/* A bucket's companions carry its name as their id: the bucket is meant. */
static void drop_companions(struct hits *hits)
{
    size_t kept = 0;

    for (size_t i = 0; i < hits->n; i++) {
        const char *parent = hcl_type_parent(hits->items[i].instance->type);
        bool is_companion = false;
        for (size_t k = 0; parent != NULL && k < hits->n; k++)
            is_companion = is_companion || str_eq(hits->items[k].instance->type, parent);
        if (!is_companion)
            hits->items[kept++] = hits->items[i];
    }
    hits->n = kept;
}

static void by_name(const struct hcl_query *query, const char *type, const char *name,
                    struct hits *hits)
{
    if (name == NULL || name[0] == '\0')
        return;
    set_count(hits, hcl_state_by_name(query->state, type, name, hits->items, HITS_MAX));
    if (query->arn != NULL)
        drop_others(hits, query->arn);
}

/* The ARN; then, for what has none in the state, the name in it, and the name beside it. */
static void look_up(const struct hcl_query *query, struct hits *hits)
{
    const char *type = query->type;
    struct hcl_arn arn;
    bool known = query->arn != NULL && hcl_arn_parse(query->arn, &arn);

    hits->n = 0;
    if (type != NULL && hcl_type_parent(type) != NULL)
        type = hcl_type_parent(type);
    if (known)
        type = arn.type;
    if (query->arn != NULL)
        set_count(hits, hcl_state_by_arn(query->state, query->arn, hits->items, HITS_MAX));
    if (type != NULL)
        prefer_type(hits, type);
    if (hits->n == 0 && known)
        by_name(query, type, arn.name, hits);
    if (hits->n == 0)
        by_name(query, type, query->name, hits);
    if (hits->n > 1)
        drop_companions(hits);
}

/* --- where that is in the code --- */

enum fit { FIT_NO, FIT_MAYBE, FIT_YES };

/* How the address of the state fits that of an instance of the code, in which "[?]" is a key that
 * is not known. */
static enum fit fits_keys(const struct address *wanted, const struct address *own)
{
    enum fit fit = FIT_YES;

    for (size_t i = 0; i < own->n; i++) {
        struct address_part key = own->steps[i].key;
        if (key.len == 3 && memcmp(key.at, "[?]", 3) == 0)
            fit = FIT_MAYBE;
        else if (!address_part_eq(key, wanted->steps[i].key))
            return FIT_NO;
    }
    return fit;
}

/* Terraform itself moves x to x[0] when count appears, and back. */
static bool is_count_toggle(const struct address *wanted, const struct address *own)
{
    struct address_part a = wanted->steps[wanted->n - 1].key, b = own->steps[own->n - 1].key;
    struct address_part present = a.len > 0 ? a : b;

    return a.len + b.len == 3 && (a.len == 0 || b.len == 0) && memcmp(present.at, "[0]", 3) == 0;
}

/* A place in the code. */
struct place {
    const struct hcl_resource *resource;
    const struct hcl_instance *instance;
    bool sure; /* its keys were compared */
};

struct pair { /* too large for the stack of a thread that recurses */
    struct address wanted, own;
};

static bool find_instance(const char *address, struct place *out, struct pair *pair)
{
    const struct hcl_instance *instances;
    size_t n = hcl_instances(out->resource, &instances);
    const struct hcl_instance *toggled = NULL;

    if (!address_parse(address, &pair->wanted))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!address_parse(instances[i].address, &pair->own) || pair->own.n != pair->wanted.n)
            continue;
        enum fit fit = fits_keys(&pair->wanted, &pair->own);
        if (fit != FIT_NO) {
            out->instance = &instances[i];
            out->sure = fit == FIT_YES;
            return true;
        }
        if (is_count_toggle(&pair->wanted, &pair->own)) {
            pair->wanted.steps[pair->wanted.n - 1].key = pair->own.steps[pair->own.n - 1].key;
            if (fits_keys(&pair->wanted, &pair->own) != FIT_NO)
                toggled = &instances[i];
            (void)address_parse(address, &pair->wanted);
        }
    }
    out->instance = toggled;
    out->sure = true;
    return toggled != NULL;
}

enum found { FOUND, FOUND_NO_BLOCK, FOUND_NO_KEY };

static enum found find_place(const struct hcl_module *root, const char *address, struct place *out)
{
    *out = (struct place){.resource = hcl_resource_find(root, address)};
    if (out->resource == NULL || out->resource->is_data)
        return FOUND_NO_BLOCK;
    struct pair *pair = malloc(sizeof *pair);
    bool found = pair != NULL && find_instance(address, out, pair);
    free(pair);
    return found ? FOUND : FOUND_NO_KEY;
}

/* The address as it is, or as moved blocks say. *moved: the latter. */
static enum found find_moved(const struct hcl_module *root, const char *address, struct place *out,
                             bool *moved)
{
    CLEANUP(buf_done) struct buf now = BUF(ADDRESS_MAX_BYTES);
    struct place there;
    enum found found = find_place(root, address, out);

    *moved = false;
    if (found == FOUND || !hcl_moved(root, address, &now))
        return found;
    enum found again = find_place(root, buf_str(&now), &there);
    if (again != FOUND)
        return found == FOUND_NO_KEY ? found : again;
    *moved = true;
    *out = there;
    return FOUND;
}

/* --- matches --- */

struct matches {
    const struct hcl_module *root;
    struct hcl_match *out;
    size_t n, max;
};

static const char *explain(const struct hcl_module *root, const struct hcl_state_hit *hit,
                           const struct place *place, bool moved)
{
    const struct hcl_state_instance *instance = hit->instance;

    const char *how = arena_print(root->repo->arena, "state: %s = %s%s%s%s%s", hit->name->attribute,
                                  hit->name->value, moved ? " (moved from " : "",
                                  moved ? instance->address : "", moved ? ")" : "",
                                  !place->sure        ? " (its key could not be checked)"
                                  : instance->tainted ? " (tainted: the next apply makes it anew)"
                                                      : "");
    return how != NULL ? how : "state";
}

static void add_match(struct matches *matches, const struct hcl_state_hit *hit,
                      const struct place *place, bool moved)
{
    for (size_t i = 0; i < matches->n && i < matches->max; i++) {
        struct hcl_match *known = &matches->out[i];
        if (known->resource != place->resource)
            continue;
        if (known->instance != place->instance) { /* two instances: the block as a whole */
            known->instance = NULL;
            known->instance_key = "";
        }
        return;
    }
    if (matches->n < matches->max)
        matches->out[matches->n] =
            (struct hcl_match){.resource = place->resource,
                               .certainty = HCL_SURE,
                               .instance_key = place->instance->key,
                               .instance = place->instance,
                               .how = explain(matches->root, hit, place, moved)};
    matches->n++;
}

size_t locate_by_state(const struct hcl_module *root, const struct hcl_query *query,
                       struct hcl_match *out, size_t max)
{
    struct matches matches = {.root = root, .out = out, .max = max};
    struct hits hits;
    struct place place;
    bool moved;

    look_up(query, &hits);
    for (size_t i = 0; i < hits.n; i++)
        if (!hits.items[i].instance->deposed &&
            find_moved(root, hits.items[i].instance->address, &place, &moved) == FOUND)
            add_match(&matches, &hits.items[i], &place, moved);
    return matches.n;
}

const char *hcl_state_says(const struct hcl_module *root, const struct hcl_query *query)
{
    struct hits hits;
    struct place place;
    bool moved;

    if (query->state == NULL)
        return NULL;
    look_up(query, &hits);
    for (size_t i = 0; i < hits.n; i++) {
        const struct hcl_state_instance *instance = hits.items[i].instance;
        enum found found = find_moved(root, instance->address, &place, &moved);
        const char *why =
            instance->deposed
                ? "where it is deposed: it was replaced, and the next apply destroys it"
            : found == FOUND_NO_KEY ? "an instance that this code does not make (removed?)"
            : found != FOUND        ? "which this code does not have (moved or removed?)"
                                    : NULL;
        if (why != NULL)
            return arena_print(root->repo->arena, "the state has %s at %s, %s",
                               hits.items[i].name->value, instance->address, why);
    }
    return NULL;
}

/* --- names held against the state --- */

/* Does the state know every instance of the match, each under another ARN? */
static bool is_other(const struct hcl_state *state, const struct hcl_match *match, const char *arn)
{
    const struct hcl_instance *instances = match->instance;
    size_t n = match->instance != NULL ? 1 : hcl_instances(match->resource, &instances);

    for (size_t i = 0; i < n; i++) {
        const struct hcl_state_instance *known = hcl_state_by_address(state, instances[i].address);
        if (known == NULL || known->arn == NULL || hcl_arn_same(known->arn, arn))
            return false;
    }
    return n > 0;
}

size_t locate_check_names(const struct hcl_module *root, const struct hcl_query *query,
                          struct hcl_match *out, size_t n, size_t max)
{
    const char *says = hcl_state_says(root, query);
    size_t kept = 0;

    if (n > max)
        return n; /* too many to tell apart anyway */
    for (size_t i = 0; i < n; i++) {
        if (query->arn != NULL && is_other(query->state, &out[i], query->arn))
            continue;
        if (says != NULL && out[i].certainty == HCL_CANDIDATE)
            continue; /* the state has it elsewhere, and nothing speaks for this one */
        const char *how = arena_print(root->repo->arena, "%s; %s", out[i].how,
                                      says != NULL ? says : "the state does not have it");
        out[kept] = out[i];
        out[kept++].how = how != NULL ? how : out[i].how;
    }
    return kept;
}
