/* Scanner reports become items: what is taken, what is left out, what is refused and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/json.h"
#include "producer/formats.h"

#define KEPT_MAX 16

struct taken {
    struct json *items[KEPT_MAX];
    size_t n_items;
    char whys[KEPT_MAX][256];
    size_t n_refused;
};

static int take_item(void *context, const struct item *item, struct err *err)
{
    struct taken *taken = context;

    assert_true(taken->n_items < KEPT_MAX);
    assert_int_equal(item_check(item, err), 0);
    taken->items[taken->n_items++] = item_to_json(item);
    return 0;
}

static int take_refusal(void *context, const char *bytes, size_t len, const char *why,
                        struct err *err)
{
    struct taken *taken = context;

    (void)err;
    assert_true(taken->n_refused < KEPT_MAX);
    assert_true(bytes != NULL && strlen(bytes) >= len);
    str_copy(taken->whys[taken->n_refused++], sizeof taken->whys[0], why);
    return 0;
}

static void taken_done(struct taken *taken)
{
    for (size_t i = 0; i < taken->n_items; i++)
        json_free(taken->items[i]);
}

static char *map(void *context, const char *resource)
{
    (void)context;
    return str_starts(resource, "arn:aws:rds") ? strdup("acme/databases") : NULL;
}

static const struct format_options OPTIONS = {
    .tenant = "acme",
    .run_id = "run-1",
    .repository = "acme/infra",
    .repository_for = map,
    .now_unix_ms = 1700000000000,
};

static int read_text(const char *text, struct taken *taken, struct err *err)
{
    return format_read(FORMAT_UNKNOWN, text, strlen(text), &OPTIONS, take_item, take_refusal, taken,
                       err);
}

static char *read_data(const char *name, size_t *len)
{
    const char *root = getenv("PLUMB_SOURCE_DIR");
    char path[1024];

    snprintf(path, sizeof path, "%s/tests/data/formats/%s", root != NULL ? root : ".", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 65536);
    assert_non_null(text);
    *len = fread(text, 1, 65535, file);
    fclose(file);
    return text;
}

static void take_data(const char *name, enum format expected, struct taken *taken)
{
    size_t len;
    CLEANUP(mem_freep) char *text = read_data(name, &len);
    struct err err = {0};

    assert_int_equal(format_detect(text, len), expected);
    int r = format_read(expected, text, len, &OPTIONS, take_item, take_refusal, taken, &err);
    if (r != 0)
        fail_msg("%s: %s", name, err.text);
}

static void assert_field(const struct taken *taken, size_t i, const char *key, const char *value)
{
    assert_true(i < taken->n_items);
    const char *found = json_get_text(taken->items[i], key, NULL);
    if (value == NULL)
        assert_null(found);
    else if (found == NULL)
        fail_msg("%s is absent", key);
    else
        assert_string_equal(found, value);
}

static void assert_why(const struct taken *taken, size_t i, const char *part)
{
    assert_true(i < taken->n_refused);
    if (strstr(taken->whys[i], part) == NULL)
        fail_msg("refusal %zu is \"%s\", not about \"%s\"", i, taken->whys[i], part);
}

static void a_security_hub_finding_gives_one_item_a_resource(void **state)
{
    struct taken taken = {0};

    (void)state;
    take_data("asff.json", FORMAT_ASFF, &taken);
    assert_int_equal(taken.n_items, 4);
    assert_field(&taken, 0, "source", "securityhub");
    assert_field(&taken, 0, "control", "S3.8");
    assert_field(&taken, 0, "arn", "arn:aws:s3:::my-bucket");
    assert_field(&taken, 1, "arn", "arn:aws:s3:::my-other-bucket");
    assert_field(&taken, 0, "severity", "high");
    assert_field(&taken, 0, "account", "123456789012");
    assert_field(&taken, 0, "repository", "acme/infra");
    assert_int_equal(json_get_int(taken.items[0], "detected_unix_ms", 0), 1768480245123);
    assert_string_not_equal(json_get_text(taken.items[0], "event_id", ""),
                            json_get_text(taken.items[1], "event_id", ""));
    assert_field(&taken, 2, "control", "RDS.3");
    assert_field(&taken, 2, "severity", "info");
    assert_field(&taken, 2, "repository", "acme/databases");
    assert_field(&taken, 3, "source", "prowler");
    assert_field(&taken, 3, "control", "prowler-s3_bucket_default_encryption");
    assert_field(&taken, 3, "resource_name", "AWS::::Account:123456789012");
    assert_field(&taken, 3, "arn", NULL);
    taken_done(&taken);
}

static void a_security_hub_finding_that_names_nothing_is_refused_alone(void **state)
{
    struct taken taken = {0};

    (void)state;
    take_data("asff.json", FORMAT_ASFF, &taken);
    assert_int_equal(taken.n_refused, 3);
    assert_why(&taken, 0, "Resources");
    assert_why(&taken, 1, "Compliance.Status");
    assert_why(&taken, 2, "JSON object");
    taken_done(&taken);
}

static void only_failed_terraform_checks_of_checkov_become_items(void **state)
{
    struct taken taken = {0};

    (void)state;
    take_data("checkov.json", FORMAT_CHECKOV, &taken);
    assert_int_equal(taken.n_items, 2);
    assert_field(&taken, 0, "source", "checkov");
    assert_field(&taken, 0, "control", "CKV_AWS_145");
    assert_field(&taken, 0, "address", "aws_s3_bucket.data");
    assert_field(&taken, 0, "resource_type", "aws_s3_bucket");
    assert_field(&taken, 0, "file", "s3.tf");
    assert_field(&taken, 0, "severity", NULL);
    assert_int_equal(json_get_int(taken.items[0], "line_end", 0), 13);
    assert_field(&taken, 1, "address", "module.logs[\"eu.west\"].aws_s3_bucket.this[0]");
    assert_field(&taken, 1, "resource_type", "aws_s3_bucket");
    assert_field(&taken, 1, "severity", "high");
    assert_int_equal(taken.n_refused, 4);
    assert_why(&taken, 0, "outside.tf");
    assert_why(&taken, 1, "control");
    assert_why(&taken, 2, "JSON object");
    assert_why(&taken, 3, "dockerfile");
    taken_done(&taken);
}

static void a_checkov_report_of_nothing_is_no_mistake(void **state)
{
    struct taken taken = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(
        read_text("{\"passed\": 0, \"failed\": 0, \"checkov_version\": \"3.2.0\"}", &taken, &err),
        0);
    assert_int_equal(taken.n_items + taken.n_refused, 0);
}

static void a_sarif_result_is_found_by_its_place(void **state)
{
    struct taken taken = {0};

    (void)state;
    take_data("sarif.json", FORMAT_SARIF, &taken);
    assert_int_equal(taken.n_items, 3);
    assert_field(&taken, 0, "source", "checkov");
    assert_field(&taken, 0, "control", "CKV_AWS_20");
    assert_field(&taken, 0, "file", "network/my file.tf");
    assert_field(&taken, 0, "resource_name", "network/my file.tf:12");
    assert_field(&taken, 0, "severity", "high");
    assert_field(&taken, 1, "address", "aws_security_group.web");
    assert_field(&taken, 1, "file", "sg.tf");
    assert_field(&taken, 1, "severity", "critical");
    assert_field(&taken, 2, "source", "sarif");
    assert_field(&taken, 2, "control", "L1");
    assert_field(&taken, 2, "file", "b.tf");
    assert_field(&taken, 2, "severity", "low");
    assert_int_equal(taken.n_refused, 3);
    assert_why(&taken, 0, "not a Terraform file");
    assert_why(&taken, 1, "names no file");
    assert_why(&taken, 2, "inside the repository");
    taken_done(&taken);
}

static void our_own_lines_are_completed_and_broken_ones_refused(void **state)
{
    struct taken taken = {0};

    (void)state;
    take_data("lines.jsonl", FORMAT_LINES, &taken);
    assert_int_equal(taken.n_items, 3);
    assert_field(&taken, 0, "tenant", "acme");
    assert_field(&taken, 0, "source", "plumb");
    assert_field(&taken, 0, "run_id", "run-1");
    assert_field(&taken, 1, "tenant", "other");
    assert_field(&taken, 1, "event_id", "mine");
    assert_field(&taken, 1, "repository", "acme/infra");
    assert_int_equal(json_get_int(taken.items[1], "detected_unix_ms", 0), 5);
    assert_field(&taken, 2, "kind", "drift");
    assert_field(&taken, 2, "control", "terraform-drift");
    assert_int_equal(taken.n_refused, 5);
    assert_why(&taken, 0, "no resource");
    assert_why(&taken, 1, "control");
    assert_why(&taken, 2, "repository");
    taken_done(&taken);
}

static void the_same_line_has_the_same_event_id(void **state)
{
    static const char LINE[] = "{\"control\": \"c\", \"arn\": \"arn:aws:s3:::b\"}\n"
                               "{\"control\": \"c\", \"arn\": \"arn:aws:s3:::b\"}\n";
    struct taken taken = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(read_text(LINE, &taken, &err), 0);
    assert_int_equal(taken.n_items, 2);
    assert_field(&taken, 1, "event_id", json_get_text(taken.items[0], "event_id", ""));
    taken_done(&taken);
}

static void one_object_and_an_array_are_read_as_lines_are(void **state)
{
    struct taken taken = {0};
    struct err err = {0};

    (void)state;
    assert_int_equal(
        read_text("{\n \"control\": \"c\",\n \"arn\": \"arn:aws:s3:::b\"\n}", &taken, &err), 0);
    assert_int_equal(
        read_text("[{\"control\": \"c\", \"arn\": \"arn:aws:s3:::b\"}, 3]", &taken, &err), 0);
    assert_int_equal(read_text("[]", &taken, &err), 0);
    assert_int_equal(taken.n_items, 2);
    assert_int_equal(taken.n_refused, 1);
    taken_done(&taken);
}

static void a_text_that_is_no_report_is_rejected_as_a_whole(void **state)
{
    static const char *const texts[] = {
        "",
        "   ",
        "hello",
        "{",
        "{\"a\": 1}",
        "7",
        "\"text\"",
        "{\n \"runs\": [\n",
        "\xff\xfe{}",
        "{\"Findings\": 4, \"GeneratorId\": \"x\"}",
        "{\"runs\": [], \"version\": \"1.0\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct taken taken = {0};
        struct err err = {0};
        if (read_text(texts[i], &taken, &err) != ERR_REJECT)
            fail_msg("\"%s\" was taken", texts[i]);
        assert_int_equal(taken.n_items + taken.n_refused, 0);
        assert_true(err.text[0] != '\0');
    }
}

static void a_long_description_is_cut_and_a_long_control_is_refused(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(65536);
    struct taken taken = {0};
    struct err err = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        buf_reset(&text);
        buf_print(&text, "{\"check_type\": \"terraform\", \"results\": {\"failed_checks\": [{"
                         "\"resource\": \"aws_s3_bucket.b\", \"file_path\": \"/a.tf\", ");
        buf_text(&text,
                 round == 0 ? "\"check_id\": \"C\", \"check_name\": \"" : "\"check_id\": \"");
        for (int i = 0; i < 10000; i++)
            buf_text(&text, "\xc3\xa9");
        buf_text(&text, "\"}]}}");
        assert_int_equal(read_text(text.bytes, &taken, &err), 0);
    }
    assert_int_equal(taken.n_items, 1);
    assert_int_equal(strlen(json_get_text(taken.items[0], "title", "")), 4096);
    assert_int_equal(taken.n_refused, 1);
    assert_why(&taken, 0, "check_id");
    taken_done(&taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_security_hub_finding_gives_one_item_a_resource),
        cmocka_unit_test(a_security_hub_finding_that_names_nothing_is_refused_alone),
        cmocka_unit_test(only_failed_terraform_checks_of_checkov_become_items),
        cmocka_unit_test(a_checkov_report_of_nothing_is_no_mistake),
        cmocka_unit_test(a_sarif_result_is_found_by_its_place),
        cmocka_unit_test(our_own_lines_are_completed_and_broken_ones_refused),
        cmocka_unit_test(the_same_line_has_the_same_event_id),
        cmocka_unit_test(one_object_and_an_array_are_read_as_lines_are),
        cmocka_unit_test(a_text_that_is_no_report_is_rejected_as_a_whole),
        cmocka_unit_test(a_long_description_is_cut_and_a_long_control_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
