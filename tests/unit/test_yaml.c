/* Trees that know their lines, common/yaml.h. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/buf.h"
#include "common/yaml.h"

static struct yaml *parsed(const char *text)
{
    struct yaml *yaml = NULL;
    struct err err;

    assert_ok(yaml_parse(&yaml, "p.yaml", text, strlen(text), &err), err);
    return yaml;
}

static void check_refused_bytes(const char *text, size_t len, const char *expected)
{
    struct yaml *yaml = NULL;
    struct err err;

    if (yaml_parse(&yaml, "p.yaml", text, len, &err) != ERR_REJECT)
        fail_msg("was accepted: %.60s", text);
    assert_has(err.text, expected);
    assert_null(yaml);
}

static void check_refused(const char *text, const char *expected)
{
    check_refused_bytes(text, strlen(text), expected);
}

static void a_tree_is_read_with_its_places(void **state)
{
    CLEANUP(yaml_freep)
    struct yaml *yaml = parsed("# rules\nname: one\nlist:\n  - a\n  - {x: '1', y: 2}\n");
    const struct yaml_node *root = yaml_root(yaml);

    (void)state;
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 2);
    assert_string_equal(yaml_get_text(root, "name", "no"), "one");
    const struct yaml_node *list = yaml_get(root, "list");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->n, 2);
    assert_int_equal(list->key_line, 3);
    assert_int_equal(list->children[0]->line, 4);
    assert_int_equal(list->children[0]->column, 5);
    const struct yaml_node *x = yaml_get(list->children[1], "x");
    assert_true(x->quoted);
    assert_string_equal(x->text, "1");
    assert_false(yaml_get(list->children[1], "y")->quoted);
    assert_int_equal(x->line, 5);
    assert_int_equal(x->column, 9);
    assert_int_equal(x->key_column, 6);
}

static void blocks_count_as_quoted(void **state)
{
    CLEANUP(yaml_freep) struct yaml *yaml = parsed("t: |\n  one\n  two\n");

    (void)state;
    assert_string_equal(yaml_get_text(yaml_root(yaml), "t", ""), "one\ntwo\n");
    assert_true(yaml_get(yaml_root(yaml), "t")->quoted);
}

static void looking_in_the_wrong_place_finds_nothing(void **state)
{
    CLEANUP(yaml_freep) struct yaml *yaml = parsed("a: [1]\nb: x\n");
    const struct yaml_node *root = yaml_root(yaml);

    (void)state;
    assert_null(yaml_get(root, "c"));
    assert_null(yaml_get(NULL, "c"));
    assert_null(yaml_get(yaml_get(root, "a"), "c"));
    assert_string_equal(yaml_get_text(root, "a", "fallback"), "fallback");
}

static void an_empty_document_is_an_empty_map(void **state)
{
    static const char *const empty[] = {"", "# only words\n", "---\n", "---\n...\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(empty); i++) {
        CLEANUP(yaml_freep) struct yaml *yaml = parsed(empty[i]);
        assert_int_equal(yaml_root(yaml)->kind, YAML_MAP);
        assert_int_equal(yaml_root(yaml)->n, 0);
    }
}

static void clever_yaml_is_refused_with_its_place(void **state)
{
    (void)state;
    check_refused("a: &x 1\n", "p.yaml:1:4: anchors are not accepted");
    check_refused("a: &x [1]\nb: *x\n", "p.yaml:1:4: anchors");
    check_refused("a: 1\nb: *x\n", "p.yaml:2:4: aliases are not accepted");
    check_refused("a: !!str 1\n", "p.yaml:1:4: tags are not accepted");
    check_refused("a: !custom {b: 1}\n", "tags are not accepted");
    check_refused("? [a]\n: 1\n", "a key must be plain text");
    check_refused("a: 1\n---\nb: 2\n", "p.yaml:2:1: only one document");
    check_refused("a: \"x\\0y\"\n", "a NUL inside text");
}

static void broken_yaml_is_refused_with_its_place(void **state)
{
    (void)state;
    check_refused("a: [1\nb: 2\n", "p.yaml:2:");
    check_refused("a: 'x\n", "p.yaml:2:1");
    check_refused("\tb: 1\n", "p.yaml:1:1");
    check_refused("a: \xff\n", "byte 3");
}

static void a_key_may_stand_once_in_a_map(void **state)
{
    (void)state;
    check_refused("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n",
                  "p.yaml:5:3: the same map already has a key \"c\"");
    CLEANUP(yaml_freep) struct yaml *yaml = parsed("a: {x: 1}\nb: {x: 1}\n");
    assert_non_null(yaml);
}

static void sizes_have_an_end(void **state)
{
    CLEANUP(buf_done) struct buf deep = BUF(1000);
    CLEANUP(buf_done) struct buf fitting = BUF(1000);
    CLEANUP(mem_freep) char *large = malloc(1024 * 1024 + 1);

    (void)state;
    for (int i = 0; i < 65; i++)
        buf_char(&deep, '[');
    check_refused(buf_str(&deep), "nested deeper than 64");
    for (int i = 0; i < 64; i++)
        buf_char(&fitting, '[');
    for (int i = 0; i < 64; i++)
        buf_char(&fitting, ']');
    CLEANUP(yaml_freep) struct yaml *yaml = parsed(buf_str(&fitting));
    memset(large, ' ', 1024 * 1024 + 1);
    check_refused_bytes(large, 1024 * 1024 + 1, "longer than 1048576 bytes");
}

/* Each key compared with each would be 10^10 comparisons here. */
static void a_map_of_many_keys_is_read_in_no_time(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    struct yaml *yaml = NULL;
    struct err err;

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_print(&text, "k%d: \n", i);
    assert_ok(yaml_parse(&yaml, "p.yaml", text.bytes, text.len, &err), err);
    assert_int_equal(yaml_root(yaml)->n, 100000);
    yaml_free(yaml);
}

