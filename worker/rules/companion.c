/*
 * Companion: a rule about one resource that another resource answers (a bucket and its versioning).
 * The older form, a block inside the subject, counts too: it is looked at when it is there, and
 * written when the module holds the provider below the version that split it off.
 */
#include "worker/rules/companion.h"

#include <stdio.h>

#include "worker/rules/links.h"

#define SPLIT_OFF_MAJOR                                                                            \
    4 /* AWS provider 4 moved the bucket's blocks into resources of their own                      \
       */

void companions_find(const struct place *subject, const struct statement *statement,
                     struct companions *out, struct why why)
{
    const struct hcl_instance *instances = NULL;
    bool unsure = false;

    *out = (struct companions){.found = COMPANION_NONE};
    for (size_t i = 0; i < hcl_resource_count(subject->root); i++) {
        const struct hcl_resource *one = hcl_resource_at(subject->root, i);
        enum link_answer answer;

        if (one->is_data || !str_eq(one->type, statement->name) ||
            hcl_instances(one, &instances) == 0)
            continue;
        answer = link_to(one, statement->link, subject->resource, statement->to, why);
        if (answer == LINK_YES && out->n < COUNT(out->items))
            out->items[out->n++] = one;
        unsure = unsure || answer == LINK_MAYBE;
    }
    if (out->n == 0) {
        out->found = unsure ? COMPANION_UNSURE : COMPANION_NONE;
        return;
    }
    switch (links_cover(out->items, out->n, statement->link, subject, why)) {
    case LINK_YES:
        out->found = COMPANION_FOUND;
        break;
    case LINK_NO:
        out->found = COMPANION_PARTIAL;
        break;
    case LINK_MAYBE:
        out->found = COMPANION_UNSURE;
        break;
    }
}

/* --- which form --- */

static bool version_below(const char *text, int major)
{
    char *end = NULL;
    long have;

    text += strspn(text, " v");
    have = strtol(text, &end, 10);
    return end != text && have < major;
}

/* "~> 3.0", "= 3.7", "3.7", "< 4.0", "<= 3.9": do they keep the version below major? */
static bool clause_is_below(const char *clause, int major)
{
    clause += strspn(clause, " ");
    if (str_starts(clause, "~>")) /* "~> 3" lets the major number rise, "~> 3.0" does not */
        return strchr(clause, '.') != NULL && version_below(clause + 2, major);
    if (str_starts(clause, "<="))
        return version_below(clause + 2, major);
    if (clause[0] == '<') {
        const char *rest = clause + 1 + strspn(clause + 1, " ");
        const char *dot = strchr(rest, '.');

        return version_below(rest, major) || (version_below(rest, major + 1) &&
                                              (dot == NULL || strspn(dot, ".0 ") == strlen(dot)));
    }
    if (clause[0] == '=' && clause[1] != '=')
        return version_below(clause + 1, major);
    return clause[0] >= '0' && clause[0] <= '9' && version_below(clause, major);
}

static bool constraint_is_below(const char *constraint, int major)
{
    char clause[64];

    while (*constraint != '\0') {
        size_t len = strcspn(constraint, ",");

        if (len < sizeof clause) {
            memcpy(clause, constraint, len);
            clause[len] = '\0';
            if (clause_is_below(clause, major))
                return true;
        }
        constraint += len + (constraint[len] == ',');
    }
    return false;
}

static const char *version_in(const struct hcl_value *value)
{
    if (value->kind == HCL_V_TEXT)
        return value->text;
    for (size_t i = 0; value->kind == HCL_V_OBJECT && i < value->n; i++) {
        if (str_eq(value->keys[i], "version") && value->items[i]->kind == HCL_V_TEXT)
            return value->items[i]->text;
    }
    return "";
}

bool provider_is_older_than(const struct hcl_module *module, const char *provider, int major)
{
    for (; module != NULL; module = hcl_module_parent(module)) {
        const struct hcl_file *file;
        const struct hcl_node *entry = hcl_module_requires(module, provider, &file);

        if (entry != NULL &&
            constraint_is_below(version_in(hcl_eval(module, file, entry, NULL)), major))
            return true;
    }
    return false;
}

