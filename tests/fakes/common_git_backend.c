/* git http-backend as a CGI child; the story stands in common_git_backend.h. */
#include "tests/fakes/common_git_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENV_MAX         20
#define CGI_HEADERS_MAX ((size_t)64 * 1024)

bool git_backend_wants(const char *path)
{
    return str_ends(path, "/info/refs") || str_ends(path, "/git-upload-pack") ||
           str_ends(path, "/git-receive-pack");
}

bool git_backend_is_push(const char *path, const char *query)
{
    return str_ends(path, "/git-receive-pack") ||
           (query != NULL && strstr(query, "service=git-receive-pack") != NULL);
}

void git_backend_answer_done(struct git_backend_answer *answer)
{
    buf_done(&answer->headers);
    buf_done(&answer->body);
}

/* --- the child's environment --- */

struct environment {
    char *entries[ENV_MAX + 1];
    size_t n;
};

static void environment_done(struct environment *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->entries[i]);
}

static void put(struct environment *env, const char *name, const char *value)
{
    char *entry = NULL;

    if (value == NULL)
        return;
    assert(env->n < ENV_MAX);
    if (asprintf(&entry, "%s=%s", name, value) >= 0)
        env->entries[env->n++] = entry;
}

static void fill_environment(struct environment *env, const struct git_backend_request *request)
{
    char length[32];

    snprintf(length, sizeof length, "%zu", request->body_len);
    put(env, "PATH", getenv("PATH"));
    put(env, "HOME", request->root);
    put(env, "GIT_CONFIG_NOSYSTEM", "1");
    put(env, "GIT_CONFIG_GLOBAL", "/dev/null");
    /* Whoever runs the tests need not own the directory (containers). */
    put(env, "GIT_CONFIG_COUNT", "1");
    put(env, "GIT_CONFIG_KEY_0", "safe.directory");
    put(env, "GIT_CONFIG_VALUE_0", "*");
    put(env, "GIT_PROJECT_ROOT", request->root);
    put(env, "GIT_HTTP_EXPORT_ALL", "1");
    put(env, "GATEWAY_INTERFACE", "CGI/1.1");
    put(env, "REQUEST_METHOD", request->method);
    put(env, "PATH_INFO", request->path);
    put(env, "QUERY_STRING", request->query != NULL ? request->query : "");
    put(env, "CONTENT_TYPE", request->content_type);
    put(env, "CONTENT_LENGTH", length);
    put(env, "HTTP_CONTENT_ENCODING", request->content_encoding);
    put(env, "GIT_PROTOCOL", request->git_protocol);
    put(env, "REMOTE_USER", request->remote_user);
    put(env, "REMOTE_ADDR", "127.0.0.1");
}

/* --- the child --- */

struct child {
    pid_t pid;
    int in;  /* we write the request's body here: a socket, since a pipe would raise SIGPIPE */
    int out; /* and read the answer here */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int spawn(struct child *child, char **environment, struct err *err)
{
    char *argv[] = {(char *)"git", (char *)"http-backend", NULL};
    posix_spawn_file_actions_t actions;
    int in[2];
    int out[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0)
        return err_set(err, ERR_FATAL, "socketpair: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return err_set(err, ERR_FATAL, "pipe: %s", strerror(errno));
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child->pid, "git", &actions, NULL, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    child->in = in[1];
    child->out = out[0];
    if (failed == 0)
        return 0;
    close_fd(&child->in);
    close_fd(&child->out);
    return err_set(err, ERR_FATAL, "git http-backend: %s", strerror(failed));
}

/* Writes what fits; closes the pipe when all is written or nobody reads any more. */
static void feed(struct child *child, const struct git_backend_request *request, size_t *written)
{
    size_t left = request->body_len - *written;
    ssize_t n = left > 0 ? send(child->in, (const char *)request->body + *written, left,
                                MSG_NOSIGNAL | MSG_DONTWAIT)
                         : 0;

    if (n > 0)
        *written += (size_t)n;
    if (*written == request->body_len || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&child->in);
}

/* Both directions at once: the child may answer before it has read everything. */
static void converse(struct child *child, const struct git_backend_request *request,
                     struct buf *answer)
{
    char piece[64 * 1024];
    size_t written = 0;

    while (child->out >= 0) {
        struct pollfd fds[2] = {{.fd = child->out, .events = POLLIN},
                                {.fd = child->in, .events = POLLOUT}};
        if (poll(fds, child->in >= 0 ? 2 : 1, -1) < 0)
            continue;
        if (child->in >= 0 && fds[1].revents != 0)
            feed(child, request, &written);
        if (fds[0].revents == 0)
            continue;
        ssize_t n = read(child->out, piece, sizeof piece);
        if (n <= 0)
            close_fd(&child->out);
        else
            buf_bytes(answer, piece, (size_t)n);
    }
    close_fd(&child->in);
}

/* --- the answer --- */

static void take_header(struct git_backend_answer *out, const char *line, size_t len)
{
    if (len > 7 && strncasecmp(line, "Status:", 7) == 0) {
        out->status = atoi(line + 7);
        return;
    }
    buf_bytes(&out->headers, line, len);
    buf_char(&out->headers, '\n');
}

static int take_answer(const struct buf *raw, struct git_backend_answer *out, struct err *err)
{
    const char *at = buf_str(raw);
    const char *end = at + raw->len;

    out->status = 200;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            break;
        size_t len = (size_t)(newline - at);
        if (len > 0 && at[len - 1] == '\r')
            len--;
        if (len == 0) {
            buf_bytes(&out->body, newline + 1, (size_t)(end - newline - 1));
            return buf_check(&out->body, err);
        }
        take_header(out, at, len);
        at = newline + 1;
    }
    return err_set(err, ERR_FATAL, "git http-backend ended without an answer; is git installed?");
}

int git_backend_run(const struct git_backend_request *request, struct git_backend_answer *out,
                    struct err *err)
{
    CLEANUP(environment_done) struct environment env = {0};
    CLEANUP(buf_done) struct buf raw = BUF(GIT_BACKEND_ANSWER_MAX_BYTES + CGI_HEADERS_MAX);
    struct child child = {.in = -1, .out = -1};
    int status;

    *out = (struct git_backend_answer){.headers = BUF(CGI_HEADERS_MAX),
                                       .body = BUF(GIT_BACKEND_ANSWER_MAX_BYTES)};
    if (request->path[0] != '/' || strstr(request->path, "..") != NULL)
        return err_set(err, ERR_REJECT, "path outside of the repositories");

    fill_environment(&env, request);
    int r = spawn(&child, env.entries, err);
    if (r < 0)
        return r;
    converse(&child, request, &raw);
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return take_answer(&raw, out, err);
}
