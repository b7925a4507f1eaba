/*
 * Cage: one child process that must not be trusted with anything. It gets an environment that is
 * written out word by word, no open files but its three streams, limits, a process group of its
 * own, a deadline, and no network where the kernel lets us take it away. Whatever the command
 * started dies with it.
 *
 *     cage_run(command) -> result -> cage_result_done
 *
 * Any thread. The child does only what is safe between fork and exec.
 */
#ifndef WORKER_GATE_CAGE_H
#define WORKER_GATE_CAGE_H

#include "common/base.h"
#include "common/buf.h"

#define CAGE_GRACE_MS 3000 /* between SIGTERM and SIGKILL */

struct cage_command {
    const char *const *argv;        /* argv[0]: the program's path; NULL-ended */
    const char *const *environment; /* "NAME=value"; NULL-ended; nothing is inherited */
    const char *directory;
    int64_t deadline_ms;     /* how long it may run */
    size_t memory_max_bytes; /* of address space */
    size_t output_max_bytes; /* of each stream; more is cut off */
    bool keep_network;       /* the operator lets this one out */
    bool (*should_stop)(void *context);
    void *stop_context;
};

struct cage_result {
    int exit_code; /* -1: ended by a signal */
    bool timed_out;
    bool output_cut;
    struct buf out, err;
    char how[160]; /* the cage that was on, for the report */
};

/* 0: it ran, whatever came of it. ERR_RETRY: it could not be started, or we were asked to stop. */
int cage_run(const struct cage_command *command, struct cage_result *result,
             struct err *err) MUST_USE;
/* Can the network be taken away on this machine? Tries once. */
bool cage_can_cut_network(void);
void cage_result_done(struct cage_result *result);

#endif
