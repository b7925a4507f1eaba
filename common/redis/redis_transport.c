/* Redis transport; the story stands in redis_transport.h. */
#include "common/redis/redis_transport.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/redis/redis_tls.h"

struct redis_transport {
    int fd;
    struct redis_tls *tls; /* NULL: plain */
};

/* 0: ready (or broken, which the next read or write tells). */
static int wait_for(int fd, short events, int64_t deadline_at_ms, const char *doing,
                    struct err *err)
{
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = events};
        int64_t left = deadline_at_ms - clock_mono_ms();
        int n;

        if (left <= 0)
            return err_set(err, ERR_RETRY, "timed out while %s", doing);
        n = poll(&ready, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return err_set(err, ERR_RETRY, "poll: %s", strerror(errno));
    }
}

/* As redis_tls_step, for both kinds. */
static int step(struct redis_transport *transport, enum redis_tls_action action, void *bytes,
                size_t len, short *out_events, struct err *err)
{
    ssize_t n;

    if (transport->tls != NULL)
        return redis_tls_step(transport->tls, action, bytes, len, out_events, err);

    len = len > INT_MAX ? INT_MAX : len;
    n = action == TLS_WRITE
            ? send(transport->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT)
            : recv(transport->fd, bytes, len, MSG_DONTWAIT | (action == TLS_PEEK ? MSG_PEEK : 0));
    if (n >= 0)
        return (int)n;
    *out_events = action == TLS_WRITE ? POLLOUT : POLLIN;
    if (errno == EAGAIN || errno == EINTR)
        return -1;
    (void)err_set(err, ERR_RETRY, "%s", strerror(errno));
    return -2;
}

/* Steps until something moved. */
static int move(struct redis_transport *transport, enum redis_tls_action action, void *bytes,
                size_t len, size_t *out_len, int64_t deadline_at_ms, struct err *err)
{
    static const char *const doing[] = {"shaking hands", "waiting for the answer", "sending",
                                        "looking"};

    for (;;) {
        short events = 0;
        int n = step(transport, action, bytes, len, &events, err);
        int r;

        if (n > 0) {
            *out_len = (size_t)n;
            return 0;
        }
        if (n == 0)
            return err_set(err, ERR_RETRY, "the server closed the connection");
        if (n == -2)
            return ERR_RETRY;
        r = wait_for(transport->fd, events, deadline_at_ms, doing[action], err);
        if (r < 0)
            return r;
    }
}

static int connect_one(int *out_fd, const struct sockaddr *address, socklen_t len,
                       int64_t deadline_at_ms, struct err *err)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int failure = 0;
    socklen_t size = sizeof failure;

    if (fd < 0)
        return err_set(err, ERR_RETRY, "socket: %s", strerror(errno));
    if (connect(fd, address, len) != 0)
        failure = errno;
    if (failure == EINPROGRESS || failure == EINTR) {
        if (wait_for(fd, POLLOUT, deadline_at_ms, "connecting", err) < 0) {
            close(fd);
            return ERR_RETRY;
        }
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
            failure = errno;
    }
    if (failure != 0) {
        close(fd);
        return err_set(err, ERR_RETRY, "connect: %s", strerror(failure));
    }
    *out_fd = fd;
    return 0;
}

static int connect_unix(int *out_fd, const char *path, int64_t deadline_at_ms, struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!str_copy(address.sun_path, sizeof address.sun_path, path))
        return err_set(err, ERR_FATAL, "the socket's path is longer than %zu bytes",
                       sizeof address.sun_path - 1);
    return connect_one(out_fd, (const struct sockaddr *)&address, sizeof address, deadline_at_ms,
                       err);
}

/* Tries each address of the name until one answers. */
static int connect_tcp(int *out_fd, const struct redis_target *target, int64_t deadline_at_ms,
                       struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int on = 1;
    int r = getaddrinfo(target->host, target->port, &hints, &found);

    if (r != 0)
        return err_set(err, ERR_RETRY, "name look-up: %s",
                       r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r));
    r = err_set(err, ERR_RETRY, "the name has no address");
    for (const struct addrinfo *a = found; a != NULL && r < 0; a = a->ai_next)
        r = connect_one(out_fd, a->ai_addr, a->ai_addrlen, deadline_at_ms, err);
    freeaddrinfo(found);
    if (r < 0)
        return r;
    (void)setsockopt(*out_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(*out_fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return 0;
}

int redis_transport_open(struct redis_transport **out, const struct redis_target *target,
                         const char *ca_file, int64_t deadline_at_ms, struct err *err)
{
    CLEANUP(redis_transport_freep) struct redis_transport *transport = calloc(1, sizeof *transport);
    size_t done;
    int r;

    if (transport == NULL)
        return err_nomem(err);
    transport->fd = -1;
    r = target->is_unix ? connect_unix(&transport->fd, target->host, deadline_at_ms, err)
                        : connect_tcp(&transport->fd, target, deadline_at_ms, err);
    if (r < 0)
        return r;
    if (target->tls) {
        r = redis_tls_new(&transport->tls, transport->fd, target->host, ca_file, err);
        if (r < 0)
            return r;
        r = move(transport, TLS_HANDSHAKE, NULL, 0, &done, deadline_at_ms, err);
        if (r < 0)
            return r;
    }
    *out = STEAL(transport);
    return 0;
}

void redis_transport_free(struct redis_transport *transport)
{
    if (transport == NULL)
        return;
    redis_tls_free(transport->tls);
    if (transport->fd >= 0)
        close(transport->fd);
    free(transport);
}

bool redis_transport_is_quiet(struct redis_transport *transport)
{
    char byte;
    short events = 0;
    struct err ignored;

    /* A TLS peer may have sent session tickets: peeking digests them and then finds nothing. */
    return step(transport, TLS_PEEK, &byte, 1, &events, &ignored) == -1;
}

int redis_transport_write(struct redis_transport *transport, const char *bytes, size_t len,
                          int64_t deadline_at_ms, struct err *err)
{
    while (len > 0) {
        size_t sent = 0;
        int r = move(transport, TLS_WRITE, (void *)bytes, len, &sent, deadline_at_ms, err);

        if (r < 0)
            return r;
        bytes += sent;
        len -= sent;
    }
    return 0;
}

int redis_transport_read(struct redis_transport *transport, char *bytes, size_t size,
                         size_t *out_len, int64_t deadline_at_ms, struct err *err)
{
    return move(transport, TLS_READ, bytes, size, out_len, deadline_at_ms, err);
}
