/*
 * Companion: a rule about one resource that another resource answers (a bucket and its versioning).
 * The older form, a block inside the subject, counts too: it is looked at when it is there, and
 * written when the module holds the provider below the version that split it off.
 */
#include "worker/rules/companion.h"

#include <stdio.h>

#include "worker/hcl/eval/referrers.h"
#include "worker/hcl/module/by_type.h"
#include "worker/rules/links.h"

/* Of several companions only those count that say what match says. */
static enum rule_verdict is_meant(const struct hcl_module *root, const struct statement *statement,
                                  const struct hcl_resource *one, struct why why)
{
    const struct hcl_node *body = hcl_block_body(one->block);
    const struct place place = {root, one, body, NULL};
    enum rule_verdict verdict = block_matches(&place, statement, body);
    char match[128];

    describe_match(statement, match, sizeof match);
    if (verdict == RULE_UNKNOWN)
        why_say(why, "it cannot be known whether %s is the %s%s", one->address, statement->name,
                match);
    return verdict;
}

void companions_find(const struct place *subject, const struct statement *statement,
                     struct companions *out, struct why why)
{
    const struct hcl_instance *instances = NULL;
    const struct link link = link_of(statement);
    const struct hcl_reference reference = {statement->name, link.name, link.key};
    const struct hcl_resource *one;
    struct hcl_referrers walk;
    bool unsure = false;

    *out = (struct companions){.found = COMPANION_NONE};
    hcl_referrers_start(subject->root, &reference, subject->resource, &walk);
    while ((one = hcl_referrers_next(&walk)) != NULL) {
        enum link_answer answer;
        enum rule_verdict meant;

        if (hcl_instances(one, &instances) == 0)
            continue;
        answer = link_to(one, &link, subject->resource, statement->to, why);
        meant = answer != LINK_NO ? is_meant(subject->root, statement, one, why) : RULE_FAILS;
        if (meant == RULE_FAILS)
            continue;
        if (answer == LINK_YES && meant == RULE_HOLDS && out->n < COUNT(out->items))
            out->items[out->n++] = one;
        unsure = unsure || answer == LINK_MAYBE || meant == RULE_UNKNOWN;
    }
    if (out->n == 0) {
        out->found = unsure ? COMPANION_UNSURE : COMPANION_NONE;
        return;
    }
    switch (links_cover(out->items, out->n, &link, subject, why)) {
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

/* "aws_x.other.id" for the subject aws_x.y; what goes by a local or a variable may name any. */
static bool names_another(const struct hcl_file *file, const struct hcl_node *link,
                          const struct hcl_resource *subject)
{
    char type[256];
    char name[256];

    return expr_name(file, link, 0, type, sizeof type) &&
           expr_name(file, link, 1, name, sizeof name) && str_eq(type, subject->type) &&
           !str_eq(name, subject->name);
}

/* In the subject's own module, or where that module is called: there its outputs are linked to. */
static bool may_name(const struct hcl_resource *one, const struct hcl_node *link,
                     const struct hcl_resource *subject)
{
    const char *path = hcl_module_path(subject->module);
    const char *call = strrchr(path, '.');

    if (link == NULL)
        return false;
    if (one->module == subject->module)
        return !names_another(one->file, link->child, subject);
    return call != NULL && one->module == hcl_module_parent(subject->module) &&
           expr_mentions(one->file, link->child, "module", call + 1);
}

const struct hcl_resource *companion_switched_off(const struct place *subject,
                                                  const struct statement *statement)
{
    const struct hcl_instance *instances = NULL;
    const struct hcl_resource *one;
    size_t next = 0;

    while ((one = hcl_resource_of(subject->root, statement->name, &next)) != NULL) {
        const struct hcl_node *link = hcl_attribute(one->file, one->block, statement->link);

        if (!may_name(one, link, subject->resource) || hcl_instances(one, &instances) > 0)
            continue;
        if (is_meant(subject->root, statement, one, (struct why){0}) != RULE_FAILS)
            return one;
    }
    return NULL;
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
           provider_is_older_than(resource->module, "aws", statement->inline_below);
}

/* --- the check --- */

size_t companion_places(const struct place *subject, const struct statement *statement,
                        const struct hcl_resource *one, struct place *out, size_t max)
{
    const struct hcl_node *body = hcl_block_body(one->block);
    const struct hcl_instance *instances = NULL;
    const struct link by = link_of(statement);
    size_t n = hcl_instances(one, &instances);
    size_t found = 0;

    for (size_t i = 0; subject->only != NULL && i < n && i < LOOK_AT_INSTANCES_MAX && found < max;
         i++) {
        const struct hcl_value *link = link_value(one, &by, &instances[i]);

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
    char match[128];

    if (str_eq(place->resource->type,
               statement->name)) /* a finding may name the companion itself */
        return statements_check(place, &statement->must, why);

    companions_find(place, statement, &companions, why);
    if (companions.found == COMPANION_FOUND)
        return found_check(place, statement, &companions, why);
    if (companions.found == COMPANION_PARTIAL && statement->absent_holds)
        return place->only != NULL ? RULE_HOLDS : found_check(place, statement, &companions, why);
    if (companions.found == COMPANION_PARTIAL)
        return RULE_FAILS;
    if (inline_is_used(place, statement))
        return statement_check(place, statement->inline_form, why);
    if (companions.found == COMPANION_UNSURE)
        return RULE_UNKNOWN;
    if (statement->absent_holds)
        return RULE_HOLDS;
    describe_match(statement, match, sizeof match);
    why_say(why, "no %s%s refers to %s", statement->name, match, place->resource->address);
    return RULE_FAILS;
}

/* The resource of the rule's first type that every instance of one names, where that is plain. */
static const struct hcl_resource *plain_subject(const struct rule *rule,
                                                const struct hcl_module *root,
                                                const struct hcl_resource *one,
                                                const struct link *link)
{
    const struct hcl_instance *instances = NULL;
    const struct hcl_value *value;

    if (hcl_instances(one, &instances) != 1)
        return NULL;
    value = link_value(one, link, &instances[0]);
    return value != NULL && value->resource != NULL && !value->resource->is_data &&
                   str_eq(value->resource->type, rule->types[0])
               ? hcl_resource_find(root, value->resource->address)
               : NULL;
}

static const struct hcl_resource *subject_of(const struct rule *rule,
                                             const struct rule_target *target)
{
    const struct rule_statement *statement = rule->statement;
    const struct statement *first = &statement->must.items[0];
    const struct link link = link_of(first);
    const struct hcl_resource *one;
    size_t next = 0;

    if ((first->verb != VERB_COMPANION && first->verb != VERB_IAM) || first->link == NULL ||
        !str_eq(first->name, target->resource->type))
        return target->resource;
    one = plain_subject(rule, target->root, target->resource, &link);
    if (one != NULL)
        return one;
    while ((one = hcl_resource_of(target->root, rule->types[0], &next)) != NULL) {
        if (link_to(target->resource, &link, one, first->to, (struct why){0}) == LINK_YES)
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
