/* jansson behind its door, common/json.h. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/json.h"

static struct json *parsed(const char *text)
{
    struct json *json = NULL;
    struct err err;

    assert_ok(json_parse(&json, text, strlen(text), &err), err);
    return json;
}

static void check_refused(const char *text, size_t len, const char *expected)
{
    struct json *json = NULL;
    struct err err;

    assert_int_equal(json_parse(&json, text, len, &err), ERR_REJECT);
    assert_null(json);
    assert_has(err.text, expected);
}

static void check_written(const struct json *json, enum json_style style, const char *expected)
{
    CLEANUP(buf_done) struct buf out = BUF(100000);
    struct err err;

    json_write(json, style, &out);
    assert_ok(buf_check(&out, &err), err);
    assert_string_equal(buf_str(&out), expected);
}

static void values_are_found_by_key_path_and_place(void **state)
{
    CLEANUP(json_freep)
    struct json *json =
        parsed("{\"a\":{\"b\":{\"c\":\"deep\"}},\"list\":[1,2.9,true,null],\"t\":\"x\"}");

    (void)state;
    assert_string_equal(json_text(json_find(json, "a.b.c"), "no"), "deep");
    assert_null(json_find(json, "a.x.c"));
    assert_null(json_find(json, "t.x"));
    assert_string_equal(json_get_text(json, "t", "no"), "x");
    const struct json *list = json_get(json, "list");
    assert_int_equal(json_count(list), 4);
    assert_int_equal(json_int(json_at(list, 0), -1), 1);
    assert_int_equal(json_int(json_at(list, 1), -1), 2);
    assert_true(json_is_bool(json_at(list, 2)));
    assert_true(json_is_null(json_at(list, 3)));
    assert_null(json_at(list, 4));
}

static void wrong_types_and_nothing_answer_with_the_fallback(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("{\"n\":1,\"t\":\"x\",\"o\":{}}");

    (void)state;
    assert_string_equal(json_get_text(json, "n", "fallback"), "fallback");
    assert_int_equal(json_get_int(json, "t", 9), 9);
    assert_true(json_get_bool(json, "n", true));
    assert_null(json_get(NULL, "x"));
    assert_null(json_get(json_get(json, "t"), "x"));
    assert_null(json_at(json, 0));
    assert_int_equal(json_count(NULL), 0);
    assert_int_equal(json_count(json_get(json, "t")), 0);
    assert_string_equal(json_type_name(NULL), "absent");
    assert_string_equal(json_type_name(json_get(json, "o")), "object");
    assert_true(json_is_null(NULL));
    assert_null(json_find(NULL, "a"));
}

static void numbers_out_of_range_stay_in_range(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("[1e300,-1e300,-2.9]");

    (void)state;
    assert_true(json_int(json_at(json, 0), 0) == INT64_MAX);
    assert_true(json_int(json_at(json, 1), 0) == INT64_MIN);
    assert_int_equal(json_int(json_at(json, 2), 0), -2);
}

static void bad_text_is_refused_with_line_and_column(void **state)
{
    (void)state;
    check_refused("", 0, "line 1");
    check_refused("{\"a\":1,\n\"b\" 2}", 14, "line 2, column 5");
    check_refused("{\"a\":1,\"a\":2}", 13, "duplicate object key");
    check_refused("\"a\\u0000b\"", 10, "line 1");
    check_refused("{\"a\\u0000b\":1}", 14, "line 1");
    check_refused("[1] x", 5, "line 1");
    check_refused("\"\xff\"", 3, "line 1");
    check_refused("12345678901234567890123", 23, "too big");
}

static void nesting_has_an_end(void **state)
{
    char deep[5000];

    (void)state;
    memset(deep, '[', sizeof deep);
    check_refused(deep, sizeof deep, "maximum parsing depth");
}

static void scalars_are_documents_too(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed(" \"text\" ");

    (void)state;
    assert_true(json_is_text(json));
    check_written(json, JSON_COMPACT, "\"text\"");
}

static void members_come_in_their_order(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("{\"z\":1,\"a\":2,\"m\":3}");
    const char *key;
    const struct json *value;
    char keys[4] = "";

    (void)state;
    for (size_t i = 0; json_member(json, i, &key, &value); i++) {
        assert_int_equal(json_int(value, 0), (int64_t)i + 1);
        keys[i] = key[0];
    }
    assert_string_equal(keys, "zam");
    assert_true(json_member(json, 0, &key, &value)); /* backwards as well */
    assert_string_equal(key, "z");
    assert_false(json_member(json, 3, &key, &value));
    assert_false(json_member(json_get(json, "z"), 0, &key, &value));
}

