/* A git server for tests; the story stands in git_server.h. */
#include "tests/support/git_server.h"
#include "common/digest.h"
#include "tests/fakes/common_git_backend.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define REQUEST_MAX     ((size_t)64 * 1024 * 1024)
#define FIELD_BYTES     512

struct git_server {
    struct git_server_options options;
    char *root;
    char authorization[FIELD_BYTES]; /* what the header must be; "" for none */
    int listener;
    int port;
    int stop[2];
    pthread_t acceptor;
    pthread_mutex_t lock; /* guards the counters */
    size_t n_requests;
    size_t n_authorised;
    pthread_t threads[CONNECTIONS_MAX]; /* the acceptor's own until it has ended */
    size_t n_threads;
};

struct connection {
    struct git_server *server;
    int fd;
};

struct request {
    struct buf raw;
    char method[16];
    char path[FIELD_BYTES];
    char query[FIELD_BYTES];
    char type[FIELD_BYTES];
    char encoding[FIELD_BYTES];
    char authorization[FIELD_BYTES];
    const char *body;
    size_t body_len;
};

static bool wait_readable(const struct git_server *server, int fd)
{
    struct pollfd fds[2] = {{.fd = server->stop[0], .events = POLLIN},
                            {.fd = fd, .events = POLLIN}};

    return poll(fds, 2, -1) > 0 && fds[0].revents == 0;
}

static void field(const struct buf *raw, const char *name, char out[FIELD_BYTES])
{
    const char *at = strcasestr(buf_str(raw), name);
    const char *end = strstr(buf_str(raw), "\r\n\r\n");

    out[0] = '\0';
    if (at == NULL || at > end)
        return;
    at += strlen(name);
    at += strspn(at, " ");
    snprintf(out, FIELD_BYTES, "%.*s", (int)strcspn(at, "\r"), at);
}

static bool read_request(const struct git_server *server, int fd, struct request *out)
{
    char piece[32 * 1024];
    char length[FIELD_BYTES];
    const char *end = NULL;
    size_t want = 0;

    while (end == NULL || out->raw.len < want) {
        ssize_t n = wait_readable(server, fd) ? recv(fd, piece, sizeof piece, 0) : -1;
        if (n <= 0)
            return false;
        buf_bytes(&out->raw, piece, (size_t)n);
        end = strstr(buf_str(&out->raw), "\r\n\r\n");
        if (end == NULL)
            continue;
        field(&out->raw, "\r\nContent-Length:", length);
        want = (size_t)(end + 4 - out->raw.bytes) + (size_t)atol(length);
    }
    out->body = end + 4;
    out->body_len = out->raw.len - (size_t)(out->body - out->raw.bytes);
    field(&out->raw, "\r\nContent-Type:", out->type);
    field(&out->raw, "\r\nContent-Encoding:", out->encoding);
    field(&out->raw, "\r\nAuthorization:", out->authorization);
    return sscanf(out->raw.bytes, "%15s %511[^? ]?%511[^ ]", out->method, out->path, out->query) >=
           2;
}

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

static void send_status(int fd, int status, const char *headers)
{
    CLEANUP(buf_done) struct buf out = BUF(4096);

    buf_print(&out, "HTTP/1.1 %d X\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", status,
              headers);
    send_all(fd, buf_str(&out), out.len);
}

/* "Name: value\n" lines become header lines of HTTP. */
static void print_headers(struct buf *out, const struct git_backend_answer *answer)
{
    buf_print(out, "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %zu\r\n", answer->status,
              answer->body.len);
    for (const char *line = buf_str(&answer->headers); *line != '\0';) {
        size_t len = strcspn(line, "\n");
        buf_bytes(out, line, len);
        buf_text(out, "\r\n");
        line += len + (line[len] == '\n' ? 1 : 0);
    }
    buf_text(out, "\r\n");
}

static void answer_with_git(const struct git_server *server, int fd, const struct request *request)
{
    struct git_backend_request ask = {.root = server->root,
                                      .method = request->method,
                                      .path = request->path,
                                      .query = request->query,
                                      .content_type = request->type,
                                      .content_encoding =
                                          request->encoding[0] != '\0' ? request->encoding : NULL,
                                      .remote_user = "tester",
                                      .body = request->body,
                                      .body_len = request->body_len};
    CLEANUP(git_backend_answer_done) struct git_backend_answer answer = {0};
    CLEANUP(buf_done) struct buf head = BUF(64 * 1024);
    struct err err = {0};
    size_t cut = server->options.cut_after_bytes;

    if (git_backend_run(&ask, &answer, &err) < 0) {
        fprintf(stderr, "git server: %s\n", err.text);
        send_status(fd, 500, "");
        return;
    }
    print_headers(&head, &answer);
    send_all(fd, buf_str(&head), head.len);
    if (cut == 0 || cut > answer.body.len || !str_ends(request->path, "/git-upload-pack"))
        cut = answer.body.len;
    send_all(fd, buf_str(&answer.body), cut);
}

/* True when a listing was sent elsewhere. */
static bool redirect(const struct git_server *server, int fd, const struct request *request)
{
    const struct git_server_options *options = &server->options;
    char header[3 * FIELD_BYTES];

    if (!str_ends(request->path, "/info/refs"))
        return false;
    if (options->redirect_to != NULL)
        snprintf(header, sizeof header, "Location: %s%s?%s\r\n", options->redirect_to,
                 request->path, request->query);
    else if (options->rename_from != NULL && str_starts(request->path, options->rename_from))
        snprintf(header, sizeof header, "Location: %s/info/refs?%s\r\n", options->rename_to,
                 request->query);
    else
        return false;
    send_status(fd, 301, header);
    return true;
}

