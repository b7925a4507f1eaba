/* The sample repository: every finding of its table meets the resource that the table names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/files.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_plan.h"
#include "tests/support/test.h"
#include "worker/hcl/aws/types.h"
#include "worker/hcl/locate/locate.h"

#define ROOTS 3

struct sample {
    struct hcl_repo *repo;
    struct hcl_module *roots[ROOTS];
};

static const char *data(const char *name, char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    snprintf(out, size, "%s/tests/data/sample/%s", source != NULL ? source : ".", name);
    return out;
}

static int open_sample(void **state)
{
    static struct sample sample;
    char path[1024];
    const char *roots[ROOTS];

    sample.repo = hcl_make_repo_of_directory(data("repo", path, sizeof path));
    assert_int_equal(hcl_repo_roots(sample.repo, "", roots, ROOTS), ROOTS);
    for (size_t i = 0; i < ROOTS; i++)
        sample.roots[i] = hcl_make_open(sample.repo, roots[i]);
    *state = &sample;
    return 0;
}

static int close_sample(void **state)
{
    hcl_repo_free(((struct sample *)*state)->repo);
    return 0;
}

/* The address of the resource that some root has for it, keys included; "-" none, "?" several. What
 * one root is sure of, another's candidates do not change. */
static const char *locate(const struct sample *sample, const struct hcl_query *query,
                          enum hcl_certainty *certainty)
{
    const char *address = "-";

    *certainty = HCL_CANDIDATE;
    for (size_t i = 0; i < ROOTS; i++) {
        struct hcl_match match;
        size_t n = hcl_locate(sample->roots[i], query, &match, 1);
        if (n == 0 || (match.certainty == HCL_CANDIDATE && *certainty == HCL_SURE))
            continue;
        bool is_more = n > 1 || (!str_eq(address, "-") && match.certainty == *certainty);
        *certainty = match.certainty;
        address = is_more                  ? "?"
                  : match.instance != NULL ? match.instance->address
                                           : match.resource->address;
    }
    return address;
}

static void every_finding_of_the_table_meets_its_resource(void **state)
{
    char path[1024];
    char line[2048];
    size_t rows = 0;
    FILE *file = fopen(data("findings.tsv", path, sizeof path), "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line;
        char *column[7];
        for (size_t i = 0; i < COUNT(column); i++)
            column[i] = strsep(&at, "\t");
        if (line[0] == '#')
            continue;
        assert_non_null(column[6]);
        const struct hcl_query query = {
            .arn = column[1], .name = column[2], .type = hcl_type_of_arn(column[1])};
        enum hcl_certainty certainty;
        const char *address = locate(*state, &query, &certainty);
        if (!str_eq(address, column[4]))
            fail_msg("%s is at %s, not at %s", column[1], address, column[4]);
        bool is_sure = !str_eq(column[4], "-") && !str_eq(column[5], "review");
        if (is_sure != (certainty == HCL_SURE))
            fail_msg("%s is %ssure", column[1], is_sure ? "not " : "");
        rows++;
    }
    fclose(file);
    assert_true(rows >= 30);
}

static void every_instance_of_the_sample_has_its_address(void **state)
{
    const struct sample *sample = *state;

    for (size_t root = 0; root < ROOTS; root++)
        for (size_t i = 0; i < hcl_resource_count(sample->roots[root]); i++) {
            const struct hcl_instance *instances;
            size_t n = hcl_instances(hcl_resource_at(sample->roots[root], i), &instances);
            assert_true(n > 0);
            for (size_t j = 0; j < n; j++)
                assert_null(strstr(instances[j].address, "[?]"));
        }
}

static void the_log_retention_is_owned_by_the_values_file(void **state)
{
    const struct sample *sample = *state;
    const struct hcl_resource *group =
        hcl_resource_find(sample->roots[1], "module.service.aws_cloudwatch_log_group.this");
    const struct hcl_instance *instances;

    assert_non_null(group);
    assert_int_equal(hcl_instances(group, &instances), 2);
    const struct hcl_value *days =
        hcl_eval_attribute(group, group->block, "retention_in_days", &instances[0]);
    assert_true(days->number == 30);
    assert_true(days->n_origins > 0);
    assert_string_equal(days->origins[days->n_origins - 1].what, "tfvars");
    assert_string_equal(days->origins[days->n_origins - 1].file->path,
                        "envs/prod/terraform.tfvars");
}

static const struct hcl_module *root_of(struct hcl_repo *repo, const char *directory)
{
    static struct hcl_module *opened[PLAN_ROOTS];

    for (size_t i = 0; i < PLAN_ROOTS; i++) {
        if (!str_eq(plan_roots[i].directory, directory))
            continue;
        if (opened[i] == NULL)
            opened[i] = hcl_make_open(repo, directory);
        return opened[i];
    }
    fail_msg("no root %s", directory);
    return NULL;
}

static void every_argument_is_what_terraform_plans(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = plan_repo();
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    char path[1024];
    char *column[4];
    struct err err = {0};
    size_t rows = 0;
    size_t wrong = 0;

    (void)state;
    assert_ok(files_read(data("plan.tsv", path, sizeof path), &text, &err), err);
    char *at = strchr(buf_str(&text), '\n') + 1;
    for (char *line; (line = strsep(&at, "\n")) != NULL && *line != '\0'; rows++) {
        CLEANUP(buf_done) struct buf why = BUF(1 << 20);
        for (size_t i = 0; i < COUNT(column); i++)
            column[i] = strsep(&line, "\t");
        assert_non_null(column[3]);
        enum plan_verdict verdict =
            plan_compare(root_of(repo, column[0]), column[1], column[2], column[3], &why);
        if (verdict == PLAN_SAME)
            continue;
        print_error("%s %s\n  %s\n", column[1], column[2], buf_str(&why));
        wrong++;
    }
    print_message("%zu planned arguments\n", rows);
    assert_int_equal(wrong, 0);
    assert_true(rows >= 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_argument_is_what_terraform_plans),
        cmocka_unit_test(every_finding_of_the_table_meets_its_resource),
        cmocka_unit_test(every_instance_of_the_sample_has_its_address),
        cmocka_unit_test(the_log_retention_is_owned_by_the_values_file),
    };

    return cmocka_run_group_tests(tests, open_sample, close_sample);
}
