/*
 * Log: one JSON line per event on stderr (a plain form on a terminal).
 *
 *     LOG_INFO("claim.lost", LOG_TEXT("item", fp), LOG_INT("attempt", 3), LOG_ERR(&err));
 *
 * {"ts":"…","level":"info","role":"work","event":"claim.lost","item":"…","attempt":3}
 * Every text passes redact() (redact.h) on its way out. Any thread; a line is written whole.
 * Event names are speech, noun.verb; field names are the same words everywhere.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include "common/base.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_kind { LOG_KIND_END, LOG_KIND_TEXT, LOG_KIND_INT, LOG_KIND_ERR };

struct log_field {
    enum log_kind kind;
    const char *key;
    const char *text;
    int64_t number;
    const struct err *err; /* logged as "error" */
};

#define LOG_TEXT(k, v) ((struct log_field){.kind = LOG_KIND_TEXT, .key = (k), .text = (v)})
#define LOG_INT(k, v)  ((struct log_field){.kind = LOG_KIND_INT, .key = (k), .number = (v)})
#define LOG_ERR(e)     ((struct log_field){.kind = LOG_KIND_ERR, .key = "error", .err = (e)})
#define LOG_AT(level, event, ...)                                                                  \
    log_write((level), (event), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define LOG_DEBUG(event, ...) LOG_AT(LOG_LEVEL_DEBUG, event __VA_OPT__(, ) __VA_ARGS__)
#define LOG_INFO(event, ...)  LOG_AT(LOG_LEVEL_INFO, event __VA_OPT__(, ) __VA_ARGS__)
#define LOG_WARN(event, ...)  LOG_AT(LOG_LEVEL_WARN, event __VA_OPT__(, ) __VA_ARGS__)
#define LOG_ERROR(event, ...) LOG_AT(LOG_LEVEL_ERROR, event __VA_OPT__(, ) __VA_ARGS__)

/* Before the first line; role is copied. Without it: level info, role "plumb". */
void log_open(const char *role, enum log_level lowest);
/* "DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", any case; false otherwise. */
bool log_level_parse(const char *text, enum log_level *out);
void log_write(enum log_level level, const char *event, const struct log_field *fields);

#endif
