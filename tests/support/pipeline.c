/* Roles as processes and what they left; the story stands in pipeline.h. */
#include "tests/support/pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "proto/topics.h"
#include "tests/support/redis_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define START_MS 30000

static const char *bin_dir(void)
{
    const char *dir = getenv("PLUMB_BIN_DIR");

    return dir != NULL ? dir : "build/dev";
}

static void set_defaults(struct pipeline *p)
{
    char path[512];
    /* Kept from the test's own environment: where programs are, and the sanitizers' settings. */
    static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                       "LSAN_OPTIONS"};

    for (size_t i = 0; i < COUNT(kept); i++)
        if (getenv(kept[i]) != NULL)
            pipeline_set(p, kept[i], getenv(kept[i]));
    snprintf(path, sizeof path, "%s/data", p->dir);
    pipeline_set(p, "DATA_DIR", path);
    snprintf(path, sizeof path, "%s/repositories", p->dir);
    pipeline_set(p, "LOCAL_FORGE_DIR", path);
    pipeline_set(p, "HOME", p->dir);
    pipeline_set(p, "REDIS_URL", redis_server_url(p->redis));
    pipeline_set(p, "KAFKA_BOOTSTRAP_SERVERS", broker_address(p->broker));
    pipeline_set(p, "KAFKA_FETCH_WAIT_MS", "20");
    pipeline_set(p, "KAFKA_SESSION_TIMEOUT_MS", "4500");
    pipeline_set(p, "KAFKA_PARTITIONS", "8");
    pipeline_set(p, "ENVIRONMENT", "development");
    pipeline_set(p, "GITHUB_REMEDIATION_ENABLED", "true");
    pipeline_set(p, "MAX_PR_PER_RUN", "0");
    pipeline_set(p, "RETRY_TIERS_SECONDS", "1,2,3,4");
    pipeline_set(p, "ALLOW_PRIVATE_HOSTS", "true");
    pipeline_set(p, "TERRAFORM_BINARY", "");
    pipeline_set(p, "SOURCES", "");
}

struct pipeline *pipeline_start(enum broker_kind kind)
{
    if (!broker_wanted(kind))
        return NULL;
    struct pipeline *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->broker = broker_start_own(kind); /* the topics' names are fixed */
    broker_make_topics(p->broker, topics_all, TOPIC_COUNT, 8);
    p->dir = temp_dir_make();
    p->redis = redis_start();
    assert_non_null(p->redis);
    set_defaults(p);
    return p;
}

/* A sanitizer has its say in the log and in the exit code, when the role ends. */
static bool role_ended_well(const struct pipeline *p, size_t i)
{
    char command[700];
    int status;

    if (waitpid(p->roles[i].pid, &status, 0) == p->roles[i].pid && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        return true;
    fprintf(stderr, "--- %s-%zu ended with status %#x\n", p->roles[i].name, i, (unsigned)status);
    snprintf(command, sizeof command, "grep -v '^{' '%s/%s-%zu.log' | head -n 120 >&2", p->dir,
             p->roles[i].name, i);
    if (system(command) != 0)
        fprintf(stderr, "(no words of its own)\n");
    return false;
}

void pipeline_stop(struct pipeline *p)
{
    bool ended_well = true;

    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_roles; i++)
        if (p->roles[i].pid > 0)
            (void)kill(p->roles[i].pid, SIGTERM);
    for (size_t i = 0; i < p->n_roles; i++)
        ended_well = (p->roles[i].pid <= 0 || role_ended_well(p, i)) && ended_well;
    redis_stop(p->redis);
    broker_stop(p->broker);
    temp_dir_remove(p->dir);
    for (size_t i = 0; i < p->n_env; i++)
        free(p->env[i]);
    free(p);
    if (!ended_well)
        fail_msg("a role did not end well after SIGTERM; its last words stand above");
}

void pipeline_set(struct pipeline *p, const char *name, const char *value)
{
    size_t len = strlen(name), at = 0;
    char *text = NULL;

    while (at < p->n_env && !(strncmp(p->env[at], name, len) == 0 && p->env[at][len] == '='))
        at++;
    if (value != NULL && asprintf(&text, "%s=%s", name, value) < 0)
        fail_msg("no memory");
    if (at < p->n_env) {
        free(p->env[at]);
        p->env[at] = text != NULL ? text : p->env[--p->n_env];
        return;
    }
    if (text != NULL) {
        assert_true(p->n_env < PIPELINE_ENV_MAX - 1);
        p->env[p->n_env++] = text;
    }
}

