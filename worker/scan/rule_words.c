#include "worker/scan/rule_words.h"

#include "worker/rules/statement.h"

struct inputs {
    const char **names;
    size_t n;
};

const char *rule_class_name(enum rule_class class)
{
    static const char *const names[] = {"SAFE", "INPUT", "CARE", "BREAK"};

    return names[class];
}

/* --- inputs --- */

static void add_input(struct inputs *inputs, const char *name)
{
    for (size_t i = 0; i < inputs->n; i++)
        if (str_eq(inputs->names[i], name))
            return;
    if (inputs->n < RULE_INPUTS_MAX)
        inputs->names[inputs->n++] = name;
}

static void of_literals(struct inputs *inputs, const struct literals *literals)
{
    for (size_t i = 0; i < literals->n; i++)
        if (literals->items[i].kind == LITERAL_INPUT)
            add_input(inputs, literals->items[i].text);
}

static void of_body(struct inputs *inputs, const struct body *body)
{
    for (size_t i = 0; i < body->n; i++) {
        of_literals(inputs, &body->items[i].values);
        if (body->items[i].is_block)
            of_body(inputs, body->items[i].body);
    }
}

/* The reader of packs caps the depth at STATEMENT_DEPTH_MAX. */
static void of_statements(struct inputs *inputs, const struct statements *list)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct statement *one = &list->items[i];
        of_literals(inputs, &one->test.values);
        of_literals(inputs, &one->set);
        of_body(inputs, &one->create);
        of_statements(inputs, &one->must);
        if (one->input != NULL && one->input[0] != '\0')
            add_input(inputs, one->input);
        if (one->inline_form != NULL)
            of_statements(inputs, &(struct statements){one->inline_form, 1});
    }
}

size_t rule_inputs(const struct rule *rule, const char *out[RULE_INPUTS_MAX])
{
    const struct rule_statement *statement = rule->statement;
    struct inputs inputs = {.names = out};

    of_statements(&inputs, &statement->must);
    return inputs.n;
}

void rule_input_words(const struct rule *rule, struct buf *out)
{
    const char *names[RULE_INPUTS_MAX];
    size_t n = rule_inputs(rule, names);

    for (size_t i = 0; i < n; i++)
        buf_print(out, "%s\n", names[i]);
}

void rule_fix_words(const struct rule *rule, struct buf *out)
{
    const char *names[RULE_INPUTS_MAX];
    size_t n = rule_inputs(rule, names);

    if (rule->class == RULE_BREAK) {
        buf_print(out, "by hand, since it replaces the resource: plumb rules show %s has the steps",
                  rule->id);
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
    buf_print(out, "%s block %s", one->any ? "one" : "every", one->name);
    write_match(out, &one->match);
    buf_text(out, one->absent_holds ? ", if there is any:\n" : ":\n");
    write_statements(out, &one->must, level + 1);
}

static void write_companion(struct buf *out, const struct statement *one, int level)
{
    buf_print(out, "%s refers to it with %s", one->name, one->link);
    write_match(out, &one->match);
    buf_text(out, one->must.n > 0 ? ", and there:\n" : "\n");
    write_statements(out, &one->must, level + 1);
    if (one->inline_form == NULL)
        return;
    indent(out, level);
    buf_text(out, "or, the older way, ");
    write_block(out, one->inline_form, level);
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
        buf_text(out, "the whole world does not come in on port ");
        write_literals(out, &one->ports, " or ");
        buf_char(out, '\n');
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

static void collect_verbs(const struct statements *list, bool seen[VERB_ANY + 1])
{
    for (size_t i = 0; i < list->n; i++) {
        seen[list->items[i].verb] = true;
        if (list->items[i].verb == VERB_ANY)
            collect_verbs(&list->items[i].must, seen);
    }
}

void rule_verbs(const struct rule *rule, struct buf *out)
{
    static const char *const names[] = {"attribute", "block", "companion", "closed_ports",
                                        "any_of"};
    const struct rule_statement *statement = rule->statement;
    bool seen[COUNT(names)] = {false};
    const char *between = "";

    collect_verbs(&statement->must, seen);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (!seen[i])
            continue;
        buf_print(out, "%s%s", between, names[i]);
        between = ", ";
    }
}
