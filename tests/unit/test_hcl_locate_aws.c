/*
 * Every instance of a state that the real AWS provider (5.100) wrote, applied to moto, is found in
 * the code that made it, whose names come from the command line: by its ARN and by its id, the
 * right instance and nothing else.
 */
#include <stdio.h>

#include "common/files.h"
#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/hcl/locate/locate.h"
#include "worker/hcl/state/state.h"

#define INSTANCES 16

struct scene {
    struct hcl_repo *repo;
    struct hcl_module *root;
    struct hcl_state *state;
    struct hcl_match matches[4];
};

static void scene_end(struct scene *scene)
{
    hcl_state_free(scene->state);
    hcl_repo_free(scene->repo);
}

static struct scene scene_start(void)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    struct scene scene = {0};
    char path[1024];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/tests/data/state/aws/recorded.tfstate",
             getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_has(buf_str(&text), "canary-secret-string");
    assert_ok(hcl_state_parse(&scene.state, buf_str(&text), text.len, &err), err);
    snprintf(path, sizeof path, "%s/tests/data/state/aws/code", getenv("PLUMB_SOURCE_DIR"));
    scene.repo = hcl_make_repo_of_directory(path);
    scene.root = hcl_make_open(scene.repo, "");
    return scene;
}

static size_t locate(struct scene *scene, const struct hcl_state *state, const char *arn,
                     const char *type, const char *name)
{
    struct hcl_query query = {.arn = arn, .type = type, .name = name, .state = state};

    return hcl_locate(scene->root, &query, scene->matches, COUNT(scene->matches));
}

static void every_arn_leads_to_its_own_instance(void **unused)
{
    CLEANUP(scene_end) struct scene scene = scene_start();
    size_t n_arns = 0;

    (void)unused;
    assert_int_equal(hcl_state_count(scene.state), INSTANCES);
    for (size_t i = 0; i < INSTANCES; i++) {
        const struct hcl_state_instance *instance = hcl_state_at(scene.state, i);
        /* A secret's version carries the ARN of the secret, which is what a finding means. */
        const char *wanted = str_eq(instance->type, "aws_secretsmanager_secret_version")
                                 ? "aws_secretsmanager_secret.db"
                                 : instance->address;
        if (instance->arn == NULL)
            continue;
        n_arns++;
        size_t n = locate(&scene, scene.state, instance->arn, NULL, NULL);
        if (n != 1)
            fail_msg("%s: %zu resources", instance->arn, n);
        assert_non_null(scene.matches[0].instance);
        assert_string_equal(scene.matches[0].instance->address, wanted);
        assert_has(scene.matches[0].how, "state: ");
    }
    assert_int_equal(n_arns, 15);
}

static void every_id_leads_to_its_own_instance(void **unused)
{
    CLEANUP(scene_end) struct scene scene = scene_start();
    size_t n_names = 0;

    (void)unused;
    for (size_t i = 0; i < INSTANCES; i++) {
        const struct hcl_state_instance *instance = hcl_state_at(scene.state, i);
        for (size_t k = 0; k < instance->n_names; k++) {
            if (str_starts(instance->names[k].value, "arn:") ||
                str_eq(instance->type, "aws_s3_bucket_versioning"))
                continue;
            n_names++;
            size_t n = locate(&scene, scene.state, NULL, instance->type, instance->names[k].value);
            if (n != 1)
                fail_msg("%s %s: %zu resources", instance->type, instance->names[k].value, n);
            assert_string_equal(scene.matches[0].instance->address, instance->address);
        }
    }
    assert_int_equal(n_names, 26);
}

static void the_same_names_in_another_account_are_nobody_s(void **unused)
{
    static const char *const arns[] = {
        "arn:aws:sns:eu-west-1:999988887777:k3v9",
        "arn:aws:sqs:us-east-1:123456789012:eu-k3v9-0",
        "arn:aws:secretsmanager:eu-west-1:999988887777:secret:db/k3v9-vFrGpp",
        "arn:aws:dynamodb:eu-west-1:999988887777:table/orders-k3v9",
        "arn:aws:iam::999988887777:role/svc/task-k3v9",
        "arn:aws:logs:eu-west-1:999988887777:log-group:/app/k3v9:*",
    };
    CLEANUP(scene_end) struct scene scene = scene_start();

    (void)unused;
    for (size_t i = 0; i < COUNT(arns); i++)
        if (locate(&scene, scene.state, arns[i], NULL, NULL) != 0)
            fail_msg("%s is found: %s", arns[i], scene.matches[0].how);
}

static void no_secret_of_the_state_is_kept(void **unused)
{
    CLEANUP(scene_end) struct scene scene = scene_start();

    (void)unused;
    for (size_t i = 0; i < INSTANCES; i++)
        for (size_t k = 0; k < hcl_state_at(scene.state, i)->n_names; k++)
            assert_lacks(hcl_state_at(scene.state, i)->names[k].value, "canary");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arn_leads_to_its_own_instance),
        cmocka_unit_test(every_id_leads_to_its_own_instance),
        cmocka_unit_test(the_same_names_in_another_account_are_nobody_s),
        cmocka_unit_test(no_secret_of_the_state_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
