/*
 * AWS Security Hub's finding format (ASFF): an array, {"Findings": […]} or one finding. Only what
 * is failed, active and not suppressed becomes items, one for each resource it names.
 */
#include "producer/formats_draft.h"

#include <ctype.h>

#include "common/clock.h"
#include "common/json.h"

#define RESOURCES_MAX 200 /* ASFF allows 32; more is a mistake */

/* "security-control/S3.8" and ".../v/1.0.0/S3.8" name the control last; other products' ids stay
 * whole. */
static const char *control_of(const struct json *finding)
{
    const char *control = json_text(json_find(finding, "Compliance.SecurityControlId"), NULL);
    const char *generator = json_get_text(finding, "GeneratorId", "");
    const char *last = strrchr(generator, '/');

    if (control != NULL)
        return control;
    if (last != NULL && (str_starts(generator, "security-control/") ||
                         str_starts(generator, "aws-foundational-security-best-practices/")))
        return last + 1;
    return generator;
}

static const char *product_of(const struct json *finding)
{
    const struct json *fields = json_get(finding, "ProductFields");
    const char *name = json_get_text(finding, "ProductName", NULL);

    if (name == NULL)
        name = json_get_text(fields, "aws/securityhub/ProductName", NULL);
    return name != NULL ? name : "Security Hub";
}

/* "Security Hub" -> "securityhub", "Prowler" -> "prowler" */
static void source_of(const struct json *finding, char *out, size_t size)
{
    size_t n = 0;

    for (const char *c = product_of(finding); *c != '\0' && n + 1 < size; c++) {
        if (isalnum((unsigned char)*c))
            out[n++] = (char)tolower((unsigned char)*c);
    }
    out[n] = '\0';
    if (n == 0)
        str_copy(out, size, "securityhub");
}

static int64_t detected_at(const struct json *finding, int64_t otherwise)
{
    static const char *const keys[] = {"FirstObservedAt", "CreatedAt", "UpdatedAt"};
    int64_t at;

    for (size_t i = 0; i < COUNT(keys); i++) {
        if (clock_parse_rfc3339(json_get_text(finding, keys[i], ""), &at))
            return at;
    }
    return otherwise;
}

static bool is_open(const struct json *finding)
{
    const char *status = json_text(json_find(finding, "Compliance.Status"), "");
    const char *record = json_get_text(finding, "RecordState", "ACTIVE");
    const char *workflow = json_text(json_find(finding, "Workflow.Status"), "NEW");

    return str_eq(status, "FAILED") && str_eq(record, "ACTIVE") &&
           !str_eq(workflow, "SUPPRESSED") && !str_eq(workflow, "RESOLVED");
}

static void fill_resource(struct draft *draft, const struct json *finding,
                          const struct json *resource)
{
    struct item *item = draft->item;
    const char *id = json_get_text(resource, "Id", NULL);
    bool is_arn = id != NULL && str_starts(id, "arn:");
    const char *parts[] = {json_get_text(finding, "Id", ""), id,
                           json_get_text(finding, "CreatedAt", "")};

    draft_set(draft, is_arn ? &item->arn : &item->resource_name, "Resources[].Id", id);
    draft_set(draft, &item->resource_type, "Resources[].Type",
              json_get_text(resource, "Type", NULL));
    draft_set(draft, &item->account, "AwsAccountId", json_get_text(finding, "AwsAccountId", NULL));
    draft_set(draft, &item->region, "Region",
              json_get_text(resource, "Region", json_get_text(finding, "Region", NULL)));
    draft_event_id(draft, parts, COUNT(parts));
}

static void fill_texts(struct draft *draft, const struct json *finding)
{
    struct item *item = draft->item;
    const struct json *advice = json_find(finding, "Remediation.Recommendation");
    const struct json *standard = json_at(json_find(finding, "Compliance.AssociatedStandards"), 0);
    const struct json *reason = json_at(json_find(finding, "Compliance.StatusReasons"), 0);

    draft_cut(draft, &item->title, json_get_text(finding, "Title", NULL));
    draft_cut(draft, &item->description, json_get_text(finding, "Description", NULL));
    draft_cut(draft, &item->reason,
              json_get_text(reason, "Description", json_get_text(advice, "Text", NULL)));
    draft_cut(draft, &item->url, json_get_text(advice, "Url", NULL));
    draft_cut(draft, &item->framework, json_get_text(standard, "StandardsId", NULL));
    draft_set(draft, &item->severity, "Severity.Label",
              format_severity(json_text(json_find(finding, "Severity.Label"), NULL)));
}

static int read_resource(const struct format_run *run, const struct json *finding,
                         const struct json *resource, struct err *err)
{
    struct draft draft;
    char source[64];

    source_of(finding, source, sizeof source);
    int r = draft_start(&draft, run, finding, ITEM_FINDING, source, err);
    if (r < 0)
        return r;
    draft.item->detected_unix_ms = detected_at(finding, run->options->now_unix_ms);
    draft_set(&draft, &draft.item->control, "control", control_of(finding));
    fill_resource(&draft, finding, resource);
    fill_texts(&draft, finding);
    draft_repository(&draft);
    return draft_finish(&draft, err);
}

static int read_finding(const struct format_run *run, const struct json *finding, struct err *err)
{
    const struct json *resources = json_get(finding, "Resources");
    size_t n = json_count(resources);
    int r = 0;

    if (!json_is_object(finding))
        return format_refuse_record(run, finding, "a finding has to be a JSON object", err);
    if (json_find(finding, "Compliance.Status") == NULL)
        return format_refuse_record(run, finding, "the finding has no Compliance.Status", err);
    if (!is_open(finding))
        return 0;
    if (!json_is_array(resources) || n == 0 || n > RESOURCES_MAX)
        return format_refuse_record(run, finding, "the finding needs 1 to 200 Resources", err);
    for (size_t i = 0; i < n && r == 0; i++)
        r = read_resource(run, finding, json_at(resources, i), err);
    return r;
}

int format_asff_read(const struct format_run *run, const struct json *root, struct err *err)
{
    const struct json *list = json_is_object(root) ? json_get(root, "Findings") : root;
    int r = 0;

    if (json_is_object(root) && list == NULL)
        return read_finding(run, root, err);
    if (!json_is_array(list))
        return err_set(err, ERR_REJECT, "ASFF: \"Findings\" has to be an array");
    for (size_t i = 0; i < json_count(list) && r == 0; i++)
        r = read_finding(run, json_at(list, i), err);
    return r;
}
