/*
 * Our own findings and drift events as JSON: one object a line, or one object, or one array. The
 * members are item.h's fields; what a record leaves out (tenant, run, source, time, repository)
 * comes from the options.
 */
#include "producer/formats_draft.h"

#include <stdio.h>

#include "common/json.h"

static void fill_text(struct json *object, const char *key, const char *text)
{
    if (text != NULL && json_is_null(json_get(object, key)))
        json_set_text(object, key, text);
}

static void fill_int(struct json *object, const char *key, int64_t value)
{
    if (json_is_null(json_get(object, key)))
        json_set_int(object, key, value);
}

static const char *first_text(const struct json *object, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = json_get_text(object, keys[i], NULL);
        if (text != NULL)
            return text;
    }
    return NULL;
}

static void fill_repository(struct json *object, const struct format_options *options)
{
    static const char *const keys[] = {"arn", "address", "resource_name"};
    const char *resource = first_text(object, keys, COUNT(keys));
    CLEANUP(mem_freep) char *found = NULL;

    if (!json_is_null(json_get(object, "repository")))
        return;
    if (options->repository_for != NULL && json_get_text(object, "arn", NULL) != NULL)
        found = options->repository_for(options->repository_context, resource);
    if (found == NULL && options->repository != NULL)
        found = strdup(options->repository);
    if (found == NULL && options->repository_for != NULL)
        found =
            options->repository_for(options->repository_context, resource != NULL ? resource : "");
    fill_text(object, "repository", found);
}

/* The same record gives the same id, however often it is posted. */
static void fill_event_id(struct json *object, const char *bytes, size_t len)
{
    char hex[SHA256_HEX_BYTES];

    sha256_hex(bytes, len, hex);
    fill_text(object, "event_id", hex);
}

static enum item_kind kind_of(const struct json *record, enum item_kind otherwise)
{
    const char *kind = json_get_text(record, "kind", "");

    if (str_eq(kind, "finding"))
        return ITEM_FINDING;
    return str_eq(kind, "drift") ? ITEM_DRIFT : otherwise;
}

static int read_record(const struct format_run *run, const struct json *record, const char *bytes,
                       size_t len, struct err *err)
{
    const struct format_options *options = run->options;
    CLEANUP(json_freep) struct json *filled = NULL;
    CLEANUP(item_freep) struct item *item = NULL;
    enum item_kind kind = kind_of(record, options->kind);
    struct err why = {0};

    if (!json_is_object(record))
        return run->refuse(run->context, bytes, len, "a record has to be a JSON object", err);
    filled = json_copy(record);
    if (filled == NULL)
        return err_nomem(err);
    fill_event_id(filled, bytes, len);
    fill_text(filled, "tenant", options->tenant);
    fill_text(filled, "source", "plumb");
    fill_int(filled, "generation", 1);
    fill_int(filled, "detected_unix_ms", options->now_unix_ms);
    fill_repository(filled, options);
    if (kind == ITEM_DRIFT)
        fill_text(filled, "control", "terraform-drift");
    if (options->run_id != NULL) /* the run bounds pull requests: a record may not choose it */
        json_set_text(filled, "run_id", options->run_id);

    int r = item_from_json(&item, filled, kind, &why);
    if (r == 0)
        return run->emit(run->context, item, err);
    if (r == ERR_REJECT)
        return run->refuse(run->context, bytes, len, why.text, err);
    return *err = why, r;
}

int format_records_read(const struct format_run *run, const struct json *root, struct err *err)
{
    size_t n = json_is_array(root) ? json_count(root) : 1;
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        CLEANUP(buf_done) struct buf text = BUF(ITEM_MAX_BYTES);
        const struct json *record = json_is_array(root) ? json_at(root, i) : root;

        json_write(record, JSON_COMPACT, &text);
        if (text.too_long)
            r = format_refuse_record(run, record, "the record is too long for an item", err);
        else
            r = read_record(run, record, buf_str(&text), text.len, err);
    }
    return r;
}

static int read_line(const struct format_run *run, const char *line, size_t len, struct err *err)
{
    CLEANUP(json_freep) struct json *record = NULL;
    struct err why = {0};

    while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
        len--;
    while (len > 0 && strchr(" \t\r", line[0]) != NULL)
        line++, len--;
    if (len == 0)
        return 0;
    if (len > ITEM_MAX_BYTES)
        return run->refuse(run->context, line, len, "the line is too long for an item", err);

    int r = json_parse(&record, line, len, &why);
    if (r == ERR_REJECT)
        return run->refuse(run->context, line, len, why.text, err);
    if (r < 0)
        return *err = why, r;
    return read_record(run, record, line, len, err);
}

int format_lines_read(const struct format_run *run, const char *bytes, size_t len, struct err *err)
{
    const char *end = bytes + len;
    int r = 0;

    while (bytes < end && r == 0) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *stop = newline != NULL ? newline : end;

        r = read_line(run, bytes, (size_t)(stop - bytes), err);
        bytes = stop + 1;
    }
    return r;
}
