/*
 * Policy create: the subject has no policy, so a data source and the companion are written after
 * it. Not where there may be one after all: with a count that is 0 here, inside the subject, or in
 * another root. A second policy would take the place of the first.
 */
#include "worker/rules/policy_fix.h"

#include <stdio.h>

#include "worker/rules/companion.h"
#include "worker/rules/links.h"
#include "worker/rules/policy_find.h"

/* --- is there one after all? --- */

static bool is_named(const struct hcl_file *file, const struct hcl_node *attribute,
                     const char *name)
{
    CLEANUP(buf_done) struct buf text = BUF(4096);

    return attribute != NULL && hcl_constant_text(file, attribute->child, &text) &&
           str_eq(buf_str(&text), name);
}

/* Is it a data source of another file of that directory, which looks the subject up by its name? */
static bool looks_up(const struct hcl_repo *repo, const struct hcl_file *from,
                     const struct hcl_node *link, const char *argument, const char *name)
{
    const char *slash = strrchr(from->path, '/');
    size_t directory = slash != NULL ? (size_t)(slash - from->path) : 0;
    char wanted[256];

    if (link == NULL || !expr_name(from, link->child, 2, wanted, sizeof wanted))
        return false;
    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        const struct hcl_node *block = NULL;
        char label[256];

        if (strncmp(file->path, from->path, directory) != 0)
            continue;
        while ((block = hcl_block_next(file, file->body, "data", block)) != NULL) {
            if (hcl_block_label(file, block, 1, label, sizeof label) && str_eq(label, wanted) &&
                is_named(file, hcl_attribute(file, block, argument), name))
                return true;
        }
    }
    return false;
}

static int refuse_other_root(struct fixer *fixer, const struct place *place,
                             const struct statement *statement, const char *argument,
                             const char *name)
{
    const struct hcl_repo *repo = hcl_module_repo(place->resource->module);

    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        const struct hcl_node *block = NULL;
        char label[256];
        int line = 0;
        int column = 0;

        while ((block = hcl_block_next(file, file->body, "resource", block)) != NULL) {
            const struct hcl_node *link = hcl_attribute(file, block, statement->link);

            if (!hcl_block_label(file, block, 0, label, sizeof label) ||
                !str_eq(label, statement->name) ||
                (!is_named(file, link, name) && !looks_up(repo, file, link, argument, name)))
                continue;
            hcl_position(file, block->start, &line, &column);
            return fixer_refuse(fixer,
                                "the policy of %s is in another root, at %s:%d: add a statement "
                                "that does what %s does there by hand",
                                place->resource->address, file->path, line, statement->policy->sid);
        }
    }
    return 0;
}

static int refuse_named(struct fixer *fixer, const struct place *place,
                        const struct statement *statement)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    int r = 0;

    for (const char *const *to = statement->to; *to != NULL; to++) {
        for (size_t i = 0; i < n && r == 0; i++) {
            const struct hcl_value *value =
                hcl_eval_attribute(place->resource, place->body, *to, &instances[i]);

            if (value != NULL && value->kind == HCL_V_TEXT)
                r = refuse_other_root(fixer, place, statement, *to, value->text);
        }
    }
    return r;
}

static int refuse_switched_off(struct fixer *fixer, const struct place *place,
                               const struct statement *statement)
{
    const struct hcl_resource *one = companion_switched_off(place, statement);

    return one == NULL
               ? 0
               : fixer_refuse(fixer,
                              "%s may be its policy and has no instances with the values known "
                              "here: add a statement that does what %s does there by hand",
                              one->address, statement->policy->sid);
}

/* --- writing it --- */

static bool is_taken(const struct hcl_module *module, const char *keyword, const char *type,
                     const char *name)
{
    char label[256];

    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, keyword, block)) != NULL) {
            if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, type) &&
                hcl_block_label(file, block, 1, label, sizeof label) && str_eq(label, name))
                return true;
        }
    }
    return false;
}

static void free_name(const struct hcl_module *module, const char *keyword, const char *type,
                      const char *base, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", base);
    for (int i = 2; i < 100 && is_taken(module, keyword, type, out); i++)
        (void)snprintf(out, size, "%s_%d", base, i);
}

