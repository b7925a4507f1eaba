#include "worker/gate/gate_inside.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    gate_layer_fn look;
    bool models_only;
} layers[] = {
    {"parse", gate_parse, false},
    {"addresses", gate_addresses, false},
    {"limits", gate_limits, false},
    {"denied", gate_denied, false},
    {"regressions", gate_regressions, false},
    {"widening", gate_widening, false},
    {"companions", gate_companions, true},
    {"inventions", gate_inventions, true},
    {"predicate", gate_predicate, false},
    {"rescan", gate_rescan, false},
    {"fmt", gate_fmt, false},
    {"validate", gate_validate, false},
    {"plan", gate_plan, false},
};
_Static_assert(COUNT(layers) <= GATE_LAYERS_MAX, "a report has room for every layer");

const char *gate_verdict_name(enum gate_verdict verdict)
{
    static const char *const names[] = {"passed", "failed", "not run"};

    return (size_t)verdict < COUNT(names) ? names[verdict] : "?";
}

static int say(struct gate_layer_result *result, enum gate_verdict verdict, const char *format,
               va_list args)
{
    result->verdict = verdict;
    (void)vsnprintf(result->detail, sizeof result->detail, format, args);
    return 0;
}

int gate_pass(struct gate_layer_result *result, const char *format, ...)
{
    va_list args;
    int r;

    va_start(args, format);
    r = say(result, GATE_PASSED, format, args);
    va_end(args);
    return r;
}

int gate_fail(struct gate_layer_result *result, const char *format, ...)
{
    va_list args;
    int r;

    va_start(args, format);
    r = say(result, GATE_FAILED, format, args);
    va_end(args);
    return r;
}

int gate_not_run(struct gate_layer_result *result, const char *format, ...)
{
    va_list args;
    int r;

    va_start(args, format);
    r = say(result, GATE_NOT_RUN, format, args);
    va_end(args);
    return r;
}

const struct hcl_file *gate_before(const struct gate_run *run, const char *path)
{
    return hcl_repo_file(run->in->before, path);
}

const struct hcl_file *gate_after(const struct gate_run *run, const char *path)
{
    return hcl_repo_file(run->after, path);
}

static int run_layers(struct gate_run *run, struct gate_report *report, struct err *err)
{
    int r = 0;

    report->passed = true;
    for (size_t i = 0; i < COUNT(layers) && r == 0; i++) {
        struct gate_layer_result *result = &report->layers[report->n];

        if (layers[i].models_only && !run->in->by_model)
            continue;
        report->n++;
        result->layer = layers[i].name;
        if (!report->passed)
            (void)gate_not_run(result, "an earlier layer failed");
        else
            r = layers[i].look(run, result, err);
        if (r < 0)
            return err_wrap(err, r, "gate, %s", result->layer);
        report->passed = report->passed && result->verdict != GATE_FAILED;
    }
    return 0;
}

int gate_run(const struct gate_input *input, struct gate_report *report, struct err *err)
{
    struct gate_run run = {.in = input};
    struct gate_report fresh = {0};
    int r = run_layers(&run, &fresh, err);

    hcl_repo_free(run.after);
    if (r == 0)
        *report = fresh;
    return r;
}
