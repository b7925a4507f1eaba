/*
 * The fleet: a repository of two roots that was applied to a fake AWS with the real provider, and
 * the states that terraform wrote of it. Without a state every ARN must be located: sure and right,
 * or with the right one among the candidates, which doubts.tsv lists with the reasons. With its
 * state all of them are sure.
 * test_hcl_fleet_live.c applies it again. PLUMB_WRITE_DOUBTS=1 writes the list anew.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/fleet.h"
#include "tests/support/hcl_make.h"
#include "worker/hcl/state/state.h"

static const char *data(const char *name, char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    snprintf(out, size, "%s/tests/data/fleet/%s", source != NULL ? source : ".", name);
    return out;
}

/* "envs/production" -> "production.tfstate" */
static void state_of(const char *directory, char *out, size_t size)
{
    snprintf(out, size, "%s.tfstate", strrchr(directory, '/') + 1);
}

/* One root of the fleet, judged; what is known besides the ARNs stands in with. */
static void judge_root(const char *directory, const struct hcl_query *with,
                       struct fleet_score *score)
{
    CLEANUP(fleet_done) struct fleet fleet = {0};
    char path[1024];
    char name[64];
    CLEANUP(hcl_repo_freep)
    struct hcl_repo *repo = hcl_make_repo_of_directory(data("repo", path, sizeof path));

    state_of(directory, name, sizeof name);
    fleet_read(&fleet, data(name, path, sizeof path));
    fleet_judge(hcl_make_open(repo, directory), &fleet, with, score);
}

static void every_arn_is_sure_or_its_resource_is_a_candidate(void **state)
{
    CLEANUP(buf_done) struct buf expected = BUF(FLEET_DOUBTS_MAX);
    struct fleet_score score = {0};
    struct err err = {0};
    char path[1024];

    (void)state;
    judge_root("envs/production", NULL, &score);
    judge_root("envs/platform", NULL, &score);
    fleet_report("without a state", &score);
    assert_int_equal(score.wrong, 0);
    assert_int_equal(score.missed, 0);
    data("doubts.tsv", path, sizeof path);
    if (getenv("PLUMB_WRITE_DOUBTS") != NULL)
        assert_ok(files_write(path, buf_str(&score.doubts), score.doubts.len, &err), err);
    assert_ok(files_read(path, &expected, &err), err);
    assert_string_equal(buf_str(&score.doubts), buf_str(&expected));
    buf_done(&score.doubts);
    assert_int_equal(score.resources, 234);
    assert_int_equal(score.arns, 178);
    assert_int_equal(score.sure, 111);
    assert_int_equal(score.ambiguous, 66);
    /* The fake AWS forgets the region's colon in the ARN of a CloudFront distribution. */
    assert_int_equal(score.outside, 1);
}

static void judge_with_state(const char *directory, struct fleet_score *score)
{
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(FLEET_DOUBTS_MAX);
    struct err err = {0};
    char path[1024];
    char name[64];

    state_of(directory, name, sizeof name);
    assert_ok(files_read(data(name, path, sizeof path), &bytes, &err), err);
    assert_ok(hcl_state_parse(&state, buf_str(&bytes), bytes.len, &err), err);
    const struct hcl_query with = {.state = state};
    judge_root(directory, &with, score);
}

static void with_its_state_all_that_is_an_arn_is_sure(void **state)
{
    struct fleet_score score = {0};

    (void)state;
    judge_with_state("envs/production", &score);
    judge_with_state("envs/platform", &score);
    fleet_report("with the state", &score);
    if (score.doubts.len > 0)
        print_message("%s", buf_str(&score.doubts));
    buf_done(&score.doubts);
    assert_int_equal(score.arns, 178);
    assert_int_equal(score.sure, 177);
    assert_int_equal(score.outside, 1); /* the same one */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arn_is_sure_or_its_resource_is_a_candidate),
        cmocka_unit_test(with_its_state_all_that_is_an_arn_is_sure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
