/* Conditions on records: what is chosen, and what is no condition. */
#include "producer/replay_selector.h"

#include "tests/support/test.h"

static const struct selector_subject subject = {
    .values = {[SELECTOR_REPOSITORY] = "acme/infra",
               [SELECTOR_RULE] = "aws-s3-versioning",
               [SELECTOR_CONTROL] = "CKV_AWS_21",
               [SELECTOR_STAGE] = "publish",
               [SELECTOR_ERROR] = "github: 502 Bad Gateway after 3 tries",
               [SELECTOR_KIND] = "finding"}};

static int match(const char *const *conditions)
{
    CLEANUP(selector_freep) struct selector *selector = NULL;
    struct err err;

    assert_ok(selector_new(&selector, &err), err);
    for (; *conditions != NULL; conditions++)
        assert_ok(selector_add(selector, *conditions, &err), err);
    return selector_match(selector, &subject);
}

#define MATCH(...) match((const char *const[]){__VA_ARGS__, NULL})

static void equality_is_of_the_whole_text(void **state)
{
    (void)state;
    assert_int_equal(MATCH("stage=publish"), 0);
    assert_int_equal(MATCH("stage=publis"), SELECTOR_NO);
    assert_int_equal(MATCH("stage=Publish"), SELECTOR_NO);
    assert_int_equal(MATCH("stage!=fetch"), 0);
    assert_int_equal(MATCH("stage!=publish"), SELECTOR_NO);
    assert_int_equal(MATCH("error=github: 502 Bad Gateway after 3 tries"), 0);
}

static void an_expression_matches_anywhere(void **state)
{
    (void)state;
    assert_int_equal(MATCH("error~50[0-9]"), 0);
    assert_int_equal(MATCH("error~^github"), 0);
    assert_int_equal(MATCH("error~^502"), SELECTOR_NO);
    assert_int_equal(MATCH("error~(?i)bad gateway"), 0);
    assert_int_equal(MATCH("error!~timeout"), 0);
    assert_int_equal(MATCH("error!~502"), SELECTOR_NO);
    /* The operator is the first of its characters: the rest is the expression's own. */
    assert_int_equal(MATCH("error~=|502"), 0);
}

static void all_conditions_must_hold_and_none_is_everything(void **state)
{
    CLEANUP(selector_freep) struct selector *selector = NULL;
    struct err err;

    (void)state;
    assert_int_equal(MATCH("stage=publish", "repository=acme/infra", "error~502"), 0);
    assert_int_equal(MATCH("stage=publish", "repository=acme/other"), SELECTOR_NO);
    assert_ok(selector_new(&selector, &err), err);
    assert_int_equal(selector_match(selector, &subject), 0);
}

static void a_rule_may_be_called_as_the_source_calls_it(void **state)
{
    (void)state;
    assert_int_equal(MATCH("rule=aws-s3-versioning"), 0);
    assert_int_equal(MATCH("rule=CKV_AWS_21"), 0);
    assert_int_equal(MATCH("rule~s3"), 0);
    assert_int_equal(MATCH("rule=CKV_AWS_20"), SELECTOR_NO);
    assert_int_equal(MATCH("rule!=CKV_AWS_21"), SELECTOR_NO);
    assert_int_equal(MATCH("rule!=CKV_AWS_20"), 0);
    assert_int_equal(MATCH("control=aws-s3-versioning"), SELECTOR_NO);
}

static void what_a_record_does_not_say_equals_nothing(void **state)
{
    (void)state;
    assert_int_equal(MATCH("fingerprint=x"), SELECTOR_NO);
    assert_int_equal(MATCH("fingerprint="), SELECTOR_NO);
    assert_int_equal(MATCH("fingerprint~.*"), SELECTOR_NO);
    assert_int_equal(MATCH("fingerprint!=x"), 0);
    assert_int_equal(MATCH("fingerprint!~x"), 0);
}

static void what_is_no_condition_is_refused_with_words(void **state)
{
    static const struct {
        const char *condition, *word;
    } bad[] = {
        {"", "FIELD=TEXT"},
        {"stage", "FIELD=TEXT"},
        {"stage!publish", "FIELD=TEXT"},
        {"!", "FIELD=TEXT"},
        {"colour=red", "colour"},
        {"Stage=publish", "no field"},
        {"=publish", "no field"},
        {"error~(", "expression"},
        {"error~(?=x)", "expression"},
        {"stage =publish", "no field"},
    };
    CLEANUP(selector_freep) struct selector *selector = NULL;
    struct err err;

    (void)state;
    assert_ok(selector_new(&selector, &err), err);
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(selector_add(selector, bad[i].condition, &err), ERR_REJECT);
        assert_has(err.text, bad[i].word);
    }
    assert_null(selector_condition(selector, 0));
    for (int i = 0; i < SELECTOR_CONDITIONS_MAX; i++)
        assert_ok(selector_add(selector, "stage=publish", &err), err);
    assert_int_equal(selector_add(selector, "stage=publish", &err), ERR_REJECT);
    assert_string_equal(selector_condition(selector, 31), "stage=publish");
    assert_null(selector_condition(selector, 32));
}

static void an_expression_that_gives_up_decides_nothing(void **state)
{
    CLEANUP(selector_freep) struct selector *selector = NULL;
    char text[4000];
    struct selector_subject long_one = subject;
    struct err err;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    long_one.values[SELECTOR_ERROR] = text;
    assert_ok(selector_new(&selector, &err), err);
    assert_ok(selector_add(selector, "error~(a|aa)+[cd]", &err), err);
    int r = selector_match(selector, &long_one);
    assert_int_equal(r, SELECTOR_UNKNOWN);
    assert_ok(selector_add(selector, "stage=fetch", &err), err);
    assert_int_equal(selector_match(selector, &long_one), SELECTOR_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_of_the_whole_text),
        cmocka_unit_test(an_expression_matches_anywhere),
        cmocka_unit_test(all_conditions_must_hold_and_none_is_everything),
        cmocka_unit_test(a_rule_may_be_called_as_the_source_calls_it),
        cmocka_unit_test(what_a_record_does_not_say_equals_nothing),
        cmocka_unit_test(what_is_no_condition_is_refused_with_words),
        cmocka_unit_test(an_expression_that_gives_up_decides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
