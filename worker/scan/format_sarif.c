/*
 * A report as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). What is suppressed is there
 * with its suppression; what is unknown, when it is asked for, is of kind "open". With a baseline
 * each result says whether it is new, unchanged or absent.
 */
#include <ctype.h>

#include "common/json.h"
#include "worker/scan/formats.h"
#include "worker/scan/rule_words.h"

#define SCHEMA_URI                                                                                 \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#define BASE_ID   "SRCROOT"
#define WORDS_MAX (64 * 1024)

struct sarif {
    const struct report *report;
    const struct format_options *options;
    const struct rule **rules; /* those that results speak of, each once */
    size_t n_rules;
};

static struct json *message_json(const char *text)
{
    struct json *json = json_object();

    json_set_text(json, "text", text);
    return json;
}

static void escape_uri(struct buf *out, const char *path)
{
    for (; *path != '\0'; path++) {
        unsigned char c = (unsigned char)*path;
        if (isalnum(c) || strchr("/-._~", c) != NULL)
            buf_char(out, (char)c);
        else
            buf_print(out, "%%%02X", c);
    }
}

/* --- rules --- */

static const char *level_of(const struct rule *rule)
{
    static const char *const levels[SEVERITIES] = {"note", "warning", "error", "error"};

    return levels[severity_rank(rule->severity)];
}

/* What code scanning services sort by. */
static const char *score_of(const struct rule *rule)
{
    static const char *const scores[SEVERITIES] = {"3.0", "5.5", "8.0", "9.5"};

    return scores[severity_rank(rule->severity)];
}

static struct json *help_json(const struct rule *rule)
{
    CLEANUP(buf_done) struct buf words = BUF(WORDS_MAX);

    buf_text(&words, "What must hold:\n");
    rule_must_words(rule, &words);
    buf_text(&words, "\nFix: ");
    rule_fix_words(rule, &words);
    buf_print(&words, ".\n%s", rule->reviewer);
    if (rule->warning[0] != '\0')
        buf_print(&words, "\n%s", rule->warning);
    return message_json(buf_str(&words));
}

static struct json *tags_json(const struct rule *rule)
{
    struct json *json = json_array();

    json_push_text(json, "security");
    json_push_text(json, "terraform");
    for (const char *const *alias = rule->aliases; *alias != NULL; alias++)
        json_push_text(json, *alias);
    return json;
}

static struct json *rule_json(const struct rule *rule)
{
    struct json *json = json_object();
    struct json *configuration = json_object();
    struct json *properties = json_object();

    json_set_text(configuration, "level", level_of(rule));
    json_set_text(properties, "security-severity", score_of(rule));
    json_set_text(properties, "class", rule_class_name(rule->class));
    json_set_give(properties, "tags", tags_json(rule));
    json_set_text(json, "id", rule->id);
    json_set_give(json, "shortDescription", message_json(rule->title));
    json_set_give(json, "fullDescription", message_json(rule->title));
    json_set_give(json, "help", help_json(rule));
    if (rule->references[0] != NULL)
        json_set_text(json, "helpUri", rule->references[0]);
    json_set_give(json, "defaultConfiguration", configuration);
    json_set_give(json, "properties", properties);
    return json;
}

static size_t rule_index_in(struct sarif *sarif, const struct rule *rule)
{
    size_t i = 0;

    while (i < sarif->n_rules && sarif->rules[i] != rule)
        i++;
    if (i == sarif->n_rules)
        sarif->rules[sarif->n_rules++] = rule;
    return i;
}

/* --- results --- */

static struct json *artifact_json(const struct format_options *options, const char *file)
{
    CLEANUP(buf_done) struct buf path = BUF(WORDS_MAX);
    CLEANUP(buf_done) struct buf uri = BUF(WORDS_MAX);
    struct json *json = json_object();
    bool is_absolute = options->directory[0] == '/';

    format_path(options, file, &path);
    escape_uri(&uri, is_absolute ? file : buf_str(&path));
    json_set_text(json, "uri", buf_str(&uri));
    if (is_absolute)
        json_set_text(json, "uriBaseId", BASE_ID);
    return json;
}

