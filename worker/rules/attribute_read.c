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

static enum test_kind kind_of(const char *key)
{
    return str_eq(key, "none_of")         ? TEST_NONE_OF
           : str_eq(key, "like")          ? TEST_LIKE
           : str_eq(key, "at_least")      ? TEST_AT_LEAST
           : str_eq(key, "contains")      ? TEST_CONTAINS
           : str_eq(key, "contains_none") ? TEST_CONTAINS_NONE
                                          : TEST_ONE_OF;
}

static int forms_read(const struct pack_reader *reader, const struct yaml_node *node,
                      const struct literals *values, struct err *err)
{
    bool are_forms = values->is_list;

    for (size_t i = 0; i < values->n && are_forms; i++)
        are_forms =
            values->items[i].kind == LITERAL_TEXT && strpbrk(values->items[i].text, "?[\\") == NULL;
    return are_forms
               ? 0
               : yaml_complain(reader->yaml, node, err,
                               "like takes a list of texts, in which a * stands for any text");
}

/* A guard of the fix may compare with an input: the fix has it. */
static int one_test_read(const struct pack_reader *reader, const char *key,
                         const struct yaml_node *node, bool is_guard, struct test *test,
                         struct err *err)
{
    int r;

    if (str_eq(key, "present"))
        return presence_read(reader, node, test, err);
    r = literals_read(reader, node, &test->values, err);
    if (r < 0)
        return r;

    test->kind = kind_of(key);
    if (test->values.n == 0)
        return yaml_complain(reader->yaml, node, err, "%s is empty", key);
    for (size_t i = 0; i < test->values.n; i++) {
        if ((test->values.items[i].kind == LITERAL_INPUT && !is_guard) ||
            test->values.items[i].kind == LITERAL_EXPRESSION)
            return yaml_complain(reader->yaml, node, err,
                                 "%s compares plain values: demand that it is present, and let set "
                                 "say what is written",
                                 key);
    }
    if (str_eq(key, "equals") == test->values.is_list && test->kind == TEST_ONE_OF)
        return yaml_complain(reader->yaml, node, err, "%s takes %s", key,
                             test->values.is_list ? "one value; one_of takes a list" : "a list");
    if ((test->kind == TEST_CONTAINS || test->kind == TEST_CONTAINS_NONE ||
         test->kind == TEST_NONE_OF) &&
        !test->values.is_list)
        return yaml_complain(reader->yaml, node, err, "%s takes a list", key);
    if (test->kind == TEST_LIKE)
        return forms_read(reader, node, &test->values, err);
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
    static const char *const kinds[] = {"equals",   "one_of",   "none_of",       "like",
                                        "at_least", "contains", "contains_none", "present"};
    const struct yaml_node *also = yaml_get(map, "also");
    bool is_guard = yaml_get(map, "reason") != NULL;
    int found = 0;
    int r = 0;

