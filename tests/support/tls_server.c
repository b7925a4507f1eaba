/* Certificates and a TLS server from the openssl program; the story stands in tls_server.h. */
#include "tests/support/tls_server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_BYTES 512

extern char **environ;

struct tls_server {
    pid_t pid;
    int port;
    FILE *out;
};

/* The child's stdout goes to out_fd (-1: nowhere); its stderr nowhere. */
static pid_t spawn_openssl(char *const argv[], int out_fd)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (out_fd >= 0)
        posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static bool run(char *const argv[])
{
    pid_t pid = spawn_openssl(argv, -1);
    int status = -1;

    if (pid < 0)
        return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status == 0;
}

bool tls_is_available(void)
{
    char *argv[] = {(char *)"openssl", (char *)"version", NULL};

    return run(argv);
}

#define ARG(text) ((char *)(text))

void tls_make_ca(const char *dir, const char *name)
{
    char key[PATH_BYTES];
    char cert[PATH_BYTES];

    snprintf(key, sizeof key, "%s/%s.key", dir, name);
    snprintf(cert, sizeof cert, "%s/%s.pem", dir, name);
    char *argv[] = {ARG("openssl"),
                    ARG("req"),
                    ARG("-x509"),
                    ARG("-newkey"),
                    ARG("ec"),
                    ARG("-pkeyopt"),
                    ARG("ec_paramgen_curve:P-256"),
                    ARG("-nodes"),
                    ARG("-days"),
                    ARG("2"),
                    ARG("-subj"),
                    ARG("/CN=authority of a test"),
                    ARG("-keyout"),
                    key,
                    ARG("-out"),
                    cert,
                    NULL};
    bool made = run(argv);
    assert(made);
}

void tls_make_cert(const char *dir, const char *ca, const char *name, const char *san)
{
    char ca_cert[PATH_BYTES];
    char ca_key[PATH_BYTES];
    char key[PATH_BYTES];
    char cert[PATH_BYTES];
    char names[PATH_BYTES];

    snprintf(ca_cert, sizeof ca_cert, "%s/%s.pem", dir, ca);
    snprintf(ca_key, sizeof ca_key, "%s/%s.key", dir, ca);
    snprintf(key, sizeof key, "%s/%s.key", dir, name);
    snprintf(cert, sizeof cert, "%s/%s.pem", dir, name);
    snprintf(names, sizeof names, "subjectAltName=%s", san);
    char *argv[] = {ARG("openssl"),
                    ARG("req"),
                    ARG("-x509"),
                    ARG("-CA"),
                    ca_cert,
                    ARG("-CAkey"),
                    ca_key,
                    ARG("-newkey"),
                    ARG("ec"),
                    ARG("-pkeyopt"),
                    ARG("ec_paramgen_curve:P-256"),
                    ARG("-nodes"),
                    ARG("-days"),
                    ARG("2"),
                    ARG("-subj"),
                    ARG("/CN=server of a test"),
                    ARG("-addext"),
                    names,
                    ARG("-addext"),
                    ARG("basicConstraints=critical,CA:FALSE"),
                    ARG("-keyout"),
                    key,
                    ARG("-out"),
                    cert,
                    NULL};
    bool made = run(argv);
    assert(made);
}

struct tls_server *tls_server_start(const char *dir, const char *name, const char *version)
{
    struct tls_server *server = calloc(1, sizeof *server);
    char key[PATH_BYTES];
    char cert[PATH_BYTES];
    char line[256];
    int out[2];
    int failed = pipe2(out, O_CLOEXEC);

    assert(server != NULL && failed == 0);
    snprintf(key, sizeof key, "%s/%s.key", dir, name);
    snprintf(cert, sizeof cert, "%s/%s.pem", dir, name);
    char *argv[] = {ARG("openssl"),
                    ARG("s_server"),
                    ARG("-accept"),
                    ARG("127.0.0.1:0"),
                    ARG("-cert"),
                    cert,
                    ARG("-key"),
                    key,
                    ARG(version),
                    ARG("-cipher"),
                    ARG("DEFAULT@SECLEVEL=0"),
                    ARG("-www"),
                    NULL};
    server->pid = spawn_openssl(argv, out[1]);
    close(out[1]);
    server->out = fdopen(out[0], "r");
    assert(server->pid > 0 && server->out != NULL);
    while (server->port == 0 && fgets(line, sizeof line, server->out) != NULL) {
        if (str_starts(line, "ACCEPT ") && strrchr(line, ':') != NULL)
            server->port = atoi(strrchr(line, ':') + 1);
    }
    assert(server->port > 0);
    return server;
}

int tls_server_port(const struct tls_server *server)
{
    return server->port;
}

void tls_server_stop(struct tls_server *server)
{
    if (server == NULL)
        return;
    kill(server->pid, SIGKILL);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    fclose(server->out);
    free(server);
}
