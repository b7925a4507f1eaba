/*
 * From an ARN through the state to the code: moved and removed resources, several with one id, and
 * what names must not find when the state knows better.
 */
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/hcl/locate/locate.h"
#include "worker/hcl/locate/moved.h"
#include "worker/hcl/state/state.h"

#define ARN(name) "arn:aws:sqs:eu-west-1:111122223333:" name
#define MATCHES   8

static const struct made_file CODE[] = {
    {"main.tf",
     "variable \"name\" {}\n"
     "resource \"aws_sqs_queue\" \"plain\" { name = \"jobs\" }\n"
     "resource \"aws_sqs_queue\" \"hidden\" { name = var.name }\n"
     "resource \"aws_sqs_queue\" \"each\" {\n  for_each = toset([\"a\", \"b\\\"c\"])\n"
     "  name = \"each-${each.key}\"\n}\n"
     "resource \"aws_sqs_queue\" \"unknown\" {\n  for_each = var.name\n  name = each.key\n}\n"
     "resource \"aws_sqs_queue\" \"counted\" {\n  count = 2\n  name = "
     "\"counted-${count.index}\"\n}\n"
     "resource \"aws_sqs_queue\" \"new\" { name = \"renamed\" }\n"
     "moved {\n  from = aws_sqs_queue.old\n  to   = aws_sqs_queue.new\n}\n"
     "moved {\n  from = aws_sqs_queue.ring_a\n  to   = aws_sqs_queue.ring_b\n}\n"
     "moved {\n  from = aws_sqs_queue.ring_b\n  to   = aws_sqs_queue.ring_a\n}\n"
     "resource \"aws_s3_bucket\" \"b\" {}\n"
     "resource \"aws_s3_bucket_versioning\" \"b\" {\n  bucket = aws_s3_bucket.b.id\n}\n"
     "module \"m\" {\n  source = \"./mod\"\n  for_each = toset([\"eu\", \"us\"])\n"
     "  name = each.key\n}\n"},
    {"mod/main.tf", "variable \"name\" {}\n"
                    "resource \"aws_sqs_queue\" \"q\" { name = \"m-${var.name}\" }\n"},
};

/* A state from lines of address parts. */
#define Q(module, name, key, arn, id)                                                              \
    "{\"module\": \"" module                                                                       \
    "\", \"mode\": \"managed\", \"type\": \"aws_sqs_queue\", \"name\": \"" name                    \
    "\", \"instances\": [{" key "\"attributes\": {" arn "\"id\": \"" id "\"}}]}"
#define A(name) "\"arn\": \"" ARN(name) "\", "

static const char STATE[] =
    "{\"version\": 4, \"resources\": [" Q("", "plain", "",
                                          A("jobs"), "u/jobs") "," Q("", "hidden", "",
                                                                     A("hidden"), "u/hidden") "," Q("", "each", "\"index_key\": \"b\\\"c\", ", A("each-bc"), "u/each-bc") "," Q("", "each", "\"index_key\": \"gone\", ", A("each-gone"), "u/each-gone") "," Q("", "unknown", "\"index_key\": \"k\", ", A("unknown-k"), "u/unknown-k") "," Q("",
                                                                                                                                                                                                                                                                                                                                            "counted",
                                                                                                                                                                                                                                                                                                                                            "\"index_key\": 1, ", A("counted-1"), "u/counted-1") "," Q("", "new", "\"index_key\": 0, ", A("toggled"),
                                                                                                                                                                                                                                                                                                                                                                                                       "u/toggled") "," Q("",
                                                                                                                                                                                                                                                                                                                                                                                                                          "old",
                                                                                                                                                                                                                                                                                                                                                                                                                          "",
                                                                                                                                                                                                                                                                                                                                                                                                                          A("renamed"),
                                                                                                                                                                                                                                                                                                                                                                                                                          "u/renamed") "," Q("", "ring_a", "", A("ring"), "u/ring") "," Q("",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "nowhere", "", A("nowhere"), "u/nowhere") "," Q("module.m[\\\"us\\\"]",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "q",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "", A("m-us"), "u/m-us") "," Q("module.gone", "q", "", A("m-gone"),
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "u/m-gone") "," Q("",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "plain",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           "\"deposed\": \"0a0b0c0d\", ",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           A("jobs-old"), "u/jobs-old") ","
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "{\"mode\": \"managed\", \"type\": \"aws_s3_bucket\", \"name\": \"b\", \"instances\": "
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "[{\"status\": \"tainted\", \"attributes\": {\"id\": \"bkt\", \"bucket\": \"bkt\", \"arn\": "
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "\"arn:aws:s3:::bkt\"}}]},"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "{\"mode\": \"managed\", \"type\": \"aws_s3_bucket_versioning\", \"name\": \"b\", "
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "\"instances\": [{\"attributes\": {\"id\": \"bkt\", \"bucket\": \"bkt\"}}]}"
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                        "]}";

