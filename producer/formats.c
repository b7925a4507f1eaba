/* Which format a text is, and its reader; the story stands in formats.h. */
#include "producer/formats.h"

#include "common/json.h"
#include "producer/formats_draft.h"

static bool has(const struct json *object, const char *key)
{
    return json_get(object, key) != NULL;
}

/* Checkov writes no check_type, only counts, when it found nothing to scan. */
static bool is_checkov(const struct json *object)
{
    return (has(object, "check_type") && (has(object, "results") || has(object, "summary"))) ||
           json_find(object, "results.failed_checks") != NULL || has(object, "checkov_version");
}

static bool is_asff(const struct json *object)
{
    return json_is_array(json_get(object, "Findings")) ||
           (has(object, "GeneratorId") && has(object, "Resources"));
}

static enum format detect_tree(const struct json *root)
{
    const struct json *first = json_is_array(root) ? json_at(root, 0) : root;

    if (json_is_array(root) && json_count(root) == 0)
        return FORMAT_LINES;
    if (!json_is_object(first))
        return json_is_array(root) ? FORMAT_LINES : FORMAT_UNKNOWN;
    if (json_is_array(json_get(first, "runs")))
        return FORMAT_SARIF;
    if (is_asff(first))
        return FORMAT_ASFF;
    if (is_checkov(first))
        return FORMAT_CHECKOV;
    if (has(first, "control") || has(first, "repository") || has(first, "kind") ||
        json_is_array(root))
        return FORMAT_LINES;
    return FORMAT_UNKNOWN;
}

static const char *skip_bom(const char *bytes, size_t *len)
{
    if (*len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        *len -= 3;
        return bytes + 3;
    }
    return bytes;
}

/* Lines of objects? One of the first two lines with something on it has to be a whole object: a
 * broken first line does not hide the rest, and a broken pretty-printed document is not taken for
 * lines. */
static bool looks_like_lines(const char *bytes, size_t len)
{
    const char *end = bytes + len;

    for (int seen = 0; seen < 2 && bytes < end;) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t line_len = (size_t)((newline != NULL ? newline : end) - bytes);
        CLEANUP(json_freep) struct json *line = NULL;
        struct err ignored = {0};
        size_t blank = 0;

        while (blank < line_len && strchr(" \t\r", bytes[blank]) != NULL)
            blank++;
        if (blank < line_len) {
            seen++;
            if (json_parse(&line, bytes, line_len, &ignored) == 0 && json_is_object(line) &&
                json_count(line) > 0)
                return true;
        }
        bytes += line_len + 1;
    }
    return false;
}

enum format format_detect(const char *bytes, size_t len)
{
    CLEANUP(json_freep) struct json *root = NULL;
    struct err ignored = {0};

    bytes = skip_bom(bytes, &len);
    if (json_parse(&root, bytes, len, &ignored) == 0)
        return detect_tree(root);
    return looks_like_lines(bytes, len) ? FORMAT_LINES : FORMAT_UNKNOWN;
}

static int read_tree(enum format format, const struct format_run *run, const struct json *root,
                     struct err *err)
{
    switch (format) {
    case FORMAT_LINES:
        return format_records_read(run, root, err);
    case FORMAT_ASFF:
        return format_asff_read(run, root, err);
    case FORMAT_CHECKOV:
        return format_checkov_read(run, root, err);
    case FORMAT_SARIF:
        return format_sarif_read(run, root, err);
    case FORMAT_UNKNOWN:
        break;
    }
    return err_set(err, ERR_REJECT,
                   "not a format that is known here: give JSON lines, Security Hub findings "
                   "(ASFF), a Checkov report or SARIF 2.1.0");
}

int format_read(enum format format, const char *bytes, size_t len,
                const struct format_options *options, format_emit_fn emit, format_refuse_fn refuse,
                void *context, struct err *err)
{
    const struct format_run run = {options, emit, refuse, context};
    CLEANUP(json_freep) struct json *root = NULL;

    bytes = skip_bom(bytes, &len);
    int r = json_parse(&root, bytes, len, err);
    if (r == ERR_REJECT && (format == FORMAT_LINES || format == FORMAT_UNKNOWN) &&
        looks_like_lines(bytes, len))
        return format_lines_read(&run, bytes, len, err);
    if (r < 0)
        return r;

    return read_tree(format == FORMAT_UNKNOWN ? detect_tree(root) : format, &run, root, err);
}
