/* Plans: what is saved reads back the same, and its digest speaks for its content. */
#include "tests/support/test.h"
#include "worker/outlet.h"
#include "worker/plan.h"

static struct plan *sample(void)
{
    struct plan *plan;
    struct err err;

    assert_int_equal(plan_new(&plan, &err), 0);
    char **fields[] = {&plan->base_branch, &plan->base_commit, &plan->message, &plan->title,
                       &plan->body,        &plan->patch,       &plan->labels,  &plan->details_json};
    for (size_t i = 0; i < COUNT(fields); i++)
        assert_int_equal(plan_set(fields[i], "text with \"quotes\"\nand lines", &err), 0);
    assert_int_equal(plan_add_file(plan, "a/main.tf", "x = 1\n", 6, &err), 0);
    plan->when_unix_s = 1768480245;
    plan_seal(plan);
    return plan;
}

static void a_saved_plan_reads_back_the_same(void **state)
{
    CLEANUP(plan_freep) struct plan *plan = sample();
    CLEANUP(plan_freep) struct plan *again = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(PLAN_MAX_BYTES);
    struct err err;

    (void)state;
    assert_int_equal(plan_encode(plan, &bytes, &err), 0);
    assert_int_equal(plan_decode(&again, bytes.bytes, bytes.len, &err), 0);
    assert_string_equal(again->body, plan->body);
    assert_string_equal(again->digest, plan->digest);
    assert_int_equal(again->when_unix_s, plan->when_unix_s);
    assert_int_equal(again->n_files, 1);
    assert_string_equal(again->files[0].bytes, "x = 1\n");
}

static void the_digest_changes_with_base_path_and_content(void **state)
{
    CLEANUP(plan_freep) struct plan *plan = sample();
    char first[SHA256_HEX_BYTES];
    struct err err;

    (void)state;
    memcpy(first, plan->digest, sizeof first);
    plan->files[0].bytes[4] = '2';
    plan_seal(plan);
    assert_string_not_equal(first, plan->digest);
    plan->files[0].bytes[4] = '1';
    plan_seal(plan);
    assert_string_equal(first, plan->digest);
    assert_int_equal(plan_set(&plan->base_commit, "other", &err), 0);
    plan_seal(plan);
    assert_string_not_equal(first, plan->digest);
}

static void a_plan_of_another_version_or_damaged_is_no_plan(void **state)
{
    static const char *const bad[] = {"", "{}", "[]", "{\"v\":99}",
                                      "{\"v\":1,\"files\":[{\"path\":\"x\"}]}"};
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct plan *plan = NULL;
        assert_int_equal(plan_decode(&plan, bad[i], strlen(bad[i]), &err), ERR_REJECT);
    }
}

static void retry_tiers_must_be_four_rising_numbers(void **state)
{
    static const char *const bad[] = {"",        "30",          "30,300,1800", "30,300,1800,7200,9",
                                      "a,b,c,d", "30,20,40,50", "0,1,2,3"};
    int64_t tiers[4];
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(outlet_parse_tiers(bad[i], tiers, &err), ERR_FATAL);
    assert_int_equal(outlet_parse_tiers("30, 300,1800 ,7200", tiers, &err), 0);
    assert_int_equal(tiers[3], 7200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_plan_reads_back_the_same),
        cmocka_unit_test(the_digest_changes_with_base_path_and_content),
        cmocka_unit_test(a_plan_of_another_version_or_damaged_is_no_plan),
        cmocka_unit_test(retry_tiers_must_be_four_rising_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
