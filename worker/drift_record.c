/* Expected against actual, argument by argument; the story stands in drift_record.h. */
#include "worker/drift_record.h"

#include <stdio.h>

#include "common/json.h"
#include "proto/item.h"
#include "worker/hcl/edit/edit.h"
#include "worker/outside.h"

#define RECORD_MAX_BYTES ((size_t)64 * 1024)
#define NAME_MAX_BYTES   100
#define CELL_MAX_BYTES   240
#define ROWS_MAX         60

static int parse(struct json **out, const char *text, const char *what, struct err *err)
{
    if (text == NULL)
        return 0;
    int r = json_parse(out, text, strlen(text), err);
    return r < 0 ? err_wrap(err, r, "%s", what) : 0;
}

static void write_cell(struct buf *out, const struct json *value)
{
    CLEANUP(buf_done) struct buf text = BUF(RECORD_MAX_BYTES);

    if (value == NULL) {
        buf_text(out, "(absent)");
        return;
    }
    json_write(value, JSON_CANONICAL, &text);
    outside_markdown(out, buf_str(&text), CELL_MAX_BYTES);
}

static bool differ(const struct json *a, const struct json *b)
{
    CLEANUP(buf_done) struct buf left = BUF(RECORD_MAX_BYTES);
    CLEANUP(buf_done) struct buf right = BUF(RECORD_MAX_BYTES);

    if (a == NULL || b == NULL)
        return a != b;
    json_write(a, JSON_CANONICAL, &left);
    json_write(b, JSON_CANONICAL, &right);
    return left.len != right.len || !str_eq(buf_str(&left), buf_str(&right));
}

static void write_row(struct buf *out, const char *name, const struct json *expected,
                      const struct json *actual)
{
    buf_text(out, "| ");
    outside_markdown(out, name, NAME_MAX_BYTES);
    buf_text(out, " | ");
    write_cell(out, expected);
    buf_text(out, " | ");
    write_cell(out, actual);
    buf_text(out, " |\n");
}

static void write_rows(struct buf *out, const struct json *expected, const struct json *actual)
{
    const struct json *value;
    const char *name;
    int rows = 0;

    for (size_t i = 0; json_member(expected, i, &name, &value) && rows < ROWS_MAX; i++)
        if (differ(value, json_get(actual, name))) {
            write_row(out, name, value, json_get(actual, name));
            rows++;
        }
    for (size_t i = 0; json_member(actual, i, &name, &value) && rows < ROWS_MAX; i++)
        if (json_get(expected, name) == NULL) {
            write_row(out, name, NULL, value);
            rows++;
        }
    if (rows == ROWS_MAX)
        buf_text(out, "| … | more differ | |\n");
}

const char *drift_verb(const struct item *item)
{
    static const char *const verbs[] = {"create", "delete"};

    for (size_t i = 0; i < COUNT(verbs); i++)
        if (item->drift_action != NULL && str_eq(item->drift_action, verbs[i]))
            return verbs[i];
    return "update";
}

int drift_table(const struct item *item, struct buf *out, struct err *err)
{
    CLEANUP(json_freep) struct json *expected = NULL;
    CLEANUP(json_freep) struct json *actual = NULL;
    int r = parse(&expected, item->expected_json, "field expected_json", err);

    if (r == 0)
        r = parse(&actual, item->actual_json, "field actual_json", err);
    if (r < 0)
        return r;
    buf_text(out, "| argument | in the code | running |\n|---|---|---|\n");
    write_rows(out, expected, actual);
    return buf_check(out, err);
}

int drift_record_add(const struct item *item, const char *fp, struct hcl_edits *edits,
                     struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(RECORD_MAX_BYTES);
    char path[64];

    snprintf(path, sizeof path, ".plumbline/drift/%.16s.md", fp);
    buf_text(&text, "# Drift of ");
    outside_markdown(&text, item->address, CELL_MAX_BYTES);
    buf_print(&text, "\n\nTerraform would %s it.\n\n", drift_verb(item));
    int r = drift_table(item, &text, err);
    return r < 0 ? r : hcl_edit_new_file(edits, path, buf_str(&text), err);
}
