/*
 * Formats: scanner output as items. Our own JSON lines, AWS Security Hub (ASFF), Checkov JSON,
 * SARIF 2.1.0.
 *
 *     format_detect() -> format_read(…, emit, refuse)
 *
 * A record that cannot be an item is refused alone, with what is wrong and where; the others go on.
 */
#ifndef PRODUCER_FORMATS_H
#define PRODUCER_FORMATS_H

#include "common/base.h"
#include "proto/item.h"

enum format { FORMAT_UNKNOWN, FORMAT_LINES, FORMAT_ASFF, FORMAT_CHECKOV, FORMAT_SARIF };

struct format_options {
    const char *tenant;
    const char *run_id;
    const char *repository; /* for records that name none; NULL: such records are refused */
    /* For a resource (ARN) whose record names no repository; NULL or gives NULL: repository above.
     * Frees with free(). */
    char *(*repository_for)(void *context, const char *arn);
    void *repository_context;
    enum item_kind kind; /* of JSON lines */
    int64_t now_unix_ms;
};

typedef int (*format_emit_fn)(void *context, const struct item *item, struct err *err);
typedef int (*format_refuse_fn)(void *context, const char *bytes, size_t len, const char *why,
                                struct err *err);

enum format format_detect(const char *bytes, size_t len);
/* FORMAT_UNKNOWN finds out by itself. 0 when every record was emitted or refused. ERR_REJECT: the
 * text as a whole is no such document.
 */
int format_read(enum format format, const char *bytes, size_t len,
                const struct format_options *options, format_emit_fn emit, format_refuse_fn refuse,
                void *context, struct err *err) MUST_USE;

#endif
