/* The proxy's thread: one poll loop over all connections; the story stands in proxy.h. */
#include "tests/chaos/proxy.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/chaos/proxy_flow.h"

#define LINKS_MAX    256
#define PORT_TRIES   100
#define IDLE_MS      1000
#define BACKLOG      64
#define READY_EVENTS (POLLIN | POLLHUP | POLLERR)

struct link {
    int fds[2]; /* by whom a direction leads to: [TO_SERVER] the server, [TO_CLIENT] the client */
    struct flow *flows[2];
};

struct upstream {
    bool is_unix;
    struct sockaddr_in tcp;
    struct sockaddr_un path;
};

struct proxy {
    pthread_t thread;
    pthread_mutex_t lock; /* what follows */
    struct proxy_faults faults[2];
    int epochs[2];
    int64_t seen[2];
    int64_t accepted;
    bool refuse, is_refusing, reset, stop;
    int listener, wake, port;
    struct upstream upstream;
    struct link links[LINKS_MAX]; /* the thread's own */
    size_t n_links;
    uint32_t dice;
};

/* --- connections ------------------------------------------------------------- */

static void close_link(struct link *link, bool reset)
{
    struct linger none = {.l_onoff = 1};

    for (int i = 0; i < 2; i++) {
        if (reset)
            (void)setsockopt(link->fds[i], SOL_SOCKET, SO_LINGER, &none, sizeof none);
        close(link->fds[i]);
        free(link->flows[i]);
    }
}

