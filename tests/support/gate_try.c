/* Attempts on the gate; what the functions promise stands in gate_try.h. */
#include "tests/support/gate_try.h"

#include <stdio.h>

#include "tests/support/test.h"

static struct rules *rules;

void gate_try(const struct attempt *attempt, struct gate_report *report)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_edited edited[6];
    const struct rules *asked = attempt->rules != NULL ? attempt->rules : rules;
    struct gate_input input = {
        .rules = asked,
        .rule = attempt->rule != NULL ? rules_get(asked, attempt->rule) : NULL,
        .directory = "",
        .address = attempt->address != NULL ? attempt->address : "aws_kms_key.k",
        .edited = edited,
        .predicted = attempt->predicted,
    };
    size_t n_before = 0;
    struct err err = {0};

    while (n_before < COUNT(attempt->before) && attempt->before[n_before].path != NULL)
        n_before++;
    for (; input.n_edited < COUNT(edited) && attempt->edited[input.n_edited].path != NULL;
         input.n_edited++) {
        edited[input.n_edited] = attempt->edited[input.n_edited];
        edited[input.n_edited].len = strlen(edited[input.n_edited].bytes);
    }
    while (input.n_predicted < COUNT(attempt->predicted) &&
           attempt->predicted[input.n_predicted][0] != '\0')
        input.n_predicted++;
    repo = hcl_make_repo(attempt->before, n_before);
    input.before = repo;
    assert_ok(gate_run(&input, report, &err), err);
}

void gate_try_stopped(const struct attempt *attempt, const char *layer, const char *detail)
{
    struct gate_report report;

    gate_try(attempt, &report);
    assert_false(report.passed);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict != GATE_FAILED)
            continue;
        if (!str_eq(report.layers[i].layer, layer))
            fail_msg("stopped by %s (%s), not by %s", report.layers[i].layer,
                     report.layers[i].detail, layer);
        assert_has(report.layers[i].detail, detail);
        for (size_t k = i + 1; k < report.n; k++)
            assert_int_equal(report.layers[k].verdict, GATE_NOT_RUN);
        return;
    }
    fail_msg("nothing failed");
}

void gate_try_passed(const struct attempt *attempt)
{
    struct gate_report report;

    gate_try(attempt, &report);
    for (size_t i = 0; i < report.n; i++) {
        if (report.layers[i].verdict == GATE_FAILED)
            fail_msg("%s: %s", report.layers[i].layer, report.layers[i].detail);
    }
    assert_true(report.passed);
}

void gate_try_key_stopped(const char *before, const char *after, const char *layer,
                          const char *detail)
{
    struct attempt attempt = {.before = {{"main.tf", before}},
                              .edited = {{.path = "main.tf", .bytes = after}},
                              .predicted = {"aws_kms_key.k"}};

    gate_try_stopped(&attempt, layer, detail);
}

int gate_try_open(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

int gate_try_close(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}
