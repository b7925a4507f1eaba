/* A lane whose pull requests go to the fake GitHub; the story stands in lane.h. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/files.h"
#include "tests/chaos/lane.h"
#include "tests/support/pipeline.h"

enum { START_MS = 20000, STATE_MAX = 64 * 1024 * 1024 };

static void be_the_fake(const struct lane *lane, const char *port_file, pid_t parent)
{
    const char *bin = getenv("PLUMB_BIN_DIR");
    char program[600], repositories[300], log[300];
    const char *const arguments[] = {"fake_github", "--repositories", repositories, "--token",
                                     LANE_TOKEN,    "--port-file",    port_file,    NULL};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    snprintf(program, sizeof program, "%s/tests/fake_github", bin != NULL ? bin : "build/dev");
    snprintf(repositories, sizeof repositories, "%s/repositories", lane->dir);
    snprintf(log, sizeof log, "%s/fake_github.txt", lane->dir);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    execv(program, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

int lane_start_github(struct lane *lane, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64);
    int64_t until_ms = clock_mono_ms() + START_MS;
    char port_file[300];
    pid_t parent = getpid();
    struct err ignored;

    snprintf(port_file, sizeof port_file, "%s/github.port", lane->dir);
    fflush(stdout);
    lane->github.pid = fork();
    if (lane->github.pid == 0)
        be_the_fake(lane, port_file, parent);
    while (files_read(port_file, &text, &ignored) < 0 || text.len == 0) {
        buf_reset(&text);
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_FATAL, "the fake GitHub does not start");
        (void)poll(NULL, 0, 20);
    }
    lane->github.port = (int)strtol(buf_str(&text), NULL, 10);
    return 0;
}

int lane_github_state(const struct lane *lane, const char *path, struct err *err)
{
    CLEANUP(buf_done) struct buf state = BUF(STATE_MAX);

    if (pipeline_http(lane->github.port, "GET", "/_fake/state", NULL, &state) != 200)
        return err_set(err, ERR_RETRY, "the fake GitHub does not tell its state");
    return files_write(path, buf_str(&state), state.len, err);
}
