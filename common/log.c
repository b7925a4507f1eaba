/* Lines on stderr; the story stands in log.h. */
#include "common/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/text/redact.h"

#define TEXT_MAX_BYTES ((size_t)8 * 1024) /* of one field; the rest is cut */
#define LINE_MAX_BYTES ((size_t)256 * 1024)

static const struct {
    const char *name;
    const char *padded;
    const char *colour;
} levels[] = {
    [LOG_LEVEL_DEBUG] = {"debug", "DEBUG", "\033[2m"},
    [LOG_LEVEL_INFO] = {"info", "INFO ", "\033[32m"},
    [LOG_LEVEL_WARN] = {"warn", "WARN ", "\033[33m"},
    [LOG_LEVEL_ERROR] = {"error", "ERROR", "\033[31m"},
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* lines leave one at a time */
static atomic_int lowest_level = LOG_LEVEL_INFO;
static char role_name[32] = "plumb";
static bool plain;
static bool colours;

void log_open(const char *role, enum log_level lowest)
{
    pthread_mutex_lock(&lock);
    (void)str_copy(role_name, sizeof role_name, role);
    atomic_store(&lowest_level, lowest);
    plain = isatty(STDERR_FILENO) == 1;
    colours = plain && getenv("NO_COLOR") == NULL;
    pthread_mutex_unlock(&lock);
}

bool log_level_parse(const char *text, enum log_level *out)
{
    static const struct {
        const char *name;
        enum log_level level;
    } names[] = {
        {"DEBUG", LOG_LEVEL_DEBUG}, {"INFO", LOG_LEVEL_INFO},   {"WARNING", LOG_LEVEL_WARN},
        {"WARN", LOG_LEVEL_WARN},   {"ERROR", LOG_LEVEL_ERROR}, {"CRITICAL", LOG_LEVEL_ERROR},
    };

    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcasecmp(text, names[i].name) == 0) {
            *out = names[i].level;
            return true;
        }
    }
    return false;
}

/* The field's text as it may leave the process: no secrets, not endless, NULL for none. */
static const char *field_text(const struct log_field *field, struct buf *clean)
{
    const char *text = field->text;

    if (field->kind == LOG_KIND_ERR)
        text = field->err != NULL ? field->err->text : NULL;
    if (text == NULL)
        return NULL;
    redact(clean, text, strnlen(text, LINE_MAX_BYTES));
    if (clean->len > TEXT_MAX_BYTES) {
        clean->len = TEXT_MAX_BYTES;
        clean->bytes[clean->len] = '\0';
        buf_text(clean, "…");
    }
    return buf_str(clean);
}

static void render_json(struct buf *line, const char *ts, const char *role, enum log_level level,
                        const char *event, const struct log_field *fields)
{
    CLEANUP(json_freep) struct json *object = json_object();

    json_set_text(object, "ts", ts);
    json_set_text(object, "level", levels[level].name);
    json_set_text(object, "role", role);
    json_set_text(object, "event", event);
    for (; fields->kind != LOG_KIND_END; fields++) {
        CLEANUP(buf_done) struct buf clean = BUF(2 * LINE_MAX_BYTES);

        if (fields->kind == LOG_KIND_INT)
            json_set_int(object, fields->key, fields->number);
        else
            json_set_text(object, fields->key, field_text(fields, &clean));
    }
    json_write(object, JSON_COMPACT, line);
}

/* A terminal obeys control characters, C1 ones in UTF-8 (C2 80..9F) too: show them instead. */
static void put_plain(struct buf *line, const char *text)
{
    CLEANUP(buf_done) struct buf valid = BUF(3 * LINE_MAX_BYTES);

    buf_utf8(&valid, text, strlen(text));
    for (const unsigned char *s = (const unsigned char *)buf_str(&valid); *s != '\0'; s++) {
        if (*s == '\n')
            buf_text(line, "\\n");
        else if (*s < 0x20 || *s == 0x7F)
            buf_print(line, "\\x%02x", *s);
        else if (*s == 0xC2 && s[1] < 0xA0)
            buf_print(line, "\\x%02x", *++s);
        else
            buf_char(line, (char)*s);
    }
}

static void render_plain(struct buf *line, const char *ts, enum log_level level, bool coloured,
                         const char *event, const struct log_field *fields)
{
    buf_print(line, "%.12s %s%s%s ", ts + strlen("2026-01-15T"),
              coloured ? levels[level].colour : "", levels[level].padded,
              coloured ? "\033[0m" : "");
    put_plain(line, event);
    for (; fields->kind != LOG_KIND_END; fields++) {
        CLEANUP(buf_done) struct buf clean = BUF(2 * LINE_MAX_BYTES);

        buf_char(line, ' ');
        put_plain(line, fields->key);
        buf_char(line, '=');
        if (fields->kind == LOG_KIND_INT) {
            buf_print(line, "%lld", (long long)fields->number);
            continue;
        }
        const char *text = field_text(fields, &clean);
        bool quoted = text == NULL || *text == '\0' || strpbrk(text, " =\"") != NULL;
        buf_text(line, quoted ? "\"" : "");
        put_plain(line, text != NULL ? text : "");
        buf_text(line, quoted ? "\"" : "");
    }
}

static void write_whole(const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nobody listens: there is no better place to say so */
        bytes += n;
        len -= (size_t)n;
    }
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    if ((int)level < atomic_load(&lowest_level))
        return;

    CLEANUP(buf_done) struct buf line = BUF(LINE_MAX_BYTES);
    char ts[CLOCK_RFC3339_BYTES];
    int kept_errno = errno;

    clock_format_rfc3339(clock_unix_ms(), ts);
    pthread_mutex_lock(&lock);
    if (plain)
        render_plain(&line, ts, level, colours, event, fields);
    else
        render_json(&line, ts, role_name, level, event, fields);
    buf_char(&line, '\n');
    if (!line.too_long && !line.no_memory)
        write_whole(line.bytes, line.len);
    pthread_mutex_unlock(&lock);
    errno = kept_errno;
}