static struct json *location_json(const struct format_options *options, const char *file, int line,
                                  int last_line, const char *address)
{
    struct json *json = json_object();
    struct json *physical = json_object();

    json_set_give(physical, "artifactLocation", artifact_json(options, file));
    if (line > 0) {
        struct json *region = json_object();
        json_set_int(region, "startLine", line);
        json_set_int(region, "endLine", last_line);
        json_set_give(physical, "region", region);
    }
    json_set_give(json, "physicalLocation", physical);
    if (address != NULL) {
        struct json *logical = json_array();
        struct json *one = json_object();
        json_set_text(one, "fullyQualifiedName", address);
        json_set_text(one, "kind", "resource");
        json_push_give(logical, one);
        json_set_give(json, "logicalLocations", logical);
    }
    return json;
}

static void set_locations(struct json *json, struct json *location)
{
    struct json *list = json_array();

    json_push_give(list, location);
    json_set_give(json, "locations", list);
}

static void set_fingerprint(struct json *json, const char *fingerprint)
{
    struct json *prints = json_object();

    json_set_text(prints, "plumbScan/v1", fingerprint);
    json_set_give(json, "partialFingerprints", prints);
}

static void set_suppression(const struct sarif *sarif, const struct finding *finding,
                            struct json *json)
{
    struct json *list = json_array();
    struct json *one = json_object();

    json_set_text(one, "kind", "inSource");
    json_set_text(one, "status", "accepted");
    if (finding->reason[0] != '\0')
        json_set_text(one, "justification", finding->reason);
    json_set_give(one, "location",
                  location_json(sarif->options, finding->mark_file, finding->mark_line,
                                finding->mark_line, NULL));
    json_push_give(list, one);
    json_set_give(json, "suppressions", list);
}

static struct json *result_json(struct sarif *sarif, const struct finding *finding)
{
    CLEANUP(buf_done) struct buf words = BUF(WORDS_MAX);
    struct json *json = json_object();
    bool is_open = finding->verdict == RULE_UNKNOWN;

    buf_print(&words, "%s %s: %s. %s", finding->address,
              is_open ? "cannot be judged by the rule" : "does not meet the rule",
              finding->rule->title, finding->why);
    json_set_text(json, "ruleId", finding->rule->id);
    json_set_int(json, "ruleIndex", (int64_t)rule_index_in(sarif, finding->rule));
    json_set_text(json, "kind", is_open ? "open" : "fail");
    json_set_text(json, "level", is_open ? "none" : level_of(finding->rule));
    json_set_give(json, "message", message_json(buf_str(&words)));
    set_locations(json, location_json(sarif->options, finding->file, finding->line,
                                      finding->last_line, finding->address));
    set_fingerprint(json, finding->fingerprint);
    if (finding->status == FINDING_SUPPRESSED)
        set_suppression(sarif, finding, json);
    if (sarif->report->has_baseline)
        json_set_text(json, "baselineState",
                      finding->status == FINDING_BASELINE ? "unchanged" : "new");
    return json;
}

static struct json *absent_json(const struct sarif *sarif, const struct report_gone *gone)
{
    CLEANUP(buf_done) struct buf words = BUF(WORDS_MAX);
    struct json *json = json_object();

    buf_print(&words, "%s: %s is no finding any more", gone->rule, gone->address);
    json_set_text(json, "ruleId", gone->rule);
    json_set_text(json, "kind", "fail");
    json_set_text(json, "level", "none");
    json_set_give(json, "message", message_json(buf_str(&words)));
    set_locations(json, location_json(sarif->options, gone->file, 0, 0, gone->address));
    set_fingerprint(json, gone->fingerprint);
    json_set_text(json, "baselineState", "absent");
    return json;
}

static struct json *results_json(struct sarif *sarif)
{
    struct json *json = json_array();

