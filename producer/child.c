/* Outside programs under limits; the story stands in child.h. */
#include "producer/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"

#define TICK_MS 100
#define PIECE   65536

struct child {
    const struct child_options *options;
    struct child_result *result;
    pid_t pid;
    int pipes[2]; /* read ends of stdout and stderr; -1 once at their end */
    bool exited;  /* but not yet reaped: its group cannot be anybody else's */
    int64_t deadline_ms;
    int64_t kill_at_ms;     /* > 0: asked to end, killed from then on */
    int64_t drain_until_ms; /* > 0: exited; a grandchild may still hold the pipes */
    int r;                  /* why it was ended; 0 */
};

void child_result_done(struct child_result *result)
{
    buf_done(&result->out);
    buf_done(&result->errors);
}

static int open_pipes(int out[2], int errors[2], struct err *err)
{
    if (pipe2(out, O_CLOEXEC) != 0)
        return err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
    if (pipe2(errors, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return err_set(err, ERR_RETRY, "pipe: %s", strerror(errno));
    }
    return 0;
}

static int spawn(const struct child_options *options, int out, int errors, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (options->directory != NULL)
        posix_spawn_file_actions_addchdir_np(&actions, options->directory);

    /* Our own ignored and blocked signals (SIGPIPE, the drain's) are not the child's. */
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int failed = posix_spawnp(pid, options->argv[0], &actions, &attributes,
                              (char *const *)(uintptr_t)options->argv,
                              (char *const *)(uintptr_t)options->env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static int start(struct child *child, struct err *err)
{
    int out[2], errors[2];
    int r = open_pipes(out, errors, err);

    if (r < 0)
        return r;
    int failed = spawn(child->options, out[1], errors[1], &child->pid);
    close(out[1]);
    close(errors[1]);
    if (failed != 0) {
        close(out[0]);
        close(errors[0]);
        return err_set(err, ERR_RETRY, "%s: %s", child->options->argv[0], strerror(failed));
    }
    child->pipes[0] = out[0];
    child->pipes[1] = errors[0];
    return 0;
}

static void ask_to_end(struct child *child, int r)
{
    if (child->kill_at_ms > 0)
        return;
    child->r = r;
    child->kill_at_ms = clock_mono_ms() + CHILD_GRACE_MS;
    kill(-child->pid, SIGINT);
}

static void read_pipe(struct child *child, int i, struct err *err)
{
    struct buf *into = i == 0 ? &child->result->out : &child->result->errors;
    char piece[PIECE];
    ssize_t n = read(child->pipes[i], piece, sizeof piece);

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        close(child->pipes[i]);
        child->pipes[i] = -1;
        return;
    }
    size_t room = into->max_bytes - into->len;
    buf_bytes(into, piece, (size_t)n < room ? (size_t)n : room);
    if (i == 0 && (size_t)n > room)
        ask_to_end(child, err_set(err, ERR_REJECT, "%s wrote more than %zu bytes",
                                  child->options->argv[0], into->max_bytes));
}

static void read_ready(struct child *child, struct err *err)
{
    struct pollfd ready[2] = {{.fd = child->pipes[0], .events = POLLIN},
                              {.fd = child->pipes[1], .events = POLLIN}};

    if (poll(ready, 2, TICK_MS) <= 0)
        return;
    for (int i = 0; i < 2; i++) {
        if (child->pipes[i] >= 0 && ready[i].revents != 0)
            read_pipe(child, i, err);
    }
}

static void look_at_clock(struct child *child, struct err *err)
{
    const struct child_options *options = child->options;
    int64_t now_ms = clock_mono_ms();

    if (child->kill_at_ms > 0 && now_ms >= child->kill_at_ms)
        kill(-child->pid, SIGKILL);
    else if (now_ms >= child->deadline_ms)
        ask_to_end(child, err_set(err, ERR_RETRY, "%s took longer than %lld s", options->argv[0],
                                  (long long)(options->timeout_ms / 1000)));
    else if (child->kill_at_ms == 0 && options->should_stop != NULL &&
             options->should_stop(options->stop_context))
        ask_to_end(child, err_set(err, ERR_RETRY, "stopped"));
}

static void look_at_child(struct child *child)
{
    siginfo_t info = {.si_pid = 0};

    if (!child->exited &&
        waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child->pid) {
        child->exited = true;
        child->drain_until_ms = clock_mono_ms() + 1000;
    }
}

static bool is_over(const struct child *child)
{
    bool read_out = child->pipes[0] < 0 && child->pipes[1] < 0;

    return child->exited && (read_out || clock_mono_ms() >= child->drain_until_ms);
}

static int finish(struct child *child, struct err *err)
{
    int status = 0;

    kill(-child->pid, SIGKILL); /* whoever of its group is left */
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < 2; i++) {
        if (child->pipes[i] >= 0)
            close(child->pipes[i]);
    }
    if (child->r < 0)
        return child->r;
    if (!WIFEXITED(status))
        return err_set(err, ERR_RETRY, "%s was killed by signal %d", child->options->argv[0],
                       WTERMSIG(status));
    child->result->exit_code = WEXITSTATUS(status);
    if (child->result->out.no_memory || child->result->errors.no_memory)
        return err_nomem(err);
    return 0;
}

int child_run(const struct child_options *options, struct child_result *out, struct err *err)
{
    struct child child = {
        .options = options, .result = out, .deadline_ms = clock_mono_ms() + options->timeout_ms};
    struct err why = {0};

    *out = (struct child_result){.out = BUF(options->max_output_bytes),
                                 .errors = BUF(CHILD_ERRORS_BYTES)};
    int r = start(&child, err);
    if (r < 0)
        return r;
    while (!is_over(&child)) {
        read_ready(&child, &why);
        look_at_child(&child);
        if (!child.exited)
            look_at_clock(&child, &why);
    }
    r = finish(&child, &why);
    if (r < 0)
        *err = why;
    return r;
}