static void unknown_keys_are_named_with_their_place(void **state)
{
    static const char *const allowed[] = {"a", "b", NULL};
    CLEANUP(yaml_freep) struct yaml *good = parsed("b: 1\n");
    CLEANUP(yaml_freep) struct yaml *bad = parsed("a: 1\ntypo:\n  x: 1\n");
    struct err err;

    (void)state;
    assert_ok(yaml_only_keys(good, yaml_root(good), allowed, &err), err);
    assert_int_equal(yaml_only_keys(bad, yaml_root(bad), allowed, &err), ERR_REJECT);
    assert_string_equal(err.text, "p.yaml:2:1: unknown key \"typo\"; possible here: a, b");
}

static void a_byte_order_mark_is_no_part_of_the_text(void **state)
{
    static const char *const allowed[] = {"a", NULL};
    CLEANUP(yaml_freep)
    struct yaml *yaml = parsed("\xEF\xBB\xBF"
                               "a: 1\nb: 2\n");
    struct err err;

    (void)state;
    assert_int_equal(yaml_only_keys(yaml, yaml_root(yaml), allowed, &err), ERR_REJECT);
    assert_has(err.text, "p.yaml:2:1: unknown key \"b\"");
}

static void complaints_say_where(void **state)
{
    CLEANUP(yaml_freep) struct yaml *yaml = parsed("a:\n  b: 3x\n");
    struct err err;

    (void)state;
    const struct yaml_node *b = yaml_get(yaml_get(yaml_root(yaml), "a"), "b");
    assert_int_equal(yaml_complain(yaml, b, &err, "%s is no number", b->text), ERR_REJECT);
    assert_string_equal(err.text, "p.yaml:2:6: 3x is no number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_is_read_with_its_places),
        cmocka_unit_test(blocks_count_as_quoted),
        cmocka_unit_test(looking_in_the_wrong_place_finds_nothing),
        cmocka_unit_test(an_empty_document_is_an_empty_map),
        cmocka_unit_test(clever_yaml_is_refused_with_its_place),
        cmocka_unit_test(broken_yaml_is_refused_with_its_place),
        cmocka_unit_test(a_key_may_stand_once_in_a_map),
        cmocka_unit_test(sizes_have_an_end),
        cmocka_unit_test(a_map_of_many_keys_is_read_in_no_time),
        cmocka_unit_test(unknown_keys_are_named_with_their_place),
        cmocka_unit_test(a_byte_order_mark_is_no_part_of_the_text),
        cmocka_unit_test(complaints_say_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
