/*
 * Side: one of those that the HCL bench compares, as a process that waits for its turns.
 *
 *     side_files_read -> side_serve (or side_parse_main, which does both for a parser)
 *
 * A side reads its files into memory and says "ready". Then it answers each line of its standard
 * input ("turn 300") by one line of its standard output ("turn passes=9 pass_p50_ns=…"), and
 * ends with its input. So all sides are warm, all but one wait, and they take turns on one machine.
 * The rivals in Go and JavaScript speak the same.
 *
 * For the bench alone; one thread.
 */
#ifndef TESTS_BENCH_SIDE_H
#define TESTS_BENCH_SIDE_H

#include "common/base.h"

struct side_file {
    char *path; /* as in the list: below the directory */
    char *bytes;
    size_t len;
};
struct side_files {
    struct side_file *items; /* in the list's order */
    size_t n;
    size_t bytes;
};

/* list: a path below directory on each line. ERR_REJECT, ERR_FATAL. */
int side_files_read(struct side_files *out, const char *directory, const char *list,
                    struct err *err) MUST_USE;
void side_files_done(struct side_files *files);

/* Names end with NULL. run prints its "key=value" pairs, each after a blank, and no newline. */
struct side_command {
    const char *name;
    int (*run)(void *context, const char *argument, struct err *err);
};
/* Serves until the end of input; a command's failure ends it. The process's exit status. */
int side_serve(const struct side_command *commands, void *context, const char *ready);
/* Says what went wrong and gives the exit status for it. */
int side_fail(const struct err *err);

struct side_moment {
    int64_t cpu_ns; /* used by the whole process; what a loaded machine disturbs least */
    int64_t wall_ns;
};
struct side_moment side_now(void);
/* A line of /proc/self/status in kB: "VmHWM:" (most ever), "VmRSS:". 0 when it cannot be read. */
long side_memory_kb(const char *what);

/* How long the same thing took, again and again. */
struct side_times {
    int64_t *cpu_ns, *wall_ns;
    size_t n;
    size_t cap;
    bool no_memory;
};
void side_times_add(struct side_times *times, struct side_moment begun, struct side_moment ended);
void side_times_done(struct side_times *times);
/* Prints " NAME_p50_ns=… NAME_p99_ns=…" of CPU time, " NAME_wall_p50_ns=… NAME_wall_p99_ns=…" by
 * the clock, and forgets the times. */
int side_times_print(struct side_times *times, const char *name, struct err *err) MUST_USE;

/* A parser that is measured. */
struct side_parser {
    void *(*parse)(const struct side_file *file); /* a tree, or NULL: refused */
    size_t (*blocks)(const void *tree);           /* at the top level */
    void (*drop)(void *tree);
};
/* PROGRAM DIRECTORY LIST: survey PATH, turn MILLISECONDS, hold. */
int side_parse_main(int argc, char **argv, const struct side_parser *parser);

#endif
