/*
 * Policy statement, the check: which document speaks for the subject (or for each instance of it),
 * and does the statement stand in it?
 */
#include "worker/rules/policy_statement.h"

#include <stdio.h>

#include "worker/rules/companion.h"
#include "worker/rules/policy_find.h"
#include "worker/rules/policy_match.h"

/* --- the subject --- */

/* Its name, from the first argument that may name it. */
static void read_name(const struct hcl_resource *resource, const struct hcl_instance *instance,
                      const struct statement *statement, struct policy_subject *out)
{
    for (const char *const *to = statement->to; *to != NULL; to++) {
        const struct hcl_value *value =
            hcl_eval_attribute(resource, hcl_block_body(resource->block), *to, instance);

        if (value == NULL || value->kind == HCL_V_NULL)
            continue;
        if (value->kind == HCL_V_TEXT)
            out->name = value->text;
        else
            out->is_named_later = true;
        return;
    }
}

void policy_subject_of(const struct place *place, const struct statement *statement,
                       const struct place *subject, const struct hcl_instance *instance,
                       struct policy_subject *out)
{
    const struct hcl_value *link =
        statement->link != NULL
            ? hcl_eval_attribute(place->resource, place->body, statement->link, instance)
            : NULL;
    const struct hcl_instance *instances = NULL;

    *out = (struct policy_subject){.type = ""};
    if (link != NULL && link->resource != NULL && link->instance != NULL) {
        out->type = link->resource->type;
        out->address = link->instance->address;
        read_name(link->resource, link->instance, statement, out);
    } else if (subject != NULL) {
        out->type = subject->resource->type;
        if (place_instances(subject, &instances) == 1 ||
            place->resource->type == subject->resource->type) {
            out->address = instances[0].address;
            read_name(subject->resource, &instances[0], statement, out);
        }
    }
    if (link != NULL && link->kind == HCL_V_TEXT)
        out->name = link->text;
    if (out->type[0] == '\0' && str_eq(statement->name, "aws_s3_bucket_policy"))
        out->type = "aws_s3_bucket";
}

/* --- the documents --- */

static enum rule_verdict instance_check(const struct place *place,
                                        const struct statement *statement, const char *argument,
                                        const struct place *subject,
                                        const struct hcl_instance *instance, struct why why)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(POLICY_ARENA_MAX);
    struct policy_document document;
    struct policy_subject about;
    char reason[256] = "";
    enum rule_verdict verdict;

    if (arena == NULL)
        return RULE_UNKNOWN;
    if (!policy_read(arena, place, argument, instance, &document)) {
        why_say(why, "%s has no %s", place->resource->address, argument);
        return RULE_FAILS;
    }
    policy_subject_of(place, statement, subject, instance, &about);
    verdict = policy_covers(document.statements, statement->policy, &about,
                            (struct why){reason, sizeof reason});
    if (verdict == RULE_FAILS)
        why_say(why, "the policy has no statement that does what %s does%s%s",
                statement->policy->sid, reason[0] != '\0' ? ": " : "", reason);
    else
        why_say(why, "%s", reason);
    return verdict;
}

enum rule_verdict policy_place_check(const struct place *place, const struct statement *statement,
                                     const char *argument, const struct place *subject,
                                     struct why why)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    for (size_t i = 0; i < n && verdict != RULE_FAILS; i++) {
        enum rule_verdict one = instance_check(place, statement, argument, subject, &instances[i],
                                               (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS || (one == RULE_UNKNOWN && verdict == RULE_UNKNOWN))
            continue;
        why_say(why, "%s%s%s", reason, instances[i].key[0] != '\0' ? " for instance " : "",
                instances[i].key);
        verdict = one;
    }
    return verdict;
}

static enum rule_verdict companions_check(const struct place *place,
                                          const struct statement *statement,
                                          const struct companions *companions, struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    for (size_t i = 0; i < companions->n; i++) {
        struct place inside[COMPANION_PLACES_MAX];
        size_t n = companion_places(place, statement, companions->items[i], inside, COUNT(inside));

        for (size_t k = 0; k < n && verdict != RULE_FAILS; k++) {
            enum rule_verdict one =
                policy_place_check(&inside[k], statement, statement->policy->argument, place,
                                   (struct why){reason, sizeof reason});

            if (one == RULE_HOLDS || (one == RULE_UNKNOWN && verdict == RULE_UNKNOWN))
                continue;
            why_say(why, "%s: %s", companions->items[i]->address, reason);
            verdict = one;
        }
    }
    return verdict;
}

bool policy_is_inline(const struct place *place, const struct statement *statement)
{
    return statement->policy->inline_argument != NULL &&
           hcl_attribute(place->resource->file, place->body, statement->policy->inline_argument) !=
               NULL;
}

enum rule_verdict policy_statement_check(const struct place *place,
                                         const struct statement *statement, struct why why)
{
    const struct policy_want *want = statement->policy;
    struct companions companions;

    if (statement->name == NULL || str_eq(place->resource->type, statement->name))
        return policy_place_check(place, statement, want->argument,
                                  statement->name == NULL ? place : NULL, why);
    companions_find(place, statement, &companions, why);
    if (companions.found == COMPANION_FOUND)
        return companions_check(place, statement, &companions, why);
    if (companions.found == COMPANION_PARTIAL)
        return RULE_FAILS;
    if (companions.found == COMPANION_UNSURE)
        return RULE_UNKNOWN;
    if (policy_is_inline(place, statement))
        return policy_place_check(place, statement, want->inline_argument, place, why);
    why_say(why, "no %s refers to %s", statement->name, place->resource->address);
    return RULE_FAILS;
}
