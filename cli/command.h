/*
 * Command: a subcommand of plumb. Each stands in a file of its own and parses its own arguments
 * with argp. Exit codes: 0 done, 1 found or failed, 2 bad use or bad configuration.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <argp.h>

#include "common/base.h"
#include "common/config.h"

#define EXIT_DONE    0
#define EXIT_FOUND   1
#define EXIT_BAD_USE 2

struct command {
    const char *name;                  /* "work", "config check" */
    const char *summary;               /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is the whole name */
    bool hidden;
};

extern const struct command command_up, command_poll, command_work, command_sink, command_once,
    command_fix, command_history, command_audit_verify, command_config_check, command_doctor,
    command_import, command_scan, command_rules_list, command_rules_show, command_replay,
    command_dlq_list, command_dlq_show, command_dlq_retry, command_dlq_purge;

/* Parses with argp (it prints --help and errors itself, and exits 0 or 2). */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);
/* The configuration of the environment, or a message on stderr and false. */
bool command_config(struct config *out);
/* A role: configuration, log, signals, then run. */
int command_role(const char *role, int argc, char **argv, const char *doc,
                 int (*run)(const struct config *config, struct err *err));
/* "plumb: text" on stderr, redacted; returns code. */
int command_fail(const struct err *err, int code);

#endif
