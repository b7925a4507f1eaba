/*
 * Sink: the role that keeps the audit trail. Consumes plumb.audit.v1, writes one canonical JSON
 * line per event, each with its sequence number and the hash of the line before, and serves GET
 * /drift/history?limit=10.
 *
 *     sink_run(config, err)  until a stop is asked for;
 *     chain_verify(path, …)  for `plumb audit verify`
 *
 * Holds:    one writer (a lock file); offsets are committed only after fdatasync; an event that
 * comes again (same event id) is written once. On start a torn last line is cut and logged; any
 * other damage refuses to append. Does not: show that whole lines were taken from the log's end, or
 * that all of it was written anew: compare chain_report.head_sha256 with a head that was kept
 * elsewhere for that.
 */
#ifndef WORKER_SINK_SINK_H
#define WORKER_SINK_SINK_H

#include "common/base.h"
#include "common/buf.h"

struct config;

int sink_run(const struct config *config, struct err *err) MUST_USE;

struct chain_report {
    int64_t lines;
    char head_sha256[65]; /* of the last line */
    int64_t bad_line;     /* 0: the chain holds */
    char why[256];
};
/* 0: read to the end, *out says whether it holds. ERR_REJECT: no such log; ERR_RETRY: cannot be
 * read. */
int chain_verify(const char *path, struct chain_report *out, struct err *err) MUST_USE;
enum history_what {
    HISTORY_ALL,
    HISTORY_ENDS, /* of items, and records that were none */
};
/* The limit newest events of that sort, the newest first, as a JSON array of the source documents'
 * fields. Looks at the log's last 16 MiB at most. ERR_REJECT: no such log; ERR_RETRY. */
int history_read(const char *path, enum history_what what, size_t limit, struct buf *out,
                 struct err *err) MUST_USE;

#endif
