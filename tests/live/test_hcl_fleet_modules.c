/*
 * Modules that others wrote (the corpus), applied for real to a fake AWS: every ARN that comes into
 * being must be located without a state, sure and right, or with the right resource among the
 * candidates; with its state, the right block for sure. Some are applied by their own examples,
 * some by a root of ours (tests/data/fleet/over) because their examples need providers that are not
 * at hand. They are written for provider 6, and copies are bent to 5 (moto-apply).
 *
 * Minutes, so with PLUMB_FULL=1 only. The corpus is PLUMB_CORPUS, or ../shared/corpus beside the
 * source.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <unistd.h>

#include "common/files.h"
#include "tests/support/fleet.h"
#include "tests/support/fleet_apply.h"
#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"
#include "worker/hcl/state/state.h"

struct example {
    const char *module;
    const char *name;  /* of its example; NULL: our root over it */
    size_t arns, sure; /* at least so many come into being, and are sure */
};
static const struct example EXAMPLES[] = {
    {"eks", NULL, 18, 15},
    {"iam", "iam-group", 5, 2},
    {"iam", "iam-policy", 2, 2},
    {"lambda", NULL, 7, 7},
    {"rds", NULL, 9, 6},
    {"s3-bucket", NULL, 6, 6},
    {"security-group", "http", 7, 0},
    /* Their names come from path.cwd, their numbers of subnets from a data source. */
    {"vpc", "complete", 39, 0},
    {"vpc", "secondary-cidr-blocks", 27, 0},
};

static char *scratch;

static const char *find_corpus(char *out, size_t size)
{
    const char *named = getenv("PLUMB_CORPUS");

    if (named != NULL)
        snprintf(out, size, "%s", named);
    else
        snprintf(out, size, "%s/../shared/corpus", fleet_source());
    if (access(out, R_OK) == 0)
        return out;
    print_message("SKIPPED: there is no corpus %s\n", out);
    skip();
    return NULL;
}

static void apply(const char *corpus, const struct example *example, const char *root)
{
    char ours[256] = "";
    char command[4096];
    char path[1024];

    if (example->name == NULL)
        snprintf(ours, sizeof ours, "ROOT_OF_OURS=tests/data/fleet/over/%s", example->module);
    snprintf(command, sizeof command,
             "PROVIDER_5=1 KEEP_PROVIDERS=1 %s tests/oracles/moto-apply '%s/terraform-aws-%s' %s "
             "'%s/out'",
             ours, corpus, example->module, root, scratch);
    snprintf(path, sizeof path, "%s/log", scratch);
    fleet_oracle(command, path);
}

static void add(struct fleet_score *all, struct fleet_score *score)
{
    all->resources += score->resources;
    all->arns += score->arns;
    all->sure += score->sure;
    all->unkeyed += score->unkeyed;
    all->ambiguous += score->ambiguous;
    all->outside += score->outside;
    all->missed += score->missed;
    all->wrong += score->wrong;
    buf_done(&score->doubts);
}

static void judge_with_state(const struct hcl_module *root, const struct fleet *fleet,
                             const char *path, struct fleet_score *all)
{
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(HCL_STATE_MAX_BYTES);
    struct fleet_score score = {0};
    struct err err = {0};

    assert_ok(files_read(path, &bytes, &err), err);
    assert_ok(hcl_state_parse(&state, buf_str(&bytes), bytes.len, &err), err);
    const struct hcl_query with = {.state = state};
    fleet_judge(root, fleet, &with, &score);
    fleet_report("  with its state", &score);
    add(all, &score);
}

struct totals {
    struct fleet_score without, with;
};

static void judge_example(const char *corpus, const struct example *example, struct totals *all)
{
    CLEANUP(fleet_done) struct fleet fleet = {0};
    struct fleet_score score = {0};
    char path[1024];
    char directory[256];

    snprintf(directory, sizeof directory, "examples/%s",
             example->name != NULL ? example->name : "ours");
    apply(corpus, example, directory);
    snprintf(path, sizeof path, "%s/out/tree", scratch);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    const struct hcl_module *root = hcl_make_open(repo, directory);
    snprintf(path, sizeof path, "%s/out/terraform.tfstate", scratch);
    fleet_read(&fleet, path);
    fleet_judge(root, &fleet, NULL, &score);

    snprintf(directory, sizeof directory, "%s, %s", example->module,
             example->name != NULL ? example->name : "our root");
    fleet_report(directory, &score);
    assert_true(score.arns >= example->arns);
    assert_true(score.sure >= example->sure);
    add(&all->without, &score);
    judge_with_state(root, &fleet, path, &all->with);
}

static void modules_that_others_wrote_are_located(void **state)
{
    struct totals all = {0};
    char path[1024];

    (void)state;
    fleet_need_full();
    const char *corpus = find_corpus(path, sizeof path);
    for (size_t i = 0; i < COUNT(EXAMPLES); i++)
        judge_example(corpus, &EXAMPLES[i], &all);
    fleet_report("all of them, without a state", &all.without);
    fleet_report("all of them, with theirs", &all.with);
    assert_int_equal(all.without.wrong, 0);
    assert_int_equal(all.without.missed, 0);
    assert_int_equal(all.without.outside, 0);
    assert_int_equal(all.with.sure + all.with.unkeyed, all.with.arns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_that_others_wrote_are_located),
    };

    scratch = temp_dir_make();
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    temp_dir_remove(scratch);
    return r;
}
