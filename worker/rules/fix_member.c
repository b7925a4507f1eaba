/*
 * Fix member: a key of an argument that is a map is set in the object where that is written out
 * (owner_member.c). Where there is no such argument yet, it is written with all keys that the
 * rule's statements demand together.
 */
#include "worker/rules/owner.h"

static bool belongs_in(const struct place *place, const struct statement *one, const char *map)
{
    return one->verb == VERB_ATTRIBUTE && one->map != NULL && str_eq(one->map, map) &&
           one->set.n > 0 && statement_check(place, one, (struct why){0}) == RULE_FAILS;
}

static size_t count_missing(const struct place *place, const struct statements *list,
                            const char *map)
{
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++)
        n += belongs_in(place, &list->items[i], map);
    return n;
}

int member_map_text(struct fixer *fixer, const struct place *place,
                    const struct statement *statement, struct buf *out, struct err *err)
{
    const struct statements alone = {(struct statement *)statement, 1};
    const struct statements *list = fixer->beside;
    size_t n = list != NULL ? count_missing(place, list, statement->map) : 0;

    if (n == 0) { /* one of any_of's choices */
        list = &alone;
        n = 1;
    }
    buf_text(out, n > 1 ? "{\n" : "{ ");
    for (size_t i = 0; i < list->n; i++) {
        const struct statement *one = &list->items[i];

        if (!belongs_in(place, one, statement->map))
            continue;
        render_key(one->key, out);
        buf_text(out, " = ");
        render_literals(&fixer->render, &one->set, out);
        buf_text(out, n > 1 ? "\n" : " ");
    }
    buf_char(out, '}');
    return buf_check(out, err);
}

static int map_create(struct fixer *fixer, const struct place *place,
                      const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    const struct hcl_resource *resource = place->resource;
    int r = member_map_text(fixer, place, statement, &text, err);

    if (r == 0)
        r = fixer_set(fixer, resource->file, place->body, statement->map, buf_str(&text), err);
    if (r == 0)
        fixer_did(fixer, resource->file, resource->block, "set %s in %s", statement->name,
                  resource->address);
    return r;
}

int member_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
               struct err *err)
{
    const struct hcl_node *attribute =
        hcl_attribute(place->resource->file, place->body, statement->map);
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    int r = 0;

    if (statement->set.n == 0 && statement->test.kind != TEST_ABSENT)
        return fixer_refuse_to_guess(fixer, statement);
    if (attribute == NULL && statement->test.kind == TEST_ABSENT)
        return fixer_refuse(fixer, "%s is one of the provider's default_tags: remove it by hand",
                            statement->name);
    if (attribute == NULL)
        return map_create(fixer, place, statement, err);

    for (size_t i = 0; i < n && r == 0; i++) {
        const struct place one = {place->root, place->resource, place->body, &instances[i]};
        const struct hcl_value *value = attribute_value(place, statement, &instances[i]);

        if (test_value(statement, value, (struct why){0}) == RULE_FAILS)
            r = owner_write_member(fixer, &one, attribute, value, statement, err);
    }
    return r;
}