static int connect_upstream(const struct upstream *to)
{
    int fd = socket(to->is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *address =
        to->is_unix ? (const struct sockaddr *)&to->path : (const struct sockaddr *)&to->tcp;

    if (fd < 0 || connect(fd, address, to->is_unix ? sizeof to->path : sizeof to->tcp) == 0)
        return fd;
    close(fd);
    return -1;
}

static void make_ready(int fd)
{
    int on = 1;

    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void accept_one(struct proxy *proxy)
{
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);

    if (client < 0)
        return;
    proxy->accepted++;
    int server = proxy->n_links < LINKS_MAX ? connect_upstream(&proxy->upstream) : -1;
    struct link link = {
        .fds = {server, client},
        .flows = {calloc(1, sizeof *link.flows[0]), calloc(1, sizeof *link.flows[1])}};
    if (server < 0 || link.flows[0] == NULL || link.flows[1] == NULL) {
        close_link(&link, true);
        return;
    }
    make_ready(client);
    make_ready(server);
    proxy->links[proxy->n_links++] = link;
}

/* --- the loop ------------------------------------------------------------------ */

/* Reads what came, sends what is due. */
static enum flow_outcome move(struct proxy *proxy, struct link *link, int direction,
                              bool has_something, int64_t now_ms)
{
    const struct proxy_faults *faults = &proxy->faults[direction];
    struct flow *flow = link->flows[direction];

    if (has_something && flow_has_room(flow)) {
        int64_t n = flow_take_in(flow, faults, link->fds[1 - direction], now_ms, &proxy->dice);
        if (n < 0)
            return FLOW_BROKEN;
        proxy->seen[direction] += n;
    }
    return flow_pass_on(flow, faults, proxy->epochs[direction], link->fds[direction], now_ms);
}

/* False when the connection has ended and is to be forgotten. */
static bool serve(struct proxy *proxy, struct link *link, const struct pollfd *polled,
                  int64_t now_ms)
{
    for (int direction = 0; direction < 2; direction++) {
        bool has_something = (polled[1 - direction].revents & READY_EVENTS) != 0;
        enum flow_outcome outcome = move(proxy, link, direction, has_something, now_ms);
        if (outcome != FLOW_GOES_ON) {
            close_link(link, outcome == FLOW_BROKEN || proxy->faults[direction].cut_by_reset);
            return false;
        }
    }
    if (link->flows[0]->told && link->flows[1]->told) {
        close_link(link, false);
        return false;
    }
    return true;
}

/* Fills polled: the wake-up, the listener, then two for each link; the time to wait. */
static int prepare(struct proxy *proxy, struct pollfd *polled, int64_t now_ms)
{
    int64_t at_ms = now_ms + IDLE_MS;

    polled[0] = (struct pollfd){.fd = proxy->wake, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = proxy->is_refusing ? -1 : proxy->listener, .events = POLLIN};
    for (size_t i = 0; i < proxy->n_links; i++)
        for (int direction = 0; direction < 2; direction++) {
            const struct flow *flow = proxy->links[i].flows[direction];
            struct pollfd *from = &polled[2 + 2 * i + (size_t)(1 - direction)];
            int64_t wants_ms = flow_wants_at(flow, &proxy->faults[direction]);

            /* A side that nothing is read from is not asked: it would say the same again. */
            *from =
                (struct pollfd){.fd = flow_has_room(flow) ? proxy->links[i].fds[1 - direction] : -1,
                                .events = POLLIN};
            at_ms = wants_ms < at_ms ? wants_ms : at_ms;
        }
    /* Due, and the receiver does not take it: look again soon. */
    return at_ms > now_ms ? (int)(at_ms - now_ms) : 1;
}

static void obey(struct proxy *proxy)
{
    uint64_t count;

    (void)!read(proxy->wake, &count, sizeof count);
    if (proxy->refuse != proxy->is_refusing) {
        proxy->is_refusing = proxy->refuse;
        /* Linux keeps the port for a socket that has stopped listening. */
        if (proxy->refuse)
            (void)shutdown(proxy->listener, SHUT_RDWR);
        else
            (void)listen(proxy->listener, BACKLOG);
    }
    if (proxy->reset) {
        for (size_t i = 0; i < proxy->n_links; i++)
            close_link(&proxy->links[i], true);
        proxy->n_links = 0;
        proxy->reset = false;
    }
}

static void serve_all(struct proxy *proxy, const struct pollfd *polled, size_t n)
{
    int64_t now_ms = clock_mono_ms();
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (serve(proxy, &proxy->links[i], &polled[2 + 2 * i], now_ms))
            proxy->links[kept++] = proxy->links[i];
    proxy->n_links = kept;
}

static void *run(void *context)
{
    static _Thread_local struct pollfd polled[2 + 2 * LINKS_MAX];
    struct proxy *proxy = context;

    pthread_mutex_lock(&proxy->lock);
    while (!proxy->stop) {
        size_t n = proxy->n_links;
        int wait_ms = prepare(proxy, polled, clock_mono_ms());
        pthread_mutex_unlock(&proxy->lock);
        (void)poll(polled, (nfds_t)(2 + 2 * n), wait_ms);
        pthread_mutex_lock(&proxy->lock);
        if ((polled[0].revents & POLLIN) != 0)
            obey(proxy);
        serve_all(proxy, polled, proxy->n_links == n ? n : 0);
        if ((polled[1].revents & POLLIN) != 0 && !proxy->is_refusing)
            accept_one(proxy);
    }
    for (size_t i = 0; i < proxy->n_links; i++)
        close_link(&proxy->links[i], true);
    pthread_mutex_unlock(&proxy->lock);
    return NULL;
}

/* --- life ------------------------------------------------------------------------ */

static int read_upstream(struct upstream *out, const char *text, struct err *err)
{
    const char *colon = strrchr(text, ':');

    *out = (struct upstream){.is_unix = str_starts(text, "unix://")};
    if (out->is_unix) {
        out->path.sun_family = AF_UNIX;
        return str_copy(out->path.sun_path, sizeof out->path.sun_path, text + strlen("unix://"))
                   ? 0
                   : err_set(err, ERR_REJECT, "%s: too long for a socket's path", text);
    }
    if (colon == NULL || strtol(colon + 1, NULL, 10) <= 0)
        return err_set(err, ERR_REJECT, "%s is neither HOST:PORT nor unix:///path", text);
    out->tcp = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10)),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return 0;
}

