/*
 * The real terraform about Terraform's JSON syntax and override files: what it plans for both
 * halves of each pair of tests/data/hcl_json is what planned.json keeps, and it refuses what the
 * unit test says it refuses. Skips where terraform is not installed. PLUMB_WRITE_PLANS=1 writes
 * planned.json anew.
 */
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/files.h"
#include "tests/support/hcl_json_refused.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_pair.h"
#include "tests/support/temp_dir.h"

#define SAID_MAX ((size_t)1024 * 1024)

static void need_terraform(void)
{
    if (hcl_pair_has_terraform())
        return;
    print_message("SKIPPED: terraform is not installed\n");
    skip();
}

static int is_pair(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* What is planned, without by which version. */
static void write_planned(const struct json *plan, struct buf *out)
{
    json_write(json_get(plan, "resources"), JSON_CANONICAL, out);
    buf_char(out, '\n');
    json_write(json_get(plan, "outputs"), JSON_CANONICAL, out);
}

static void keep_plan(const struct json *plan, const char *path)
{
    CLEANUP(buf_done) struct buf text = BUF(SAID_MAX);
    struct err err;

    json_write(plan, JSON_CANONICAL, &text);
    buf_char(&text, '\n');
    assert_ok(files_write(path, text.bytes, text.len, &err), err);
}

/* PLUMB_FULL asks about everything; else about a part, which is quicker. */
static bool is_full(void)
{
    return getenv("PLUMB_FULL") != NULL;
}

static void check_plan(const char *dir, const char *side)
{
    CLEANUP(buf_done) struct buf said = BUF(SAID_MAX);
    CLEANUP(buf_done) struct buf now = BUF(SAID_MAX);
    CLEANUP(buf_done) struct buf kept = BUF(SAID_MAX);
    CLEANUP(buf_done) struct buf was = BUF(SAID_MAX);
    CLEANUP(json_freep) struct json *before = NULL;
    char path[1024];
    char planned[1024];
    struct err err;

    snprintf(planned, sizeof planned, "%s/planned.json", dir);
    if (files_read(planned, &kept, &err) < 0)
        return; /* of a provider that is not here */
    snprintf(path, sizeof path, "%s/%s", dir, side);
    CLEANUP(json_freep) struct json *plan = hcl_pair_plan(path, &said);
    if (plan == NULL)
        fail_msg("%s: %s", path, buf_str(&said));
    if (getenv("PLUMB_WRITE_PLANS") != NULL) {
        keep_plan(plan, planned);
        return;
    }
    assert_ok(json_parse(&before, buf_str(&kept), kept.len, &err), err);
    write_planned(plan, &now);
    write_planned(before, &was);
    if (!str_eq(buf_str(&now), buf_str(&was)))
        fail_msg("%s: terraform plans %s instead of %s", path, buf_str(&now), buf_str(&was));
}

static void terraform_plans_the_same_for_both_syntaxes(void **state)
{
    char pairs[512];
    struct dirent **entries;

    (void)state;
    need_terraform();
    snprintf(pairs, sizeof pairs, "%s/tests/data/hcl_json", getenv("PLUMB_SOURCE_DIR"));
    int n = scandir(pairs, &entries, is_pair, alphasort);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char dir[1024];

        snprintf(dir, sizeof dir, "%s/%s", pairs, entries[i]->d_name);
        free(entries[i]);
        check_plan(dir, "json");
        if (is_full())
            check_plan(dir, "native");
    }
    free(entries);
}

static void terraform_refuses_what_we_refuse(void **state)
{
    (void)state;
    need_terraform();
    for (size_t i = 0; i < COUNT(JSON_REFUSED); i += is_full() ? 1 : 4) {
        CLEANUP(buf_done) struct buf said = BUF(SAID_MAX);
        char *dir = temp_dir_make();

        free(temp_file_write(dir, "x.tf.json", JSON_REFUSED[i].text));
        CLEANUP(json_freep) struct json *plan = hcl_pair_plan(dir, &said);
        temp_dir_remove(dir);
        if (plan != NULL)
            fail_msg("terraform accepts %s", JSON_REFUSED[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terraform_plans_the_same_for_both_syntaxes),
        cmocka_unit_test(terraform_refuses_what_we_refuse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
