#include "worker/scan/rule_words.h"

#include <strings.h>

#include "worker/rules/policy_statement.h"

bool rule_is_named(const struct rule *rule, const char *name)
{
    if (str_eq(rule->id, name))
        return true;
    for (const char *const *alias = rule->aliases; *alias != NULL; alias++) {
        const char *tail = strchr(*alias, ':');
        if (strcasecmp(*alias, name) == 0 || (tail != NULL && strcasecmp(tail + 1, name) == 0))
            return true;
    }
    return false;
}

const char *rule_class_name(enum rule_class class)
{
    static const char *const names[] = {"SAFE", "INPUT", "CARE", "BREAK"};

    return names[class];
}

size_t rule_inputs(const struct rule *rule, const char *out[RULE_INPUTS_MAX])
{
    const struct rule_needs *needs = &((const struct rule_statement *)rule->statement)->needs;
    size_t n = needs->n < RULE_INPUTS_MAX ? needs->n : RULE_INPUTS_MAX;

    for (size_t i = 0; i < n; i++)
        out[i] = needs->items[i].name;
    return n;
}

const char *rule_input_means(const struct rule *rule, const char *name)
{
    const struct rule_needs *needs = &((const struct rule_statement *)rule->statement)->needs;

    for (size_t i = 0; i < needs->n; i++)
        if (str_eq(needs->items[i].name, name))
            return needs->items[i].means;
    return NULL;
}

void rule_input_words(const struct rule *rule, struct buf *out)
{
    const struct rule_needs *needs = &((const struct rule_statement *)rule->statement)->needs;

    for (size_t i = 0; i < needs->n; i++) {
        const struct rule_need *need = &needs->items[i];
        buf_print(out, "%s: %s", need->name, need->means != NULL ? need->means : "");
        if (need->type != NULL)
            buf_print(out, " (without it, the %s of the module's only %s is taken)",
                      need->attribute, need->type);
        buf_char(out, '\n');
    }
}

void rule_fix_words(const struct rule *rule, struct buf *out)
{
    const char *names[RULE_INPUTS_MAX];
    size_t n = rule_inputs(rule, names);

    if (rule->class == RULE_BREAK) {
        buf_print(out, "by hand: plumb rules show %s has the steps", rule->id);
        return;
    }
    buf_text(out, n == 0 ? "plumb fix writes it" : "plumb fix writes it, given the input");
    for (size_t i = 0; i < n; i++)
        buf_print(out, "%s %s", i == 0 ? (n > 1 ? "s" : "") : i + 1 == n ? " and" : ",", names[i]);
    if (rule->class == RULE_CARE)
        buf_text(out, "; look twice, others may rely on how it is");
}

/* --- what must hold --- */

static void indent(struct buf *out, int level)
{
    for (int i = 0; i < level; i++)
        buf_text(out, "  ");
}

static void write_literal(struct buf *out, const struct literal *literal)
{
    switch (literal->kind) {
    case LITERAL_BOOL:
        buf_text(out, literal->boolean ? "true" : "false");
        break;
    case LITERAL_NUMBER:
        buf_print(out, "%.15g", literal->number);
        break;
    case LITERAL_TEXT:
        buf_print(out, "\"%s\"", literal->text);
        break;
    case LITERAL_INPUT:
        buf_print(out, "the input %s", literal->text);
        break;
    case LITERAL_EXPRESSION:
        buf_text(out, literal->text);
        break;
    }
}

static void write_literals(struct buf *out, const struct literals *literals, const char *between)
{
    for (size_t i = 0; i < literals->n; i++) {
        if (i > 0)
            buf_text(out, i + 1 == literals->n ? between : ", ");
        write_literal(out, &literals->items[i]);
    }
}

static void write_test(struct buf *out, const struct test *test)
{
    switch (test->kind) {
    case TEST_ONE_OF:
        buf_text(out, "is ");
        write_literals(out, &test->values, " or ");
        break;
    case TEST_NONE_OF:
        buf_text(out, "is not ");
        write_literals(out, &test->values, " or ");
        break;
    case TEST_LIKE:
        buf_text(out, "is like ");
        write_literals(out, &test->values, " or ");
        break;
    case TEST_AT_LEAST:
        buf_print(out, "is at least %.15g", test->minimum);
        if (test->also.n > 0)
            buf_text(out, ", or ");
        write_literals(out, &test->also, " or ");
        break;
    case TEST_CONTAINS:
        buf_text(out, "contains ");
        write_literals(out, &test->values, " and ");
        break;
    case TEST_CONTAINS_NONE:
        buf_text(out, "lacks ");
        write_literals(out, &test->values, " and ");
        break;
    case TEST_PRESENT:
        buf_text(out, "is set");
        break;
    case TEST_ABSENT:
        buf_text(out, "is not set");
        break;
    }
}

