/*
 * Fix: makes a rule's statements hold. What holds already is left alone, what cannot be known is
 * refused, and what is written is exactly what the pack says.
 */
#include "worker/rules/fixer.h"

#include <stdio.h>

#include "worker/rules/companion.h"
#include "worker/rules/links.h"
#include "worker/rules/policy_statement.h"
#include "worker/rules/ports.h"

static int statement_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err);

static int statements_fix(struct fixer *fixer, const struct place *place,
                          const struct statements *list, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < list->n && r == 0; i++)
        r = statement_fix(fixer, place, &list->items[i], err);
    return r;
}

/* --- lifecycle { ignore_changes } --- */

static bool element_names(const struct hcl_file *file, const struct hcl_node *element,
                          const char *name)
{
    char text[256];
    size_t len = element->end - element->start;

    if (expr_name(file, element, 0, text, sizeof text))
        return str_eq(text, name);
    if (len < 2 || len - 2 >= sizeof text || file->bytes[element->start] != '"')
        return false;
    memcpy(text, file->bytes + element->start + 1, len - 2);
    text[len - 2] = '\0';
    return str_eq(text, name);
}

bool fixer_is_ignored(const struct place *place, const char *name)
{
    const struct hcl_file *file = place->resource->file;
    const struct hcl_node *lifecycle =
        hcl_block_next(file, place->resource->block, "lifecycle", NULL);
    const struct hcl_node *ignored =
        lifecycle != NULL ? hcl_attribute(file, lifecycle, "ignore_changes") : NULL;

    if (ignored == NULL)
        return false;
    if (ignored->child->kind != HCL_TUPLE)
        return element_names(file, ignored->child, "all");
    for (const struct hcl_node *one = ignored->child->child; one != NULL; one = one->next) {
        if (element_names(file, one, name))
            return true;
    }
    return false;
}

int fixer_refuse_ignored(struct fixer *fixer, const struct place *place, const char *name)
{
    return fixer_refuse(
        fixer,
        "%s has lifecycle { ignore_changes } on %s: Terraform would not apply the fix. "
        "Remove it from ignore_changes first",
        place->resource->address, name);
}

/* --- verbs --- */

static int attribute_write(struct fixer *fixer, const struct place *place,
                           const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    int r;

    render_literals(&fixer->render, &statement->set, &text);
    r = buf_check(&text, err);
    if (r == 0)
        r = fixer_set(fixer, place->resource->file, place->body, statement->name, buf_str(&text),
                      err);
    if (r == 0)
        fixer_did(fixer, place->resource->file, place->resource->block, "set %s = %s in %s",
                  statement->name, buf_str(&text), place->resource->address);
    return r;
}

static int attribute_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err)
{
    const struct hcl_node *attribute =
        hcl_attribute(place->resource->file, place->body, statement->name);
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    int r = 0;

    if (statement->set.n == 0)
        return fixer_refuse(fixer, "the rule does not say what to write for %s: change it by hand",
                            statement->name);
    if (attribute == NULL)
        return attribute_write(fixer, place, statement, err);

    for (size_t i = 0; i < n && r == 0; i++) {
        struct place one = {place->root, place->resource, place->body, &instances[i]};
        const struct hcl_value *value =
            hcl_eval_attribute(place->resource, place->body, statement->name, &instances[i]);

        if (test_value(statement, value, (struct why){0}) == RULE_FAILS)
            r = owner_write(fixer, &one, attribute, value, statement, err);
    }
    return r;
}

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

static void companion_name(const struct hcl_module *module, const char *type, const char *subject,
                           char *out, size_t size)
{
    (void)snprintf(out, size, "%s", subject);
    for (int i = 2; i < 100; i++) {
        bool taken = false;

        for (size_t f = 0; f < hcl_module_file_count(module) && !taken; f++) {
            const struct hcl_file *file = hcl_module_file(module, f);
            const struct hcl_node *block = NULL;
            char label[256];

            while (!taken && (block = hcl_block_next(file, file->body, "resource", block)) != NULL)
                taken = hcl_block_label(file, block, 0, label, sizeof label) &&
                        str_eq(label, type) &&
                        hcl_block_label(file, block, 1, label, sizeof label) && str_eq(label, out);
        }
        if (!taken)
            return;
        (void)snprintf(out, size, "%s_%d", subject, i);
    }
}

/* A companion in another account or region than its subject would not find it. */
static void companion_provider(const struct hcl_resource *subject, struct buf *out)
{
    const struct hcl_node *provider = hcl_attribute(subject->file, subject->block, "provider");

    if (provider == NULL)
        return;
    buf_text(out, "provider = ");
    buf_bytes(out, subject->file->bytes + provider->child->start,
              provider->child->end - provider->child->start);
    buf_char(out, '\n');
}

/* The companion carries its subject's count or for_each, so that every instance gets its own. */
static void companion_text(struct fixer *fixer, const struct place *place,
                           const struct statement *statement, const char *name, struct buf *out)
{
    const struct hcl_resource *subject = place->resource;
    const char *outer = fixer->render.subject;
    char self[512];

    buf_print(out, "resource \"%s\" \"%s\" {\n", statement->name, name);
    if (subject->has_for_each) {
        buf_print(out, "for_each = %s.%s\n\n", subject->type, subject->name);
        (void)snprintf(self, sizeof self, "each.value");
    } else if (subject->has_count) {
        buf_print(out, "count = length(%s.%s)\n\n", subject->type, subject->name);
        (void)snprintf(self, sizeof self, "%s.%s[count.index]", subject->type, subject->name);
    } else {
        (void)snprintf(self, sizeof self, "%s.%s", subject->type, subject->name);
    }
    fixer->render.subject = self;
    companion_provider(subject, out);
    buf_print(out, "%s = %s.%s\n", statement->link, self, statement->to[0]);
    if (statement->create.n > 0)
        buf_char(out, '\n');
    render_body(&fixer->render, &statement->create, out);
    buf_text(out, "}");
    fixer->render.subject = outer;
}

