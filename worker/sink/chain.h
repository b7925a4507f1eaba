/*
 * Chain: the audit log's one writer. Lines (line.h) hang on each other by hash; a batch of them
 * is in the file, synced, or not there at all.
 *
 *     chain_open() -> chain_append() … chain_sync() -> chain_close()
 *
 * Opening walks over the whole log. A last line without its newline is what a crash left of a batch
 * that nobody was told of: it is cut and logged. Any other damage is ERR_FATAL with the line's
 * number: nothing is ever appended to a log that does not hold.
 *
 * Does not: notice that whole lines are missing from the end, or that somebody wrote the whole
 * log anew: for that its head must be kept outside (chain_verify gives it).
 * Threads:  one; a lock file beside the log keeps other processes out.
 */
#ifndef WORKER_SINK_CHAIN_H
#define WORKER_SINK_CHAIN_H

#include "worker/sink/line.h"

struct chain;

/* The log is AUDIT_LOG_NAME in the directory, which is made when absent. ERR_FATAL. */
#define AUDIT_LOG_NAME  "audit.jsonl"
#define AUDIT_LOCK_NAME "audit.lock"
int chain_open(struct chain **out, const char *directory, struct err *err) MUST_USE;
void chain_close(struct chain *chain); /* an unsynced batch is dropped */
DEFINE_CLEANUP(struct chain *, chain_close)

const char *chain_path(const struct chain *chain);
const struct line_head *chain_head(const struct chain *chain); /* with the batch */
/* Does the log, or the batch, hold an event of this id? */
bool chain_has(const struct chain *chain, const char *audit_id);

/* Adds to the batch. ERR_REJECT: an event too long for a line; ERR_FATAL. */
int chain_append(struct chain *chain, const struct audit_event *event,
                 const struct line_place *place, struct err *err) MUST_USE;
size_t chain_batch_bytes(const struct chain *chain);
/* Writes the batch and waits until it is on disk. ERR_RETRY: no room, the batch is kept for the
 * next call and the file is as before. ERR_FATAL: the disk failed; what it holds is unknown. */
int chain_sync(struct chain *chain, struct err *err) MUST_USE;

#endif