static void write_match(struct buf *out, const struct body *match)
{
    for (size_t i = 0; i < match->n; i++) {
        buf_print(out, "%s%s is ", i == 0 ? " whose " : " and ", match->items[i].name);
        write_literals(out, &match->items[i].values, " and ");
    }
}

static void write_statements(struct buf *out, const struct statements *list, int level);

static void write_block(struct buf *out, const struct statement *one, int level)
{
    buf_print(out, "there is a block %s", one->name);
    write_match(out, &one->match);
    buf_text(out, one->any            ? ", and in one of them:\n"
                  : one->absent_holds ? ", or none, and in each:\n"
                                      : ", and in each:\n");
    write_statements(out, &one->must, level + 1);
}

static void write_companion(struct buf *out, const struct statement *one, int level)
{
    buf_print(out, "there is %s%s", strchr("aeiou", one->name[0]) != NULL ? "an " : "a ",
              one->name);
    write_match(out, &one->match);
    buf_print(out, " that refers to it with %s", one->link);
    if (one->link_key != NULL)
        buf_print(out, ".%s", one->link_key);
    buf_text(out, one->must.n > 0 ? ", and there:\n" : "\n");
    write_statements(out, &one->must, level + 1);
    if (one->inline_form == NULL)
        return;
    indent(out, level);
    buf_text(out, "or, the older way, ");
    write_block(out, one->inline_form, level);
}

static void write_ports(struct buf *out, const struct statement *one)
{
    buf_print(out, "the whole world %s", one->egress ? "is not reached" : "does not come in");
    if (one->ports_kind == PORTS_EVERY)
        buf_text(out, " on all ports at once");
    else
        buf_text(out, one->ports_kind == PORTS_OPEN_ONLY ? " but on port " : " on port ");
    if (one->ports_kind != PORTS_EVERY)
        write_literals(out, &one->ports, " or ");
    buf_char(out, '\n');
}

static void write_policy(struct buf *out, const struct statement *one)
{
    const struct policy_want *want = one->policy;

    buf_print(out, "the policy in %s.%s says %s to everyone, of ", one->name, want->argument,
              want->effect);
    write_literals(out, &want->actions, " and ");
    buf_text(out, " on ");
    write_literals(out, &want->resources, " and ");
    for (size_t i = 0; i < want->n_conditions; i++) {
        buf_print(out, "%s %s %s ", i == 0 ? ", where" : " and", want->conditions[i].operator,
                  want->conditions[i].key);
        write_literals(out, &want->conditions[i].values, " or ");
    }
    buf_char(out, '\n');
}

static void write_statement(struct buf *out, const struct statement *one, int level)
{
    indent(out, level);
    switch (one->verb) {
    case VERB_ATTRIBUTE:
        buf_print(out, "%s ", one->name);
        write_test(out, &one->test);
        buf_text(out, one->absent_holds ? ", or is not set\n" : "\n");
        break;
    case VERB_BLOCK:
        write_block(out, one, level);
        break;
    case VERB_COMPANION:
        write_companion(out, one, level);
        break;
    case VERB_PORTS:
        write_ports(out, one);
        break;
    case VERB_IAM:
        write_policy(out, one);
        break;
    case VERB_ANY:
        buf_text(out, "one of these:\n");
        write_statements(out, &one->must, level + 1);
        break;
    }
}

static void write_statements(struct buf *out, const struct statements *list, int level)
{
    for (size_t i = 0; i < list->n; i++)
        write_statement(out, &list->items[i], level);
}

void rule_must_words(const struct rule *rule, struct buf *out)
{
    const struct rule_statement *statement = rule->statement;

    if (statement->only_when.n > 0) {
        buf_text(out, "Asked only when\n");
        write_statements(out, &statement->only_when, 1);
        buf_text(out, "Then must hold\n");
    }
    write_statements(out, &statement->must, statement->only_when.n > 0 ? 1 : 0);
}

/* --- verbs --- */

static void collect_verbs(const struct statements *list, bool seen[VERB_COUNT])
{
    for (size_t i = 0; i < list->n; i++) {
        seen[list->items[i].verb] = true;
        if (list->items[i].verb == VERB_ANY)
            collect_verbs(&list->items[i].must, seen);
    }
}

void rule_verbs(const struct rule *rule, struct buf *out)
{
    static const char *const names[VERB_COUNT] = {"attribute", "block",  "companion",
                                                  "ports",     "any_of", "policy_statement"};
    const struct rule_statement *statement = rule->statement;
    bool seen[VERB_COUNT] = {false};
    const char *between = "";

    collect_verbs(&statement->must, seen);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (!seen[i])
            continue;
        buf_print(out, "%s%s", between, names[i]);
        between = ", ";
    }
}