/*
 * A port for a role that is about to start. Not one that the system picks: it would hand the same
 * one to somebody's outgoing connection in between. Tests that run side by side have stretches of
 * their own.
 */
static int free_port(void)
{
    static int taken;

    for (int tries = 0; tries < 1000; tries++) {
        int port = 10240 + (int)(getpid() % 600) * 16 + taken++ % 16;
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0);
        bool free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (free)
            return port;
    }
    fail_msg("found no free port");
    return 0;
}

static pid_t spawn(struct pipeline *p, const char *program, const char *const *arguments,
                   const char *log_name)
{
    char log[600];
    pid_t parent = getpid();

    snprintf(log, sizeof log, "%s/%s.log", p->dir, log_name);
    p->env[p->n_env] = NULL;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing outlives the test */
    if (getppid() != parent)
        _exit(1);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    execve(program, (char *const *)arguments, p->env);
    perror(program);
    _exit(127);
}

void pipeline_show_logs(struct pipeline *p)
{
    for (size_t i = 0; i < p->n_roles; i++) {
        char command[700];
        snprintf(command, sizeof command,
                 "tail -n 12 '%s/%s-%zu.log' 2>/dev/null | cut -c 1-400 >&2", p->dir,
                 p->roles[i].name, i);
        fprintf(stderr, "--- %s-%zu\n", p->roles[i].name, i);
        if (system(command) != 0)
            continue;
    }
}

size_t pipeline_role_unwatched(struct pipeline *p, const char *name)
{
    char program[600], log[64], port[16];
    size_t at = p->n_roles++;
    const char *const arguments[] = {"plumb", name, NULL};

    assert_true(at < PIPELINE_ROLES_MAX);
    p->roles[at] = (struct pipeline_role){.name = name, .port = free_port()};
    snprintf(program, sizeof program, "%s/plumb", bin_dir());
    snprintf(log, sizeof log, "%s-%zu", name, at);
    snprintf(port, sizeof port, "%d", p->roles[at].port);
    pipeline_set(p, "HTTP_PORT", port);
    p->roles[at].pid = spawn(p, program, arguments, log);
    return at;
}

size_t pipeline_role(struct pipeline *p, const char *name)
{
    size_t at = pipeline_role_unwatched(p, name);
    int64_t until_ms = clock_mono_ms() + START_MS;

    while (pipeline_http(p->roles[at].port, "GET", "/health", NULL, NULL) != 200) {
        int status;
        if (waitpid(p->roles[at].pid, &status, WNOHANG) == p->roles[at].pid) {
            p->roles[at].pid = 0;
            pipeline_show_logs(p);
            fail_msg("plumb %s ended at once with status %d", name, status);
        }
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(p);
            fail_msg("plumb %s does not answer", name);
        }
        usleep(20000);
    }
    return at;
}

int pipeline_wait_role(struct pipeline *p, size_t role, int64_t deadline_ms)
{
    int64_t until_ms = clock_mono_ms() + deadline_ms;
    int status;

    while (waitpid(p->roles[role].pid, &status, WNOHANG) == 0) {
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(p);
            fail_msg("plumb %s did not end", p->roles[role].name);
        }
        usleep(20000);
    }
    p->roles[role].pid = 0;
    return status;
}

int pipeline_end_role(struct pipeline *p, size_t role, int signal)
{
    (void)kill(p->roles[role].pid, signal);
    return pipeline_wait_role(p, role, 40000);
}

int pipeline_fake(struct pipeline *p, const char *fake, const char *const *arguments)
{
    char program[600], port_file[600], text[32] = "";
    const char *all[24] = {fake, "--port-file", port_file};
    size_t n = 3;
    int64_t until_ms = clock_mono_ms() + START_MS;

    snprintf(program, sizeof program, "%s/tests/%s", bin_dir(), fake);
    snprintf(port_file, sizeof port_file, "%s/%s.port", p->dir, fake);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_true(n < COUNT(all) - 1);
        all[n++] = arguments[i];
    }
    size_t at = p->n_roles++;
    assert_true(at < PIPELINE_ROLES_MAX);
    p->roles[at] = (struct pipeline_role){.name = fake};
    p->roles[at].pid = spawn(p, program, all, fake);
    while (text[0] == '\0') {
        FILE *file = fopen(port_file, "re");
        if (file != NULL) {
            if (fgets(text, sizeof text, file) == NULL)
                text[0] = '\0';
            fclose(file);
        }
        if (clock_mono_ms() > until_ms)
            fail_msg("%s does not start", fake);
        usleep(10000);
    }
    return p->roles[at].port = (int)strtol(text, NULL, 10);
}