    for (size_t i = 0; i < sarif->report->n_findings; i++) {
        const struct finding *finding = &sarif->report->findings[i];
        if (finding->status != FINDING_UNKNOWN || sarif->options->show_unknown)
            json_push_give(json, result_json(sarif, finding));
    }
    for (size_t i = 0; i < sarif->report->n_gone; i++)
        json_push_give(json, absent_json(sarif, &sarif->report->gone[i]));
    return json;
}

/* --- the run --- */

static struct json *notification_json(const char *level, const char *text)
{
    struct json *json = json_object();

    json_set_text(json, "level", level);
    json_set_give(json, "message", message_json(text));
    return json;
}

static struct json *invocations_json(const struct sarif *sarif)
{
    CLEANUP(buf_done) struct buf words = BUF(WORDS_MAX);
    struct json *list = json_array();
    struct json *one = json_object();
    struct json *notes = json_array();

    for (size_t i = 0; i < sarif->report->n_troubles; i++) {
        buf_reset(&words);
        format_trouble(sarif->options, &sarif->report->troubles[i], &words);
        json_push_give(notes, notification_json("error", buf_str(&words)));
    }
    for (size_t i = 0; i < sarif->report->n_marks; i++) {
        const struct report_mark *mark = &sarif->report->marks[i];
        buf_reset(&words);
        format_path(sarif->options, mark->file, &words);
        buf_print(&words, ":%d: %s %s", mark->line, mark->mark, mark->words);
        json_push_give(notes, notification_json("warning", buf_str(&words)));
    }
    buf_reset(&words);
    format_totals(sarif->report, false, &words);
    json_push_give(notes, notification_json("note", buf_str(&words)));
    json_set_bool(one, "executionSuccessful", true);
    json_set_give(one, "toolExecutionNotifications", notes);
    json_push_give(list, one);
    return list;
}

static struct json *driver_json(const struct sarif *sarif)
{
    struct json *driver = json_object();
    struct json *rules = json_array();

    for (size_t i = 0; i < sarif->n_rules; i++)
        json_push_give(rules, rule_json(sarif->rules[i]));
    json_set_text(driver, "name", "plumb");
    json_set_text(driver, "version", sarif->options->version);
    json_set_give(driver, "rules", rules);
    return driver;
}

static void set_base(const struct sarif *sarif, struct json *run)
{
    CLEANUP(buf_done) struct buf uri = BUF(WORDS_MAX);
    const char *directory = sarif->options->directory;
    struct json *bases = json_object();
    struct json *one = json_object();

    buf_text(&uri, "file://");
    escape_uri(&uri, directory);
    buf_text(&uri, str_ends(directory, "/") ? "" : "/");
    json_set_text(one, "uri", buf_str(&uri));
    json_set_give(bases, BASE_ID, one);
    json_set_give(run, "originalUriBaseIds", bases);
}

void format_sarif(const struct report *report, const struct format_options *options,
                  struct buf *out)
{
    CLEANUP(mem_freep) const struct rule **rules = calloc(report->n_findings + 1, sizeof *rules);
    CLEANUP(json_freep) struct json *json = json_object();
    struct sarif sarif = {.report = report, .options = options, .rules = rules};
    struct json *runs = json_array();
    struct json *run = json_object();
    struct json *tool = json_object();

    out->no_memory = out->no_memory || rules == NULL;
    if (rules == NULL)
        return;
    struct json *results = results_json(&sarif);
    json_set_give(tool, "driver", driver_json(&sarif));
    json_set_give(run, "tool", tool);
    json_set_give(run, "invocations", invocations_json(&sarif));
    if (options->directory[0] == '/')
        set_base(&sarif, run);
    json_set_text(run, "columnKind", "unicodeCodePoints");
    json_set_give(run, "results", results);
    json_push_give(runs, run);
    json_set_text(json, "$schema", SCHEMA_URI);
    json_set_text(json, "version", "2.1.0");
    json_set_give(json, "runs", runs);
    json_write(json, JSON_PRETTY, out);
    buf_char(out, '\n');
}