struct twin { /* the two blocks that are written */
    char data[256], policy[256];
    const char *meta, *self, *key;
};

static void head(const struct hcl_resource *subject, const struct twin *twin, struct buf *out)
{
    const struct hcl_node *provider = hcl_attribute(subject->file, subject->block, "provider");

    buf_text(out, twin->meta);
    if (provider != NULL)
        buf_print(out, "provider = %.*s\n", (int)(provider->child->end - provider->child->start),
                  subject->file->bytes + provider->child->start);
}

static int write_twin(struct fixer *fixer, const struct hcl_resource *subject,
                      const struct statement *statement, const struct twin *twin, struct err *err)
{
    const struct policy_words words = {statement->policy, statement->policy->sid, twin->self};
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    struct hcl_place after = {subject->file, subject->block};
    int r = fixer_place(fixer, &after.file, &after.node);

    if (r != 0)
        return r;
    buf_print(&text, "data \"" POLICY_DATA_TYPE "\" \"%s\" {\n", twin->data);
    head(subject, twin, &text);
    if (buf_str(&text)[text.len - 2] != '{' && buf_str(&text)[text.len - 2] != '\n')
        buf_char(&text, '\n');
    policy_text_block(&words, &text);
    buf_print(&text, "\n}\n\nresource \"%s\" \"%s\" {\n", statement->name, twin->policy);
    head(subject, twin, &text);
    buf_print(&text, "%s = %s.%s\n", statement->link, twin->self, statement->to[0]);
    buf_print(&text, "%s = data." POLICY_DATA_TYPE ".%s%s.json\n}", statement->policy->argument,
              twin->data, twin->key);
    r = buf_check(&text, err);
    if (r == 0 && fixer->edits != NULL)
        r = hcl_edit_add_top(fixer->edits, after.file, after.node, buf_str(&text), err);
    return r;
}

static int predict(struct fixer *fixer, const struct hcl_resource *subject,
                   const struct statement *statement, const struct twin *twin)
{
    char data[512];
    char policy[512];
    int r;

    (void)snprintf(data, sizeof data, "data." POLICY_DATA_TYPE ".%s", twin->data);
    (void)snprintf(policy, sizeof policy, "%s.%s", statement->name, twin->policy);
    r = fixer_predict_address(fixer, data);
    if (r == 0)
        r = fixer_predict_address(fixer, policy);
    if (r == 0)
        fixer_did(fixer, subject->file, subject->block, "added %s and %s after %s", data, policy,
                  subject->address);
    return r;
}

int policy_create(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
{
    const struct hcl_resource *subject = place->resource;
    struct twin twin = {.meta = "", .key = ""};
    char plain[512];
    char meta[600];
    char self[600];
    int r = 0;

    if (policy_is_inline(place, statement))
        return fixer_refuse(fixer,
                            "the policy is written in %s itself, where it cannot refer to it: move "
                            "it to a %s of its own first, and let the next run add the statement",
                            subject->address, statement->name);
    r = refuse_switched_off(fixer, place, statement);
    if (r == 0)
        r = refuse_named(fixer, place, statement);
    if (r == 0)
        r = served_refuse(fixer, place, statement, err);
    if (r != 0)
        return r;
    (void)snprintf(plain, sizeof plain, "%s.%s", subject->type, subject->name);
    (void)snprintf(self, sizeof self, "%s%s", plain, subject->has_count ? "[count.index]" : "");
    if (subject->has_for_each)
        (void)snprintf(meta, sizeof meta, "for_each = %s\n\n", plain);
    else
        (void)snprintf(meta, sizeof meta, "count = length(%s)\n\n", plain);
    twin.self = subject->has_for_each ? "each.value" : self;
    twin.meta = subject->has_for_each || subject->has_count ? meta : "";
    twin.key = subject->has_for_each ? "[each.key]" : subject->has_count ? "[count.index]" : "";
    free_name(subject->module, "data", POLICY_DATA_TYPE, subject->name, twin.data,
              sizeof twin.data);
    free_name(subject->module, "resource", statement->name, subject->name, twin.policy,
              sizeof twin.policy);
    r = write_twin(fixer, subject, statement, &twin, err);
    return r != 0 ? r : predict(fixer, subject, statement, &twin);
}
