/*
 * Layer "rescan": every rule over every resource of the module, before and after. What fails after
 * must have failed before: a fix may not trade one finding for another. Where an edited file is
 * part of other roots too, they are looked at in the same way.
 *
 * A model's fix may not make it unknowable either whether a rule holds that did.
 *
 * What the fix adds may fail rules of class INPUT: only an operator can answer those, so they are
 * told and do not keep the fix from being made.
 */
#include "worker/gate/gate_inside.h"

#include <stdio.h>

#include "worker/hcl/module/roots.h"

#define OTHER_ROOTS_MAX 16 /* looked at; the detail says how many were not */

struct pair { /* one root, as it was and as it is */
    struct hcl_module *before, *after;
    const char *directory; /* NULL: the root of the fix itself, which needs no name */
    size_t n_asking;       /* rules that need an input and fail for what was added */
};

static bool was(const struct pair *pair, const struct rule *rule, const char *address,
                enum rule_verdict verdict)
{
    const struct hcl_resource *resource = hcl_resource_find(pair->before, address);
    char why[64];

    return resource != NULL && rule_check(rule, pair->before, resource, why, sizeof why) == verdict;
}

static bool is_new_finding(const struct gate_run *run, const struct pair *pair,
                           const struct rule *rule, const char *address, enum rule_verdict verdict)
{
    if (verdict == RULE_FAILS)
        return !was(pair, rule, address, RULE_FAILS);
    return verdict == RULE_UNKNOWN && run->in->by_model && was(pair, rule, address, RULE_HOLDS);
}

static bool is_added(const struct pair *pair, const char *address)
{
    return hcl_resource_find(pair->before, address) == NULL;
}

/* false: there is one, and the result says so. */
static bool has_no_new_finding(const struct gate_run *run, struct pair *pair,
                               struct gate_layer_result *result)
{
    for (size_t i = 0; i < hcl_resource_count(pair->after); i++) {
        const struct hcl_resource *resource = hcl_resource_at(pair->after, i);

        for (size_t k = 0; k < rules_count(run->in->rules) && !resource->is_data; k++) {
            const struct rule *rule = rules_at(run->in->rules, k);
            char why[200] = "";

            if (rule->is_off && rule != run->in->rule)
                continue;
            enum rule_verdict verdict = rule_check(rule, pair->after, resource, why, sizeof why);
            if (!is_new_finding(run, pair, rule, resource->address, verdict))
                continue;
            if (rule->class == RULE_INPUT && is_added(pair, resource->address)) {
                pair->n_asking++;
                continue;
            }
            (void)gate_fail(result, "new finding %s on %.100s%s%.80s: %s", rule->id,
                            resource->address, pair->directory != NULL ? " of " : "",
                            pair->directory != NULL ? pair->directory : "", why);
            return false;
        }
    }
    return true;
}

/* --- other roots --- */

static const char *name_of(const char *directory)
{
    return directory[0] != '\0' ? directory : "the top directory";
}

enum opened_answer {
    OPENED_NOT_BEFORE = 1, /* it was broken before the fix: nothing can be said of it */
    OPENED_NOT_AFTER = 2,  /* err says why */
};

static int pair_open(const struct gate_run *run, const char *directory, struct pair *out,
                     struct err *err)
{
    int r = hcl_module_open(run->in->before, directory, &out->before, err);

    if (r < 0)
        return r == ERR_REJECT ? OPENED_NOT_BEFORE : r;
    out->directory = name_of(directory);
    r = hcl_module_open(run->after, directory, &out->after, err);
    return r == ERR_REJECT ? OPENED_NOT_AFTER : r;
}

static int roots_find(const struct gate_run *run, struct hcl_roots *out, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < run->in->n_edited && r == 0; i++)
        r = hcl_other_roots(run->root_after, run->in->edited[i].path, out, err);
    return r;
}

/* In the end result is a pass, or the first failure. */
static int rescan_others(const struct gate_run *run, const struct hcl_roots *roots,
                         struct gate_layer_result *result, struct err *err)
{
    size_t n_left = roots->n_more;
    size_t n_seen = 0;

    for (size_t i = 0; i < roots->n; i++) {
        struct pair pair = {0};
        int r = n_seen < OTHER_ROOTS_MAX ? pair_open(run, roots->items[i], &pair, err)
                                         : OPENED_NOT_BEFORE;

        if (r < 0)
            return r;
        if (r == OPENED_NOT_AFTER)
            return gate_fail(result, "%.100s: %.200s", name_of(roots->items[i]), err->text);
        if (r == OPENED_NOT_BEFORE) {
            n_left++;
            continue;
        }
        if (!has_no_new_finding(run, &pair, result))
            return 0;
        n_seen++;
    }
    if (n_left > 0)
        return gate_pass(result,
                         "no new finding here, nor in %zu other roots; %zu that use the "
                         "same module could not be looked at",
                         n_seen, n_left);
    return gate_pass(result,
                     "no new finding here, nor in the %zu other root%s that use%s the same "
                     "module",
                     n_seen, n_seen == 1 ? "" : "s", n_seen == 1 ? "s" : "");
}

static void tell_asking(const struct pair *own, struct gate_layer_result *result)
{
    size_t used = strlen(result->detail);

    if (own->n_asking > 0)
        (void)snprintf(result->detail + used, sizeof result->detail - used,
                       "; %zu rule%s that need%s an input do%s not hold for what was added",
                       own->n_asking, own->n_asking == 1 ? "" : "s", own->n_asking == 1 ? "s" : "",
                       own->n_asking == 1 ? "es" : "");
}

int gate_rescan(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct pair own = {.before = run->before, .after = run->root_after};
    struct hcl_roots roots = {.n = 0};
    int r;

    if (!has_no_new_finding(run, &own, result))
        return 0;
    r = roots_find(run, &roots, err);
    if (r < 0)
        return r;
    if (roots.n > 0)
        r = rescan_others(run, &roots, result, err);
    else
        (void)gate_pass(result, "%zu rules over %zu resources: no new finding",
                        rules_count(run->in->rules), hcl_resource_count(run->root_after));
    if (r == 0 && result->verdict == GATE_PASSED)
        tell_asking(&own, result);
    return r;
}
