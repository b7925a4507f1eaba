#include "worker/confidence.h"

#include "tests/support/test.h"

static struct gate_report report(enum gate_verdict predicate, enum gate_verdict validate,
                                 enum gate_verdict plan)
{
    struct gate_report report = {.n = 4, .passed = true};
    const enum gate_verdict verdicts[] = {GATE_PASSED, predicate, validate, plan};
    static const char *const names[] = {"parse", "predicate", "validate", "plan"};

    for (size_t i = 0; i < report.n; i++) {
        report.layers[i] = (struct gate_layer_result){names[i], verdicts[i], ""};
        report.passed = report.passed && verdicts[i] != GATE_FAILED;
    }
    return report;
}

static const struct merge_history nothing = {0, 0};
static const struct merge_history liked = {9, 1};
static const struct merge_history disliked = {1, 9};
static const struct merge_history new_one = {0, 2};

static void a_rule_is_trusted_as_far_as_it_was_checked(void **state)
{
    const struct gate_report all = report(GATE_PASSED, GATE_PASSED, GATE_PASSED);
    const struct gate_report no_terraform = report(GATE_PASSED, GATE_NOT_RUN, GATE_NOT_RUN);
    const struct gate_report no_plan = report(GATE_PASSED, GATE_PASSED, GATE_NOT_RUN);

    (void)state;
    assert_int_equal(confidence_of(&all, false, &nothing), CONFIDENCE_HIGH);
    assert_int_equal(confidence_of(&no_plan, false, &nothing), CONFIDENCE_HIGH);
    assert_int_equal(confidence_of(&no_terraform, false, &nothing), CONFIDENCE_MEDIUM);
}

static void a_model_is_never_trusted_for_its_looks(void **state)
{
    const struct gate_report all = report(GATE_PASSED, GATE_PASSED, GATE_PASSED);
    const struct gate_report no_rule = report(GATE_NOT_RUN, GATE_PASSED, GATE_PASSED);
    const struct gate_report no_terraform = report(GATE_PASSED, GATE_NOT_RUN, GATE_NOT_RUN);
    const struct gate_report no_plan = report(GATE_PASSED, GATE_PASSED, GATE_NOT_RUN);

    (void)state;
    assert_int_equal(confidence_of(&all, true, &nothing), CONFIDENCE_MEDIUM);
    assert_int_equal(confidence_of(&all, true, &liked), CONFIDENCE_HIGH);
    assert_int_equal(confidence_of(&no_plan, true, &liked), CONFIDENCE_MEDIUM);
    assert_int_equal(confidence_of(&no_terraform, true, &liked), CONFIDENCE_LOW);
    assert_int_equal(confidence_of(&no_rule, true, &liked), CONFIDENCE_LOW);
}

static void what_people_closed_before_counts_against_it(void **state)
{
    const struct gate_report all = report(GATE_PASSED, GATE_PASSED, GATE_PASSED);

    (void)state;
    assert_int_equal(confidence_of(&all, false, &disliked), CONFIDENCE_MEDIUM);
    assert_int_equal(confidence_of(&all, true, &disliked), CONFIDENCE_LOW);
    assert_int_equal(confidence_of(&all, false, &new_one), CONFIDENCE_HIGH); /* two say nothing */
}

static void a_fix_that_failed_a_check_is_low_whatever_else_is_said(void **state)
{
    const struct gate_report bad = report(GATE_PASSED, GATE_FAILED, GATE_NOT_RUN);

    (void)state;
    assert_int_equal(confidence_of(&bad, false, &liked), CONFIDENCE_LOW);
}

static void the_paragraph_says_what_was_not_looked_at(void **state)
{
    const struct gate_report some = report(GATE_NOT_RUN, GATE_PASSED, GATE_NOT_RUN);
    CLEANUP(buf_done) struct buf text = BUF(4096);

    (void)state;
    confidence_write(&text, &some, true, &liked);
    assert_string_equal(buf_str(&text),
                        "**Confidence: low.** 2 of 4 checks passed, 2 could not be run (predicate, "
                        "plan). Of 10 earlier pull requests of this model that people decided, 9 "
                        "were merged.\n\n");
    buf_reset(&text);
    confidence_write(&text, &some, false, &nothing);
    assert_non_null(strstr(buf_str(&text), "No earlier pull request of this rule"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_trusted_as_far_as_it_was_checked),
        cmocka_unit_test(a_model_is_never_trusted_for_its_looks),
        cmocka_unit_test(what_people_closed_before_counts_against_it),
        cmocka_unit_test(a_fix_that_failed_a_check_is_low_whatever_else_is_said),
        cmocka_unit_test(the_paragraph_says_what_was_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