bool inline_is_used(const struct place *subject, const struct statement *statement)
{
    const struct hcl_resource *resource = subject->resource;
    const struct hcl_node *body = hcl_block_body(resource->block);
    const char *block = statement->inline_form != NULL ? statement->inline_form->name : NULL;

    if (block == NULL)
        return false;
    return hcl_block_next(resource->file, body, block, NULL) != NULL ||
           hcl_attribute(resource->file, body, block) != NULL ||
           body_has_dynamic(resource->file, body, block) ||
           provider_is_older_than(resource->module, "aws", SPLIT_OFF_MAJOR);
}

/* --- the check --- */

size_t companion_places(const struct place *subject, const struct statement *statement,
                        const struct hcl_resource *one, struct place *out, size_t max)
{
    const struct hcl_node *body = hcl_block_body(one->block);
    const struct hcl_instance *instances = NULL;
    size_t n = hcl_instances(one, &instances);
    size_t found = 0;

    for (size_t i = 0; subject->only != NULL && i < n && i < LOOK_AT_INSTANCES_MAX && found < max;
         i++) {
        const struct hcl_value *link =
            hcl_eval_attribute(one, body, statement->link, &instances[i]);

        if (link != NULL && link->instance != NULL &&
            str_eq(link->instance->address, subject->only->address))
            out[found++] = (struct place){subject->root, one, body, &instances[i]};
    }
    if (found == 0)
        out[found++] = (struct place){subject->root, one, body, NULL};
    return found;
}

static enum rule_verdict found_check(const struct place *place, const struct statement *statement,
                                     const struct companions *companions, struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    for (size_t i = 0; i < companions->n; i++) {
        struct place inside[COMPANION_PLACES_MAX];
        size_t n = companion_places(place, statement, companions->items[i], inside, COUNT(inside));

        for (size_t k = 0; k < n && verdict != RULE_FAILS; k++) {
            enum rule_verdict answer =
                statements_check(&inside[k], &statement->must, (struct why){reason, sizeof reason});

            if (answer == RULE_HOLDS || (answer == RULE_UNKNOWN && verdict == RULE_UNKNOWN))
                continue;
            why_say(why, "%s: %s", companions->items[i]->address, reason);
            verdict = answer;
        }
    }
    return verdict;
}

enum rule_verdict companion_check(const struct place *place, const struct statement *statement,
                                  struct why why)
{
    struct companions companions;

    if (str_eq(place->resource->type,
               statement->name)) /* a finding may name the companion itself */
        return statements_check(place, &statement->must, why);

    companions_find(place, statement, &companions, why);
    if (companions.found == COMPANION_FOUND)
        return found_check(place, statement, &companions, why);
    if (companions.found == COMPANION_PARTIAL)
        return RULE_FAILS;
    if (inline_is_used(place, statement))
        return statement_check(place, statement->inline_form, why);
    if (companions.found == COMPANION_UNSURE)
        return RULE_UNKNOWN;
    why_say(why, "no %s refers to %s", statement->name, place->resource->address);
    return RULE_FAILS;
}

static const struct hcl_resource *subject_of(const struct rule *rule,
                                             const struct rule_target *target)
{
    const struct rule_statement *statement = rule->statement;
    const struct statement *first = &statement->must.items[0];

    if ((first->verb != VERB_COMPANION && first->verb != VERB_POLICY) || first->link == NULL ||
        !str_eq(first->name, target->resource->type))
        return target->resource;
    for (size_t i = 0; i < hcl_resource_count(target->root); i++) {
        const struct hcl_resource *one = hcl_resource_at(target->root, i);

        if (!one->is_data && str_eq(one->type, rule->types[0]) &&
            link_to(target->resource, first->link, one, first->to, (struct why){0}) == LINK_YES)
            return one;
    }
    return target->resource;
}

struct place rule_place(const struct rule *rule, const struct rule_target *target)
{
    const struct hcl_resource *subject = subject_of(rule, target);

    return (struct place){target->root, subject, hcl_block_body(subject->block),
                          subject == target->resource ? target->instance : NULL};
}
