/*
 * The fleet: a repository of two roots that was applied to a fake AWS with the real provider, and
 * the states that terraform wrote of it. Without a state every ARN must be located: sure and right,
 * or with the right one among the candidates, which doubts.tsv lists with the reasons.
 * test_hcl_fleet_live.c applies it again. PLUMB_WRITE_DOUBTS=1 writes the list anew.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/fleet.h"
#include "tests/support/hcl_make.h"

static const char *data(const char *name, char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    snprintf(out, size, "%s/tests/data/fleet/%s", source != NULL ? source : ".", name);
    return out;
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

    snprintf(name, sizeof name, "%s.tfstate", strrchr(directory, '/') + 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arn_is_sure_or_its_resource_is_a_candidate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