struct scene {
    struct hcl_repo *repo;
    struct hcl_module *root;
    struct hcl_state *state;
    struct hcl_match matches[MATCHES];
};

static void scene_end(struct scene *scene)
{
    hcl_state_free(scene->state);
    hcl_repo_free(scene->repo);
}

static struct scene scene_of(const struct made_file *files, size_t n, const char *state)
{
    struct scene scene = {.repo = hcl_make_repo(files, n)};
    struct err err = {0};

    scene.root = hcl_make_open(scene.repo, "");
    assert_ok(hcl_state_parse(&scene.state, state, strlen(state), &err), err);
    return scene;
}

static size_t locate(struct scene *scene, struct hcl_query query)
{
    query.state = scene->state;
    return hcl_locate(scene->root, &query, scene->matches, MATCHES);
}

struct expected {
    struct hcl_query query;
    size_t n;
    const char *address, *key, *how;
};

static const struct expected CASES[] = {
    {{.arn = ARN("jobs")}, 1, "aws_sqs_queue.plain", "", "state: arn = " ARN("jobs")},
    {{.arn = ARN("hidden")}, 1, "aws_sqs_queue.hidden", "", "state: arn = " ARN("hidden")},
    {{.arn = ARN("each-bc")}, 1, "aws_sqs_queue.each", "[\"b\\\"c\"]", NULL},
    {{.arn = ARN("counted-1")}, 1, "aws_sqs_queue.counted", "[1]", NULL},
    {{.arn = ARN("m-us")}, 1, "module.m.aws_sqs_queue.q", "", NULL},
    {{.arn = ARN("unknown-k")},
     1,
     "aws_sqs_queue.unknown",
     "[?]",
     "state: arn = " ARN("unknown-k") " (its key could not be checked)"},
    {{.arn = ARN("toggled")}, 1, "aws_sqs_queue.new", "", NULL},
    {{.arn = ARN("renamed")},
     1,
     "aws_sqs_queue.new",
     "",
     "state: arn = " ARN("renamed") " (moved from aws_sqs_queue.old)"},
    {{.arn = "arn:aws:s3:::bkt"},
     1,
     "aws_s3_bucket.b",
     "",
     "state: arn = arn:aws:s3:::bkt (tainted: the next apply makes it anew)"},
    {{.arn = "arn:aws:s3:::bkt", .type = "aws_s3_bucket_versioning"},
     1,
     "aws_s3_bucket.b",
     "",
     NULL},
    {{.name = "bkt"}, 1, "aws_s3_bucket.b", "", NULL},
    {{.name = "u/hidden", .type = "aws_sqs_queue"},
     1,
     "aws_sqs_queue.hidden",
     "",
     "state: id = u/hidden"},
    /* The address and the place come first, whatever the state says. */
    {{.arn = ARN("jobs"), .address = "aws_sqs_queue.hidden"},
     1,
     "aws_sqs_queue.hidden",
     "",
     "address"},
    {{.arn = ARN("jobs"), .file = "main.tf", .line_start = 3},
     1,
     "aws_sqs_queue.hidden",
     "",
     "file and line"},
    /* Names still count for what the state has not. */
    {{.arn = ARN("counted-0")},
     1,
     "aws_sqs_queue.counted",
     "[0]",
     "name = \"counted-0\" (attribute); the state does not have it"},
    /* The same name in another account is another queue, and the state knows it. */
    {{.arn = "arn:aws:sqs:eu-west-1:999988887777:jobs"}, 0, NULL, NULL, NULL},
    {{.arn = "arn:aws:sqs:us-east-1:111122223333:jobs"}, 0, NULL, NULL, NULL},
    {{.arn = ARN("each-gone")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("nowhere")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("jobs-old")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("ring")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("m-gone")}, 0, NULL, NULL, NULL},
    {{.arn = ARN("counted-0"), .state_only = true}, 0, NULL, NULL, NULL},
};

static void the_state_leads_to_the_code(void **unused)
{
    CLEANUP(scene_end) struct scene scene = scene_of(CODE, COUNT(CODE), STATE);

    (void)unused;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct expected *wanted = &CASES[i];
        size_t n = locate(&scene, wanted->query);
        if (n != wanted->n)
            fail_msg("case %zu: %zu resources, not %zu (%s)", i, n, wanted->n,
                     n > 0 ? scene.matches[0].how : "");
        if (n == 0)
            continue;
        assert_string_equal(scene.matches[0].resource->address, wanted->address);
        assert_string_equal(scene.matches[0].instance_key, wanted->key);
        if (wanted->how != NULL)
            assert_string_equal(scene.matches[0].how, wanted->how);
    }
}

