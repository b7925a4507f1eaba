/*
 * Child: one outside program, run to its end under limits.
 *
 *     child_run(&options, &result, err)  ->  result.exit_code, .out, .errors  ->
 * child_result_done()
 *
 * Holds:    argv only, no shell; the environment is exactly options.env; no descriptor of ours but
 * 0, 1, 2 goes over; its own process group, which is asked to end (SIGINT) when time, output or our
 * own life runs out, and killed CHILD_GRACE_MS later. Nothing of the group outlives the call.
 * Threads:  any; the call blocks.
 */
#ifndef PRODUCER_CHILD_H
#define PRODUCER_CHILD_H

#include "common/base.h"
#include "common/buf.h"

#define CHILD_GRACE_MS     10000
#define CHILD_ERRORS_BYTES ((size_t)64 * 1024)

struct child_options {
    const char *const *argv; /* NULL-ended; argv[0] is looked up in PATH */
    const char *const *env;  /* NULL-ended, "NAME=value" */
    const char *directory;   /* NULL: ours */
    int64_t timeout_ms;
    size_t max_output_bytes;            /* of stdout; more ends the child */
    bool (*should_stop)(void *context); /* asked a few times a second; may be NULL */
    void *stop_context;
};

struct child_result {
    int exit_code;
    struct buf out;
    struct buf errors; /* the first CHILD_ERRORS_BYTES of stderr */
};

/* 0: it ended by itself, with any exit code. ERR_RETRY: could not be started, ran out of time, was
 * killed, or "stopped" when we are asked to stop. ERR_REJECT: too much output. *out is to be done
 * in every case. */
int child_run(const struct child_options *options, struct child_result *out,
              struct err *err) MUST_USE;
void child_result_done(struct child_result *result);

#endif
