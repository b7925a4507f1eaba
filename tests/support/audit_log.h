/*
 * A small audit log for tests: five events in a directory of its own, and the ways to look at it.
 *
 *     cmocka_unit_test_setup_teardown(story, audit_log_start, audit_log_finish)
 *
 * One at a time. Failures end the test.
 */
#ifndef TESTS_SUPPORT_AUDIT_LOG_H
#define TESTS_SUPPORT_AUDIT_LOG_H

#include "proto/audit.h"
#include "worker/sink/chain.h"
#include "worker/sink/sink.h"

#define AUDIT_LOG_LINES     5
#define AUDIT_LOG_MAX_BYTES ((size_t)4 * 1024 * 1024)

int audit_log_start(void **state);
int audit_log_finish(void **state);

const char *audit_log_directory(void);
const char *audit_log_path(void);
struct buf audit_log_read(void); /* the caller's to free */
void audit_log_write(const char *bytes, size_t len);
/* The bounds of line i (from 1) in what audit_log_read gave, with its newline. */
const char *audit_log_line(const struct buf *log, int i, size_t *len);

struct audit_event *audit_log_event(int i); /* the caller's; the same i gives the same event */
struct chain *audit_log_open(void);
void audit_log_append(struct chain *chain, int i);
struct chain_report audit_log_verify(void);

#endif
