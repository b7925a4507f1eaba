/*
 * Audit event: what happened to an item, on plumb.audit.v1; the sink chains and stores it.
 *
 * event_id = hash(fingerprint, generation, occasion), so an event that is sent twice is stored
 * once. Encoded like an item: msgpack map, version first (SCHEMA.md). Texts pass redact() when the
 * event is made.
 */
#ifndef PROTO_AUDIT_H
#define PROTO_AUDIT_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"

#define AUDIT_VERSION_MAJOR 1
#define AUDIT_VERSION_MINOR 1

#define AUDIT_TEXT_MAX ((size_t)32 * 1024) /* bytes of a text on the wire, without a NUL */

struct arena;

struct audit_event {
    struct arena *arena;
    const char *event_id; /* audit_id in the log */
    const char *kind;     /* "plan.saved", "item.ended", "item.deferred", "replay.started", … */
    const char *fingerprint; /* "" for records that could not be read */
    int64_t generation;
    const char *node_id;       /* resource, "repository:address or arn" */
    const char *suggestion_id; /* control or rule id */
    const char *action;        /* "remediate", "record_drift", "replay", "purge", "none" */
    const char *status;        /* success failed skipped pending_review */
    const char *state;         /* terminal state, or "" */
    const char *pr_url;
    const char *branch;
    const char *error_message; /* NULL when none */
    const char *details_json;  /* gate verdicts, files, lines: one JSON object; NULL none */
    const char *worker;        /* host:pid of the writer */
    int64_t at_unix_ms;
    bool dry_run;
    int64_t run; /* of the item: 0, and one more each time that a replay opened it again */
    const char *replay_id; /* that began the run, or that the event tells of; NULL none */
};

int audit_event_new(struct audit_event **out, struct err *err) MUST_USE;
void audit_event_free(struct audit_event *event);
DEFINE_CLEANUP(struct audit_event *, audit_event_free)
/* Redacts, mends what is no UTF-8, and copies: any text will do. One longer than AUDIT_TEXT_MAX is
 * cut between two characters and then ends with " … (cut from N bytes)"; so JSON is no JSON any
 * more. False: no memory. */
bool audit_event_set(struct audit_event *event, const char **field, const char *text) MUST_USE;
void audit_event_id(const char *fingerprint, int64_t generation, const char *kind,
                    char out[SHA256_HEX_BYTES]);
int audit_event_encode(const struct audit_event *event, struct buf *out, struct err *err) MUST_USE;
int audit_event_decode(struct audit_event **out, const void *bytes, size_t len,
                       struct err *err) MUST_USE;

#endif
