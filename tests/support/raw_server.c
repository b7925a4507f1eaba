/* A scripted server; the story stands in raw_server.h. */
#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUESTS_MAX      64
#define REQUEST_MAX_BYTES ((size_t)256 * 1024)
#define READ_LIMIT_MS     10000

struct raw_server {
    pthread_t thread;
    int listener;
    int port;
    int stop[2]; /* a pipe; readable once the server is to end */
    const struct raw_answer *answers;
    size_t n_answers;
    char url[256];

    pthread_mutex_t lock; /* guards what follows */
    char *requests[REQUESTS_MAX];
    size_t n_requests;
    size_t sent_bytes;

    int held[REQUESTS_MAX]; /* silent connections; the thread's own */
    size_t n_held;
};

/* False when the server is to end, or nothing came in time. */
static bool wait_readable(const struct raw_server *server, int fd, int timeout_ms)
{
    struct pollfd fds[2] = {{.fd = server->stop[0], .events = POLLIN},
                            {.fd = fd, .events = POLLIN}};

    return poll(fds, fd >= 0 ? 2 : 1, timeout_ms) > 0 && fds[0].revents == 0;
}

static bool is_whole(const char *request, size_t len)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *field = strcasestr(request, "\r\nContent-Length:");

    if (end == NULL)
        return false;
    size_t body =
        field != NULL && field < end ? (size_t)atol(field + strlen("\r\nContent-Length:")) : 0;
    return len >= (size_t)(end + 4 - request) + body;
}

static void read_request(struct raw_server *server, int fd)
{
    char *request = calloc(1, REQUEST_MAX_BYTES);
    size_t len = 0;

    assert(request != NULL);
    while (!is_whole(request, len) && len + 1 < REQUEST_MAX_BYTES) {
        if (!wait_readable(server, fd, READ_LIMIT_MS))
            break;
        ssize_t got = recv(fd, request + len, REQUEST_MAX_BYTES - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    pthread_mutex_lock(&server->lock);
    if (len > 0 && server->n_requests < REQUESTS_MAX)
        server->requests[server->n_requests++] = request;
    else
        free(request);
    pthread_mutex_unlock(&server->lock);
}

static bool send_all(struct raw_server *server, int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
        pthread_mutex_lock(&server->lock);
        server->sent_bytes += (size_t)sent;
        pthread_mutex_unlock(&server->lock);
    }
    return true;
}

static bool send_paced(struct raw_server *server, int fd, const struct raw_answer *answer,
                       const char *bytes, size_t len)
{
    size_t piece = answer->piece_bytes != 0 ? answer->piece_bytes : len;

    for (size_t at = 0; at < len; at += piece) {
        if (!send_all(server, fd, bytes + at, len - at < piece ? len - at : piece))
            return false;
        if (answer->pause_ms > 0) {
            struct pollfd stop = {.fd = server->stop[0], .events = POLLIN};
            if (poll(&stop, 1, (int)answer->pause_ms) > 0)
                return false;
        }
    }
    return true;
}

static void send_answer(struct raw_server *server, int fd, const struct raw_answer *answer)
{
    char filler[16 * 1024];
    size_t left = answer->filler_bytes;

    memset(filler, 'x', sizeof filler);
    if (answer->text != NULL && !send_paced(server, fd, answer, answer->text, strlen(answer->text)))
        return;
    while (left > 0) {
        size_t len = left < sizeof filler ? left : sizeof filler;
        if (!send_paced(server, fd, answer, filler, len))
            return;
        left -= len;
    }
}

static void finish(struct raw_server *server, int fd, const struct raw_answer *answer)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    if (answer->silent && server->n_held < REQUESTS_MAX) {
        server->held[server->n_held++] = fd;
        return;
    }
    if (answer->reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

static void *serve(void *context)
{
    struct raw_server *server = context;

    for (size_t i = 0; wait_readable(server, server->listener, -1); i++) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            continue;
        const struct raw_answer *answer =
            &server->answers[i < server->n_answers ? i : server->n_answers - 1];
        read_request(server, fd);
        send_answer(server, fd, answer);
        finish(server, fd, answer);
    }
    return NULL;
}

struct raw_server *raw_server_start(const struct raw_answer *answers, size_t n)
{
    struct raw_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    assert(server != NULL && n > 0);
    server->answers = answers;
    server->n_answers = n;
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int bad = pipe(server->stop);
    bad |= bind(server->listener, (struct sockaddr *)&address, sizeof address);
    bad |= listen(server->listener, 32);
    bad |= getsockname(server->listener, (struct sockaddr *)&address, &len);
    assert(bad == 0);
    server->port = ntohs(address.sin_port);
    bad = pthread_create(&server->thread, NULL, serve, server);
    assert(bad == 0);
    return server;
}

void raw_server_stop(struct raw_server *server)
{
    if (server == NULL)
        return;
    close(server->stop[1]);
    pthread_join(server->thread, NULL);
    close(server->stop[0]);
    close(server->listener);
    for (size_t i = 0; i < server->n_held; i++)
        close(server->held[i]);
    for (size_t i = 0; i < server->n_requests; i++)
        free(server->requests[i]);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

int raw_server_port(const struct raw_server *server)
{
    return server->port;
}

const char *raw_server_url(struct raw_server *server, const char *path)
{
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d%s", server->port, path);
    return server->url;
}

size_t raw_server_count(struct raw_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t n = server->n_requests;
    pthread_mutex_unlock(&server->lock);
    return n;
}

char *raw_server_request(struct raw_server *server, size_t i)
{
    pthread_mutex_lock(&server->lock);
    char *copy = strdup(i < server->n_requests ? server->requests[i] : "");
    pthread_mutex_unlock(&server->lock);
    assert(copy != NULL);
    return copy;
}

size_t raw_server_sent_bytes(struct raw_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t n = server->sent_bytes;
    pthread_mutex_unlock(&server->lock);
    return n;
}
