/*
 * Fix: makes a rule's statements hold. What holds already is left alone, what cannot be known is
 * refused, and what is written is exactly what the pack says.
 */
#include "worker/rules/fixer.h"

#include <stdio.h>

#include "worker/rules/candidate.h"
#include "worker/rules/companion.h"
#include "worker/rules/policy_statement.h"

int statements_fix(struct fixer *fixer, const struct place *place, const struct statements *list,
                   struct err *err)
{
    const struct statements *outer = fixer->beside;
    int r = 0;

    for (size_t i = 0; i < list->n && r == 0; i++) {
        fixer->beside = list;
        r = statement_fix(fixer, place, &list->items[i], err);
    }
    fixer->beside = outer;
    return r;
}

/* --- verbs --- */

static int block_create(struct fixer *fixer, const struct place *place,
                        const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    int r;

    if (!statement->can_create)
        return fixer_refuse(fixer,
                            "there is no %s block, and the rule does not say what belongs into it",
                            statement->name);
    r = fixer_refuse_overridden(fixer, place, statement->name);
    if (r != 0)
        return r;
    render_block(&fixer->render, statement->name, &statement->create, &text);
    r = buf_check(&text, err);
    if (r == 0)
        r = fixer_add_block(fixer, place->resource->file, place->body, buf_str(&text), err);
    if (r == 0)
        fixer_did(fixer, place->resource->file, place->resource->block, "added %s to %s",
                  statement->name, place->resource->address);
    return r;
}

static int block_fix(struct fixer *fixer, const struct place *place,
                     const struct statement *statement, struct err *err)
{
    const struct hcl_node *block = NULL;
    size_t n = 0;
    int r = 0;

    while ((block = hcl_block_next(place->resource->file, place->body, statement->name, block)) !=
           NULL) {
        struct place inside = {place->root, place->resource, block, place->only};

        if (block_matches(place, statement, block) != RULE_HOLDS)
            continue;
        if (statement->any && statement->match.n == 0) /* several may stand side by side: add one */
            break;
        n++;
        r = statements_fix(fixer, &inside, &statement->must, err);
        if (r != 0 || statement->any)
            return r;
    }
    return n == 0 ? block_create(fixer, place, statement, err) : r;
}

int statement_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
{
    bool on_top = place->body == hcl_block_body(place->resource->block);
    char reason[256] = "";
    enum rule_verdict verdict =
        statement_check(place, statement, (struct why){reason, sizeof reason});

    fixer->render.taken = NULL;

    if (verdict == RULE_HOLDS)
        return 0;
    if (verdict != RULE_FAILS)
        return fixer_refuse(fixer, "it cannot be told what would change: %s", reason);
    if (on_top && (statement->verb == VERB_ATTRIBUTE || statement->verb == VERB_BLOCK) &&
        fixer_is_ignored(place, attribute_argument(statement)))
        return fixer_refuse_ignored(fixer, place, attribute_argument(statement));

    switch (statement->verb) {
    case VERB_ATTRIBUTE:
        return statement->map != NULL ? member_fix(fixer, place, statement, err)
                                      : attribute_fix(fixer, place, statement, err);
    case VERB_BLOCK:
        return block_fix(fixer, place, statement, err);
    case VERB_COMPANION:
        return companion_fix(fixer, place, statement, err);
    case VERB_PORTS:
        return ports_fix(fixer, place, statement, err);
    case VERB_ANY:
        return statement_fix(fixer, place, &statement->must.items[0], err);
    case VERB_IAM:
        return policy_statement_fix(fixer, place, statement, err);
    }
    return 0;
}

/* --- the whole rule --- */

struct input_guard { /* a guard whose {input: …} has become its text */
    struct statement statement;
    struct literal literal;
    char text[256];
};

/* A guard may compare an argument with an input ("its own log bucket"), which only the fix has. */
static const struct statement *with_input(const struct render *render,
                                          const struct statement *guard, struct input_guard *out)
{
    const struct literals *values = &guard->test.values;

    if (guard->verb != VERB_ATTRIBUTE || guard->test.kind != TEST_ONE_OF || values->n != 1 ||
        values->items[0].kind != LITERAL_INPUT)
        return guard;
    for (size_t i = 0; i < render->n_inputs; i++) {
        const char *value = render->inputs[i].value;
        size_t len = strlen(value);

        if (!str_eq(render->inputs[i].name, values->items[0].text) || len < 2 ||
            len - 2 >= sizeof out->text || value[0] != '"' || value[len - 1] != '"')
            continue;
        (void)snprintf(out->text, sizeof out->text, "%.*s", (int)(len - 2), value + 1);
        out->literal = (struct literal){.kind = LITERAL_TEXT, .text = out->text};
        out->statement = *guard;
        out->statement.test.values.items = &out->literal;
        return &out->statement;
    }
    return guard;
}

