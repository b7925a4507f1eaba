/* Roles as processes with faults; the story stands in lane.h. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/files.h"
#include "tests/chaos/lane.h"

enum { STEP_MS = 10, FAULT_MS = 120000, END_MS = 60000 };

static void path_of(const struct lane *lane, const struct lane_role *role, const char *what,
                    char out[400])
{
    snprintf(out, 400, "%s/%s-%d.%s", lane->dir, role->name, role->number, what);
}

static void be_the_role(const struct lane *lane, const struct lane_role *role,
                        const char *const *settings, pid_t parent)
{
    char *environment[LANE_ENV_MAX + 16];
    char log[400], rules[400], trace[400], fault[440], traced[440], port[32];
    const char *const arguments[] = {"plumb", role->name, NULL};
    size_t n = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing outlives the lane */
    if (getppid() != parent)
        _exit(1);
    path_of(lane, role, "log", log);
    path_of(lane, role, "rules", rules);
    path_of(lane, role, "trace", trace);
    snprintf(fault, sizeof fault, "PLUMB_FAULT=@%s", rules);
    snprintf(traced, sizeof traced, "PLUMB_FAULT_TRACE=%s", trace);
    snprintf(port, sizeof port, "HTTP_PORT=%d", role->port);
    /* Of two by one name the first counts. */
    for (size_t i = 0; settings != NULL && settings[i] != NULL && i < 8; i++)
        environment[n++] = (char *)(uintptr_t)settings[i];
    for (size_t i = 0; i < lane->n_env; i++)
        environment[n++] = lane->env[i];
    environment[n++] = fault;
    environment[n++] = traced;
    environment[n++] = port;
    environment[n] = NULL;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    execve(lane->plumb, (char *const *)(uintptr_t)arguments, environment);
    perror("plumb");
    _exit(127);
}

int lane_start(struct lane *lane, const char *name, const char *const *settings,
               struct lane_role *out, struct err *err)
{
    struct lane_role role = {.name = name,
                             .number = lane->started++,
                             .port = str_eq(name, "poll") ? lane->poll_port : 0};
    pid_t parent = getpid();

    fflush(stdout);
    role.pid = fork();
    if (role.pid < 0)
        return err_set(err, ERR_FATAL, "fork failed");
    if (role.pid == 0)
        be_the_role(lane, &role, settings, parent);
    *out = role;
    return 0;
}

void role_arm(const struct lane *lane, const struct lane_role *role, const char *rules)
{
    static int times;
    CLEANUP(buf_done) struct buf text = BUF(2048);
    char path[400];
    struct err err;

    path_of(lane, role, "trace", path);
    (void)unlink(path); /* what it did in earlier cases */
    path_of(lane, role, "rules", path);
    buf_print(&text, "#%d:none,%s", ++times, rules); /* another text: counts start anew */
    if (files_write(path, buf_str(&text), text.len, &err) < 0)
        fprintf(stderr, "%s\n", err.text);
}

static bool has_traced(const struct lane *lane, const struct lane_role *role, const char *what,
                       const char *point, const char *action)
{
    CLEANUP(buf_done) struct buf trace = BUF(1024 * 1024);
    char path[400], line[200];
    struct err err;

    path_of(lane, role, "trace", path);
    snprintf(line, sizeof line, "%s %s %s\n", what, point, action);
    return files_read(path, &trace, &err) == 0 && strstr(buf_str(&trace), line) != NULL;
}

static int wait_trace(struct lane *lane, const struct lane_role *role, const char *what,
                      const char *point, const char *action, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + FAULT_MS;
    siginfo_t info;

    while (!has_traced(lane, role, what, point, action)) {
        info.si_pid = 0;
        if (waitid(P_PID, (id_t)role->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == role->pid && !has_traced(lane, role, what, point, action))
            return err_set(err, ERR_REJECT, "%s-%d ended before %s was passed", role->name,
                           role->number, point);
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_REJECT, "%s-%d did not pass %s within %d s", role->name,
                           role->number, point, FAULT_MS / 1000);
        (void)poll(NULL, 0, STEP_MS);
    }
    return 0;
}

int role_wait_fault(struct lane *lane, const struct lane_role *role, const char *point,
                    const char *action, struct err *err)
{
    return wait_trace(lane, role, "acted", point, action, err);
}

int role_wait_passing(struct lane *lane, const struct lane_role *role, const char *point,
                      struct err *err)
{
    return wait_trace(lane, role, "passed", point, "", err);
}

int role_wait_end(struct lane_role *role, int signal, int code, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + END_MS;
    int status = 0;

    while (waitpid(role->pid, &status, WNOHANG) == 0) {
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_REJECT, "%s-%d did not end within %d s", role->name,
                           role->number, END_MS / 1000);
        (void)poll(NULL, 0, STEP_MS);
    }
    role->pid = 0;
    bool as_due =
        signal > 0 ? WIFSIGNALED(status) && WTERMSIG(status) == signal
                   : WIFEXITED(status) && (WEXITSTATUS(status) == code ||
                                           (code == ROLE_ENDS_ANYHOW && WEXITSTATUS(status) <= 1));
    return as_due ? 0
                  : err_set(err, ERR_REJECT, "%s-%d ended with status %#x", role->name,
                            role->number, (unsigned)status);
}

int role_wait_stopped(const struct lane_role *role, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + END_MS;
    int status = 0;

    while (waitpid(role->pid, &status, WNOHANG | WUNTRACED) == 0) {
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_REJECT, "%s-%d did not stop", role->name, role->number);
        (void)poll(NULL, 0, STEP_MS);
    }
    return WIFSTOPPED(status) ? 0
                              : err_set(err, ERR_REJECT, "%s-%d ended with status %#x", role->name,
                                        role->number, (unsigned)status);
}

bool role_has_begun(const struct lane *lane, const struct lane_role *role)
{
    char path[400];
    struct stat log;

    path_of(lane, role, "log", path);
    return stat(path, &log) == 0 && log.st_size > 0;
}

bool role_ended_with(const struct lane *lane, const struct lane_role *role, const char *line)
{
    char path[400], end[256] = "";

    path_of(lane, role, "log", path);
    FILE *log = fopen(path, "re");
    if (log == NULL)
        return false;
    long len = (long)strlen(line) + 1;
    if (fseek(log, -len, SEEK_END) == 0)
        (void)!fgets(end, sizeof end, log);
    fclose(log);
    end[strcspn(end, "\n")] = '\0';
    return str_eq(end, line);
}

int role_stop(const struct lane *lane, struct lane_role *role, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + END_MS;

    if (role->pid <= 0)
        return 0;
    while (!role_has_begun(lane, role) && clock_mono_ms() < until_ms)
        (void)poll(NULL, 0, STEP_MS);
    (void)kill(role->pid, SIGTERM);
    return role_wait_end(role, 0, 0, err);
}
