/*
 * Check: does a statement hold for a resource? Attributes are looked at for every instance of count
 * or for_each; a block that a dynamic block produces is unknown; a resource without instances has
 * nothing to check.
 */
#include "worker/rules/check.h"

#include <stdio.h>

#include "worker/rules/companion.h"
#include "worker/rules/policy_statement.h"

static const char *const verdict_names[] = {"holds", "fails", "unknown", "not applicable"};

const char *rule_verdict_name(enum rule_verdict verdict)
{
    return (size_t)verdict < COUNT(verdict_names) ? verdict_names[verdict] : "?";
}

size_t place_instances(const struct place *place, const struct hcl_instance **out)
{
    size_t n;

    if (place->only != NULL) {
        *out = place->only;
        return 1;
    }
    n = hcl_instances(place->resource, out);
    return n < LOOK_AT_INSTANCES_MAX ? n : LOOK_AT_INSTANCES_MAX;
}

bool body_has_dynamic(const struct hcl_file *file, const struct hcl_node *body, const char *type)
{
    const struct hcl_node *block = NULL;
    char label[128];

    while ((block = hcl_block_next(file, body, "dynamic", block)) != NULL) {
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, type))
            return true;
    }
    return false;
}

static enum rule_verdict attribute_check(const struct place *place,
                                         const struct statement *statement, struct why why)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    for (size_t i = 0; i < n; i++) {
        const struct hcl_value *value = attribute_value(place, statement, &instances[i]);
        enum rule_verdict one = test_value(statement, value, (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS)
            one = environments_check(statement, value, (struct why){reason, sizeof reason});
        if (one == RULE_HOLDS || (one == RULE_UNKNOWN && verdict == RULE_UNKNOWN))
            continue;
        why_say(why, "%s%s%s", reason, instances[i].key[0] != '\0' ? " for instance " : "",
                instances[i].key);
        verdict = one;
        if (verdict == RULE_FAILS)
            break;
    }
    return verdict;
}

void describe_match(const struct statement *statement, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < statement->match.n && used < size; i++) {
        const struct body_item *item = &statement->match.items[i];

        used += (size_t)snprintf(out + used, size - used, "%s%s = %s", i == 0 ? " with " : ", ",
                                 item->name, item->values.items[0].text);
    }
}

enum rule_verdict block_matches(const struct place *place, const struct statement *statement,
                                const struct hcl_node *block)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);

    for (size_t i = 0; i < statement->match.n; i++) {
        const struct body_item *item = &statement->match.items[i];
        const struct hcl_value *value =
            hcl_eval_attribute(place->resource, block, item->name, n > 0 ? &instances[0] : NULL);

        enum rule_verdict one = value == NULL || item->values.n == 0
                                    ? RULE_FAILS
                                    : literal_matches(&item->values.items[0], value);

        if (one != RULE_HOLDS)
            return one;
    }
    return RULE_HOLDS;
}

struct blocks_seen {
    size_t n, good, unsure;
    char reason[256]; /* of the first that is not good */
};

static enum rule_verdict one_block(const struct place *place, const struct statement *statement,
                                   const struct hcl_node *block, struct why why)
{
    struct place inside = {place->root, place->resource, block, place->only};
    enum rule_verdict match = block_matches(place, statement, block);

    if (match == RULE_UNKNOWN)
        why_say(why, "which %s block this is cannot be known", statement->name);
    if (match == RULE_FAILS)
        return RULE_NOT_APPLICABLE;
    return match == RULE_UNKNOWN ? match : statements_check(&inside, &statement->must, why);
}

static void look_at_blocks(const struct place *place, const struct statement *statement,
                           struct blocks_seen *seen)
{
    const struct hcl_node *block = NULL;
    char reason[256];

    while ((block = hcl_block_next(place->resource->file, place->body, statement->name, block)) !=
           NULL) {
        enum rule_verdict verdict =
            one_block(place, statement, block, (struct why){reason, sizeof reason});

        if (verdict == RULE_NOT_APPLICABLE)
            continue;
        seen->n++;
        seen->good += verdict == RULE_HOLDS;
        seen->unsure += verdict == RULE_UNKNOWN;
        if (verdict == RULE_FAILS || (verdict == RULE_UNKNOWN && seen->reason[0] == '\0'))
            memcpy(seen->reason, reason, sizeof reason);
    }
}

static enum rule_verdict block_check(const struct place *place, const struct statement *statement,
                                     struct why why)
{
    const struct hcl_file *file = place->resource->file;
    struct blocks_seen seen = {0};
    size_t bad;
    char match[128];

    if (hcl_attribute(file, place->body, statement->name) != NULL) {
        why_say(why,
                hcl_is_json(file) ? "%s may be a block or an argument in Terraform's JSON syntax"
                                  : "%s is written as an argument, not as a block",
                statement->name);
        return RULE_UNKNOWN;
    }
    look_at_blocks(place, statement, &seen);
    bad = seen.n - seen.good - seen.unsure;

