/*
 * Line: one event of the audit log, as canonical JSON (keys sorted, no spaces).
 *
 *     {"action":…,"audit_id":…, … "prev":"<64 hex>", … "topic":…,"verify_sha256":"<64 hex>"}\n
 *     '------------------ body ------------------------------'
 *
 * prev is the SHA-256 of the whole line before (without its newline; 64 zeros before the first);
 * verify_sha256 is that of this line's body, so that the newest line, which nothing follows yet,
 * cannot be changed unseen either. seq counts 1, 2, 3 without gaps.
 */
#ifndef WORKER_SINK_LINE_H
#define WORKER_SINK_LINE_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"

#define LINE_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define LINE_WHY_BYTES 256

struct audit_event;

struct line_place { /* where Kafka kept the event */
    const char *topic;
    int32_t partition;
    int64_t offset;
};

struct line_head { /* of the last line; what the next one hangs on */
    int64_t seq;
    char sha256[SHA256_HEX_BYTES];
};

/* Before the first line. */
void line_head_init(struct line_head *out);
/* Appends the event's line and its newline, and moves head. ERR_REJECT: too long; out and head
 * stay. */
int line_write(struct buf *out, const struct audit_event *event, const struct line_place *place,
               struct line_head *head, struct err *err) MUST_USE;
/* Does this line (without newline) follow head? Then head moves, and audit_id (65 bytes) is filled.
 * Else false, and why says what is wrong; head stays. */
bool line_check(const char *bytes, size_t len, struct line_head *head, char *audit_id,
                char why[LINE_WHY_BYTES]);

#endif
