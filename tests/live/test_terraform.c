/* The terraform source with the real terraform and its built-in provider: edited state is drift. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/files.h"
#include "common/json.h"
#include "producer/child.h"
#include "producer/source.h"
#include "proto/item.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define MAIN_TF                                                                                    \
    "resource \"terraform_data\" \"one\" {\n  input = \"hello\"\n}\n\n"                            \
    "resource \"terraform_data\" \"two\" {\n  for_each = toset([\"x\"])\n"                         \
    "  input    = sensitive(\"canary-${each.key}\")\n}\n"

struct scene {
    char *dir;
    char root[512]; /* the checkout's root module, in dir/live */
    char list[600]; /* DRIFT_DIRECTORIES */
    struct config config;
    struct json *items;
    struct buf cursor;
    struct err err;
};

static const char *look_up(void *context, const char *name)
{
    const struct scene *scene = context;

    if (str_eq(name, "DRIFT_DIRECTORIES"))
        return scene->list;
    return str_eq(name, "DATA_DIR") ? scene->dir : NULL;
}

static void run_terraform(const struct scene *scene, const char *const *argv)
{
    const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "CHECKPOINT_DISABLE=1",
                               "TF_INPUT=0", NULL};
    const struct child_options options = {.argv = argv,
                                          .env = env,
                                          .directory = scene->root,
                                          .timeout_ms = 60000,
                                          .max_output_bytes = 1024 * 1024};
    struct child_result result;
    struct err err = {0};

    assert_ok(child_run(&options, &result, &err), err);
    if (result.exit_code != 0)
        fail_msg("%s %s: %d: %s", argv[0], argv[1], result.exit_code, buf_str(&result.errors));
    child_result_done(&result);
}

static void scene_start(struct scene *scene)
{
    static const char *const init[] = {"terraform", "init", "-input=false", NULL};
    static const char *const apply[] = {"terraform", "apply", "-auto-approve", NULL};
    char git[600];

    *scene = (struct scene){.cursor = BUF(65536)};
    scene->dir = temp_dir_make();
    snprintf(scene->root, sizeof scene->root, "%s/repo/live", scene->dir);
    snprintf(git, sizeof git, "%s/repo/.git", scene->dir);
    snprintf(scene->list, sizeof scene->list, "acme/infra=%s", scene->root);
    assert_ok(files_make_directory(scene->root, &scene->err), scene->err);
    assert_ok(files_make_directory(git, &scene->err), scene->err);
    free(temp_file_write(scene->root, "main.tf", MAIN_TF));
    run_terraform(scene, init);
    run_terraform(scene, apply);
    assert_ok(config_load(&scene->config, look_up, scene, &scene->err), scene->err);
}

static void scene_done(struct scene *scene)
{
    json_free(scene->items);
    buf_done(&scene->cursor);
    config_done(&scene->config);
    temp_dir_remove(scene->dir);
}

/* Somebody changes what terraform believes to run. */
static void edit_state(const struct scene *scene, const char *from, const char *to)
{
    CLEANUP(buf_done) struct buf text = BUF(65536);
    CLEANUP(buf_done) struct buf edited = BUF(65536);
    char path[600];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/terraform.tfstate", scene->root);
    assert_ok(files_read(path, &text, &err), err);
    const char *at = buf_str(&text);
    for (const char *hit; (hit = strstr(at, from)) != NULL; at = hit + strlen(from)) {
        buf_bytes(&edited, at, (size_t)(hit - at));
        buf_text(&edited, to);
    }
    buf_text(&edited, at);
    assert_ok(files_write(path, edited.bytes, edited.len, &err), err);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static int keep(void *context, const struct item *item, struct err *err)
{
    struct scene *scene = context;

    assert_ok(item_check(item, err), *err);
    json_push_give(scene->items, item_to_json(item));
    return 0;
}

static int refuse(void *context, const char *bytes, size_t len, const char *why, struct err *err)
{
    (void)context;
    (void)err;
    fail_msg("refused: %s: %.*s", why, (int)len, bytes);
    return 0;
}

static int poll_with(struct scene *scene, bool (*should_stop)(void *))
{
    CLEANUP(buf_done) struct buf next = BUF(65536);
    const struct source_context context = {
        .config = &scene->config,
        .run_id = "run-1",
        .now_unix_ms = clock_unix_ms(),
        .should_stop = should_stop,
        .emit = keep,
        .emit_context = scene,
        .refuse = refuse,
    };

    json_free(scene->items);
    scene->items = json_array();
    int r = source_terraform.poll(&context, buf_str(&scene->cursor), &next, &scene->err);
    if (next.len > 0) {
        buf_reset(&scene->cursor);
        buf_text(&scene->cursor, next.bytes);
    }
    return r;
}

static const char *first(const struct scene *scene, const char *key)
{
    return json_get_text(json_at(scene->items, 0), key, "");
}

static void a_directory_as_applied_has_no_drift(void **state)
{
    struct scene scene;

    (void)state;
    scene_start(&scene);
    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 0);
    scene_done(&scene);
}

