/*
 * The rule cases: tests/data/rules/<rule id>/<case>/ holds before/ (a module), after/ (the same
 * with the fix, byte for byte; absent where nothing may change) and expect.json:
 *
 *     {"address": "aws_s3_bucket.data", "check": "fails", "fix": "changed", "says": "part of the
 * outcome's text", "inputs": {"approved_cidrs": "[\"10.0.0.0/8\"]"}}
 *
 * check is the verdict on before; fix is changed, no change, needs input or refused. A changed case
 * also passes the gate, holds by its own check afterwards, and is left alone by a second fix.
 *
 * PLUMB_PREDICTED=FILE: a line "id/case, address" there for every block that a fix says it may
 * touch, and for the subject where its value is edited elsewhere, in a variable, a local or a call;
 * tests/rules/plan holds it against what terraform plans.
 */
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/hcl_make.h"
#include "worker/gate/cage.h"
#include "worker/gate/gate.h"

#define INPUTS_MAX 8

struct rule_case {
    char directory[2048];
    const struct rule *rule;
    struct json *expect;
    struct rule_input inputs[INPUTS_MAX];
    size_t n_inputs;
};

static struct rules *rules;

static const char *expected(const struct rule_case *one, const char *key)
{
    return json_get_text(one->expect, key, "");
}

static void case_open(struct rule_case *one, const char *root, const char *id, const char *name)
{
    CLEANUP(buf_done) struct buf text = BUF(65536);
    char path[4096];
    struct err err = {0};
    const struct json *inputs;

    *one = (struct rule_case){.rule = rules_get(rules, id)};
    (void)snprintf(one->directory, sizeof one->directory, "%s/%s/%s", root, id, name);
    if (one->rule == NULL)
        fail_msg("%s: there is no such rule", one->directory);
    (void)snprintf(path, sizeof path, "%s/expect.json", one->directory);
    assert_ok(files_read(path, &text, &err), err);
    if (json_parse(&one->expect, buf_str(&text), text.len, &err) < 0)
        fail_msg("%s: %s", path, err.text);

    inputs = json_get(one->expect, "inputs");
    for (; one->n_inputs < json_count(inputs) && one->n_inputs < INPUTS_MAX; one->n_inputs++) {
        struct rule_input *input = &one->inputs[one->n_inputs];
        const struct json *value = NULL;

        assert_true(json_member(inputs, one->n_inputs, &input->name, &value));
        input->value = json_text(value, "");
    }
}

static struct hcl_repo *side(const struct rule_case *one, const char *which)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", one->directory, which);
    return hcl_make_repo_of_directory(path);
}

/* The resource; with keys in its address, that instance alone. */
static struct rule_target subject(const struct rule_case *one, const struct hcl_module *root)
{
    const char *address = expected(one, "address");
    struct rule_target target = {root, hcl_resource_find(root, address), NULL};
    const struct hcl_instance *instances = NULL;
    size_t n = target.resource != NULL ? hcl_instances(target.resource, &instances) : 0;

    for (size_t i = 0; i < n; i++) {
        if (str_eq(instances[i].address, address) && strchr(address, '[') != NULL)
            target.instance = &instances[i];
    }
    if (target.resource == NULL || (strchr(address, '[') != NULL && target.instance == NULL))
        fail_msg("%s: there is no %s", one->directory, address);
    return target;
}

static const char *answer_name(int r)
{
    return r == 0                  ? "changed"
           : r == RULE_NO_CHANGE   ? "no change"
           : r == RULE_NEEDS_INPUT ? "needs input"
           : r == RULE_REFUSED     ? "refused"
                                   : "error";
}

static void check_verdict(const struct rule_case *one, const struct hcl_module *root,
                          const char *wanted)
{
    struct rule_target target = subject(one, root);
    char why[300] = "";
    const char *verdict = rule_verdict_name(rule_check_at(one->rule, &target, why, sizeof why));

    if (!str_eq(verdict, wanted))
        fail_msg("%s: the check says %s, not %s: %s", one->directory, verdict, wanted, why);
}

/* --- what a fix changed --- */

static void check_bytes(const struct rule_case *one, const struct hcl_repo *before,
                        const struct hcl_edited *edited, size_t n)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *after = side(one, "after");
    size_t touched = 0;

    for (size_t i = 0; i < hcl_repo_file_count(after); i++) {
        const struct hcl_file *wanted = hcl_repo_file_at(after, i);
        const struct hcl_file *was = hcl_repo_file(before, wanted->path);
        const char *got = was != NULL ? was->bytes : "";
        size_t len = was != NULL ? was->len : 0;

        for (size_t k = 0; k < n; k++) {
            if (!str_eq(edited[k].path, wanted->path))
                continue;
            got = edited[k].bytes;
            len = edited[k].len;
            touched++;
        }
        if (len != wanted->len || memcmp(got, wanted->bytes, len) != 0)
            fail_msg("%s: %s became\n%.*s", one->directory, wanted->path, (int)len, got);
    }
    assert_int_equal(touched, n);
}

static void check_gate(const struct rule_case *one, struct hcl_repo *before,
                       const struct hcl_edited *edited, size_t n,
                       const struct rule_outcome *outcome)
{
    struct gate_report report;
    struct gate_input input = {
        .rules = rules,
        .rule = one->rule,
        .before = before,
        .directory = "",
        .address = expected(one, "address"),
        .edited = edited,
        .n_edited = n,
        .predicted = outcome->predicted,
        .n_predicted = outcome->n_predicted,
        .inputs = one->inputs,
        .n_inputs = one->n_inputs,
    };
    struct err err = {0};

    assert_ok(gate_run(&input, &report, &err), err);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict == GATE_FAILED)
            fail_msg("%s: gate, %s: %s", one->directory, report.layers[i].layer,
                     report.layers[i].detail);
    }
}

