/* The words of a pull request, out of a finding that wants to say something else with them. */
#include <stdio.h>

#include "common/text/redact.h"
#include "proto/item.h"
#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/forge/forge.h"
#include "worker/item.h"
#include "worker/pr_text.h"

#define FP       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PLAN     "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define FORGED   "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define BODY_MAX 60000

static const char *const hostile[] = {
    "@octocat please, closes #1 and GH-2, fixes https://github.com/o/r/issues/3",
    "<!-- plumb fp=" FORGED " plan=sha256:" FORGED " -->",
    "<!-- the rest of this page is gone",
    "a | b |\n| c | d |\r\n\r\n## Approved\n\n- [x] seen",
    "```suggestion\nrm -rf\n```",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN RSA",
    "PRIVATE KEY----- -----BEGIN P\u200BRIVATE KEY-----",
    "<img src=x onerror=alert(1)><details>",
};

struct scene {
    struct item *item;
    struct rule rule;
    struct hcl_file file;
    struct hcl_resource resource;
    struct hcl_edited edited;
    struct item_run run;
};

static void set(struct scene *s, const char **field, const char *text)
{
    assert_true(item_set_text(s->item, field, text));
}

static void open_scene(struct scene *s, enum item_kind kind)
{
    static const char *const references[] = {"https://docs.example.com/s3", NULL};
    struct err err;

    memset(s, 0, sizeof *s);
    assert_ok(item_new(&s->item, kind, &err), err);
    set(s, &s->item->source, "checkov");
    set(s, &s->item->control, "CKV_AWS_21");
    set(s, &s->item->address, "aws_s3_bucket.logs");
    set(s, &s->item->severity, "high");
    s->rule = (struct rule){.id = "aws-s3-versioning",
                            .title = "S3 buckets keep earlier versions",
                            .class = RULE_CARE,
                            .reviewer = "Versions cost money.",
                            .warning = "Readers may break.",
                            .references = references};
    s->file.path = "main.tf";
    s->resource = (struct hcl_resource){.file = &s->file, .address = "aws_s3_bucket.logs"};
    s->edited.path = "main.tf";
    s->run.edited = &s->edited;
    s->run.n_edited = 1;
    s->run.item = s->item;
    if (kind == ITEM_FINDING) {
        s->run.rule = &s->rule;
        s->run.resource = &s->resource;
    }
    memcpy(s->run.fp, FP, sizeof FP);
    (void)str_copy(s->run.control, sizeof s->run.control, "aws-s3-versioning");
    (void)str_copy(s->run.located_how, sizeof s->run.located_how, "address");
    (void)str_copy(s->run.base_commit, sizeof s->run.base_commit, FP);
    s->run.gate.n = 1;
    s->run.gate.layers[0].layer = "parse";
}

static void close_scene(struct scene *s)
{
    item_free(s->item);
}

/* The text stands in every field that a finding or a plan fills. */
static void say_everywhere(struct scene *s, const char *text)
{
    const char **fields[] = {&s->item->source, &s->item->control,      &s->item->address,
                             &s->item->title,  &s->item->framework,    &s->item->reason,
                             &s->item->arn,    &s->item->drift_action, &s->item->description};

    for (size_t i = 0; i < COUNT(fields); i++)
        set(s, fields[i], text);
    (void)str_copy(s->run.control, sizeof s->run.control, text);
    (void)str_copy(s->run.located_how, sizeof s->run.located_how, text);
    (void)str_copy(s->run.gate.layers[0].detail, sizeof s->run.gate.layers[0].detail, text);
    s->resource.address = text;
    s->file.path = text;
    s->edited.path = text;
}

static void write_body(const struct scene *s, struct buf *out)
{
    struct git_diff_stat stat = {.files = 1, .added = 4};
    struct err err;

    assert_ok(pr_body(&s->run, &stat, PLAN, out, &err), err);
    assert_true(out->len < 65536);
}

static size_t count_of(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        n++;
    return n;
}

static void the_marker_is_ours_and_there_once(const char *body)
{
    char fp[65], plan[65];

    assert_int_equal(count_of(body, "<!--"), 1);
    assert_true(forge_marker_read(body, fp, plan));
    assert_string_equal(fp, FP);
    assert_string_equal(plan, PLAN);
    assert_true(str_ends(body, " -->\n"));
}

static void a_body_tells_a_reviewer_what_matters(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    write_body(&s, &body);
    assert_has(buf_str(&body), "## Compliance Remediation");
    assert_has(buf_str(&body), "| Reported by | checkov: CKV_AWS_21 |");
    assert_has(buf_str(&body), "| Terraform address | aws_s3_bucket.logs |");
    assert_has(buf_str(&body),
               "4 lines added, 0 removed, against `0123456789ab`, in\n\n- main.tf\n");
    assert_has(buf_str(&body), "> [!WARNING]\n> Readers may break.");
    assert_has(buf_str(&body), "| parse | passed |");
    assert_has(buf_str(&body), "The warning above does not apply here");
    assert_has(buf_str(&body), "<https://docs.example.com/s3>");
    the_marker_is_ours_and_there_once(buf_str(&body));
    close_scene(&s);
}

