/*
 * SARIF 2.1.0: runs[].results[]. A result says a rule, a file and lines, seldom a resource; then
 * the item's name is the place ("network/main.tf:12") and the worker finds the block that stands
 * there.
 *
 * Results that pass, are suppressed or are gone from a baseline are left out; files that are not
 * Terraform are refused.
 */
#include "producer/formats_draft.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "common/json.h"

/* Tools whose rule ids the rule packs know under the tool's own name. */
static const char *source_of(const struct json *driver)
{
    static const char *const known[] = {"checkov", "tfsec", "trivy", "kics", "terrascan", "snyk"};
    const char *name = json_get_text(driver, "name", "");

    for (size_t i = 0; i < COUNT(known); i++) {
        if (strncasecmp(name, known[i], strlen(known[i])) == 0)
            return known[i];
    }
    return "sarif";
}

static const struct json *rule_of(const struct json *driver, const struct json *result)
{
    const struct json *rules = json_get(driver, "rules");
    int64_t i =
        json_get_int(result, "ruleIndex", json_get_int(json_get(result, "rule"), "index", -1));
    const char *id = json_get_text(result, "ruleId", NULL);

    if (i >= 0 && (size_t)i < json_count(rules))
        return json_at(rules, (size_t)i);
    for (size_t k = 0; id != NULL && k < json_count(rules); k++) {
        if (str_eq(json_get_text(json_at(rules, k), "id", ""), id))
            return json_at(rules, k);
    }
    return NULL;
}

static const char *id_of(const struct json *result, const struct json *rule)
{
    const char *id = json_get_text(result, "ruleId", NULL);

    if (id == NULL)
        id = json_text(json_find(result, "rule.id"), NULL);
    return id != NULL ? id : json_get_text(rule, "id", NULL);
}

/* The score that GitHub's code scanning reads too, where the tool gives one; else the level. */
static const char *severity_of(const struct json *result, const struct json *rule)
{
    const char *score = json_get_text(json_get(rule, "properties"), "security-severity", NULL);
    const char *level = json_get_text(result, "level", NULL);
    double value = score != NULL ? strtod(score, NULL) : 0;

    if (value > 0)
        return value >= 9 ? "critical" : value >= 7 ? "high" : value >= 4 ? "medium" : "low";
    if (level == NULL)
        level = json_text(json_find(rule, "defaultConfiguration.level"), "warning");
    return format_severity(level);
}

static bool is_open(const struct json *result)
{
    const struct json *suppressions = json_get(result, "suppressions");

    if (!str_eq(json_get_text(result, "kind", "fail"), "fail") ||
        str_eq(json_get_text(result, "baselineState", ""), "absent"))
        return false;
    for (size_t i = 0; i < json_count(suppressions); i++) {
        if (!str_eq(json_get_text(json_at(suppressions, i), "status", "accepted"), "rejected"))
            return false;
    }
    return true;
}