/* A socket keeps its port while it does not listen only if it was bound to it by number, so one
 * that the system picked is bound anew. */
static int listen_on(struct proxy *proxy, int port, struct err *err)
{
    int on = 1;

    for (int i = 0; i < PORT_TRIES; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        bool bound = bind(fd, (struct sockaddr *)&address, len) == 0 &&
                     getsockname(fd, (struct sockaddr *)&address, &len) == 0;
        if (bound && port != 0 && listen(fd, BACKLOG) == 0) {
            proxy->listener = fd;
            proxy->port = port;
            return 0;
        }
        close(fd);
        port = bound && port == 0 ? ntohs(address.sin_port) : 0;
    }
    return err_set(err, ERR_FATAL, "found no port to listen on");
}

int proxy_start(struct proxy **out, const char *upstream, int port, struct err *err)
{
    struct proxy *proxy = calloc(1, sizeof *proxy);

    if (proxy == NULL)
        return err_nomem(err);
    proxy->dice = (uint32_t)getpid();
    int r = read_upstream(&proxy->upstream, upstream, err);
    if (r == 0)
        r = listen_on(proxy, port, err);
    if (r < 0) {
        free(proxy);
        return r;
    }
    proxy->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&proxy->lock, NULL);
    if (proxy->wake < 0 || pthread_create(&proxy->thread, NULL, run, proxy) != 0) {
        close(proxy->listener);
        free(proxy);
        return err_set(err, ERR_FATAL, "no thread for the proxy");
    }
    *out = proxy;
    return 0;
}

static void unlock_and_wake(struct proxy *proxy)
{
    const uint64_t one = 1;

    pthread_mutex_unlock(&proxy->lock);
    (void)!write(proxy->wake, &one, sizeof one);
}

void proxy_stop(struct proxy *proxy)
{
    if (proxy == NULL)
        return;
    pthread_mutex_lock(&proxy->lock);
    proxy->stop = true;
    unlock_and_wake(proxy);
    pthread_join(proxy->thread, NULL);
    pthread_mutex_destroy(&proxy->lock);
    close(proxy->listener);
    close(proxy->wake);
    free(proxy);
}

int proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

void proxy_set(struct proxy *proxy, enum proxy_direction direction,
               const struct proxy_faults *faults)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->faults[direction] = *faults;
    proxy->epochs[direction]++;
    unlock_and_wake(proxy);
}

int proxy_lead_to(struct proxy *proxy, const char *upstream, struct err *err)
{
    struct upstream to;
    int r = read_upstream(&to, upstream, err);

    if (r < 0)
        return r;
    pthread_mutex_lock(&proxy->lock);
    proxy->upstream = to;
    pthread_mutex_unlock(&proxy->lock);
    return 0;
}

void proxy_refuse(struct proxy *proxy, bool refuse)
{
    bool done = false;

    pthread_mutex_lock(&proxy->lock);
    proxy->refuse = refuse;
    unlock_and_wake(proxy);
    while (!done) { /* who connects after this call must find it so */
        (void)poll(NULL, 0, 1);
        pthread_mutex_lock(&proxy->lock);
        done = proxy->is_refusing == refuse;
        pthread_mutex_unlock(&proxy->lock);
    }
}

void proxy_reset(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->reset = true;
    unlock_and_wake(proxy);
}

int64_t proxy_seen(struct proxy *proxy, enum proxy_direction direction)
{
    pthread_mutex_lock(&proxy->lock);
    int64_t n = proxy->seen[direction];
    pthread_mutex_unlock(&proxy->lock);
    return n;
}

int64_t proxy_connections(struct proxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    int64_t n = proxy->accepted;
    pthread_mutex_unlock(&proxy->lock);
    return n;
}