static void a_walk_survives_changes_under_way(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("{\"a\":1,\"b\":2}");
    CLEANUP(json_freep) struct json *copy = json_object();
    const char *key;
    const struct json *value;

    (void)state;
    assert_true(json_member(json, 0, &key, &value));
    json_set_int(json, "a", 5);
    assert_true(json_member(json, 1, &key, &value));
    assert_string_equal(key, "b");
    for (size_t i = 0; json_member(json, i, &key, &value); i++)
        json_set_give(copy, key, json_copy(value));
    check_written(copy, JSON_COMPACT, "{\"a\":5,\"b\":2}");
}

static void a_hundred_thousand_members_are_walked_in_no_time(void **state)
{
    CLEANUP(json_freep) struct json *json = json_object();
    const char *key;
    const struct json *value;
    int64_t sum = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        char name[16];
        snprintf(name, sizeof name, "k%d", i);
        json_set_int(json, name, i);
    }
    for (size_t i = 0; json_member(json, i, &key, &value); i++)
        sum += json_int(value, 0);
    assert_int_equal(sum, 4999950000);
}

static void trees_are_built_and_written(void **state)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *list = json_array();

    (void)state;
    json_push_text(list, "x");
    json_push_give(list, json_new_int(-3));
    json_push_give(list, NULL);
    json_set_text(json, "t", "a\n\"b\"");
    json_set_text(json, "none", NULL);
    json_set_bool(json, "yes", true);
    json_set_real(json, "half", 0.5);
    json_set_real(json, "endless", 1.0 / 0.0);
    json_set_give(json, "list", list);
    check_written(json, JSON_COMPACT,
                  "{\"t\":\"a\\n\\\"b\\\"\",\"none\":null,\"yes\":true,\"half\":0.5,"
                  "\"endless\":null,\"list\":[\"x\",-3,null]}");
}

static void equal_trees_have_equal_canonical_bytes(void **state)
{
    CLEANUP(json_freep) struct json *one = parsed("{\"b\":{\"y\":1,\"x\":2},\"a\":[3]}");
    CLEANUP(json_freep) struct json *two = parsed("{ \"a\" : [ 3 ], \"b\":{\"x\":2,\"y\":1}}");

    (void)state;
    check_written(one, JSON_CANONICAL, "{\"a\":[3],\"b\":{\"x\":2,\"y\":1}}");
    check_written(two, JSON_CANONICAL, "{\"a\":[3],\"b\":{\"x\":2,\"y\":1}}");
    check_written(one, JSON_COMPACT, "{\"b\":{\"y\":1,\"x\":2},\"a\":[3]}");
    check_written(json_get(two, "a"), JSON_PRETTY, "[\n  3\n]");
    check_written(NULL, JSON_COMPACT, "null");
}

static void a_copy_is_its_own(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("{\"a\":{\"b\":1}}");
    CLEANUP(json_freep) struct json *copy = json_copy(json);

    (void)state;
    json_set_int(json, "a", 2);
    check_written(copy, JSON_COMPACT, "{\"a\":{\"b\":1}}");
}

static void built_text_may_hold_any_bytes(void **state)
{
    CLEANUP(json_freep) struct json *json = json_object();

    (void)state;
    json_set_text(json, "k\xff", "\x01 \xfe \x7f");
    check_written(json, JSON_COMPACT, "{\"k\xEF\xBF\xBD\":\"\\u0001 \xEF\xBF\xBD \x7f\"}");
}

static void a_small_buffer_says_too_long(void **state)
{
    CLEANUP(json_freep) struct json *json = parsed("[1,2,3,4,5,6]");
    CLEANUP(buf_done) struct buf out = BUF(5);
    struct err err;

    (void)state;
    json_write(json, JSON_COMPACT, &out);
    assert_int_equal(buf_check(&out, &err), ERR_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_key_path_and_place),
        cmocka_unit_test(wrong_types_and_nothing_answer_with_the_fallback),
        cmocka_unit_test(numbers_out_of_range_stay_in_range),
        cmocka_unit_test(bad_text_is_refused_with_line_and_column),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(scalars_are_documents_too),
        cmocka_unit_test(members_come_in_their_order),
        cmocka_unit_test(a_walk_survives_changes_under_way),
        cmocka_unit_test(a_hundred_thousand_members_are_walked_in_no_time),
        cmocka_unit_test(trees_are_built_and_written),
        cmocka_unit_test(equal_trees_have_equal_canonical_bytes),
        cmocka_unit_test(a_copy_is_its_own),
        cmocka_unit_test(built_text_may_hold_any_bytes),
        cmocka_unit_test(a_small_buffer_says_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
