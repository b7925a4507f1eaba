/*
 * Checkov's JSON report: one object, or an array with one object for each framework it scanned.
 * Failed checks of Terraform become items; failed checks of other frameworks are refused, passed
 * and skipped ones are left out.
 *
 * file_path starts with "/" and counts from the scanned directory, so the scan has to start at the
 * repository's root. (repo_file_path counts from where checkov was called, which may be anywhere.)
 */
#include "producer/formats_draft.h"

#include "common/json.h"

/* The type in "module.a["x"].aws_s3_bucket.b[0]": the last word but one outside brackets. */
static bool type_of_address(const char *address, char *out, size_t size)
{
    const char *start[2] = {address, NULL}; /* of the last word, of the one before */
    size_t depth = 0;

    for (const char *c = address; *c != '\0'; c++) {
        if (*c == '[')
            depth++;
        else if (*c == ']' && depth > 0)
            depth--;
        else if (*c == '.' && depth == 0) {
            start[1] = start[0];
            start[0] = c + 1;
        }
    }
    if (start[1] == NULL)
        return false;
    size_t len = (size_t)(start[0] - 1 - start[1]);
    if (len >= size)
        return false;
    memcpy(out, start[1], len);
    out[len] = '\0';
    return true;
}

static void fill_lines(struct draft *draft, const struct json *check)
{
    const struct json *range = json_get(check, "file_line_range");
    int64_t start = json_int(json_at(range, 0), 0);
    int64_t end = json_int(json_at(range, 1), 0);

    if (start > 0 && end >= start) {
        draft->item->line_start = start;
        draft->item->line_end = end;
    }
}

static void fill_check(struct draft *draft, const struct json *check)
{
    struct item *item = draft->item;
    const char *id = json_get_text(check, "check_id", NULL);
    const char *address = json_get_text(check, "resource", NULL);
    const char *file = json_get_text(check, "file_path", NULL);
    const char *parts[] = {"checkov", id, address, file};
    char type[128];

    draft_set(draft, &item->control, "check_id", id);
    draft_set(draft, &item->address, "resource", address);
    if (address != NULL && type_of_address(address, type, sizeof type))
        draft_set(draft, &item->resource_type, "resource", type);
    draft_file(draft, file);
    fill_lines(draft, check);
    draft_cut(draft, &item->title, json_get_text(check, "check_name", NULL));
    draft_cut(draft, &item->url, json_get_text(check, "guideline", NULL));
    draft_set(draft, &item->severity, "severity",
              format_severity(json_get_text(check, "severity", NULL)));
    draft_event_id(draft, parts, COUNT(parts));
    draft_repository(draft);
}

static int read_check(const struct format_run *run, const char *framework, const struct json *check,
                      struct err *err)
{
    struct draft draft;

    if (!json_is_object(check))
        return format_refuse_record(run, check, "a failed check has to be a JSON object", err);
    int r = draft_start(&draft, run, check, ITEM_FINDING, "checkov", err);
    if (r < 0)
        return r;
    if (!str_eq(framework, "terraform"))
        draft_problem(&draft, "check type %.40s: only terraform is remediated", framework);
    fill_check(&draft, check);
    return draft_finish(&draft, err);
}

static int read_report(const struct format_run *run, const struct json *report, struct err *err)
{
    const struct json *failed = json_find(report, "results.failed_checks");
    const char *framework = json_get_text(report, "check_type", "terraform");
    int r = 0;

    if (!json_is_object(report))
        return format_refuse_record(run, report, "a Checkov report has to be a JSON object", err);
    if (failed == NULL && json_get(report, "results") == NULL)
        return 0; /* nothing was found to scan: the report has counts only */
    if (!json_is_array(failed))
        return format_refuse_record(run, report, "results.failed_checks has to be an array", err);
    for (size_t i = 0; i < json_count(failed) && r == 0; i++)
        r = read_check(run, framework, json_at(failed, i), err);
    return r;
}

int format_checkov_read(const struct format_run *run, const struct json *root, struct err *err)
{
    int r = 0;

    if (!json_is_array(root))
        return read_report(run, root, err);
    for (size_t i = 0; i < json_count(root) && r == 0; i++)
        r = read_report(run, json_at(root, i), err);
    return r;
}
