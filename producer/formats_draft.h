/*
 * Draft: one item being filled from one record of a scanner's report.
 *
 *     draft_start() -> draft_set(), draft_cut() … -> draft_finish()
 *
 * The first thing that does not fit is remembered, so that a reader is a plain list of fields;
 * draft_finish then refuses the record with that reason instead of emitting it. Shared by the
 * formats_*.c readers and the sources.
 */
#ifndef PRODUCER_FORMATS_DRAFT_H
#define PRODUCER_FORMATS_DRAFT_H

#include "producer/formats.h"

struct json;

struct format_run {
    const struct format_options *options;
    format_emit_fn emit;
    format_refuse_fn refuse;
    void *context;
};

struct draft {
    const struct format_run *run;
    const struct json *record; /* what is dead-lettered when it cannot be an item */
    struct item *item;         /* owned until draft_finish */
    char problem[256];         /* "" while all is well */
};

/* Tenant, run, time and generation are filled from the run. ERR_FATAL. */
int draft_start(struct draft *out, const struct format_run *run, const struct json *record,
                enum item_kind kind, const char *source, struct err *err) MUST_USE;
/* A field that must be whole: too long is a problem. NULL and "" leave it absent. */
void draft_set(struct draft *draft, const char **field, const char *name, const char *text);
/* A field for people: cut to fit. */
void draft_cut(struct draft *draft, const char **field, const char *text);
void draft_problem(struct draft *draft, const char *format, ...) PRINTF_LIKE(2, 3);
/* A path inside the repository: a leading "/" or "./" is dropped, absolute URLs and ".." are a
 * problem. */
void draft_file(struct draft *draft, const char *path);
/* Repository of the run for this resource: the map by ARN, else the given one, else the map by
 * name. */
void draft_repository(struct draft *draft);
/* event_id = hash of what makes this occurrence what it is. */
void draft_event_id(struct draft *draft, const char *const *parts, size_t n);
/* Emits or refuses, and frees the item either way. Errors are those of emit and refuse. */
int draft_finish(struct draft *draft, struct err *err) MUST_USE;

/* Refuses a record that never became a draft. */
int format_refuse_record(const struct format_run *run, const struct json *record, const char *why,
                         struct err *err) MUST_USE;

/* "HIGH", "error", "Informational" -> our word; NULL when unknown. */
const char *format_severity(const char *word);

/* The readers. The whole was parsed already; ERR_REJECT: no such document. */
int format_lines_read(const struct format_run *run, const char *bytes, size_t len,
                      struct err *err) MUST_USE;
int format_records_read(const struct format_run *run, const struct json *root,
                        struct err *err) MUST_USE; /* ours, as one object or one array */
int format_asff_read(const struct format_run *run, const struct json *root,
                     struct err *err) MUST_USE;
int format_checkov_read(const struct format_run *run, const struct json *root,
                        struct err *err) MUST_USE;
int format_sarif_read(const struct format_run *run, const struct json *root,
                      struct err *err) MUST_USE;

#endif