    for (size_t i = 0; i < COUNT(kinds) && r == 0; i++) {
        const struct yaml_node *node = yaml_get(map, kinds[i]);

        if (node == NULL)
            continue;
        if (++found > 1)
            return yaml_complain(reader->yaml, node, err, "one argument, one test");
        r = one_test_read(reader, kinds[i], node, is_guard, out, err);
    }
    if (r == 0 && found == 0)
        return yaml_complain(
            reader->yaml, map, err,
            "a test is missing: equals, one_of, none_of, like, at_least, contains, contains_none "
            "or present");
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

static const char *attribute_argument_of(const struct statement *statement)
{
    return statement->verb == VERB_ATTRIBUTE && statement->map != NULL ? statement->map
                                                                       : statement->name;
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
    item->name = attribute_argument_of(nested);
    item->key = nested->verb == VERB_ATTRIBUTE ? nested->key : NULL;
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

/* --- the path --- */

/* Arguments of AWS resources that are maps, so that "tags.Owner" is a key; all others are named
 * with the key in brackets: parameters["x"]. */
static const char *const map_names[] = {"tags",
                                        "volume_tags",
                                        "dimensions",
                                        "variables",
                                        "labels",
                                        "default_arguments",
                                        "environment_variables",
                                        "runtime_environment_variables"};

static bool is_map_name(const char *at, size_t len)
{
    for (size_t i = 0; i < COUNT(map_names); i++) {
        if (strlen(map_names[i]) == len && memcmp(map_names[i], at, len) == 0)
            return true;
    }
    return false;
}

static bool is_path(const char *path)
{
    return strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
               strlen(path) &&
           path[0] != '.' && path[0] != '\0' && !str_ends(path, ".") && strstr(path, "..") == NULL;
}

static const char *last_name(const char *path)
{
    return strrchr(path, '.') != NULL ? strrchr(path, '.') + 1 : path;
}

/* Where the key begins and how long it is; what is before it ends at *map_end. NULL: no member. */
static const char *key_in(const char *path, size_t *len, size_t *map_end)
{
    const char *bracket = strstr(path, "[\"");
    const char *at = path;

    if (bracket != NULL && str_ends(path, "\"]") && strlen(bracket) > strlen("[\"\"]")) {
        *map_end = (size_t)(bracket - path);
        *len = strlen(bracket) - strlen("[\"\"]");
        return bracket + strlen("[\"");
    }
    for (size_t n = strcspn(at, "."); at[n] != '\0'; n = strcspn(at, ".")) {
        if (is_map_name(at, n)) {
            *map_end = (size_t)(at + n - path);
            *len = strlen(at + n + 1);
            return at + n + 1;
        }
        at += n + 1;
    }
    return NULL;
}

/* Fills the statement's names; *path becomes what wrap_path is to wrap. */
static int path_read(const struct pack_reader *reader, const struct yaml_node *node,
                     const char **path, struct statement *out, struct err *err)
{
    const char *whole = *path;
    size_t map_end = strlen(whole);
    size_t len = 0;
    const char *key = key_in(whole, &len, &map_end);

    *path = arena_copy(reader->arena, whole, map_end);
    if (*path == NULL)
        return err_nomem(err);
    if (!is_path(*path))
        return yaml_complain(reader->yaml, node, err, "'%s' is no path", whole);
    out->name = last_name(whole);
    if (key == NULL)
        return 0;
    out->key = arena_copy(reader->arena, key, len);
    out->map = last_name(*path);
    out->name = whole + (out->map - *path);
    if (out->key == NULL)
        return err_nomem(err);
    if (strpbrk(out->key, "\"\\$%") != NULL || (key[-1] == '.' && !is_path(out->key)))
        return yaml_complain(reader->yaml, node, err, "'%s' is no path", whole);
    if (key[-1] == '.' && strchr(out->key, '.') != NULL)
        return yaml_complain(reader->yaml, node, err,
                             "%s is a map: a key with a dot is written %s[\"%s\"]", out->map,
                             out->map, out->key);
    return 0;
}

static int references_read(const struct pack_reader *reader, const struct yaml_node *node,
                           struct statement *out, struct err *err)
{
    if (node != NULL && (node->kind != YAML_SCALAR || !str_eq(node->text, "holds")))
        return yaml_complain(reader->yaml, node, err, "references must be 'holds'");
    out->references_hold = node != NULL;
    return 0;
}

int attribute_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct err *err)
{
    const struct yaml_node *set = yaml_get(map, "set");
    const char *path = NULL;
    int r = statement_text(reader, map, "attribute", &path, err);

    if (r == 0)
        r = path_read(reader, yaml_get(map, "attribute"), &path, out, err);
    if (r < 0)
        return r;
    out->verb = VERB_ATTRIBUTE;
    r = test_read(reader, map, &out->test, err);
    if (r == 0)
        r = statement_absent(reader, map, &out->absent_holds, err);
    if (r == 0)
        r = references_read(reader, yaml_get(map, "references"), out, err);
    if (r == 0 && set != NULL)
        r = literals_read(reader, set, &out->set, err);
    else if (r == 0)
        default_set(out);
    if (r == 0)
        r = wrap_path(reader, path, out, err);
    return r;
}
