/* A private redis-server; the story stands in redis_server.h. */
#include "tests/support/redis_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"

#define START_MS 60000 /* a durable one reads its log first */

struct redis_server {
    pid_t pid; /* 0: not running */
    int port;
    char directory[64];
    char config[96];
    char ca_file[96];
    char url[512];
    bool tls;
};

static void give_up(const char *what)
{
    fprintf(stderr, "redis_server: %s\n", what);
    exit(1);
}

/* Skips the program: there is nothing to test against. */
static void need(const char *program)
{
    char command[128];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    if (system(command) == 0)
        return;
    fprintf(stderr, "SKIPPED: %s is not installed\n", program);
    exit(77);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        give_up("no free port");
    close(fd);
    return ntohs(address.sin_port);
}

static void make_certificate(const struct redis_server *server)
{
    char command[768];

    need("openssl");
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
             "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
             "-keyout %s/key.pem -out %s/cert.pem 2>/dev/null",
             server->directory, server->directory);
    if (system(command) != 0)
        give_up("openssl could not make a certificate");
}

static void write_config(const struct redis_server *server,
                         const struct redis_server_options *options)
{
    FILE *file = fopen(server->config, "we");

    if (file == NULL)
        give_up("cannot write redis.conf");
    fprintf(file, "dir %s\nsave \"\"\nloglevel warning\nappendonly %s\nappendfsync always\n",
            server->directory, options->durable ? "yes" : "no");
    fprintf(file, "logfile %s/log\nmaxmemory-policy %s\n", server->directory,
            options->policy != NULL ? options->policy : "noeviction");
    if (options->tls)
        fprintf(
            file,
            "port 0\ntls-port %d\nbind 127.0.0.1\ntls-auth-clients no\n"
            "tls-cert-file %s/cert.pem\ntls-key-file %s/key.pem\ntls-ca-cert-file %s/cert.pem\n",
            server->port, server->directory, server->directory, server->directory);
    else if (options->tcp)
        fprintf(file, "port %d\nbind 127.0.0.1\n", server->port);
    else
        fprintf(file, "port 0\nunixsocket %s/socket\nunixsocketperm 700\n", server->directory);
    if (options->user != NULL)
        fprintf(file, "user default off\nuser %s on >%s ~* &* +@all\n", options->user,
                options->password);
    else if (options->password != NULL)
        fprintf(file, "requirepass %s\n", options->password);
    fclose(file);
}

static void write_url(struct redis_server *server, const struct redis_server_options *options)
{
    const char *user = options->user != NULL ? options->user : "";
    char password[256] = "";

    for (const char *p = options->password; p != NULL && *p != '\0'; p++)
        sprintf(password + strlen(password), "%%%02x", (unsigned char)*p);

    if (server->port == 0)
        snprintf(server->url, sizeof server->url, "unix://%s/socket%s%s%s%s", server->directory,
                 password[0] != '\0' ? "?password=" : "", password, user[0] != '\0' ? "&user=" : "",
                 user);
    else
        snprintf(server->url, sizeof server->url, "%s://%s%s%s%s127.0.0.1:%d",
                 options->tls ? "rediss" : "redis", user, password[0] != '\0' ? ":" : "", password,
                 password[0] != '\0' ? "@" : "", server->port);
}

static void run(struct redis_server *server)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid < 0)
        give_up("fork failed");
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || null < 0)
            _exit(1);
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        execlp("redis-server", "redis-server", server->config, (char *)NULL);
        _exit(127);
    }
    server->pid = pid;
}

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

static void wait_until_it_answers(struct redis_server *server)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 1000);
    int64_t deadline_at_ms = clock_mono_ms() + START_MS;
    struct err err = {0};

    while (redis_ping(redis, &err) != 0) {
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
            give_up("redis-server ended while starting");
        if (clock_mono_ms() > deadline_at_ms)
            give_up(err.text);
        pause_briefly();
    }
}

struct redis_server *redis_start_with(const struct redis_server_options *options)
{
    struct redis_server *server = calloc(1, sizeof *server);

    need("redis-server");
    if (server == NULL)
        give_up("out of memory");
    strcpy(server->directory, "/tmp/plumb-redis-XXXXXX");
    if (mkdtemp(server->directory) == NULL)
        give_up("cannot make a directory under /tmp");
    snprintf(server->config, sizeof server->config, "%s/redis.conf", server->directory);
    server->tls = options->tls;
    if (options->tcp || options->tls)
        server->port = free_port();
    if (options->tls) {
        make_certificate(server);
        snprintf(server->ca_file, sizeof server->ca_file, "%s/cert.pem", server->directory);
    }
    write_config(server, options);
    write_url(server, options);
    run(server);
    wait_until_it_answers(server);
    return server;
}

struct redis_server *redis_start(void)
{
    return redis_start_with(&(struct redis_server_options){0});
}

void redis_kill(struct redis_server *server)
{
    if (server->pid == 0)
        return;
    kill(server->pid, SIGKILL);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    server->pid = 0;
}

void redis_restart(struct redis_server *server)
{
    redis_kill(server);
    run(server);
    wait_until_it_answers(server);
}

void redis_stop(struct redis_server *server)
{
    redis_kill(server);
    files_remove_tree(server->directory);
    free(server);
}

void redis_freeze(struct redis_server *server)
{
    int status;

    kill(server->pid, SIGSTOP);
    waitpid(server->pid, &status, WUNTRACED);
}

void redis_thaw(struct redis_server *server)
{
    kill(server->pid, SIGCONT);
}

const char *redis_server_url(const struct redis_server *server)
{
    return server->url;
}

const char *redis_server_ca_file(const struct redis_server *server)
{
    return server->tls ? server->ca_file : NULL;
}

struct redis *redis_server_open(const struct redis_server *server, int64_t timeout_ms)
{
    struct redis_options options = {
        .url = server->url, .ca_file = redis_server_ca_file(server), .timeout_ms = timeout_ms};
    struct redis *redis = NULL;
    struct err err;

    if (redis_new(&redis, &options, &err) != 0)
        give_up(err.text);
    return redis;
}

static struct redis_reply *say(struct redis *redis, const char *words)
{
    char copy[1024];
    const char *argv[16];
    size_t argc = 0;
    char *rest = NULL;
    struct redis_reply *reply = NULL;
    struct err err;

    (void)str_copy(copy, sizeof copy, words);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL && argc < COUNT(argv);
         word = strtok_r(NULL, " ", &rest))
        argv[argc++] = word;
    if (redis_command(redis, &reply, &err, argc, argv, NULL) != 0)
        give_up(err.text);
    return reply;
}

int64_t redis_do(struct redis *redis, const char *words)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = say(redis, words);

    return redis_reply_int(reply);
}

char *redis_ask(struct redis *redis, const char *words)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = say(redis, words);

    return strdup(redis_reply_text(reply, NULL));
}
