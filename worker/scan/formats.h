/*
 * Formats: a report as text for people, JSON, SARIF 2.1.0 and JUnit XML.
 *
 *     report_finish, baseline_apply -> format_text … -> a buf
 *
 * Equal reports give equal bytes. Pure.
 */
#ifndef WORKER_SCAN_FORMATS_H
#define WORKER_SCAN_FORMATS_H

#include "common/buf.h"
#include "worker/scan/report.h"

#define FORMAT_MAX_BYTES ((size_t)512 * 1024 * 1024)

struct format_options {
    const char *directory; /* as the person named it */
    const char *version;   /* of the program */
    bool color;            /* text only */
    int columns;           /* text only: lines are broken here; 0: they are not */
    bool show_suppressed, show_unknown;
};

/* JSON has everything always; the others leave out what is not asked for, and count it. */
void format_text(const struct report *report, const struct format_options *options,
                 struct buf *out);
void format_json(const struct report *report, const struct format_options *options,
                 struct buf *out);
void format_sarif(const struct report *report, const struct format_options *options,
                  struct buf *out);
void format_junit(const struct report *report, const struct format_options *options,
                  struct buf *out);
/* The line that counts everything, without a newline. */
void format_totals(const struct report *report, bool color, struct buf *out);
/* The file as the person would name it: below the directory. */
void format_path(const struct format_options *options, const char *file, struct buf *out);
/* What cannot be read, and why, on one line. */
void format_trouble(const struct format_options *options, const struct report_trouble *trouble,
                    struct buf *out);

#endif
