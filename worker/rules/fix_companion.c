/*
 * Fix companion: what the resources that answer for the subject say is changed inside them; where
 * there is none, one is written after the subject.
 */
#include "worker/rules/fixer.h"

#include <stdio.h>

#include "worker/rules/companion.h"

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

int companion_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
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
