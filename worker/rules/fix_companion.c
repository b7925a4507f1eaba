/*
 * Fix companion: what the resources that answer for the subject say is changed inside them; where
 * there is none, one is written after the subject.
 */
#include "worker/rules/fixer.h"

#include <stdio.h>

#include "worker/rules/companion.h"

/* --- names --- */

static bool is_declared(const struct hcl_module *module, const char *type, const char *name)
{
    for (size_t f = 0; f < hcl_module_file_count(module); f++) {
        const struct hcl_file *file = hcl_module_file(module, f);
        const struct hcl_node *block = NULL;
        char label[256];

        while ((block = hcl_block_next(file, file->body, "resource", block)) != NULL) {
            if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, type) &&
                hcl_block_label(file, block, 1, label, sizeof label) && str_eq(label, name))
                return true;
        }
    }
    return false;
}

/* Or is it a block that this very fix writes? */
static bool is_taken(const struct fixer *fixer, const struct hcl_module *module, const char *type,
                     const char *name)
{
    char address[512];

    (void)snprintf(address, sizeof address, "%s.%s", type, name);
    for (size_t i = 0; i < fixer->outcome->n_predicted; i++) {
        if (str_eq(fixer->outcome->predicted[i], address))
            return true;
    }
    return is_declared(module, type, name);
}

struct made { /* the companion first, then what it needs */
    struct render_made items[1 + WITH_MAX];
    char names[1 + WITH_MAX][512];
    size_t n;
};

static void made_name(const struct statement *statement, const char *base, struct made *out)
{
    out->n = 1 + statement->n_with;
    for (size_t i = 0; i < out->n; i++) {
        const struct with_resource *with = i > 0 ? &statement->with[i - 1] : NULL;
        const char *pattern = with != NULL ? with->name : "{name}";
        const char *at = strstr(pattern, "{name}");

        (void)snprintf(out->names[i], sizeof out->names[i], "%.*s%s%s", (int)(at - pattern),
                       pattern, base, at + strlen("{name}"));
        out->items[i] =
            (struct render_made){with != NULL ? with->type : statement->name, out->names[i]};
    }
}

/* The subject's name, with a number behind it where one of the set is taken. */
static void set_name(const struct fixer *fixer, const struct hcl_resource *subject,
                     const struct statement *statement, struct made *out, char *base, size_t size)
{
    bool taken = true;

    (void)snprintf(base, size, "%s", subject->name);
    for (int i = 2; i < 100 && taken; i++) {
        made_name(statement, base, out);
        taken = false;
        for (size_t k = 0; k < out->n && !taken; k++)
            taken = is_taken(fixer, subject->module, out->items[k].type, out->items[k].name);
        if (taken)
            (void)snprintf(base, size, "%s_%d", subject->name, i);
    }
}

/* --- texts --- */

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

/* Every resource carries the subject's count or for_each, so that every instance gets its own. */
static void head_text(const struct hcl_resource *subject, const struct render_made *made,
                      struct buf *out)
{
    buf_print(out, "resource \"%s\" \"%s\" {\n", made->type, made->name);
    if (subject->has_for_each)
        buf_print(out, "for_each = %s.%s\n\n", subject->type, subject->name);
    else if (subject->has_count)
        buf_print(out, "count = length(%s.%s)\n\n", subject->type, subject->name);
    companion_provider(subject, out);
}

static bool writes(const struct body *body, const char *argument)
{
    for (size_t i = 0; i < body->n; i++) {
        if (str_eq(body->items[i].name, argument))
            return true;
    }
    return false;
}

/* What the pack writes itself stands as it wrote it. */
static void link_text(const struct statement *statement, const char *self, struct buf *out)
{
    if (writes(&statement->create, statement->link))
        return;
    buf_print(out, "%s = ", statement->link);
    if (statement->link_key != NULL) {
        buf_text(out, "{ ");
        render_key(statement->link_key, out);
        buf_text(out, " = ");
    }
    buf_print(out, "%s.%s%s\n", self, statement->to[0], statement->link_key != NULL ? " }" : "");
    if (statement->create.n > 0)
        buf_char(out, '\n');
}

static void companion_text(struct fixer *fixer, const struct hcl_resource *subject,
                           const struct statement *statement, const char *base,
                           const struct made *made, struct buf *out)
{
    struct render inner = fixer->render;
    struct render *render = &inner;
    char self[512];

    (void)snprintf(self, sizeof self, "%s.%s%s", subject->type, subject->name,
                   subject->has_count ? "[count.index]" : "");
    render->subject = subject->has_for_each ? "each.value" : self;
    render->name = base;
    render->key = subject->has_for_each ? "each.key" : subject->has_count ? "count.index" : NULL;
    render->made = made->items;
    render->n_made = made->n;

    head_text(subject, &made->items[0], out);
    link_text(statement, render->subject, out);
    render_body(render, &statement->create, out);
    buf_text(out, "}");
    for (size_t i = 1; i < made->n; i++) {
        buf_text(out, "\n\n");
        head_text(subject, &made->items[i], out);
        render_body(render, &statement->with[i - 1].body, out);
        buf_text(out, "}");
    }
    fixer->render.missing = inner.missing;
    fixer->render.taken = inner.taken;
}

static int companion_predict(struct fixer *fixer, const struct hcl_resource *subject,
                             const struct made *made)
{
    int r = 0;

    for (size_t i = 0; i < made->n && r == 0; i++) {
        char address[1024];

        (void)snprintf(address, sizeof address, "%s.%s", made->items[i].type, made->items[i].name);
        r = fixer_predict_address(fixer, address);
        if (r == 0)
            fixer_did(fixer, subject->file, subject->block, "added %s after %s", address,
                      subject->address);
    }
    return r;
}

static int refuse_second(struct fixer *fixer, const struct place *place,
                         const struct statement *statement, struct err *err)
{
    const struct hcl_resource *one = companion_switched_off(place, statement);

    if (one != NULL)
        return fixer_refuse(fixer,
                            "%s is there for it and has no instances with the values known here: "
                            "give the values that switch it on",
                            one->address);
    return served_refuse(fixer, place, statement, err);
}

static int companion_create(struct fixer *fixer, const struct place *place,
                            const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    const struct hcl_resource *subject = place->resource;
    struct hcl_place after = {subject->file, subject->block};
    struct made made;
    char base[256];
    int r;

    if (!statement->can_create)
        return fixer_refuse(fixer,
                            "no %s refers to %s, and the rule does not say what belongs into one",
                            statement->name, subject->address);
    r = refuse_second(fixer, place, statement, err);
    if (r == 0)
        r = fixer_place(fixer, &after.file, &after.node);
    if (r != 0)
        return r;
    set_name(fixer, subject, statement, &made, base, sizeof base);
    companion_text(fixer, subject, statement, base, &made, &text);
    r = buf_check(&text, err);
    if (r == 0)
        r = companion_predict(fixer, subject, &made);
    if (r == 0 && fixer->edits != NULL)
        r = hcl_edit_add_top(fixer->edits, after.file, after.node, buf_str(&text), err);
    return r;
}

int companion_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
{
    struct companions companions;
    char reason[256] = "";
    int r = 0;

    if (str_eq(place->resource->type, statement->name))
        return statements_fix(fixer, place, &statement->must, err);
    companions_find(place, statement, &companions, (struct why){reason, sizeof reason});
    if ((companions.found == COMPANION_PARTIAL && !statement->absent_holds) ||
        companions.found == COMPANION_UNSURE)
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