static void a_changed_value_is_one_event_and_is_said_once(void **state)
{
    struct scene scene;

    (void)state;
    scene_start(&scene);
    edit_state(&scene, "hello", "hullo");
    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 1);
    assert_string_equal(first(&scene, "kind"), "drift");
    assert_string_equal(first(&scene, "control"), "terraform-drift");
    assert_string_equal(first(&scene, "repository"), "acme/infra");
    assert_string_equal(first(&scene, "terraform_path"), "live");
    assert_string_equal(first(&scene, "address"), "terraform_data.one");
    assert_string_equal(first(&scene, "drift_action"), "update");
    assert_string_equal(first(&scene, "expected_json"), "{\"input\":\"hello\"}");
    assert_string_equal(first(&scene, "actual_json"), "{\"input\":\"hullo\"}");

    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 0);
    edit_state(&scene, "hullo", "hallo");
    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 1);
    scene_done(&scene);
}

static void a_sensitive_value_never_leaves(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(65536);
    struct scene scene;

    (void)state;
    scene_start(&scene);
    edit_state(&scene, "canary-x", "canary-y");
    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 1);
    json_write(scene.items, JSON_COMPACT, &text);
    assert_lacks(buf_str(&text), "canary");
    assert_has(buf_str(&text), "(sensitive)");
    scene_done(&scene);
}

static void the_directory_is_left_as_it_was(void **state)
{
    struct scene scene;
    char path[600];

    (void)state;
    scene_start(&scene);
    snprintf(path, sizeof path, "%s/.terraform", scene.root);
    files_remove_tree(path);
    edit_state(&scene, "hello", "hullo");
    assert_ok(poll_with(&scene, never), scene.err);
    assert_int_equal(json_count(scene.items), 1);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/.terraform.lock.hcl", scene.root);
    assert_int_not_equal(access(path, F_OK), 0);
    scene_done(&scene);
}

static void a_broken_directory_is_told_with_terraforms_words_and_keeps_its_cursor(void **state)
{
    struct scene scene;

    (void)state;
    scene_start(&scene);
    free(temp_file_write(scene.root, "broken.tf", "resource \"terraform_data\" {\n"));
    assert_int_equal(poll_with(&scene, never), ERR_RETRY);
    assert_has(scene.err.text, "exit 1");
    assert_int_equal(poll_with(&scene, always), ERR_RETRY);
    assert_string_equal(scene.err.text, "stopped");
    scene_done(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_as_applied_has_no_drift),
        cmocka_unit_test(a_changed_value_is_one_event_and_is_said_once),
        cmocka_unit_test(a_sensitive_value_never_leaves),
        cmocka_unit_test(the_directory_is_left_as_it_was),
        cmocka_unit_test(a_broken_directory_is_told_with_terraforms_words_and_keeps_its_cursor),
    };

    if (system("terraform version >/dev/null 2>&1") != 0) {
        fprintf(stderr, "SKIPPED: terraform is not installed\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
