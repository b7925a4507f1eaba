/*
 * The file source: scanner reports from a file or a directory (FINDINGS_PATH), in name order.
 *
 * The cursor tells of every file its size, time and hash, so that an unchanged file is not sent
 * again and a touched one is read but not sent. A file that is no report at all is refused once, as
 * it is. Hidden files and other endings than .json .jsonl .ndjson .sarif are left alone.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/files.h"
#include "common/json.h"
#include "common/log.h"
#include "producer/formats.h"
#include "producer/source.h"

#define FILES_MAX  10000
#define CURSOR_MAX ((size_t)8 * 1024 * 1024)

struct pass {
    const struct source_context *context;
    const struct json *before; /* path -> what we know of it */
    struct json *after;
};

static int check(const struct config *config, struct err *err)
{
    if (config->findings_path[0] == '\0')
        return err_set(err, ERR_FATAL, "source file: set FINDINGS_PATH to a file or directory");
    return 0;
}

static char *repository_for(void *context, const char *resource)
{
    return config_repository_for(context, resource);
}

static int64_t mtime_ms(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

static bool same_stat(const struct json *known, const struct stat *st)
{
    return known != NULL && json_get_int(known, "size", -1) == st->st_size &&
           json_get_int(known, "mtime_ms", -1) == mtime_ms(st);
}

static void remember(struct pass *pass, const char *path, const struct stat *st, const char *hash)
{
    struct json *known = json_object();

    json_set_int(known, "size", st->st_size);
    json_set_int(known, "mtime_ms", mtime_ms(st));
    json_set_text(known, "sha256", hash);
    json_set_give(pass->after, path, known);
}

static int send_report(struct pass *pass, const struct buf *text, const struct stat *st,
                       struct err *err)
{
    const struct source_context *context = pass->context;
    const struct config *config = context->config;
    bool named = config->findings_repository[0] != '\0';
    const struct format_options options = {
        .tenant = config->tenant,
        .run_id = context->run_id,
        .repository = named ? config->findings_repository : NULL,
        .repository_for = named ? NULL : repository_for,
        .repository_context = (void *)(uintptr_t)config,
        .kind = ITEM_FINDING,
        .now_unix_ms = mtime_ms(st), /* the same for every reading of this file */
    };
    struct err why = {0};

    int r = format_read(FORMAT_UNKNOWN, buf_str(text), text->len, &options, context->emit,
                        context->refuse, context->emit_context, &why);
    if (r == ERR_REJECT)
        return context->refuse(context->emit_context, buf_str(text), text->len, why.text, err);
    if (r < 0)
        *err = why;
    return r;
}

/* What cannot be read is refused by its name, once for each version of the file. */
static int refuse_unread(struct pass *pass, const char *path, const struct err *why,
                         struct err *err)
{
    CLEANUP(json_freep) struct json *note = json_object();
    CLEANUP(buf_done) struct buf text = BUF(65536);

    json_set_text(note, "file", path);
    json_write(note, JSON_COMPACT, &text);
    return pass->context->refuse(pass->context->emit_context, buf_str(&text), text.len, why->text,
                                 err);
}

static int read_file(struct pass *pass, const char *path, const struct stat *st, struct err *err)
{
    const struct json *known = json_get(pass->before, path);
    CLEANUP(buf_done) struct buf text = BUF((size_t)pass->context->config->intake_max_bytes);
    char hash[SHA256_HEX_BYTES] = "";
    struct err why = {0};

    if (same_stat(known, st)) {
        remember(pass, path, st, json_get_text(known, "sha256", ""));
        return 0;
    }
    int r = files_read(path, &text, &why);
    if (r == ERR_REJECT) {
        r = refuse_unread(pass, path, &why, err);
    } else if (r < 0) {
        *err = why;
    } else {
        FAULT_POINT("poll.fetched");
        sha256_hex(buf_str(&text), text.len, hash);
        if (!str_eq(json_get_text(known, "sha256", ""), hash))
            r = send_report(pass, &text, st, err);
    }
    if (r == 0)
        remember(pass, path, st, hash);
    return r < 0 ? err_wrap(err, r, "%s", path) : r;
}

static int is_report(const struct dirent *entry)
{
    static const char *const endings[] = {".json", ".jsonl", ".ndjson", ".sarif"};

    for (size_t i = 0; i < COUNT(endings) && entry->d_name[0] != '.'; i++) {
        if (str_ends(entry->d_name, endings[i]))
            return 1;
    }
    return 0;
}

/* A failure keeps what is known of the files not reached, so that they are not sent again for
 * nothing. */
static void keep_rest(struct pass *pass)
{
    const struct json *known;
    const char *path;

    for (size_t i = 0; json_member(pass->before, i, &path, &known); i++) {
        if (json_get(pass->after, path) == NULL)
            json_set_give(pass->after, path, json_copy(known));
    }
}

static int read_entry(struct pass *pass, const char *directory, const char *name, struct err *err)
{
    struct stat st;
    char path[4096];

    if (pass->context->should_stop(pass->context->stop_context))
        return err_set(err, ERR_RETRY, "stopped");
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
        return err_set(err, ERR_RETRY, "%s: the path is too long", directory);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return 0; /* gone meanwhile, or a directory that is named like a report */
    return read_file(pass, path, &st, err);
}

static int read_directory(struct pass *pass, const char *directory, struct err *err)
{
    struct dirent **entries = NULL;
    int n = scandir(directory, &entries, is_report, alphasort);
    int r = 0;

    if (n < 0)
        return err_set(err, ERR_RETRY, "FINDINGS_PATH %s: %s", directory, strerror(errno));
    if (n > FILES_MAX)
        r = err_set(err, ERR_RETRY, "FINDINGS_PATH %s: more than %d files; move old ones away",
                    directory, FILES_MAX);
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = read_entry(pass, directory, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return r;
}

static int poll_path(struct pass *pass, struct err *err)
{
    const char *path = pass->context->config->findings_path;
    struct stat st;

    if (stat(path, &st) != 0)
        return err_set(err, ERR_RETRY, "FINDINGS_PATH %s: %s", path, strerror(errno));
    return S_ISDIR(st.st_mode) ? read_directory(pass, path, err) : read_file(pass, path, &st, err);
}

static int file_poll(const struct source_context *context, const char *cursor,
                     struct buf *next_cursor, struct err *err)
{
    CLEANUP(json_freep) struct json *before = NULL;
    CLEANUP(json_freep) struct json *after = json_object();
    CLEANUP(buf_done) struct buf text = BUF(CURSOR_MAX);
    struct err ignored = {0};
    struct pass pass = {.context = context};

    /* A cursor that cannot be read costs a second sending, nothing else. */
    if (cursor[0] != '\0' && json_parse(&before, cursor, strlen(cursor), &ignored) < 0)
        LOG_WARN("cursor.unreadable", LOG_TEXT("source", "file"), LOG_ERR(&ignored));
    pass.before = json_get(before, "files");
    pass.after = json_object();
    int r = poll_path(&pass, err);
    if (r < 0)
        keep_rest(&pass);
    json_set_int(after, "v", 1);
    json_set_give(after, "files", pass.after);
    json_write(after, JSON_COMPACT, &text);
    if (buf_check(&text, &ignored) == 0)
        buf_text(next_cursor, text.bytes);
    return r;
}

const struct source source_file = {.name = "file", .check = check, .poll = file_poll};