static void answer(struct git_server *server, int fd, const struct request *request)
{
    const struct git_server_options *options = &server->options;

    if (options->is_silent) {
        (void)wait_readable(server, fd); /* until the client leaves, or the server ends */
        return;
    }
    if (options->refuse_all > 0)
        send_status(fd, options->refuse_all,
                    options->refuse_all == 429 ? "" : "Retry-After: 7\r\n");
    else if (redirect(server, fd, request))
        return;
    else if (!str_eq(server->authorization, request->authorization) &&
             server->authorization[0] != '\0')
        send_status(fd, 401, "WWW-Authenticate: Basic realm=\"test\"\r\n");
    else if (options->refuse_push > 0 && git_backend_is_push(request->path, request->query))
        send_status(fd, options->refuse_push, "");
    else
        answer_with_git(server, fd, request);
}

static void *serve(void *context)
{
    struct connection connection = *(struct connection *)context;
    struct git_server *server = connection.server;
    struct request request = {.raw = BUF(REQUEST_MAX)};

    free(context);
    if (read_request(server, connection.fd, &request)) {
        pthread_mutex_lock(&server->lock);
        server->n_requests++;
        server->n_authorised += request.authorization[0] != '\0';
        pthread_mutex_unlock(&server->lock);
        answer(server, connection.fd, &request);
    }
    close(connection.fd);
    buf_done(&request.raw);
    return NULL;
}

static void *accept_all(void *context)
{
    struct git_server *server = context;

    while (wait_readable(server, server->listener) && server->n_threads < CONNECTIONS_MAX) {
        struct connection *connection = calloc(1, sizeof *connection);
        assert(connection != NULL);
        connection->server = server;
        connection->fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection->fd < 0 ||
            pthread_create(&server->threads[server->n_threads], NULL, serve, connection) != 0)
            free(connection);
        else
            server->n_threads++;
    }
    return NULL;
}

static void print_authorization(struct git_server *server, const char *token)
{
    CLEANUP(buf_done) struct buf plain = BUF(FIELD_BYTES);
    CLEANUP(buf_done) struct buf basic = BUF(FIELD_BYTES);

    buf_print(&plain, "x-access-token:%s", token);
    buf_text(&basic, "Basic ");
    base64_encode(&basic, buf_str(&plain), plain.len);
    (void)str_copy(server->authorization, sizeof server->authorization, buf_str(&basic));
}

struct git_server *git_server_start(const char *root, const struct git_server_options *options)
{
    struct git_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    assert(server != NULL);
    server->options = *options;
    server->root = strdup(root);
    if (options->token != NULL)
        print_authorization(server, options->token);
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int bad = pipe(server->stop);
    bad |= bind(server->listener, (struct sockaddr *)&address, sizeof address);
    bad |= listen(server->listener, 64);
    bad |= getsockname(server->listener, (struct sockaddr *)&address, &len);
    server->port = ntohs(address.sin_port);
    bad |= pthread_create(&server->acceptor, NULL, accept_all, server);
    assert(bad == 0);
    return server;
}

void git_server_stop(struct git_server *server)
{
    if (server == NULL)
        return;
    close(server->stop[1]);
    pthread_join(server->acceptor, NULL);
    for (size_t i = 0; i < server->n_threads; i++)
        pthread_join(server->threads[i], NULL);
    close(server->stop[0]);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
    free(server->root);
    free(server);
}

int git_server_port(const struct git_server *server)
{
    return server->port;
}

void git_server_url(const struct git_server *server, const char *name, char *out, size_t size)
{
    snprintf(out, size, "http://127.0.0.1:%d/%s.git", server->port, name);
}

size_t git_server_requests(struct git_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t n = server->n_requests;
    pthread_mutex_unlock(&server->lock);
    return n;
}

size_t git_server_authorised(struct git_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t n = server->n_authorised;
    pthread_mutex_unlock(&server->lock);
    return n;
}

/* --- git by hand --- */

bool git_available(void)
{
    return system("git --version >/dev/null 2>&1") == 0;
}

int git_run(const char *dir, bool must_work, char *out, size_t size, const char *format, ...)
{
    CLEANUP(buf_done) struct buf line = BUF(64 * 1024);
    char text[32 * 1024];
    char ignored[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_print(&line,
              "cd '%s' && export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null"
              " GIT_TERMINAL_PROMPT=0 GIT_AUTHOR_NAME=T GIT_AUTHOR_EMAIL=t@example.test"
              " GIT_COMMITTER_NAME=T GIT_COMMITTER_EMAIL=t@example.test && { %s\n} 2>&1",
              dir, text);
    FILE *pipe = popen(buf_str(&line), "r");
    assert(pipe != NULL);
    if (out == NULL) {
        out = ignored;
        size = sizeof ignored;
    }
    size_t len = fread(out, 1, size - 1, pipe);
    while (fread(text, 1, sizeof text, pipe) > 0) /* what does not fit is read all the same */
        continue;
    while (len > 0 && out[len - 1] == '\n')
        len--;
    out[len] = '\0';
    int status = pclose(pipe);
    if (must_work && status != 0) {
        fprintf(stderr, "%s\n-> %s\n", buf_str(&line), out);
        abort();
    }
    return WEXITSTATUS(status);
}
