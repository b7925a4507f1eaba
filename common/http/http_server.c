/* Life cycle and listening; requests are in http_server_request.c. The story stands in
 * http_server.h. */
#include "common/http/http_server.h"

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http/http_server_private.h"
#include "common/log.h"

#define CONNECTIONS_MAX        256
#define CONNECTIONS_PER_IP     128
#define IDLE_SECONDS           10
#define REQUEST_DEADLINE_MS    30000
#define DRAIN_MS               5000
#define HEADER_MEMORY_BYTES    ((size_t)32 * 1024)
#define BODY_DEFAULT_MAX_BYTES ((size_t)1024 * 1024)
#define BACKLOG                128

/* --- listening ----------------------------------------------------------------------------- */

static int listen_at(const struct addrinfo *at)
{
    int one = 1;
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int kept_errno = errno;
        close(fd);
        errno = kept_errno;
        return -1;
    }
    return fd;
}

static int open_listener(const struct http_server_options *options, int *out, struct err *err)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];

    snprintf(port, sizeof port, "%u", options->port);
    int r = getaddrinfo(options->address, port, &hints, &found);
    if (r != 0)
        return err_set(err, ERR_FATAL, "http server: the address %s is not usable: %s",
                       options->address, gai_strerror(r));
    int fd = listen_at(found);
    int why = errno;
    freeaddrinfo(found);
    if (fd < 0)
        return err_set(err, ERR_FATAL,
                       "http server: cannot listen on %s port %u: %s; HTTP_PORT sets another",
                       options->address, options->port, strerror(why));
    *out = fd;
    return 0;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char port[8] = "0";

    if (getsockname(fd, (struct sockaddr *)&address, &len) == 0)
        (void)getnameinfo((struct sockaddr *)&address, len, NULL, 0, port, sizeof port,
                          NI_NUMERICSERV);
    return (uint16_t)strtoul(port, NULL, 10);
}

/* --- life cycle ---------------------------------------------------------------------------- */

/* The connection's struct watched is its socket context: see http_server_request.c. */
static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = context;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_leave(server->watch, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info != NULL ? watch_enter(server->watch, info->connect_fd) : NULL;
}

__attribute__((format(printf, 2, 0))) static void on_library_log(void *context, const char *format,
                                                                 va_list args)
{
    char text[512];

    (void)context;
    vsnprintf(text, sizeof text, format, args);
    LOG_DEBUG("http_server.library", LOG_TEXT("text", text));
}

static int start_daemon(struct http_server *server, const struct http_server_options *options,
                        struct err *err)
{
    int threads = options->threads > 0 ? options->threads : 2;
    int fd = -1;

    int r = open_listener(options, &fd, err);
    if (r != 0)
        return r;
    server->port = port_of(fd);
    /* Not epoll: there the library's threads and its quiesce both take the listener out of the set,
     * and whichever comes second aborts the process. */
    server->daemon = MHD_start_daemon(
        MHD_USE_POLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, http_server_on_request, server,
        /* First, so that the others' complaints reach it. */
        MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)CONNECTIONS_PER_IP,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        HEADER_MEMORY_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_NOTIFY_COMPLETED, http_server_on_completed, server,
        MHD_OPTION_END);
    if (server->daemon == NULL) {
        close(fd);
        return err_set(err, ERR_FATAL, "http server: libmicrohttpd did not start: %s",
                       strerror(errno));
    }
    return 0;
}

int http_server_start(struct http_server **out, const struct http_server_options *options,
                      const struct http_server_route *routes, size_t n, struct err *err)
{
    CLEANUP(http_server_stopp) struct http_server *server = calloc(1, sizeof *server);

    if (server == NULL || (server->routes = calloc(n + 1, sizeof *routes)) == NULL)
        return err_nomem(err);
    if (n > 0)
        memcpy(server->routes, routes, n * sizeof *routes);
    server->n_routes = n;
    server->max_body_bytes =
        options->max_body_bytes > 0 ? options->max_body_bytes : BODY_DEFAULT_MAX_BYTES;

    int r = watch_new(&server->watch, REQUEST_DEADLINE_MS, err);
    if (r == 0)
        r = start_daemon(server, options, err);
    if (r != 0)
        return r;
    *out = STEAL(server);
    return 0;
}

void http_server_stop(struct http_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL) {
        MHD_socket listener = MHD_quiesce_daemon(server->daemon);
        watch_drain(server->watch, DRAIN_MS);
        MHD_stop_daemon(server->daemon);
        if (listener != MHD_INVALID_SOCKET)
            close(listener);
    }
    watch_free(server->watch);
    free(server->routes);
    free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}
