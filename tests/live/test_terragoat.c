/*
 * A real scanner's report of a real repository: every finding that a rule answers is located,
 * checked, fixed and put through the gate, and every fix leaves the rest of the module as it was.
 * The report (a part of Checkov's own output) is in tests/data/checkov; the repository is not ours,
 * so the test skips unless PLUMB_CORPUS names a directory that holds terragoat (or ../shared/corpus
 * beside this checkout does).
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"
#include "worker/gate/gate.h"
#include "worker/hcl/locate/locate.h"

static struct rules *rules;
static char *scratch;

struct tally {
    size_t findings, answered, changed, holds, mistakes, needs_input, refused;
};

static bool find_corpus(char *out, size_t size)
{
    const char *named = getenv("PLUMB_CORPUS");
    const char *source = getenv("PLUMB_SOURCE_DIR");

    if (named != NULL)
        (void)snprintf(out, size, "%s/terragoat/terraform/aws", named);
    else
        (void)snprintf(out, size, "%s/../shared/corpus/terragoat/terraform/aws",
                       source != NULL ? source : ".");
    return access(out, R_OK) == 0;
}

static struct json *read_report(void)
{
    CLEANUP(buf_done) struct buf text = BUF((size_t)4 * 1024 * 1024);
    const char *source = getenv("PLUMB_SOURCE_DIR");
    struct json *json = NULL;
    char path[4096];
    struct err err = {0};

    (void)snprintf(path, sizeof path, "%s/tests/data/checkov/terragoat-report.json",
                   source != NULL ? source : ".");
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(json_parse(&json, buf_str(&text), text.len, &err), err);
    return json;
}

static const struct hcl_resource *locate(const struct hcl_module *root, const struct json *finding)
{
    const struct json *lines = json_get(finding, "file_line_range");
    struct hcl_match match[2];
    struct hcl_query query = {
        .address = json_get_text(finding, "resource", NULL),
        .file = json_get_text(finding, "file_path", "/") + 1,
        .line_start = json_int(json_at(lines, 0), 0),
        .line_end = json_int(json_at(lines, 1), 0),
    };
    size_t n = hcl_locate(root, &query, match, COUNT(match));

    if (n != 1)
        fail_msg("%s: %zu resources fit", query.address, n);
    assert_string_equal(match[0].resource->address, query.address);
    return match[0].resource;
}

static void check_gate(struct hcl_repo *repo, const struct rule *rule, const char *address,
                       struct hcl_edits *edits, const struct rule_outcome *outcome)
{
    const struct hcl_edited *edited = NULL;
    struct gate_report report;
    struct err err = {0};
    size_t n = 0;

    assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
    assert_ok(gate_run(&(struct gate_input){.rules = rules,
                                            .rule = rule,
                                            .before = repo,
                                            .directory = "",
                                            .address = address,
                                            .edited = edited,
                                            .n_edited = n,
                                            .predicted = outcome->predicted,
                                            .n_predicted = outcome->n_predicted,
                                            .scratch_dir = scratch},
                       &report, &err),
              err);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict == GATE_FAILED)
            fail_msg("%s on %s: %s: %s", rule->id, address, report.layers[i].layer,
                     report.layers[i].detail);
    }
}

/* Where the scanner is wrong, so that nothing is to be done. */
static const struct {
    const char *control, *address, *says;
} scanner_is_wrong[] = {
    /* It wants a description of the group itself, which cannot change without a new group; the
     * group has no rule of its own that could lack one. */
    {"CKV_AWS_23", "aws_security_group.default", "it holds already"},
    /* AWS has no EBS-optimized t2. */
    {"CKV_AWS_135", "aws_instance.db_app", "t2.nano"},
};

static bool is_scanners_mistake(const char *control, const char *address, const char *text)
{
    for (size_t i = 0; i < COUNT(scanner_is_wrong); i++)
        if (str_eq(scanner_is_wrong[i].control, control) &&
            str_eq(scanner_is_wrong[i].address, address))
            return strstr(text, scanner_is_wrong[i].says) != NULL;
    return false;
}

static void one_finding(struct hcl_repo *repo, const struct hcl_module *root,
                        const struct json *finding, struct tally *tally)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const char *control = json_get_text(finding, "check_id", "");
    const struct hcl_resource *resource = locate(root, finding);
    const struct rule *rule = rules_for_control(rules, "checkov", control, resource->type);
    struct rule_outcome outcome;
    struct err err = {0};
    int r;

    tally->findings++;
    if (rule == NULL)
        return;
    tally->answered++;
    assert_ok(hcl_edits_new(&edits, &err), err);
    r = rule_fix(rule, root, resource, NULL, 0, edits, &outcome, &err);
    if (r < 0)
        fail_msg("%s on %s: %s", rule->id, resource->address, err.text);
    tally->changed += r == 0;
    tally->holds += r == RULE_NO_CHANGE;
    tally->mistakes +=
        r == RULE_NO_CHANGE && is_scanners_mistake(control, resource->address, outcome.text);
    tally->needs_input += r == RULE_NEEDS_INPUT;
    tally->refused += r == RULE_REFUSED;
    if (r == 0)
        check_gate(repo, rule, resource->address, edits, &outcome);
    else
        print_message("%s on %s: %s\n", rule->id, resource->address, outcome.text);
}

static void every_finding_that_a_rule_answers_ends_well(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    CLEANUP(json_freep) struct json *report = NULL;
    const struct json *findings;
    struct hcl_module *root;
    struct tally tally = {0};
    char corpus[4096];

    (void)state;
    if (!find_corpus(corpus, sizeof corpus)) {
        print_message("SKIPPED: no terragoat at %s\n", corpus);
        skip();
    }
    report = read_report();
    findings = json_find(report, "results.failed_checks");
    assert_true(json_count(findings) > 0);
    repo = hcl_make_repo_of_directory(corpus);
    root = hcl_make_open(repo, "");
    for (size_t i = 0; i < json_count(findings); i++)
        one_finding(repo, root, json_at(findings, i), &tally);

    print_message("%zu findings, %zu answered: %zu fixed, %zu hold, %zu need input, %zu refused\n",
                  tally.findings, tally.answered, tally.changed, tally.holds, tally.needs_input,
                  tally.refused);
    assert_true(tally.answered >= 60);
    assert_true(tally.changed >= 40);
    /* The scanner and our own checks agree on what fails, but where it is wrong. */
    assert_int_equal(tally.mistakes, COUNT(scanner_is_wrong));
    assert_int_equal(tally.holds, tally.mistakes);
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    scratch = temp_dir_make();
    return rules_load(&rules, NULL, &err);
}

static int tear_down(void **state)
{
    (void)state;
    rules_free(rules);
    temp_dir_remove(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_that_a_rule_answers_ends_well),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
