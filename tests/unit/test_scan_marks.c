/* What comments suppress: each form as a table, and each state as a tree shows it. */
#include <stdio.h>

#include "common/buf.h"
#include "tests/support/test.h"
#include "worker/scan/marks.h"
#include "worker/scan/scan.h"

#define TODAY "2026-06-15"

static void each_form_is_read(void **state)
{
    static const struct {
        const char *comment;
        const char *wanted; /* "kind id|reason|until|problem" of each, with ";" between */
    } table[] = {
        {"# nothing of that kind", ""},
        {"#checkov:skip=CKV_AWS_18:the reason", "checkov:skip CKV_AWS_18|the reason||"},
        {"# checkov:skip=CKV_AWS_18", "checkov:skip CKV_AWS_18|||"},
        {"// checkov:skip= CKV_AWS_18, a", "checkov:skip CKV_AWS_18|||"},
        {"#checkov:skip=CKV_AWS_1,CKV2_AWS_2:both: of them ",
         "checkov:skip CKV_AWS_1|both: of them||;checkov:skip CKV2_AWS_2|both: of them||"},
        {"#bridgecrew:skip=CKV_AWS_1:x", "checkov:skip CKV_AWS_1|x||"},
        {"/* a\n * checkov:skip=CKV_AWS_1:x\n */", "checkov:skip CKV_AWS_1|x||"},
        {"/*checkov:skip=CKV_AWS_1:x*/", "checkov:skip CKV_AWS_1|x||"},
        {"#checkov:skip=", ""},
        {"#tfsec:ignore:aws-s3-enable-versioning", "tfsec:ignore aws-s3-enable-versioning|||"},
        {"#tfsec:ignore:* not here", "tfsec:ignore *|not here||"},
        {"#tfsec:ignore:a tfsec:ignore:b -- both", "tfsec:ignore a|both||;tfsec:ignore b|both||"},
        {"#tfsec:ignore:a:exp:2026-01-02 why", "tfsec:ignore a|why|2026-01-02|"},
        {"#tfsec:ignore:a[port=22]:exp:2026-01-02", "tfsec:ignore a||2026-01-02|"},
        {"#tfsec:ignore:a:exp:tomorrow", "tfsec:ignore a|||its date is not of the form 2026-12-31"},
        {"#tfsec:ignore:a:ws:prod",
         "tfsec:ignore a|||it counts in one workspace only, and a scan knows of none"},
        {"#trivy:ignore:AVD-AWS-0089", "trivy:ignore AVD-AWS-0089|||"},
        {"# plumb:ignore aws-s3-versioning why not", "plumb:ignore aws-s3-versioning|why not||"},
        {"# plumb:ignore a,b until=2026-12-31 why",
         "plumb:ignore a|why|2026-12-31|;plumb:ignore b|why|2026-12-31|"},
        {"# plumb:ignore a until=2026-13-01 why",
         "plumb:ignore a|why||its date is not of the form 2026-12-31"},
        {"# plumb:ignore", "plumb:ignore |||it names no rule"},
        {"# plumb:ignore a # checkov:skip=CKV_AWS_1",
         "checkov:skip CKV_AWS_1|||;plumb:ignore a|# checkov:skip=CKV_AWS_1||"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct mark_text texts[MARKS_IN_COMMENT];
        CLEANUP(buf_done) struct buf got = BUF(4096);
        size_t n = mark_texts(table[i].comment, strlen(table[i].comment), texts);
        for (size_t k = 0; k < n; k++)
            buf_print(&got, "%s%s %s|%s|%s|%s", k > 0 ? ";" : "", mark_kind_name(texts[k].kind),
                      texts[k].id, texts[k].reason, texts[k].until,
                      texts[k].problem != NULL ? texts[k].problem : "");
        if (!str_eq(buf_str(&got), table[i].wanted))
            fail_msg("%s: %s", table[i].comment, buf_str(&got));
    }
}

static void a_comment_of_many_marks_is_cut_not_overrun(void **state)
{
    CLEANUP(buf_done) struct buf comment = BUF(64 * 1024);
    struct mark_text texts[MARKS_IN_COMMENT];

    (void)state;
    buf_text(&comment, "# plumb:ignore a");
    for (int i = 0; i < 1000; i++)
        buf_text(&comment, ",a-very-long-name-of-a-rule");
    assert_int_equal(mark_texts(buf_str(&comment), comment.len, texts), MARKS_IN_COMMENT);
    buf_reset(&comment);
    for (int i = 0; i < 1000; i++)
        buf_text(&comment, "tfsec:ignore:x ");
    assert_int_equal(mark_texts(buf_str(&comment), comment.len, texts), MARKS_IN_COMMENT);
}

static void a_date_ends_a_mark(void **state)
{
    struct mark_text mark = {.kind = MARK_PLUMB, .until = TODAY};

    (void)state;
    assert_false(mark_is_expired(&mark, TODAY));
    assert_true(mark_is_expired(&mark, "2026-06-16"));
    mark.kind = MARK_TFSEC;
    assert_true(mark_is_expired(&mark, TODAY));
    assert_false(mark_is_expired(&mark, "2026-06-14"));
    mark.until[0] = '\0';
    assert_false(mark_is_expired(&mark, TODAY));
}

static void names_of_other_scanners_lead_to_checks_of_checkov(void **state)
{
    (void)state;
    assert_string_equal(mark_checkov_id("aws-s3-enable-versioning", 0), "CKV_AWS_21");
    assert_string_equal(mark_checkov_id("AVD-AWS-0090", 0), "CKV_AWS_21");
    assert_string_equal(mark_checkov_id("avd-aws-0090", 0), "CKV_AWS_21");
    assert_string_equal(mark_checkov_id("AWS-0090", 0), "CKV_AWS_21");
    assert_string_equal(mark_checkov_id("aws-s3-enable-bucket-logging", 0), "CKV_AWS_18");
    assert_string_equal(mark_checkov_id("AVD-AWS-0107", 1), "CKV_AWS_25");
    assert_null(mark_checkov_id("AVD-AWS-0107", 3));
    assert_null(mark_checkov_id("aws-nothing", 0));
    assert_null(mark_checkov_id("AVD-AWS-", 0));
    assert_null(mark_checkov_id("", 0));
}

/* --- trees --- */

static struct rules *rules;

static int load(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

static int unload(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

static int tell_hit(void *context, const struct scan_hit *hit, struct err *err)
{
    (void)err;
    buf_print(context, "%s%s%s%s;", hit->resource->name, hit->mark != NULL ? " by " : "",
              hit->mark != NULL ? hit->mark->text.id : "", hit->repeated ? " again" : "");
    return 0;
}

static int tell_mark(void *context, const struct scan_mark *mark, int state, struct err *err)
{
    static const char *const states[] = {"used", "expired", "bad", "fits nothing", "not ours"};

    (void)err;
    buf_print(context, "%d %s;", mark->line, states[state]);
    return 0;
}

/* What a scan for rotating keys says of main.tf (and key/main.tf, a module). */
static void say(const char *main, const char *module, struct buf *out)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    const struct rule *rule = rules_get(rules, "aws-kms-rotation");
    struct scan_watch watch = {.context = out, .hit = tell_hit, .mark = tell_mark};
    struct scan_counts counts;
    struct err err;

    assert_ok(hcl_repo_new(&repo, &err), err);
    assert_ok(hcl_repo_add(repo, "main.tf", main, strlen(main), &err), err);
    if (module != NULL)
        assert_ok(hcl_repo_add(repo, "key/main.tf", module, strlen(module), &err), err);
    assert_ok(scan_repo(repo, &rule, 1, TODAY, &watch, &counts, &err), err);
}

#define KEY(inside) "resource \"aws_kms_key\" \"k\" {" inside "}\n"

static void a_mark_counts_where_it_belongs(void **state)
{
    static const struct {
        const char *text, *wanted;
    } table[] = {
        {KEY("\n  #checkov:skip=CKV_AWS_7:why\n"), "k by CKV_AWS_7;2 used;"},
        {KEY("\n  #checkov:skip=CKV_AWS_99:why\n"), "k;2 not ours;"},
        {"#checkov:skip=CKV_AWS_7:why\n" KEY(""), "k;1 fits nothing;"},
        {"#tfsec:ignore:aws-kms-auto-rotate-keys\n" KEY(""),
         "k by aws-kms-auto-rotate-keys;1 used;"},
        {"#tfsec:ignore:aws-kms-auto-rotate-keys\n\n" KEY(""), "k;1 fits nothing;"},
        {"#trivy:ignore:AVD-AWS-0065\n" KEY(""), "k by AVD-AWS-0065;1 used;"},
        {KEY("\n  description = \"\" #tfsec:ignore:aws-kms-auto-rotate-keys\n"),
         "k by aws-kms-auto-rotate-keys;2 used;"},
        {"#tfsec:ignore:*\n" KEY(""), "k by *;1 used;"},
        {KEY(" #tfsec:ignore:*\n"), "k by *;1 used;"},
        {KEY("\n  description = \"\" #tfsec:ignore:*\n"), "k;2 not ours;"},
        {"#tfsec:ignore:aws-kms-auto-rotate-keys:exp:2026-06-15\n" KEY(""), "k;1 expired;"},
        {"#tfsec:ignore:aws-kms-auto-rotate-keys:ws:x\n" KEY(""), "k;1 bad;"},
        {"# plumb:ignore aws-kms-rotation why\n" KEY(""), "k by aws-kms-rotation;1 used;"},
        {"# plumb:ignore fsbp:KMS.4 why\n" KEY(""), "k by fsbp:KMS.4;1 used;"},
        {"# plumb:ignore nothing why\n" KEY(""), "k;1 not ours;"},
        {"# plumb:ignore KMS.4 why\n" KEY(""), "k by KMS.4;1 used;"},
        {"# plumb:ignore aws-kms-rotation until=2026-06-14 why\n" KEY(""), "k;1 expired;"},
        {"# plumb:ignore aws-kms-rotation\n" KEY("\n  enable_key_rotation = true\n"),
         "1 fits nothing;"},
        {"# plumb:ignore aws-kms-rotation\nlocals {}\n" KEY(""), "k;1 fits nothing;"},
        {KEY("\n  description = <<-E\n    # plumb:ignore aws-kms-rotation\n  E\n"), "k;"},
        {KEY("") "# plumb:ignore aws-kms-rotation\n", "k;2 fits nothing;"},
        {KEY("") "# plumb:ignore aws-kms-rotation\nresource \"aws_kms_key\" \"l\" {}\n",
         "k;l by aws-kms-rotation;2 used;"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        CLEANUP(buf_done) struct buf got = BUF(4096);
        say(table[i].text, NULL, &got);
        if (!str_eq(buf_str(&got), table[i].wanted))
            fail_msg("%s: %s", table[i].text, buf_str(&got));
    }
}

static void a_mark_at_a_call_counts_below_it_alone(void **state)
{
    CLEANUP(buf_done) struct buf got = BUF(4096);

    (void)state;
    say("# plumb:ignore aws-kms-rotation why\nmodule \"a\" {\n  source = \"./key\"\n}\n", KEY(""),
        &got);
    assert_string_equal(buf_str(&got), "k by aws-kms-rotation;1 used;");
    buf_reset(&got);
    say("# plumb:ignore aws-kms-rotation why\nmodule \"a\" {\n  source = \"./key\"\n}\n"
        "module \"b\" {\n  source = \"./key\"\n}\n",
        KEY(""), &got);
    assert_string_equal(buf_str(&got), "k by aws-kms-rotation;k;1 used;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_read),
        cmocka_unit_test(a_comment_of_many_marks_is_cut_not_overrun),
        cmocka_unit_test(a_date_ends_a_mark),
        cmocka_unit_test(names_of_other_scanners_lead_to_checks_of_checkov),
        cmocka_unit_test_setup_teardown(a_mark_counts_where_it_belongs, load, unload),
        cmocka_unit_test_setup_teardown(a_mark_at_a_call_counts_below_it_alone, load, unload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