static int hex_digit(char c)
{
    if (!isxdigit((unsigned char)c))
        return -1;
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Percent-decodes; false when the result would not fit or holds a NUL or a line break. */
static bool decode_uri(const char *uri, char *out, size_t size)
{
    size_t n = 0;

    for (; *uri != '\0'; uri++) {
        unsigned char c = (unsigned char)*uri;
        if (c == '%' && hex_digit(uri[1]) >= 0 && hex_digit(uri[2]) >= 0) {
            c = (unsigned char)(hex_digit(uri[1]) * 16 + hex_digit(uri[2]));
            uri += 2;
        }
        if (c < 0x20 || n + 1 >= size)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return true;
}

/* An absolute URI under one of the run's base URIs is told from that base. */
static const char *below_base(const struct json *run_json, const char *uri)
{
    const struct json *bases = json_get(run_json, "originalUriBaseIds");
    const struct json *base;
    const char *name;

    for (size_t i = 0; json_member(bases, i, &name, &base); i++) {
        const char *root = json_get_text(base, "uri", "");
        if (root[0] != '\0' && str_starts(uri, root))
            return uri + strlen(root);
    }
    return uri;
}

static bool is_terraform(const char *path)
{
    return str_ends(path, ".tf") || str_ends(path, ".tf.json") || str_ends(path, ".tfvars");
}

static void fill_place(struct draft *draft, const struct json *run_json, const struct json *result)
{
    struct item *item = draft->item;
    const struct json *location = json_at(json_get(result, "locations"), 0);
    const struct json *physical = json_get(location, "physicalLocation");
    const struct json *logical = json_at(json_get(location, "logicalLocations"), 0);
    const struct json *region = json_get(physical, "region");
    const char *uri = json_text(json_find(physical, "artifactLocation.uri"), NULL);
    char path[1024], place[1100];

    if (uri == NULL || !decode_uri(below_base(run_json, uri), path, sizeof path)) {
        draft_problem(draft, "the result names no file (locations[0].physicalLocation)");
        return;
    }
    if (!is_terraform(path))
        draft_problem(draft, "%.120s is not a Terraform file", path);
    draft_file(draft, path);
    int64_t start = json_get_int(region, "startLine", 0);
    int64_t end = json_get_int(region, "endLine", start);
    item->line_start = start > 0 ? start : 0;
    item->line_end = end >= start && start > 0 ? end : item->line_start;

    const char *address = json_get_text(logical, "fullyQualifiedName", NULL);
    if (address != NULL && strchr(address, '.') != NULL)
        draft_set(draft, &item->address, "fullyQualifiedName", address);
    snprintf(place, sizeof place, "%s:%lld", item->file != NULL ? item->file : path,
             (long long)item->line_start);
    draft_set(draft, &item->resource_name, "location", place);
}

static int read_result(const struct format_run *run, const struct json *run_json,
                       const struct json *result, struct err *err)
{
    const struct json *driver = json_find(run_json, "tool.driver");
    const struct json *rule = rule_of(driver, result);
    const char *source = source_of(driver);
    struct draft draft;

    if (!json_is_object(result))
        return format_refuse_record(run, result, "a result has to be a JSON object", err);
    if (!is_open(result))
        return 0;
    int r = draft_start(&draft, run, result, ITEM_FINDING, source, err);
    if (r < 0)
        return r;
    struct item *item = draft.item;
    draft_set(&draft, &item->control, "ruleId", id_of(result, rule));
    fill_place(&draft, run_json, result);
    draft_cut(&draft, &item->title, json_text(json_find(rule, "shortDescription.text"), NULL));
    draft_cut(&draft, &item->reason, json_text(json_find(result, "message.text"), NULL));
    draft_cut(&draft, &item->url, json_get_text(rule, "helpUri", NULL));
    draft_set(&draft, &item->severity, "level", severity_of(result, rule));
    const char *parts[] = {source, item->control, item->address, item->resource_name};
    draft_event_id(&draft, parts, COUNT(parts));
    draft_repository(&draft);
    return draft_finish(&draft, err);
}

int format_sarif_read(const struct format_run *run, const struct json *root, struct err *err)
{
    const struct json *runs = json_get(root, "runs");
    const char *version = json_get_text(root, "version", "2.1.0");
    int r = 0;

    if (!str_starts(version, "2.1"))
        return err_set(err, ERR_REJECT, "SARIF version %.20s: 2.1.0 is read here", version);
    if (!json_is_array(runs))
        return err_set(err, ERR_REJECT, "SARIF: \"runs\" has to be an array");
    for (size_t i = 0; i < json_count(runs) && r == 0; i++) {
        const struct json *results = json_get(json_at(runs, i), "results");
        for (size_t k = 0; k < json_count(results) && r == 0; k++)
            r = read_result(run, json_at(runs, i), json_at(results, k), err);
    }
    return r;
}