static int guards_refuse(struct fixer *fixer, const struct place *place,
                         const struct rule_statement *statement)
{
    char reason[256] = "";
    struct input_guard input;

    for (size_t i = 0; i < statement->refuse_when.n; i++) {
        const struct statement *guard =
            with_input(&fixer->render, &statement->refuse_when.items[i], &input);
        enum rule_verdict verdict =
            statement_check(place, guard, (struct why){reason, sizeof reason});

        if (verdict == RULE_HOLDS)
            return fixer_refuse(fixer, "%s", guard->reason);
        if (verdict == RULE_UNKNOWN)
            return fixer_refuse(fixer, "it cannot be told whether this applies: %s (%s)",
                                guard->reason, reason);
    }
    return 0;
}

static int one_pass(const struct rule_statement *statement, const struct place *place,
                    struct fixer *fixer, struct err *err)
{
    int r;

    *fixer->outcome = (struct rule_outcome){0};
    fixer->n_fixed = 0;
    fixer->render.missing = NULL;
    fixer->render.taken = NULL;
    for (size_t i = 0; i < fixer->render.n_needs; i++)
        fixer->render.needs[i].is_taken = false;
    r = guards_refuse(fixer, place, statement);
    if (r == 0)
        r = statements_fix(fixer, place, &statement->must, err);
    if (fixer->render.missing != NULL && r >= 0) {
        candidate_ask(fixer, fixer->outcome->text, sizeof fixer->outcome->text);
        fixer->outcome->lacks = fixer->render.missing;
        r = RULE_NEEDS_INPUT;
    }
    if (r == 0)
        candidate_tell(fixer, fixer->outcome->text, sizeof fixer->outcome->text);
    if (r != 0)
        fixer->outcome->n_predicted = 0;
    return r;
}

/* Is the text one value from its first byte to its last? Else it could bring in an argument, a
 * block or a comment where a value is written. */
static bool is_one_value(const char *text, struct err *err)
{
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    size_t len = strlen(text);

    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    buf_text(&source, "x = ");
    size_t end = source.len + len;
    buf_print(&source, "%.*s\n", (int)len, text);
    if (buf_check(&source, err) < 0 || hcl_parse(&file, "", buf_str(&source), source.len, err) < 0)
        return false;
    const struct hcl_node *only = file->body->child;
    return only != NULL && only->kind == HCL_ATTRIBUTE && only->next == NULL &&
           only->child->end == end;
}

static int inputs_refuse(struct fixer *fixer, const struct rule_needs *needs)
{
    struct err why;

    for (size_t i = 0; i < needs->n; i++)
        for (size_t k = 0; k < fixer->render.n_inputs; k++) {
            const struct rule_input *given = &fixer->render.inputs[k];
            if (str_eq(given->name, needs->items[i].name) && given->value[0] != '\0' &&
                !is_one_value(given->value, &why))
                return fixer_refuse(fixer, "the input %s is not one Terraform value: %.200s",
                                    given->name, given->value);
        }
    return 0;
}

int rule_fix_at(const struct rule *rule, const struct rule_target *target,
                const struct rule_input *inputs, size_t n_inputs, struct hcl_edits *edits,
                struct rule_outcome *outcome, struct err *err)
{
    const struct rule_statement *statement = rule->statement;
    struct place place = rule_place(rule, target);
    struct render_need needs[NEEDS_MAX];
    char self[512];
    struct fixer fixer = {.root = target->root,
                          .subject = place.resource,
                          .in_any_root = target->in_any_root,
                          .outcome = outcome,
                          .render = {.subject = self,
                                     .name = place.resource->name,
                                     .inputs = inputs,
                                     .n_inputs = n_inputs,
                                     .needs = needs,
                                     .n_needs = statement->needs.n}};
    char why[256] = "";
    enum rule_verdict verdict = rule_check_at(rule, target, why, sizeof why);
    int r;

    *outcome = (struct rule_outcome){0};
    (void)snprintf(self, sizeof self, "%s.%s", place.resource->type, place.resource->name);
    if (verdict == RULE_HOLDS || verdict == RULE_NOT_APPLICABLE) {
        (void)snprintf(outcome->text, sizeof outcome->text, "%s",
                       verdict == RULE_HOLDS ? "it holds already" : why);
        return RULE_NO_CHANGE;
    }
    if (verdict == RULE_UNKNOWN)
        return fixer_refuse(&fixer, "it cannot be told whether the rule holds: %s", why);
    if (rule->class == RULE_BREAK)
        return fixer_refuse(&fixer, "%s: %s", why, rule->warning);

    r = inputs_refuse(&fixer, &statement->needs);
    if (r != 0)
        return r;
    candidates_find(place.resource, &statement->needs, needs);
    r = one_pass(statement, &place, &fixer, err);
    if (r != 0)
        return r;
    fixer.edits = edits;
    return one_pass(statement, &place, &fixer, err);
}

int rule_fix(const struct rule *rule, const struct hcl_module *root,
             const struct hcl_resource *resource, const struct rule_input *inputs, size_t n_inputs,
             struct hcl_edits *edits, struct rule_outcome *outcome, struct err *err)
{
    return rule_fix_at(rule, &(struct rule_target){root, resource, NULL}, inputs, n_inputs, edits,
                       outcome, err);
}
