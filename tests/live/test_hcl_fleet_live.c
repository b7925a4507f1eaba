/*
 * The fleet, applied again by terraform with the real provider to a fake AWS: what comes into being
 * is what is recorded, and each of its new ARNs is located as the recorded ones are. And the real
 * provider's schema is asked again about the type table.
 *
 * Minutes, so with PLUMB_FULL=1 only; what was seen is kept as data for the unit tests
 * (test_hcl_fleet.c, test_hcl_types.c).
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/fleet.h"
#include "tests/support/fleet_apply.h"
#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"

static char *scratch;

static void read_data(const char *name, struct buf *out)
{
    char path[1024];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/tests/data/%s", fleet_source(), name);
    assert_ok(files_read(path, out, &err), err);
}

static void the_provider_still_says_what_is_recorded(void **state)
{
    CLEANUP(buf_done) struct buf now = BUF(1024 * 1024);
    CLEANUP(buf_done) struct buf then = BUF(1024 * 1024);
    char path[1024];
    struct err err = {0};

    (void)state;
    fleet_need_full();
    snprintf(path, sizeof path, "%s/schema.tsv", scratch);
    fleet_oracle("tests/oracles/aws-schema worker/hcl/aws/aws_types.txt", path);
    assert_ok(files_read(path, &now, &err), err);
    read_data("types/schema-5.100.0.tsv", &then);
    /* The first line names terraform's version. */
    assert_string_equal(strchr(buf_str(&now), '\n'), strchr(buf_str(&then), '\n'));
}

/* Addresses are Terraform's own, so they must be those of the record; ids differ. */
static void same_resources(const struct fleet *now, const char *root)
{
    CLEANUP(fleet_done) struct fleet then = {0};
    char path[1024];

    snprintf(path, sizeof path, "%s/tests/data/fleet/%s.tfstate", fleet_source(), root);
    fleet_read(&then, path);
    assert_int_equal(now->n, then.n);
    for (size_t i = 0; i < then.n; i++) {
        assert_string_equal(now->things[i].address, then.things[i].address);
        assert_int_equal(now->things[i].is_named_by_arn, then.things[i].is_named_by_arn);
    }
}

static void apply_and_judge(const char *root, const char *environment, const char *tfvars,
                            struct fleet_score *score)
{
    CLEANUP(fleet_done) struct fleet fleet = {0};
    char text[2048];
    char path[1024];

    snprintf(path, sizeof path, "%s/log", scratch);
    snprintf(text, sizeof text,
             "%s tests/oracles/moto-apply tests/data/fleet/repo envs/%s '%s/%s' %s", environment,
             root, scratch, root, tfvars);
    fleet_oracle(text, path);
    snprintf(path, sizeof path, "%s/%s/terraform.tfstate", scratch, root);
    fleet_read(&fleet, path);
    same_resources(&fleet, root);

    snprintf(path, sizeof path, "%s/tests/data/fleet/repo", fleet_source());
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    snprintf(text, sizeof text, "envs/%s", root);
    fleet_judge(hcl_make_open(repo, text), &fleet, NULL, score);
}

static void the_fleet_is_located_when_it_is_applied_again(void **state)
{
    CLEANUP(buf_done) struct buf expected = BUF(FLEET_DOUBTS_MAX);
    struct fleet_score score = {0};

    (void)state;
    fleet_need_full();
    apply_and_judge("production", "IMPORT_BUCKETS=lumen-legacy-uploads",
                    "tests/data/fleet/repo/envs/production/pipeline.auto.tfvars.example", &score);
    apply_and_judge("platform", "", "", &score);
    fleet_report("the fleet", &score);
    assert_int_equal(score.wrong, 0);
    assert_int_equal(score.missed, 0);
    assert_true(score.sure > 100);
    read_data("fleet/doubts.tsv", &expected);
    assert_string_equal(buf_str(&score.doubts), buf_str(&expected));
    buf_done(&score.doubts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_provider_still_says_what_is_recorded),
        cmocka_unit_test(the_fleet_is_located_when_it_is_applied_again),
    };

    scratch = temp_dir_make();
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    temp_dir_remove(scratch);
    return r;
}