static void check_after(const struct rule_case *one)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *after = side(one, "after");
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(after, "");
    struct rule_target target = subject(one, root);
    struct rule_outcome outcome;
    struct err err = {0};

    check_verdict(one, root, "holds");
    assert_ok(hcl_edits_new(&edits, &err), err);
    if (rule_fix_at(one->rule, &target, one->inputs, one->n_inputs, edits, &outcome, &err) !=
        RULE_NO_CHANGE)
        fail_msg("%s: a second fix is not content: %s", one->directory, outcome.text);
}

static void note_predicted(const struct rule_case *one, const char *id, const char *name,
                           const struct rule_outcome *outcome)
{
    const char *path = getenv("PLUMB_PREDICTED");
    FILE *file = path != NULL ? fopen(path, "ae") : NULL;
    bool elsewhere = false;

    for (size_t i = 0; file != NULL && i < outcome->n_predicted; i++) {
        const char *address = outcome->predicted[i];

        (void)fprintf(file, "%s/%s\t%s\n", id, name, address);
        elsewhere |= strncmp(address, "aws_", 4) != 0 && strncmp(address, "data.", 5) != 0;
    }
    if (file != NULL && elsewhere)
        (void)fprintf(file, "%s/%s\t%s\n", id, name, expected(one, "address"));
    if (path != NULL && (file == NULL || fclose(file) != 0))
        fail_msg("%s: %s cannot be written", one->directory, path);
}

static void run_case(const struct rule_case *one, const char *id, const char *name)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *before = side(one, "before");
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(before, "");
    struct rule_target target = subject(one, root);
    const struct hcl_edited *edited = NULL;
    struct rule_outcome outcome;
    struct err err = {0};
    size_t n = 0;
    int r;

    check_verdict(one, root, expected(one, "check"));
    assert_ok(hcl_edits_new(&edits, &err), err);
    r = rule_fix_at(one->rule, &target, one->inputs, one->n_inputs, edits, &outcome, &err);
    if (!str_eq(answer_name(r), expected(one, "fix")))
        fail_msg("%s: the fix answers %s, not %s: %s", one->directory, answer_name(r),
                 expected(one, "fix"), r < 0 ? err.text : outcome.text);
    if (strstr(outcome.text, expected(one, "says")) == NULL)
        fail_msg("%s: the fix says: %s", one->directory, outcome.text);
    if (r != 0) {
        assert_int_equal(hcl_edits_count(edits), 0);
        assert_int_equal(outcome.n_predicted, 0);
        return;
    }
    assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
    check_bytes(one, before, edited, n);
    check_gate(one, before, edited, n, &outcome);
    check_after(one);
    note_predicted(one, id, name, &outcome);
}

/* --- the walk --- */

static size_t names_in(const char *path, struct dirent ***out)
{
    int n = scandir(path, out, NULL, alphasort);

    if (n < 0)
        fail_msg("%s cannot be read", path);
    return (size_t)n;
}

static void data_directory(char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    (void)snprintf(out, size, "%s/tests/data/rules", source != NULL ? source : ".");
}

static size_t run_rule(const char *root, const char *id)
{
    char path[4096];
    struct dirent **cases = NULL;
    size_t ran = 0;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/%s", root, id);
    n = names_in(path, &cases);
    for (size_t i = 0; i < n; i++) {
        struct rule_case one;

        if (cases[i]->d_name[0] != '.') {
            case_open(&one, root, id, cases[i]->d_name);
            run_case(&one, id, cases[i]->d_name);
            json_free(one.expect);
            ran++;
        }
        free(cases[i]);
    }
    free(cases);
    return ran;
}

static void every_case_ends_as_it_says(void **state)
{
    char root[1024];
    struct dirent **ids = NULL;
    size_t ran = 0;
    size_t n;

    (void)state;
    data_directory(root, sizeof root);
    n = names_in(root, &ids);
    for (size_t i = 0; i < n; i++) {
        if (ids[i]->d_name[0] != '.')
            ran += run_rule(root, ids[i]->d_name);
        free(ids[i]);
    }
    free(ids);
    print_message("%zu cases\n", ran);
    assert_true(ran >= 60);
}

static bool find_terraform(char *out, size_t size)
{
    const char *path = getenv("PATH");

    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");

        (void)snprintf(out, size, "%.*s/terraform", (int)len, path);
        if (path[0] == '/' && access(out, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

static void terraform_would_format_no_result_differently(void **state)
{
    char binary[4096];
    char root[1024];
    const char *argv[] = {binary, "fmt", "-check", "-recursive", "-no-color", NULL};
    const char *environment[] = {"CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE=/dev/null",
                                 "HOME=/nonexistent", NULL};
    struct cage_result ran;
    struct err err = {0};

    (void)state;
    data_directory(root, sizeof root);
    if (!find_terraform(binary, sizeof binary)) {
        print_message("skipped: terraform is not installed\n");
        skip();
    }
    assert_ok(cage_run(&(struct cage_command){.argv = argv,
                                              .environment = environment,
                                              .directory = root,
                                              .deadline_ms = 60000,
                                              .memory_max_bytes = (size_t)4 << 30,
                                              .output_max_bytes = 1 << 20},
                       &ran, &err),
              err);
    if (ran.exit_code == 2 || strstr(buf_str(&ran.out), "/after/") != NULL)
        fail_msg("terraform fmt answers %d:\n%s%s", ran.exit_code, buf_str(&ran.out),
                 buf_str(&ran.err));
    cage_result_done(&ran);
}

static int load_rules(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_ends_as_it_says),
        cmocka_unit_test(terraform_would_format_no_result_differently),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
