#include "worker/explain.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/text/redact.h"
#include "worker/gate/gate.h"
#include "worker/services.h"

#define TEXT_MAX_BYTES ((size_t)2 * 1024 * 1024)

static void print_lines(FILE *out, const char *text)
{
    while (*text != '\0') {
        CLEANUP(buf_done) struct buf line = BUF(TEXT_MAX_BYTES);
        size_t len = strcspn(text, "\n");

        buf_shown(&line, text, len);
        fprintf(out, "  %s\n", buf_str(&line));
        text += len + (text[len] == '\n');
    }
}

void explain_text(const struct services *services, const char *title, const char *text)
{
    CLEANUP(buf_done) struct buf clean = BUF(TEXT_MAX_BYTES);

    if (services->explain == NULL)
        return;
    redact(&clean, text, strlen(text));
    fprintf(services->explain, "\n== %s ==\n", title);
    print_lines(services->explain, buf_str(&clean));
    fflush(services->explain);
}

void explain_json(const struct services *services, const char *title, const char *json)
{
    CLEANUP(json_freep) struct json *tree = NULL;
    CLEANUP(buf_done) struct buf pretty = BUF(TEXT_MAX_BYTES);
    struct err err;

    if (services->explain == NULL)
        return;
    if (json_parse(&tree, json, strlen(json), &err) == 0)
        json_write(tree, JSON_PRETTY, &pretty);
    explain_text(services, title, pretty.len > 0 ? buf_str(&pretty) : json);
}

void explain_line(const struct services *services, const char *format, ...)
{
    CLEANUP(buf_done) struct buf clean = BUF(TEXT_MAX_BYTES);
    char text[1024];
    va_list args;

    if (services->explain == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    redact(&clean, text, strlen(text));
    print_lines(services->explain, buf_str(&clean));
    fflush(services->explain);
}

void explain_gate(const struct services *services, const struct gate_report *report)
{
    if (services->explain == NULL)
        return;
    explain_text(services, report->passed ? "gate: passed" : "gate: refused", "");
    for (size_t i = 0; i < report->n; i++)
        explain_line(services, "%-12s %-8s %s", report->layers[i].layer,
                     gate_verdict_name(report->layers[i].verdict), report->layers[i].detail);
}
