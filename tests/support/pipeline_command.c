/* One command of plumb beside the roles, as a person types it; the story stands in pipeline.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/pipeline.h"
#include "tests/support/test.h"

static void run_child(struct pipeline *p, const char *const *arguments, int out)
{
    const char *dir = getenv("PLUMB_BIN_DIR");
    char program[600];

    snprintf(program, sizeof program, "%s/plumb", dir != NULL ? dir : "build/dev");
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(out, STDOUT_FILENO);
    (void)dup2(out, STDERR_FILENO);
    execve(program, (char *const *)arguments, p->env);
    perror(program);
    _exit(127);
}

pid_t pipeline_command_start(struct pipeline *p, const char *const *arguments, int *out)
{
    const char *all[48] = {"plumb"};
    size_t n = 1;
    int ends[2];

    for (; *arguments != NULL; arguments++) {
        assert_true(n < COUNT(all) - 1);
        all[n++] = *arguments;
    }
    p->env[p->n_env] = NULL;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        run_child(p, all, ends[1]);
    close(ends[1]);
    *out = ends[0];
    return pid;
}

int pipeline_command_end(pid_t pid, int from, struct buf *out)
{
    char bytes[4096];
    ssize_t n;
    int status;

    while ((n = read(from, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_bytes(out, bytes, (size_t)n);
    close(from);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status))
        fail_msg("plumb ended with status %#x: %s", (unsigned)status, buf_str(out));
    return WEXITSTATUS(status);
}

int pipeline_command(struct pipeline *p, struct buf *out, const char *const *arguments)
{
    int from;
    pid_t pid = pipeline_command_start(p, arguments, &from);

    buf_reset(out);
    return pipeline_command_end(pid, from, out);
}