static int companion_create(struct fixer *fixer, const struct place *place,
                            const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    const struct hcl_resource *subject = place->resource;
    struct hcl_place after = {subject->file, subject->block};
    char name[256];
    char address[1024];
    int r;

    if (!statement->can_create)
        return fixer_refuse(fixer,
                            "no %s refers to %s, and the rule does not say what belongs into one",
                            statement->name, subject->address);
    r = fixer_place(fixer, &after.file, &after.node);
    if (r != 0)
        return r;
    companion_name(subject->module, statement->name, subject->name, name, sizeof name);
    companion_text(fixer, place, statement, name, &text);
    r = buf_check(&text, err);
    if (r < 0)
        return r;

    (void)snprintf(address, sizeof address, "%s.%s", statement->name, name);
    r = fixer_predict_address(fixer, address);
    if (r == 0 && fixer->edits != NULL)
        r = hcl_edit_add_top(fixer->edits, after.file, after.node, buf_str(&text), err);
    if (r == 0)
        fixer_did(fixer, subject->file, subject->block, "added %s after %s", address,
                  subject->address);
    return r;
}

static int companion_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err)
{
    struct companions companions;
    char reason[256] = "";
    int r = 0;

    if (str_eq(place->resource->type, statement->name))
        return statements_fix(fixer, place, &statement->must, err);
    companions_find(place, statement, &companions, (struct why){reason, sizeof reason});
    if (companions.found == COMPANION_PARTIAL || companions.found == COMPANION_UNSURE)
        return fixer_refuse(fixer, "%s: extend or untangle it by hand", reason);
    for (size_t i = 0; i < companions.n && r == 0; i++) {
        struct place inside[COMPANION_PLACES_MAX];
        size_t n = companion_places(place, statement, companions.items[i], inside, COUNT(inside));

        for (size_t k = 0; k < n && r == 0; k++)
            r = statements_fix(fixer, &inside[k], &statement->must, err);
    }
    if (companions.n > 0)
        return r;
    if (inline_is_used(place, statement))
        return statement_fix(fixer, place, statement->inline_form, err);
    return companion_create(fixer, place, statement, err);
}

static int statement_fix(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err)
{
    bool on_top = place->body == hcl_block_body(place->resource->block);
    char reason[256] = "";
    enum rule_verdict verdict =
        statement_check(place, statement, (struct why){reason, sizeof reason});

    if (verdict == RULE_HOLDS)
        return 0;
    if (verdict != RULE_FAILS)
        return fixer_refuse(fixer, "it cannot be told what would change: %s", reason);
    if (on_top && (statement->verb == VERB_ATTRIBUTE || statement->verb == VERB_BLOCK) &&
        fixer_is_ignored(place, statement->name))
        return fixer_refuse_ignored(fixer, place, statement->name);

    switch (statement->verb) {
    case VERB_ATTRIBUTE:
        return attribute_fix(fixer, place, statement, err);
    case VERB_BLOCK:
        return block_fix(fixer, place, statement, err);
    case VERB_COMPANION:
        return companion_fix(fixer, place, statement, err);
    case VERB_PORTS:
        return ports_fix(fixer, place, statement, err);
    case VERB_ANY:
        return statement_fix(fixer, place, &statement->must.items[0], err);
    case VERB_POLICY:
        return policy_statement_fix(fixer, place, statement, err);
    }
    return 0;
}

/* --- the whole rule --- */

static int guards_refuse(struct fixer *fixer, const struct place *place,
                         const struct rule_statement *statement)
{
    char reason[256] = "";

    for (size_t i = 0; i < statement->refuse_when.n; i++) {
        const struct statement *guard = &statement->refuse_when.items[i];
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
    r = guards_refuse(fixer, place, statement);
    if (r == 0)
        r = statements_fix(fixer, place, &statement->must, err);
    if (fixer->render.missing != NULL && r >= 0) {
        (void)snprintf(fixer->outcome->text, sizeof fixer->outcome->text,
                       "the input %s is needed: set it in the policy file", fixer->render.missing);
        r = RULE_NEEDS_INPUT;
    }
    if (r != 0)
        fixer->outcome->n_predicted = 0;
    return r;
}

int rule_fix_at(const struct rule *rule, const struct rule_target *target,
                const struct rule_input *inputs, size_t n_inputs, struct hcl_edits *edits,
                struct rule_outcome *outcome, struct err *err)
{
    struct place place = rule_place(rule, target);
    char self[512];
    struct fixer fixer = {.root = target->root,
                          .in_any_root = target->in_any_root,
                          .outcome = outcome,
                          .render = {self, place.resource->name, inputs, n_inputs, NULL}};
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

    r = one_pass(rule->statement, &place, &fixer, err);
    if (r != 0)
        return r;
    fixer.edits = edits;
    return one_pass(rule->statement, &place, &fixer, err);
}

int rule_fix(const struct rule *rule, const struct hcl_module *root,
             const struct hcl_resource *resource, const struct rule_input *inputs, size_t n_inputs,
             struct hcl_edits *edits, struct rule_outcome *outcome, struct err *err)
{
    return rule_fix_at(rule, &(struct rule_target){root, resource, NULL}, inputs, n_inputs, edits,
                       outcome, err);
}
