/*
 * A report as JSON, of a shape that docs/scan.md describes. A member may be added; one that is
 * renamed, or means something else, needs SCHEMA_VERSION counted up, the page and the golden files.
 */
#include "common/json.h"
#include "worker/scan/formats.h"
#include "worker/scan/rule_words.h"

#define SCHEMA_VERSION 1

static struct json *severities_json(const struct report_totals *totals)
{
    struct json *json = json_object();

    for (int rank = SEVERITIES - 1; rank >= 0; rank--)
        json_set_int(json, severity_name(rank), (int64_t)totals->by_severity[rank]);
    return json;
}

static struct json *summary_json(const struct report *report)
{
    const struct scan_counts *counts = &report->counts;
    struct report_totals totals;
    struct json *json = json_object();

    report_totals(report, &totals);
    json_set_int(json, "files", (int64_t)counts->files);
    json_set_int(json, "directories", (int64_t)counts->directories);
    json_set_int(json, "roots", (int64_t)counts->roots);
    json_set_int(json, "resources", (int64_t)counts->resources);
    json_set_int(json, "rules", (int64_t)report->n_rules);
    json_set_int(json, "checks", (int64_t)counts->checks);
    json_set_int(json, "holds", (int64_t)counts->holds);
    json_set_int(json, "findings", (int64_t)totals.new_ones);
    json_set_give(json, "findings_by_severity", severities_json(&totals));
    json_set_int(json, "baseline", (int64_t)totals.baseline);
    json_set_int(json, "unknown", (int64_t)totals.unknown);
    json_set_int(json, "suppressed", (int64_t)totals.suppressed);
    json_set_int(json, "unreadable", (int64_t)report->n_troubles);
    json_set_int(json, "baseline_gone", (int64_t)report->n_gone);
    return json;
}

static struct json *texts_json(const char *const *texts, size_t n)
{
    struct json *json = json_array();

    for (size_t i = 0; i < n && texts[i] != NULL; i++)
        json_push_text(json, texts[i]);
    return json;
}

static struct json *fix_json(const struct rule *rule)
{
    CLEANUP(buf_done) struct buf words = BUF(16 * 1024);
    const char *inputs[RULE_INPUTS_MAX];
    struct json *json = json_object();

    rule_fix_words(rule, &words);
    json_set_text(json, "class", rule_class_name(rule->class));
    json_set_give(json, "inputs", texts_json(inputs, rule_inputs(rule, inputs)));
    json_set_text(json, "words", buf_str(&words));
    return json;
}

static struct json *suppression_json(const struct finding *finding)
{
    struct json *json = json_object();

    json_set_text(json, "comment", finding->mark);
    json_set_text(json, "reason", finding->reason[0] != '\0' ? finding->reason : NULL);
    json_set_text(json, "file", finding->mark_file);
    json_set_int(json, "line", finding->mark_line);
    return json;
}

static struct json *finding_json(const struct finding *finding)
{
    struct json *json = json_object();

    json_set_text(json, "status", finding_status_name(finding->status));
    json_set_text(json, "verdict", rule_verdict_name(finding->verdict));
    json_set_text(json, "rule", finding->rule->id);
    json_set_text(json, "title", finding->rule->title);
    json_set_text(json, "severity", finding->rule->severity);
    json_set_give(json, "aliases", texts_json(finding->rule->aliases, SIZE_MAX));
    json_set_text(json, "address", finding->address);
    json_set_text(json, "root", finding->root[0] != '\0' ? finding->root : ".");
    json_set_int(json, "more_roots", (int64_t)finding->n_more_roots);
    json_set_text(json, "file", finding->file);
    json_set_int(json, "line_start", finding->line);
    json_set_int(json, "line_end", finding->last_line);
    json_set_text(json, "why", finding->why);
    json_set_give(json, "fix", fix_json(finding->rule));
    json_set_text(json, "fingerprint", finding->fingerprint);
    if (finding->mark != NULL)
        json_set_give(json, "suppression", suppression_json(finding));
    return json;
}

static struct json *trouble_json(const struct report_trouble *trouble)
{
    struct json *json = json_object();

    json_set_text(json, "kind", trouble->kind == SCAN_FILE ? "file" : "directory");
    json_set_text(json, "path", trouble->path[0] != '\0' ? trouble->path : ".");
    json_set_text(json, "text", trouble->text);
    json_set_int(json, "roots", (int64_t)trouble->n_roots);
    return json;
}

static struct json *mark_json(const struct report_mark *mark)
{
    static const char *const states[] = {"used", "expired", "bad", "fits nothing", "fits nothing"};
    struct json *json = json_object();

    json_set_text(json, "comment", mark->mark);
    json_set_text(json, "file", mark->file);
    json_set_int(json, "line", mark->line);
    json_set_text(json, "state", states[mark->state]);
    json_set_text(json, "words", mark->words);
    return json;
}

static struct json *gone_json(const struct report_gone *gone)
{
    struct json *json = json_object();

    json_set_text(json, "fingerprint", gone->fingerprint);
    json_set_text(json, "rule", gone->rule);
    json_set_text(json, "address", gone->address);
    json_set_text(json, "file", gone->file);
    return json;
}

void format_json(const struct report *report, const struct format_options *options, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *findings = json_array();
    struct json *unreadable = json_array();
    struct json *comments = json_array();
    struct json *gone = json_array();

    for (size_t i = 0; i < report->n_findings; i++)
        json_push_give(findings, finding_json(&report->findings[i]));
    for (size_t i = 0; i < report->n_troubles; i++)
        json_push_give(unreadable, trouble_json(&report->troubles[i]));
    for (size_t i = 0; i < report->n_marks; i++)
        json_push_give(comments, mark_json(&report->marks[i]));
    for (size_t i = 0; i < report->n_gone; i++)
        json_push_give(gone, gone_json(&report->gone[i]));
    json_set_int(json, "schema_version", SCHEMA_VERSION);
    json_set_text(json, "tool", "plumb");
    json_set_text(json, "tool_version", options->version);
    json_set_text(json, "directory", options->directory);
    json_set_give(json, "summary", summary_json(report));
    json_set_give(json, "findings", findings);
    json_set_give(json, "unreadable", unreadable);
    json_set_give(json, "comments", comments);
    json_set_give(json, "baseline_gone", gone);
    json_write(json, JSON_PRETTY, out);
    buf_char(out, '\n');
}
