/* What every subcommand needs; the story stands in command.h. */
#include "cli/command.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/log.h"
#include "common/text/redact.h"
#include "common/stop.h"

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    argp_err_exit_status = EXIT_BAD_USE;
    if (argp_parse(argp, argc, argv, 0, NULL, input) != 0)
        exit(EXIT_BAD_USE);
}

int command_fail(const struct err *err, int code)
{
    struct err clean = *err;

    redact_err(&clean);
    fprintf(stderr, "plumb: %s\n", clean.text);
    return code;
}

/* Tokens live in our memory: no core file, and no other process of this user may read it. */
static void protect_memory(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* its leak check reads this very memory */
    (void)prctl(PR_SET_DUMPABLE, 0);
#endif
}

bool command_config(struct config *out)
{
    struct err err;

    protect_memory();
    if (config_load_env(out, &err) == 0)
        return true;
    (void)command_fail(&err, 0);
    return false;
}

static error_t parse_nothing(int key, char *argument, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_error(state, "unexpected argument \"%s\"", argument);
    return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

int command_role(const char *role, int argc, char **argv, const char *doc,
                 int (*run)(const struct config *config, struct err *err))
{
    struct argp argp = {.parser = parse_nothing, .doc = doc};
    CLEANUP(config_done) struct config config = {0};
    struct err err = {0};

    command_parse(&argp, argc, argv, NULL);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    log_open(role, config.log_level);
    stop_install();
    if (run(&config, &err) == 0)
        return EXIT_DONE;
    LOG_ERROR("role.failed", LOG_ERR(&err));
    return EXIT_FOUND;
}
