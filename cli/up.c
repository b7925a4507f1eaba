/*
 * plumb up: every role on one machine, as in production: three processes, the same topics, the same
 * code. Roles are forks of this one, so the configuration and its secrets pass through memory, not
 * through an environment.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/local_parts.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/stop.h"
#include "producer/poll.h"
#include "worker/sink/sink.h"
#include "worker/worker.h"

#define RESTART_MS 1000
#define STEADY_MS  10000 /* a role that lived so long did start */
#define STARTS_MAX 5 /* in a row that came to nothing: no port, no directory, no redis of ours */
#define ROLE_COUNT 3

struct role {
    const char *name;
    int (*run)(const struct config *config, struct err *err);
    int port_offset;
    pid_t pid;
    int64_t start_at_ms;
    int64_t started_at_ms;
    int failed_starts;
};

static void run_role(const struct role *role, struct config *config)
{
    char name[16];
    struct err err = {0};

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)setpgid(0, 0); /* Ctrl-C is for up, which ends us in order */
    snprintf(name, sizeof name, "plumb-%s", role->name);
    (void)prctl(PR_SET_NAME, name);
    if (config->http_port != 0)
        config->http_port += role->port_offset;
    log_open(role->name, config->log_level);
    stop_forked();
    if (role->run(config, &err) == 0)
        _exit(0);
    LOG_ERROR("role.failed", LOG_ERR(&err));
    _exit(1);
}

static void start(struct role *role, struct config *config)
{
    pid_t pid = fork();

    if (pid == 0)
        run_role(role, config);
    role->pid = pid > 0 ? pid : 0;
    role->started_at_ms = clock_mono_ms();
    role->start_at_ms = role->started_at_ms + RESTART_MS;
}

/* 0: it is started again. Whatever refuses it at once, time after time, a person has to mend; a
 * signal is no refusal: an item that ends its worker is dead-lettered after some of them. */
static int note_end(struct role *role, int status)
{
    bool started = WIFSIGNALED(status) || clock_mono_ms() - role->started_at_ms >= STEADY_MS;

    char how[32];

    snprintf(how, sizeof how, "%s %d", WIFSIGNALED(status) ? "signal" : "exit",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    role->pid = 0;
    role->failed_starts = started ? 0 : role->failed_starts + 1;
    bool again = role->failed_starts < STARTS_MAX;
    LOG_WARN("up.role_ended", LOG_TEXT("role", role->name), LOG_TEXT("status", how),
             LOG_TEXT("next", again ? "it is started again" : "plumb up ends"));
    if (again)
        return 0;
    LOG_ERROR("up.role_does_not_start", LOG_TEXT("role", role->name),
              LOG_INT("tries", role->failed_starts));
    return 1;
}

/* 0 while all is well; a part that cannot be restarted ends everything. */
static int reap(struct role *roles, const struct local_parts *parts)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == parts->redis || pid == parts->broker) {
            LOG_ERROR("up.part_ended", LOG_TEXT("part", pid == parts->redis ? "redis" : "broker"));
            return 1;
        }
        for (int i = 0; i < ROLE_COUNT; i++)
            if (roles[i].pid == pid && note_end(&roles[i], status) != 0)
                return 1;
    }
    return 0;
}

static void end_roles(struct role *roles)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (roles[i].pid > 0)
            (void)kill(roles[i].pid, SIGTERM);
    for (int i = 0; i < ROLE_COUNT; i++)
        while (roles[i].pid > 0 && waitpid(roles[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
}

static int supervise(struct role *roles, struct config *config, const struct local_parts *parts)
{
    int failed = 0;

    while (!failed && !stop_requested()) {
        for (int i = 0; i < ROLE_COUNT; i++)
            if (roles[i].pid == 0 && clock_mono_ms() >= roles[i].start_at_ms)
                start(&roles[i], config);
        (void)stop_wait(100);
        failed = reap(roles, parts);
    }
    end_roles(roles);
    return failed ? EXIT_FOUND : EXIT_DONE;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG)
        argp_error(state, "unexpected argument \"%s\"", argument);
    return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

static int run(int argc, char **argv)
{
    struct argp argp = {
        .parser = parse_option,
        .doc =
            "Runs every role on this machine: poll on HTTP_PORT, work on HTTP_PORT + 1, sink on "
            "HTTP_PORT + 2. "
            "Without KAFKA_BOOTSTRAP_SERVERS an embedded broker is used (in memory), without "
            "REDIS_URL a private "
            "redis-server.\vExample:\n  GITHUB_REMEDIATION_ENABLED=true LOCAL_FORGE_DIR=repos \\\n"
            "  SOURCES=file FINDINGS_PATH=report.json FINDINGS_REPOSITORY=acme/infra \\\n  plumb "
            "up"};
    CLEANUP(config_done) struct config config = {0};
    struct role roles[ROLE_COUNT] = {{.name = "sink", .run = sink_run, .port_offset = 2},
                                     {.name = "work", .run = worker_run, .port_offset = 1},
                                     {.name = "poll", .run = poll_run}};
    struct local_parts parts;
    struct err err;

    command_parse(&argp, argc, argv, NULL);
    if (!command_config(&config))
        return EXIT_BAD_USE;
    log_open("up", config.log_level);
    stop_install();
    if (local_parts_start(&parts, &config, config.data_dir, &err) < 0)
        return command_fail(&err, EXIT_FOUND);
    if (local_parts_announce(&parts, &config, &err) < 0) {
        local_parts_stop(&parts);
        return command_fail(&err, EXIT_FOUND);
    }
    LOG_INFO("up.started", LOG_TEXT("kafka", config.kafka_brokers),
             LOG_TEXT("data_dir", config.data_dir));
    int code = supervise(roles, &config, &parts);
    local_parts_stop(&parts);
    LOG_INFO("up.stopped");
    return code;
}

const struct command command_up = {"up", "run every role on this machine", run, false};