    if (statement->any && seen.good > 0)
        return RULE_HOLDS;
    if (!statement->any && bad > 0) {
        why_say(why, "in %s: %s", statement->name, seen.reason);
        return RULE_FAILS;
    }
    if (body_has_dynamic(file, place->body, statement->name)) {
        why_say(why, "%s blocks are produced by a dynamic block", statement->name);
        return RULE_UNKNOWN;
    }
    if (seen.unsure > 0) {
        why_say(why, "in %s: %s", statement->name, seen.reason);
        return RULE_UNKNOWN;
    }
    if (seen.n > 0 && !statement->any)
        return RULE_HOLDS;
    if (seen.n == 0 && statement->absent_holds)
        return RULE_HOLDS;

    describe_match(statement, match, sizeof match);
    why_say(why, "there is no %s block%s%s%s", statement->name, match,
            seen.n > 0 ? " that fits: " : "", seen.reason);
    return RULE_FAILS;
}

static enum rule_verdict any_check(const struct place *place, const struct statement *statement,
                                   struct why why)
{
    enum rule_verdict verdict = RULE_FAILS;
    char reason[256] = "";

    for (size_t i = 0; i < statement->must.n; i++) {
        enum rule_verdict one =
            statement_check(place, &statement->must.items[i], (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS)
            return RULE_HOLDS;
        if (i == 0 || (one == RULE_UNKNOWN && verdict == RULE_FAILS))
            why_say(why, "%s", reason);
        if (one == RULE_UNKNOWN)
            verdict = RULE_UNKNOWN;
    }
    return verdict;
}

enum rule_verdict statement_check(const struct place *place, const struct statement *statement,
                                  struct why why)
{
    switch (statement->verb) {
    case VERB_ATTRIBUTE:
        return attribute_check(place, statement, why);
    case VERB_BLOCK:
        return block_check(place, statement, why);
    case VERB_COMPANION:
        return companion_check(place, statement, why);
    case VERB_PORTS:
        return ports_check(place, statement, why);
    case VERB_ANY:
        return any_check(place, statement, why);
    case VERB_IAM:
        return policy_statement_check(place, statement, why);
    }
    return RULE_UNKNOWN;
}

enum rule_verdict statements_check(const struct place *place, const struct statements *list,
                                   struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    char reason[256] = "";

    for (size_t i = 0; i < list->n; i++) {
        enum rule_verdict one =
            statement_check(place, &list->items[i], (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS || (one == RULE_UNKNOWN && verdict == RULE_UNKNOWN))
            continue;
        why_say(why, "%s", reason);
        verdict = one;
        if (one == RULE_FAILS)
            break;
    }
    return verdict;
}

enum rule_verdict guards_apply(const struct place *place, const struct rule_statement *statement,
                               struct why why)
{
    char reason[256] = "";
    enum rule_verdict verdict =
        statements_check(place, &statement->only_when, (struct why){reason, sizeof reason});

    if (verdict == RULE_HOLDS)
        return RULE_HOLDS;
    why_say(why, "%s: %s",
            verdict == RULE_FAILS ? "the rule does not apply" : "unknown whether the rule applies",
            reason);
    return verdict == RULE_FAILS ? RULE_NOT_APPLICABLE : RULE_UNKNOWN;
}

static bool speaks_of(const struct rule *rule, const struct hcl_resource *resource)
{
    for (const char *const *type = rule->types; *type != NULL && !resource->is_data; type++) {
        if (str_eq(*type, resource->type))
            return true;
    }
    return false;
}

/* Packs are nested at most STATEMENT_DEPTH_MAX deep, so this recursion is capped too. */
static bool wants_absent(const struct statements *list, const char *type, const char *wanted,
                         const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct statement *one = &list->items[i];
        const char *inside = one->verb == VERB_COMPANION ? one->name : type;

        if (one->verb == VERB_ATTRIBUTE && one->test.kind == TEST_ABSENT && one->map == NULL &&
            str_eq(one->name, name) && str_eq(type, wanted))
            return true;
        if (wants_absent(&one->must, inside, wanted, name))
            return true;
    }
    return false;
}

bool rule_wants_absent(const struct rule *rule, const char *type, const char *name)
{
    const struct rule_statement *statement = rule->statement;

    for (const char *const *own = rule->types; *own != NULL; own++) {
        if (wants_absent(&statement->must, *own, type, name))
            return true;
    }
    return false;
}

enum rule_verdict rule_check_at(const struct rule *rule, const struct rule_target *target,
                                char *why, size_t why_size)
{
    const struct rule_statement *statement = rule->statement;
    const struct hcl_resource *resource = target->resource;
    struct place place = rule_place(rule, target);
    struct why say = {why, why_size};
    const struct hcl_instance *instances = NULL;
    enum rule_verdict verdict;

    why_say(say, "%s", "");
    if (!speaks_of(rule, resource)) {
        why_say(say, "the rule does not speak of %s%s", resource->is_data ? "data sources of " : "",
                resource->type);
        return RULE_NOT_APPLICABLE;
    }
    if (hcl_instances(resource, &instances) == 0) {
        why_say(say, "%s has no instances", resource->address);
        return RULE_NOT_APPLICABLE;
    }
    verdict = guards_apply(&place, statement, say);
    return verdict != RULE_HOLDS ? verdict : statements_check(&place, &statement->must, say);
}

enum rule_verdict rule_check(const struct rule *rule, const struct hcl_module *root,
                             const struct hcl_resource *resource, char *why, size_t why_size)
{
    return rule_check_at(rule, &(struct rule_target){root, resource, NULL}, why, why_size);
}