static void the_instance_of_a_module_is_known_too(void **unused)
{
    CLEANUP(scene_end) struct scene scene = scene_of(CODE, COUNT(CODE), STATE);

    (void)unused;
    assert_int_equal(locate(&scene, (struct hcl_query){.arn = ARN("m-us")}), 1);
    assert_string_equal(scene.matches[0].instance->address, "module.m[\"us\"].aws_sqs_queue.q");
}

static void what_the_code_has_not_is_told(void **unused)
{
    static const char *const cases[][2] = {
        {ARN("nowhere"), "the state has " ARN("nowhere") " at aws_sqs_queue.nowhere, which this "
                                                         "code does not have (moved or removed?)"},
        {ARN("m-gone"),
         "the state has " ARN("m-gone") " at module.gone.aws_sqs_queue.q, which this "
                                        "code does not have (moved or removed?)"},
        {ARN("each-gone"),
         "the state has " ARN("each-gone") " at aws_sqs_queue.each[\"gone\"], an "
                                           "instance that this code does not make (removed?)"},
        {ARN("jobs-old"),
         "the state has " ARN(
             "jobs-old") " at aws_sqs_queue.plain, where it is "
                         "deposed: it was replaced, and the next apply destroys it"},
    };
    CLEANUP(scene_end) struct scene scene = scene_of(CODE, COUNT(CODE), STATE);
    struct hcl_query query = {.state = scene.state, .arn = ARN("jobs")};

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hcl_query one = {.state = scene.state, .arn = cases[i][0]};
        const char *says = hcl_state_says(scene.root, &one);
        assert_non_null(says);
        assert_string_equal(says, cases[i][1]);
    }
    assert_null(hcl_state_says(scene.root, &query));
    query.state = NULL;
    assert_null(hcl_state_says(scene.root, &query));
}

static void a_renamed_block_is_found_by_its_name_and_the_old_address_told(void **unused)
{
    static const struct made_file code[] = {
        {"main.tf", "resource \"aws_sqs_queue\" \"after\" { name = \"jobs\" }\n"}};
    static const char state[] =
        "{\"version\": 4, \"resources\": [" Q("", "before", "", A("jobs"), "u/jobs") "]}";
    CLEANUP(scene_end) struct scene scene = scene_of(code, 1, state);

    (void)unused;
    assert_int_equal(locate(&scene, (struct hcl_query){.arn = ARN("jobs")}), 1);
    assert_string_equal(scene.matches[0].how,
                        "name = \"jobs\" (attribute); the state has " ARN(
                            "jobs") " at aws_sqs_queue.before, which this code does not have "
                                    "(moved or removed?)");
}

static void several_with_one_id_are_ambiguous(void **unused)
{
    static const struct made_file code[] = {
        {"main.tf", "resource \"aws_sqs_queue\" \"a\" {}\nresource \"aws_sqs_queue\" \"b\" {}\n"
                    "resource \"aws_sqs_queue\" \"c\" {\n  count = 2\n}\n"}};
    static const char state[] =
        "{\"version\": 4, \"resources\": [" Q("", "a", "", "", "same") "," Q(
            "", "b", "", "", "same") "," Q("", "c", "\"index_key\": 0, ", "",
                                           "twice") "," Q("", "c", "\"index_key\": 1, ", "",
                                                          "twice") "]}";
    CLEANUP(scene_end) struct scene scene = scene_of(code, 1, state);

    (void)unused;
    assert_int_equal(locate(&scene, (struct hcl_query){.name = "same"}), 2);
    assert_string_equal(scene.matches[0].resource->address, "aws_sqs_queue.a");
    assert_string_equal(scene.matches[1].resource->address, "aws_sqs_queue.b");
    /* Two instances of one block: the block as a whole. */
    assert_int_equal(locate(&scene, (struct hcl_query){.name = "twice"}), 1);
    assert_null(scene.matches[0].instance);
}