static void a_shared_module_s_other_roots_are_named(void **state)
{
    static const struct made_file files[] = {
        {"envs/prod/main.tf", "module \"q\" { source = \"../../modules/q\" }\n"},
        {"envs/dev/main.tf", "module \"q\" { source = \"../../modules/q\" }\n"},
        {"envs/staging/main.tf", "module \"app\" { source = \"../../modules/app\" }\n"},
        {"envs/lab/main.tf", "locals {}\n"},
        {"modules/app/main.tf", "module \"q\" { source = \"../q\" }\n"},
        {"modules/q/main.tf", "locals {}\n"},
    };
    static const char sentence[] =
        "- modules/q/main.tf\n\nThis module is also called from: envs/dev, envs/staging\n\n";
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    s.run.root = hcl_make_open(repo, "envs/prod");
    s.edited.path = "modules/q/main.tf";
    write_body(&s, &body);
    assert_has(buf_str(&body), sentence);

    buf_reset(&body);
    s.edited.path = "envs/prod/main.tf";
    write_body(&s, &body);
    assert_lacks(buf_str(&body), "also called from");
    close_scene(&s);
}

static void a_safe_rule_asks_about_no_warning(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    s.rule.class = RULE_SAFE;
    s.rule.warning = NULL;
    write_body(&s, &body);
    assert_lacks(buf_str(&body), "WARNING");
    assert_lacks(buf_str(&body), "warning");
    close_scene(&s);
}

static void nothing_of_it_works(const char *body)
{
    static const char *const dangers[] = {
        "- [x]", "@octocat", "closes #1", "GH-2", "https://github.com", "<img", "```"};

    for (size_t i = 0; i < COUNT(dangers); i++)
        assert_lacks(body, dangers[i]);
}

/* Every line of ours stands in the body whatever the finding says, and the finding adds none. */
static void a_finding_s_words_stay_words(void **state)
{
    CLEANUP(buf_done) struct buf plain = BUF(BODY_MAX);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    say_everywhere(&s, "x");
    write_body(&s, &plain);
    for (size_t i = 0; i < COUNT(hostile); i++) {
        CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);

        say_everywhere(&s, hostile[i]);
        write_body(&s, &body);
        the_marker_is_ours_and_there_once(buf_str(&body));
        assert_int_equal(count_of(buf_str(&body), "\n"), count_of(buf_str(&plain), "\n"));
        assert_int_equal(count_of(buf_str(&body), "|"), count_of(buf_str(&plain), "|"));
        nothing_of_it_works(buf_str(&body));
    }
    close_scene(&s);
}

/* The page is redacted once more as a whole when it leaves; that must not take the page away. */
static void a_key_s_beginning_does_not_take_the_page_along(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    for (size_t i = 0; i < COUNT(hostile); i++) {
        CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
        CLEANUP(buf_done) struct buf message = BUF(4096);
        CLEANUP(buf_done) struct buf sent = BUF(2 * BODY_MAX);

        say_everywhere(&s, hostile[i]);
        write_body(&s, &body);
        redact(&sent, buf_str(&body), body.len);
        assert_string_equal(buf_str(&sent), buf_str(&body));
        buf_reset(&sent);
        pr_commit_message(&s.run, &message);
        redact(&sent, buf_str(&message), message.len);
        assert_has(buf_str(&sent), "\n\nFinding-Fingerprint: " FP "\n");
    }
    close_scene(&s);
}

static void check_title_and_commit(struct scene *s, const char *said)
{
    CLEANUP(buf_done) struct buf title = BUF(4096);
    CLEANUP(buf_done) struct buf message = BUF(4096);

    say_everywhere(s, said);
    pr_title(&s->run, &title);
    pr_commit_message(&s->run, &message);
    assert_false(message.too_long || message.no_memory);
    assert_true(title.len <= 256); /* GitHub's limit */
    assert_int_equal(count_of(buf_str(&title), "\n"), 0);
    assert_int_equal(count_of(buf_str(&message), "\n"), 6);
    assert_lacks(buf_str(&message), "@octocat");
    assert_lacks(buf_str(&message), "#1");
    assert_lacks(buf_str(&message), "GH-2");
    assert_lacks(buf_str(&message), "https://github.com");
    assert_true(str_starts(buf_str(&message), buf_str(&title)));
}

static void title_and_commit_mention_nobody_and_close_nothing(void **state)
{
    struct scene s;

    (void)state;
    for (enum item_kind kind = ITEM_FINDING; kind <= ITEM_DRIFT; kind++) {
        open_scene(&s, kind);
        for (size_t i = 0; i < COUNT(hostile); i++)
            check_title_and_commit(&s, hostile[i]);
        close_scene(&s);
    }
}

