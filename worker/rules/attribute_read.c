/*
 * Attribute read: the verb attribute, from YAML: its path, its one test, and what the fix writes
 * (the demanded value itself, where the pack does not say otherwise).
 *
 * "a.b.c" is short for a block a, in it a block b, and in that the argument c.
 */
#include "worker/rules/statement_read.h"

static int presence_read(const struct pack_reader *reader, const struct yaml_node *node,
                         struct test *test, struct err *err)
{
    bool present = node->kind == YAML_SCALAR && str_eq(node->text, "true");

    if (!present && (node->kind != YAML_SCALAR || !str_eq(node->text, "false")))
        return yaml_complain(reader->yaml, node, err, "present must be true or false");
    test->kind = present ? TEST_PRESENT : TEST_ABSENT;
    return 0;
}

static int one_test_read(const struct pack_reader *reader, const char *key,
                         const struct yaml_node *node, struct test *test, struct err *err)
{
    int r;

    if (str_eq(key, "present"))
        return presence_read(reader, node, test, err);
    r = literals_read(reader, node, &test->values, err);
    if (r < 0)
        return r;

    test->kind = str_eq(key, "none_of")         ? TEST_NONE_OF
                 : str_eq(key, "at_least")      ? TEST_AT_LEAST
                 : str_eq(key, "contains")      ? TEST_CONTAINS
                 : str_eq(key, "contains_none") ? TEST_CONTAINS_NONE
                                                : TEST_ONE_OF;
    if (test->values.n == 0)
        return yaml_complain(reader->yaml, node, err, "%s is empty", key);
    if (str_eq(key, "equals") == test->values.is_list && test->kind == TEST_ONE_OF)
        return yaml_complain(reader->yaml, node, err, "equals takes one value, one_of a list");
    if ((test->kind == TEST_CONTAINS || test->kind == TEST_CONTAINS_NONE ||
         test->kind == TEST_NONE_OF) &&
        !test->values.is_list)
        return yaml_complain(reader->yaml, node, err, "%s takes a list", key);
    if (test->kind == TEST_AT_LEAST &&
        (test->values.is_list || test->values.items[0].kind != LITERAL_NUMBER))
        return yaml_complain(reader->yaml, node, err, "at_least takes a number");
    if (test->kind == TEST_AT_LEAST)
        test->minimum = test->values.items[0].number;
    return 0;
}

static int test_read(const struct pack_reader *reader, const struct yaml_node *map,
                     struct test *out, struct err *err)
{
    static const char *const kinds[] = {"equals",   "one_of",        "none_of", "at_least",
                                        "contains", "contains_none", "present"};
    const struct yaml_node *also = yaml_get(map, "also");
    int found = 0;
    int r = 0;

    for (size_t i = 0; i < COUNT(kinds) && r == 0; i++) {
        const struct yaml_node *node = yaml_get(map, kinds[i]);

        if (node == NULL)
            continue;
        if (++found > 1)
            return yaml_complain(reader->yaml, node, err, "one argument, one test");
        r = one_test_read(reader, kinds[i], node, out, err);
    }
    if (r == 0 && found == 0)
        return yaml_complain(
            reader->yaml, map, err,
            "a test is missing: equals, one_of, none_of, at_least, contains, contains_none or "
            "present");
    if (r == 0 && also != NULL && out->kind != TEST_AT_LEAST)
        return yaml_complain(reader->yaml, also, err, "also goes with at_least only");
    if (r == 0 && also != NULL)
        r = literals_read(reader, also, &out->also, err);
    return r;
}

/* What the fix writes when the pack does not say: the demanded value itself. */
static void default_set(struct statement *statement)
{
    enum test_kind kind = statement->test.kind;

    if (kind != TEST_ONE_OF && kind != TEST_AT_LEAST && kind != TEST_CONTAINS)
        return;
    statement->set = statement->test.values;
    if (kind == TEST_ONE_OF) {
        statement->set.n = 1;
        statement->set.is_list = false;
    }
}

/* Turns statement (on the last name) into blocks around it, the outermost one in place. */
static int wrap_path(const struct pack_reader *reader, const char *path,
                     struct statement *statement, struct err *err)
{
    const char *dot = strrchr(path, '.');
    struct statement inner = *statement;
    struct body_item *item;
    struct statement *nested;
    size_t start;

    if (dot == NULL)
        return 0;
    item = arena_alloc(reader->arena, sizeof *item);
    nested = arena_alloc(reader->arena, sizeof *nested);
    if (item == NULL || nested == NULL)
        return err_nomem(err);

    *nested = inner;
    nested->reason = NULL;
    item->name = nested->name;
    item->is_block = nested->verb == VERB_BLOCK;
    item->values = nested->set;
    if (item->is_block) {
        item->body = arena_alloc(reader->arena, sizeof *item->body);
        if (item->body == NULL)
            return err_nomem(err);
        *item->body = nested->create;
    }

    path = arena_copy(reader->arena, path, (size_t)(dot - path));
    if (path == NULL)
        return err_nomem(err);
    start = strrchr(path, '.') != NULL ? (size_t)(strrchr(path, '.') - path) + 1 : 0;
    *statement = (struct statement){
        .verb = VERB_BLOCK,
        .name = path + start,
        .reason = inner.reason,
        .absent_holds = inner.absent_holds || inner.test.kind == TEST_ABSENT,
        .must = {nested, 1},
        .create = {item, 1},
        .can_create = item->is_block ? inner.can_create : inner.set.n > 0,
    };
    return wrap_path(reader, path, statement, err);
}

int attribute_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct err *err)
{
    const struct yaml_node *set = yaml_get(map, "set");
    const char *path = NULL;
    int r = statement_text(reader, map, "attribute", &path, err);

    if (r < 0)
        return r;
    if (strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") !=
            strlen(path) ||
        path[0] == '.' || str_ends(path, ".") || strstr(path, "..") != NULL)
        return yaml_complain(reader->yaml, yaml_get(map, "attribute"), err, "'%s' is no path",
                             path);

    out->verb = VERB_ATTRIBUTE;
    out->name = strrchr(path, '.') != NULL ? strrchr(path, '.') + 1 : path;
    r = test_read(reader, map, &out->test, err);
    if (r == 0)
        r = statement_absent(reader, map, &out->absent_holds, err);
    if (r == 0 && set != NULL)
        r = literals_read(reader, set, &out->set, err);
    else if (r == 0)
        default_set(out);
    if (r == 0)
        r = wrap_path(reader, path, out, err);
    return r;
}
