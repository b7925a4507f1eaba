/*
 * A whole command as a side of the HCL bench: each turn starts it once and waits for it.
 *
 *     bench_hcl_command COMMAND [ARGUMENT …]
 *
 * Its output is thrown away. An end by a signal, or with 127 (not started), ends the side.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/side.h"

#define NOT_STARTED 127

static void become(char **command)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execvp(command[0], command);
    _exit(NOT_STARTED);
}

static int64_t ns_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
}

static int turn(void *context, const char *argument, struct err *err)
{
    char **command = context;
    struct rusage usage;
    int status;

    (void)argument;
    int64_t begun_ns = side_now().wall_ns;
    pid_t pid = fork();
    if (pid < 0)
        return err_set(err, ERR_REJECT, "%s: cannot be started", command[0]);
    if (pid == 0)
        become(command);
    if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) == NOT_STARTED)
        return err_set(err, ERR_REJECT, "%s: did not run to its end", command[0]);
    printf(" passes=1 status=%d peak_kb=%ld pass_p50_ns=%lld pass_wall_p50_ns=%lld",
           WEXITSTATUS(status), usage.ru_maxrss,
           (long long)(ns_of(usage.ru_utime) + ns_of(usage.ru_stime)),
           (long long)(side_now().wall_ns - begun_ns));
    return 0;
}

int main(int argc, char **argv)
{
    static const struct side_command commands[] = {{"turn", turn}, {NULL, NULL}};

    if (argc < 2) {
        fprintf(stderr, "usage: %s COMMAND [ARGUMENT ...]\n", argv[0]);
        return 2;
    }
    return side_serve(commands, argv + 1, "");
}
