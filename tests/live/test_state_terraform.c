/*
 * Terraform as the judge of moved blocks: it plans the code of tests/data/state with the recorded
 * state, and moves each instance where moved.json says, which the unit tests hold our reader to.
 */
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "producer/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

static const char *directory;

static void run(const char *const *argv, struct buf *out)
{
    const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "CHECKPOINT_DISABLE=1",
                               "TF_CLI_CONFIG_FILE=/dev/null", "TF_INPUT=0", NULL};
    struct child_options options = {.argv = argv,
                                    .env = env,
                                    .directory = directory,
                                    .timeout_ms = 120000,
                                    .max_output_bytes = 1 << 22};
    struct child_result result;
    struct err err = {0};

    assert_ok(child_run(&options, &result, &err), err);
    if (result.exit_code != 0)
        fail_msg("%s %s: %d: %s", argv[0], argv[1], result.exit_code, buf_str(&result.errors));
    if (out != NULL)
        buf_bytes(out, buf_str(&result.out), result.out.len);
    child_result_done(&result);
}

static void copy_data(void)
{
    char command[2048];

    snprintf(command, sizeof command,
             "cp -r '%s/tests/data/state/code/.' '%s' && "
             "cp '%s/tests/data/state/recorded.tfstate' '%s/terraform.tfstate'",
             getenv("PLUMB_SOURCE_DIR"), directory, getenv("PLUMB_SOURCE_DIR"), directory);
    assert_int_equal(system(command), 0);
}

static struct json *parse(const struct buf *text)
{
    struct json *json = NULL;
    struct err err = {0};

    assert_ok(json_parse(&json, buf_str(text), text->len, &err), err);
    return json;
}

/* Where the plan moves an address; NULL: nowhere. */
static const char *moved_to(const struct json *plan, const char *from)
{
    const struct json *changes = json_get(plan, "resource_changes");

    for (size_t i = 0; i < json_count(changes); i++)
        if (str_eq(json_get_text(json_at(changes, i), "previous_address", ""), from))
            return json_get_text(json_at(changes, i), "address", NULL);
    return NULL;
}

static void terraform_moves_every_instance_where_the_record_says(void **state)
{
    static const char *const init[] = {"terraform", "init", "-no-color", NULL};
    static const char *const make[] = {"terraform", "plan", "-no-color", "-out=p", NULL};
    static const char *const show[] = {"terraform", "show", "-json", "p", NULL};
    CLEANUP(buf_done) struct buf text = BUF(1 << 22);
    CLEANUP(buf_done) struct buf record = BUF(1 << 20);
    char path[1024];
    struct err err = {0};

    (void)state;
    if (system("terraform version >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: terraform is not installed\n");
        skip();
    }
    char *dir = temp_dir_make();
    directory = dir;
    copy_data();
    run(init, NULL);
    run(make, NULL);
    run(show, &text);
    snprintf(path, sizeof path, "%s/tests/data/state/moved.json", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &record, &err), err);
    CLEANUP(json_freep) struct json *plan = parse(&text);
    CLEANUP(json_freep) struct json *known = parse(&record);
    const struct json *moves = json_get(known, "moved");
    assert_int_equal(json_count(moves), 20);
    for (size_t i = 0; i < json_count(moves); i++) {
        const char *from = json_get_text(json_at(moves, i), "from", "");
        const char *to = moved_to(plan, from);
        if (to == NULL)
            fail_msg("terraform does not move %s", from);
        assert_string_equal(to, json_get_text(json_at(moves, i), "to", ""));
    }
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terraform_moves_every_instance_where_the_record_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
