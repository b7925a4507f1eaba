/* botocore signs the cases of tests/data/sigv4 again: its answers are still the recorded ones. */
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "producer/child.h"
#include "tests/support/test.h"

static struct json *cases_of(const char *bytes, size_t len)
{
    struct json *json = NULL;
    struct err err = {0};

    assert_ok(json_parse(&json, bytes, len, &err), err);
    return json;
}

static void botocore_still_signs_like_this(void **state)
{
    char judge[1024], cases[1024], path[2048];
    const char *const argv[] = {"python3", judge, cases, NULL};
    const char *const env[] = {path, "LANG=C.UTF-8", NULL};
    struct child_options options = {
        .argv = argv, .env = env, .timeout_ms = 120000, .max_output_bytes = 1 << 20};
    struct child_result result;
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    struct err err = {0};

    (void)state;
    if (system("python3 -c 'import botocore' >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: Python's botocore is not installed\n");
        skip();
    }
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    snprintf(judge, sizeof judge, "%s/tests/data/sigv4/judge.py", getenv("PLUMB_SOURCE_DIR"));
    snprintf(cases, sizeof cases, "%s/tests/data/sigv4/cases.json", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(child_run(&options, &result, &err), err);
    if (result.exit_code != 0)
        fail_msg("the judge ended with %d: %s", result.exit_code, buf_str(&result.errors));
    assert_ok(files_read(cases, &text, &err), err);
    CLEANUP(json_freep) struct json *known = cases_of(buf_str(&text), text.len);
    CLEANUP(json_freep) struct json *told = cases_of(buf_str(&result.out), result.out.len);
    child_result_done(&result);
    assert_int_equal(json_count(json_get(told, "cases")), json_count(json_get(known, "cases")));
    for (size_t i = 0; i < json_count(json_get(known, "cases")); i++) {
        const struct json *one = json_at(json_get(known, "cases"), i);
        const struct json *other = json_at(json_get(told, "cases"), i);
        assert_string_equal(json_get_text(other, "canonical", ""),
                            json_get_text(one, "canonical", "?"));
        assert_string_equal(json_get_text(other, "authorization", ""),
                            json_get_text(one, "authorization", "?"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(botocore_still_signs_like_this),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