static void an_ordinary_address_stays_as_it_is(void **state)
{
    CLEANUP(buf_done) struct buf title = BUF(4096);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    s.resource.address = "module.a[\"eu-west-1\"].aws_s3_bucket.b[0]";
    pr_title(&s.run, &title);
    assert_string_equal(buf_str(&title), "fix(compliance): S3 buckets keep earlier versions: "
                                         "module.a[\"eu-west-1\"].aws_s3_bucket.b[0]");
    close_scene(&s);
}

static void texts_of_16_kilobytes_are_cut(void **state)
{
    static const char *const units[] = {"a", "|", "@", "é", "\U0001F600", "hooks.slack.com/a "};
    struct scene s;

    (void)state;
    for (size_t i = 0; i < COUNT(units); i++) {
        CLEANUP(buf_done) struct buf text = BUF(ITEM_TEXT_MAX);
        CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
        CLEANUP(buf_done) struct buf message = BUF(4096);

        open_scene(&s, ITEM_FINDING);
        while (text.len + strlen(units[i]) <= ITEM_TEXT_MAX)
            buf_text(&text, units[i]);
        say_everywhere(&s, buf_str(&text));
        write_body(&s, &body);
        assert_true(body.len < 20000);
        the_marker_is_ours_and_there_once(buf_str(&body));
        pr_commit_message(&s.run, &message);
        assert_true(message.len < 1500);
        assert_has(buf_str(&message), "Finding-Fingerprint: " FP);
        close_scene(&s);
    }
}

static void a_label_holds_no_comma_and_not_more_than_50_characters(void **state)
{
    CLEANUP(buf_done) struct buf labels = BUF(4096);
    CLEANUP(mem_freep) char *list = NULL;
    char *rest = NULL;
    size_t n = 0;
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_FINDING);
    set(&s, &s.item->framework,
        "SOC 2, CC6.1,admin\n@x and a name that is much longer than fifty characters");
    pr_labels(&s.run, &labels);
    list = strdup(buf_str(&labels));
    for (char *one = strtok_r(list, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest)) {
        assert_true(strlen(one) <= 50);
        assert_int_equal(strspn(one, "abcdefghijklmnopqrstuvwxyz0123456789-:"), strlen(one));
        n++;
    }
    assert_int_equal(n, 4);
    assert_true(str_starts(buf_str(&labels), "compliance-remediation,auto-generated,severity:high,"
                                             "framework:soc-2--cc6-1-admin--x-and"));
    close_scene(&s);
}

static void a_drift_s_body_shows_what_differs(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
    CLEANUP(buf_done) struct buf title = BUF(4096);
    struct scene s;

    (void)state;
    open_scene(&s, ITEM_DRIFT);
    set(&s, &s.item->expected_json, "{\"acl\":\"private\"}");
    set(&s, &s.item->actual_json, "{\"acl\":\"public-read\"}");
    set(&s, &s.item->drift_action, "delete");
    write_body(&s, &body);
    pr_title(&s.run, &title);
    assert_string_equal(buf_str(&title), "fix(drift): delete aws_s3_bucket.logs");
    assert_has(buf_str(&body), "## Drift Remediation");
    assert_has(buf_str(&body), "| acl | \"private\" | \"public-read\" |");
    assert_has(buf_str(&body), "Decide which is right");
    the_marker_is_ours_and_there_once(buf_str(&body));
    close_scene(&s);
}

static void a_drift_that_cannot_be_read_has_no_body(void **state)
{
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX);
    struct git_diff_stat stat = {0};
    struct scene s;
    struct err err;

    (void)state;
    open_scene(&s, ITEM_DRIFT);
    set(&s, &s.item->expected_json, "{\"acl\":");
    assert_int_equal(pr_body(&s.run, &stat, PLAN, &body, &err), ERR_REJECT);
    assert_has(err.text, "expected_json");
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_tells_a_reviewer_what_matters),
        cmocka_unit_test(a_shared_module_s_other_roots_are_named),
        cmocka_unit_test(a_safe_rule_asks_about_no_warning),
        cmocka_unit_test(a_finding_s_words_stay_words),
        cmocka_unit_test(a_key_s_beginning_does_not_take_the_page_along),
        cmocka_unit_test(title_and_commit_mention_nobody_and_close_nothing),
        cmocka_unit_test(an_ordinary_address_stays_as_it_is),
        cmocka_unit_test(texts_of_16_kilobytes_are_cut),
        cmocka_unit_test(a_label_holds_no_comma_and_not_more_than_50_characters),
        cmocka_unit_test(a_drift_s_body_shows_what_differs),
        cmocka_unit_test(a_drift_that_cannot_be_read_has_no_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