static void a_secret_asked_for_without_its_random_end_is_the_same_secret(void **unused)
{
    static const struct made_file code[] = {
        {"main.tf", "resource \"aws_secretsmanager_secret\" \"s\" { name = \"db\" }\n"
                    "resource \"aws_secretsmanager_secret_version\" \"s\" {}\n"}};
#define SECRET "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"
    static const char state[] =
        "{\"version\": 4, \"resources\": [{\"mode\": \"managed\", \"type\": "
        "\"aws_secretsmanager_secret\", \"name\": \"s\", \"instances\": [{\"attributes\": "
        "{\"arn\": "
        "\"" SECRET "-AbCdEf\", \"id\": \"" SECRET "-AbCdEf\", \"name\": \"db\"}}]},"
        "{\"mode\": \"managed\", \"type\": \"aws_secretsmanager_secret_version\", \"name\": \"s\", "
        "\"instances\": [{\"attributes\": {\"arn\": \"" SECRET "-AbCdEf\", \"id\": \"" SECRET
        "-AbCdEf|v1\"}}]}]}";
    CLEANUP(scene_end) struct scene scene = scene_of(code, 1, state);

    (void)unused;
    assert_int_equal(locate(&scene, (struct hcl_query){.arn = SECRET "-AbCdEf"}), 1);
    assert_string_equal(scene.matches[0].resource->address, "aws_secretsmanager_secret.s");
    assert_int_equal(locate(&scene, (struct hcl_query){.arn = SECRET}), 1);
    assert_has(scene.matches[0].how, "state: name = db");
}

/* --- moved blocks, as terraform 1.11 followed them on the recorded state --- */

static struct json *recorded_moves(void)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    struct json *json = NULL;
    char path[1024];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/tests/data/state/moved.json", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(json_parse(&json, buf_str(&text), text.len, &err), err);
    return json;
}

static void moves_end_where_terraform_says(void **unused)
{
    CLEANUP(json_freep) struct json *json = recorded_moves();
    const struct json *moves = json_get(json, "moved");
    char path[1024];

    (void)unused;
    snprintf(path, sizeof path, "%s/tests/data/state/code", getenv("PLUMB_SOURCE_DIR"));
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    struct hcl_module *root = hcl_make_open(repo, "");
    assert_int_equal(json_count(moves), 20);
    for (size_t i = 0; i < json_count(moves); i++) {
        CLEANUP(buf_done) struct buf to = BUF(4096);
        const char *from = json_get_text(json_at(moves, i), "from", "");
        const char *wanted = json_get_text(json_at(moves, i), "to", "");
        if (str_eq(wanted, "terraform_data.plain[0]"))
            continue; /* no moved block: the next test */
        if (!hcl_moved(root, from, &to))
            fail_msg("%s is not moved, but to %s", from, wanted);
        assert_string_equal(buf_str(&to), wanted);
    }
}

static void every_instance_of_the_recorded_state_is_found_where_terraform_has_it(void **unused)
{
    CLEANUP(json_freep) struct json *json = recorded_moves();
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    const struct json *moves = json_get(json, "moved");
    struct hcl_match match;
    char path[1024];
    struct err err = {0};

    (void)unused;
    snprintf(path, sizeof path, "%s/tests/data/state/recorded.tfstate", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(hcl_state_parse(&state, buf_str(&text), text.len, &err), err);
    snprintf(path, sizeof path, "%s/tests/data/state/code", getenv("PLUMB_SOURCE_DIR"));
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    struct hcl_module *root = hcl_make_open(repo, "");
    for (size_t i = 0; i < json_count(moves); i++) {
        const char *from = json_get_text(json_at(moves, i), "from", "");
        const struct hcl_state_instance *instance = hcl_state_by_address(state, from);
        assert_non_null(instance);
        struct hcl_query query = {.name = instance->names[0].value, .state = state};
        if (hcl_locate(root, &query, &match, 1) != 1)
            fail_msg("%s is not found", from);
        assert_string_equal(match.instance->address, json_get_text(json_at(moves, i), "to", ""));
    }
    const char *id = hcl_state_by_address(state, "terraform_data.broken")->names[0].value;
    struct hcl_query query = {.name = id, .state = state};
    assert_int_equal(hcl_locate(root, &query, &match, 1), 0);
    assert_has(hcl_state_says(root, &query), "which this code does not have");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_leads_to_the_code),
        cmocka_unit_test(the_instance_of_a_module_is_known_too),
        cmocka_unit_test(what_the_code_has_not_is_told),
        cmocka_unit_test(a_renamed_block_is_found_by_its_name_and_the_old_address_told),
        cmocka_unit_test(several_with_one_id_are_ambiguous),
        cmocka_unit_test(a_secret_asked_for_without_its_random_end_is_the_same_secret),
        cmocka_unit_test(moves_end_where_terraform_says),
        cmocka_unit_test(every_instance_of_the_recorded_state_is_found_where_terraform_has_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
