#include "worker/gate/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"

#define TICK_MS     100 /* how soon a stop is noticed */
#define FILES_MAX   256
#define PROCESS_MAX 1024
#define FILE_BYTES  ((rlim_t)64 * 1024 * 1024)

/* The child's word on the status pipe, before exec closes it. */
struct status {
    char network_off;
    char failed; /* 0, or the step that failed */
    int why;
};

struct child {
    pid_t pid;
    int pidfd;
    int out, err, status; /* our ends; -1 when closed */
    char uid_map[64];     /* written before fork: the child may not print */
    char gid_map[64];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* --- in the child: only calls that are safe after fork --- */

static void limit(int what, rlim_t most)
{
    struct rlimit now;

    if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
        most = now.rlim_max;
    (void)setrlimit(what, &(struct rlimit){most, most});
}

static void write_map(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (write(fd, text, strlen(text)) < 0) {
        /* Then the child's uid has no name in its namespace, which hurts nobody. */
    }
    close(fd);
}

static bool cut_network(const struct child *child)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    write_map("/proc/self/setgroups", "deny");
    write_map("/proc/self/uid_map", child->uid_map);
    write_map("/proc/self/gid_map", child->gid_map);
    return true;
}

static void reset_signals(void)
{
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        (void)signal(i, SIG_DFL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void child_main(const struct cage_command *command,
                                                 const struct child *child, const int *fds)
{
    struct status status = {0};
    int null = open("/dev/null", O_RDONLY);

    reset_signals();
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    umask(077);
    status.network_off = !command->keep_network && cut_network(child);

    if (null < 0 || dup2(null, 0) < 0 || dup2(fds[0], 1) < 0 || dup2(fds[1], 2) < 0)
        status.failed = 's';
    else if (chdir(command->directory) != 0)
        status.failed = 'd';
    status.why = errno;
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, FILES_MAX);
    limit(RLIMIT_NPROC, PROCESS_MAX);
    limit(RLIMIT_FSIZE, FILE_BYTES);
    limit(RLIMIT_CPU, (rlim_t)(command->deadline_ms / 1000 * 4 + 10));
    limit(RLIMIT_AS, command->memory_max_bytes);

    if (write(fds[2], &status, sizeof status) == (ssize_t)sizeof status && status.failed == 0) {
        execve(command->argv[0], (char *const *)command->argv, (char *const *)command->environment);
        status.failed = 'x';
        status.why = errno;
        if (write(fds[2], &status, sizeof status) < 0)
            _exit(126);
    }
    _exit(127);
}

/* --- in the parent --- */

static int pipe_new(int ends[2], struct err *err)
{
    if (pipe2(ends, O_CLOEXEC) == 0)
        return 0;
    ends[0] = ends[1] = -1;
    return err_set(err, ERR_RETRY, "cage: no pipe: %s", strerror(errno));
}

static int child_start(const struct cage_command *command, struct child *child, struct err *err)
{
    int ends[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    int r = 0;

    for (size_t i = 0; i < COUNT(ends) && r == 0; i++)
        r = pipe_new(ends[i], err);
    (void)snprintf(child->uid_map, sizeof child->uid_map, "%u %u 1\n", geteuid(), geteuid());
    (void)snprintf(child->gid_map, sizeof child->gid_map, "%u %u 1\n", getegid(), getegid());
    if (r == 0) {
        child->pid = fork();
        if (child->pid == 0)
            child_main(command, child, (const int[]){ends[0][1], ends[1][1], ends[2][1]});
        if (child->pid < 0)
            r = err_set(err, ERR_RETRY, "cage: no process: %s", strerror(errno));
    }
    for (size_t i = 0; i < COUNT(ends); i++) {
        close_fd(&ends[i][1]);
        if (r < 0)
            close_fd(&ends[i][0]);
    }
    if (r < 0)
        return r;
    (void)setpgid(child->pid, child->pid); /* both sides do it: neither can be late */
    child->pidfd = pidfd_open(child->pid, 0);
    child->out = ends[0][0];
    child->err = ends[1][0];
    child->status = ends[2][0];
    return 0;
}

static void signal_group(const struct child *child, int which)
{
    (void)kill(-child->pid, which);
}

/* Kills whatever is left, and takes the exit status. */
static int child_end(struct child *child)
{
    int status = 0;

    signal_group(child, SIGKILL);
    (void)kill(child->pid, SIGKILL);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close_fd(&child->out);
    close_fd(&child->err);
    close_fd(&child->status);
    close_fd(&child->pidfd);
    return status;
}

static int read_status(struct child *child, const struct cage_command *command,
                       struct cage_result *result, struct err *err)
{
    struct status status = {0};
    struct status second = {0};
    ssize_t n;

    do
        n = read(child->status, &status, sizeof status);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof status && status.failed == 0) {
        do
            n = read(child->status, &second, sizeof second);
        while (n < 0 && errno == EINTR);
        if (n == (ssize_t)sizeof second)
            status = second;
        else
            n = sizeof status; /* exec closed the pipe: it runs */
    }
    if (n != (ssize_t)sizeof status)
        return err_set(err, ERR_RETRY, "cage: %s died before it started", command->argv[0]);
    if (status.failed == 'd')
        return err_set(err, ERR_RETRY, "cage: directory %.200s: %s", command->directory,
                       strerror(status.why));
    if (status.failed != 0)
        return err_set(err, ERR_RETRY, "cage: %s cannot be started: %s", command->argv[0],
                       strerror(status.why));
    (void)snprintf(result->how, sizeof result->how, "caged, %s",
                   status.network_off      ? "no network"
                   : command->keep_network ? "network allowed by the operator"
                                           : "network not cut off (not permitted here)");
    return 0;
}

/* One read; past the maximum the bytes are thrown away, so that the child does not stall. */
static void drain(int *fd, struct buf *into, struct cage_result *result)
{
    char chunk[16384];
    ssize_t n = read(*fd, chunk, sizeof chunk);
    size_t room = into->max_bytes - into->len;

    if (n > 0 && (size_t)n > room)
        result->output_cut = true;
    if (n > 0)
        buf_bytes(into, chunk, (size_t)n < room ? (size_t)n : room);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
        close_fd(fd);
}

static bool is_over(const struct child *child)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

/* One look at the streams and at the process; true when there is nothing more to wait for. */
static bool watch(struct child *child, struct cage_result *result, int timeout_ms)
{
    struct pollfd fds[] = {
        {child->out, POLLIN, 0}, {child->err, POLLIN, 0}, {child->pidfd, POLLIN, 0}};

    (void)poll(fds, COUNT(fds), timeout_ms);
    if (child->out >= 0 && fds[0].revents != 0)
        drain(&child->out, &result->out, result);
    if (child->err >= 0 && fds[1].revents != 0)
        drain(&child->err, &result->err, result);
    return is_over(child);
}

static void drain_rest(struct child *child, struct cage_result *result)
{
    for (int i = 0; i < 1000 && (child->out >= 0 || child->err >= 0); i++) {
        struct pollfd fds[] = {{child->out, POLLIN, 0}, {child->err, POLLIN, 0}};

        if (poll(fds, COUNT(fds), 0) <= 0)
            return;
        if (child->out >= 0 && fds[0].revents != 0)
            drain(&child->out, &result->out, result);
        if (child->err >= 0 && fds[1].revents != 0)
            drain(&child->err, &result->err, result);
    }
}

static int supervise(const struct cage_command *command, struct child *child,
                     struct cage_result *result, struct err *err)
{
    int64_t end_at_ms = clock_mono_ms() + command->deadline_ms;
    int64_t kill_at_ms = INT64_MAX;
    int r = 0;

    while (!watch(child, result, TICK_MS)) {
        int64_t now_ms = clock_mono_ms();
        bool stop = command->should_stop != NULL && command->should_stop(command->stop_context);

        if (kill_at_ms == INT64_MAX && (stop || now_ms >= end_at_ms)) {
            result->timed_out = !stop;
            if (stop)
                r = err_set(err, ERR_RETRY, "cage: stopped while %s ran", command->argv[0]);
            signal_group(child, SIGTERM);
            kill_at_ms = now_ms + CAGE_GRACE_MS;
        }
        if (now_ms >= kill_at_ms)
            signal_group(child, SIGKILL);
    }
    return r;
}

int cage_run(const struct cage_command *command, struct cage_result *result, struct err *err)
{
    struct child child = {.pid = -1, .pidfd = -1, .out = -1, .err = -1, .status = -1};
    int status;
    int r;

    *result = (struct cage_result){.exit_code = -1,
                                   .out = BUF(command->output_max_bytes),
                                   .err = BUF(command->output_max_bytes)};
    r = child_start(command, &child, err);
    if (r < 0)
        return r;
    r = read_status(&child, command, result, err);
    if (r == 0)
        r = supervise(command, &child, result, err);

    signal_group(&child, SIGKILL); /* what it left behind, which may still hold the streams */
    drain_rest(&child, result);
    status = child_end(&child);
    if (WIFEXITED(status))
        result->exit_code = WEXITSTATUS(status);
    if (r < 0)
        cage_result_done(result);
    return r;
}

bool cage_can_cut_network(void)
{
    static atomic_int known; /* 0: not tried; 1: no; 2: yes */
    int status = 0;

    if (atomic_load(&known) == 0) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
        bool can = pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
                   WEXITSTATUS(status) == 0;
        atomic_store(&known, can ? 2 : 1);
    }
    return atomic_load(&known) == 2;
}

void cage_result_done(struct cage_result *result)
{
    buf_done(&result->out);
    buf_done(&result->err);
}
