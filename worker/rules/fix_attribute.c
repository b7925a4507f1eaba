/*
 * Fix attribute: an argument that is not there is written into the body; one that is there changes
 * where its value is owned (owner.c), or goes.
 */
#include "worker/rules/owner.h"

#include <stdio.h>

#include "worker/rules/links.h"

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

/* --- the argument --- */

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

static bool can_take_away(const struct statement *statement)
{
    return statement->test.kind == TEST_ABSENT || statement->test.kind == TEST_CONTAINS_NONE;
}

int attribute_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
{
    const struct hcl_node *attribute =
        hcl_attribute(place->resource->file, place->body, statement->name);
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    int r = 0;

    if (statement->set.n == 0 && (attribute == NULL || !can_take_away(statement)))
        return fixer_refuse_to_guess(fixer, statement);
    if (attribute == NULL)
        return attribute_write(fixer, place, statement, err);

    for (size_t i = 0; i < n && r == 0; i++) {
        struct place one = {place->root, place->resource, place->body, &instances[i]};
        const struct hcl_value *value =
            hcl_eval_attribute(place->resource, place->body, statement->name, &instances[i]);

        if (test_value(statement, value, (struct why){0}) != RULE_FAILS)
            continue;
        r = statement->test.kind == TEST_ABSENT
                ? owner_remove(fixer, &one, attribute, value, statement, err)
                : owner_write(fixer, &one, attribute, value, statement, err);
    }
    return r;
}
