/* A fake's server; the story stands in common_http.h. */
#include "tests/fakes/common_http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/json.h"
#include "tests/fakes/common_faults.h"

#define SLOW_PIECE 16
#define PATHS_MAX  2000

static struct {
    const struct fake_options *options;
    pthread_mutex_t lock; /* of counts and faults, and around the handler */
    struct json *counts;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* What lives as long as one request; MHD keeps the pointer between its calls. */
struct exchange {
    struct buf body;
    struct buf reply;
    size_t sent;
    size_t stop_at; /* the connection ends here; reply.len when it does not */
    int64_t delay_ms;
    char query[4096];
    char raw_path[4096];
};

const char *fake_query(const struct fake_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->handle, MHD_GET_ARGUMENT_KIND, name);
}

const char *fake_header(const struct fake_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->handle, MHD_HEADER_KIND, name);
}

void fake_reply_header(struct fake_reply *reply, const char *name, const char *format, ...)
{
    va_list args;

    assert(reply->n_headers < FAKE_HEADERS_MAX);
    struct fake_header *header = &reply->headers[reply->n_headers++];
    (void)str_copy(header->name, sizeof header->name, name);
    va_start(args, format);
    vsnprintf(header->value, sizeof header->value, format, args);
    va_end(args);
}

void fake_reply_json_give(struct fake_reply *reply, int status, struct json *body)
{
    reply->status = status;
    buf_reset(&reply->body);
    json_write(body, JSON_COMPACT, &reply->body);
    json_free(body);
}

void fake_reply_error(struct fake_reply *reply, int status, const char *format, ...)
{
    struct json *body = json_object();
    struct json *error = json_object();
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_set_text(error, "message", text);
    json_set_give(body, "error", error);
    fake_reply_json_give(reply, status, body);
}

static void count(const char *method, const char *path)
{
    char key[512];

    snprintf(key, sizeof key, "%s %s", method, path);
    int64_t n = json_get_int(server.counts, key, 0);
    if (n > 0 || json_count(server.counts) < PATHS_MAX)
        json_set_int(server.counts, key, n + 1);
}

static void handle_own(const struct fake_request *request, struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *faults = NULL;
    struct err err = {0};

    if (str_eq(request->path, "/_fake/state")) {
        struct json *state = json_object();
        json_set_give(state, "requests", json_copy(server.counts));
        json_set_give(state, "faults", faults_left());
        if (server.options->state != NULL)
            json_set_give(state, "fake", server.options->state(server.options->context));
        fake_reply_json_give(reply, 200, state);
    } else if (str_eq(request->method, "DELETE")) {
        faults_clear();
        reply->status = 204;
    } else if (json_parse(&faults, request->body, request->body_len, &err) < 0 ||
               faults_add(faults, &err) < 0) {
        fake_reply_error(reply, 400, "%s", err.text);
    } else {
        reply->status = 204;
    }
}

static void call_handler(const struct fake_request *request, struct fake_reply *reply)
{
    const struct fake_options *options = server.options;

    if (options->concurrent)
        pthread_mutex_unlock(&server.lock);
    options->handler(options->context, request, reply);
    if (options->concurrent)
        pthread_mutex_lock(&server.lock);
}

static bool is_ours(const char *fault)
{
    static const char *const ours[] = {"status", "effect",     "reset", "truncate",
                                       "slow",   "wrong_type", ""};

    for (size_t i = 0; i < COUNT(ours); i++) {
        if (str_eq(ours[i], fault))
            return true;
    }
    return false;
}

static void answer_status(struct fake_reply *reply, const struct fault *fault)
{
    reply->n_headers = 0;
    fake_reply_error(reply, fault->status, "injected %d", fault->status);
    if (fault->body[0] != '\0') {
        buf_reset(&reply->body);
        buf_text(&reply->body, fault->body);
    }
    if (fault->retry_after[0] != '\0')
        fake_reply_header(reply, "Retry-After", "%s", fault->retry_after);
}

/* Fills the reply; what concerns the connection is left to the caller. */
static void serve(struct fake_request *request, struct fake_reply *reply, struct fault *fault)
{
    pthread_mutex_lock(&server.lock);
    if (str_starts(request->path, "/_fake/state") || str_starts(request->path, "/_fake/faults")) {
        handle_own(request, reply);
    } else {
        bool faulty = faults_take(request->method, request->path, fault);
        count(request->method, request->path);
        request->fault = faulty && !is_ours(fault->name) ? fault->name : NULL;
        if (!str_eq(fault->name, "status") && !str_eq(fault->name, "reset"))
            call_handler(request, reply);
    }
    pthread_mutex_unlock(&server.lock);

    if (str_eq(fault->name, "status") || str_eq(fault->name, "effect"))
        answer_status(reply, fault);
    if (str_eq(fault->name, "wrong_type"))
        (void)str_copy(reply->content_type, sizeof reply->content_type, "text/html");
}

static void pause_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&time, NULL);
}

static ssize_t read_reply(void *context, uint64_t at, char *out, size_t max)
{
    struct exchange *exchange = context;

    (void)at;
    if (exchange->sent >= exchange->stop_at)
        return exchange->stop_at < exchange->reply.len ? MHD_CONTENT_READER_END_WITH_ERROR
                                                       : MHD_CONTENT_READER_END_OF_STREAM;
    size_t n = exchange->stop_at - exchange->sent;
    if (exchange->delay_ms > 0) {
        pause_ms(exchange->delay_ms);
        n = n < SLOW_PIECE ? n : SLOW_PIECE;
    }
    n = n < max ? n : max;
    memcpy(out, exchange->reply.bytes + exchange->sent, n);
    exchange->sent += n;
    return (ssize_t)n;
}

static enum MHD_Result reset_connection(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (info != NULL)
        setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return MHD_NO;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, struct exchange *exchange,
                                  struct fake_reply *reply, const struct fault *fault)
{
    exchange->reply = reply->body;
    exchange->stop_at = str_eq(fault->name, "truncate") ? reply->body.len / 2 : reply->body.len;
    exchange->delay_ms = str_eq(fault->name, "slow") ? fault->delay_ms : 0;
    struct MHD_Response *response =
        MHD_create_response_from_callback(reply->body.len, 64 * 1024, read_reply, exchange, NULL);

    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type",
                            reply->content_type[0] != '\0' ? reply->content_type
                                                           : "application/json");
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    enum MHD_Result r = MHD_queue_response(
        connection, reply->status != 0 ? (unsigned int)reply->status : MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **memory)
{
    struct exchange *exchange = *memory;
    struct fake_reply reply = {.body = BUF(FAKE_BODY_MAX)};
    struct fault fault = {.name = ""};

    (void)context;
    (void)version;
    if (*upload_size > 0) {
        buf_bytes(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    struct fake_request request = {.method = method,
                                   .path = url,
                                   .raw_path = exchange->raw_path,
                                   .query = exchange->query,
                                   .body = buf_str(&exchange->body),
                                   .body_len = exchange->body.len,
                                   .handle = connection};
    serve(&request, &reply, &fault);
    if (str_eq(fault.name, "reset")) {
        buf_done(&reply.body);
        return reset_connection(connection);
    }
    return send_reply(connection, exchange, &reply, &fault);
}

/* MHD's first call for a request has no memory yet: it only opens the exchange. */
static enum MHD_Result on_call(void *context, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **memory)
{
    struct exchange *exchange = *memory;

    if (exchange == NULL || exchange->body.max_bytes == 0) {
        if (exchange == NULL)
            *memory = exchange = calloc(1, sizeof *exchange);
        if (exchange == NULL)
            return MHD_NO;
        exchange->body = BUF(FAKE_BODY_MAX);
        return MHD_YES;
    }
    return on_request(context, connection, url, method, version, upload, upload_size, memory);
}

/* The only place where MHD shows the whole request line. */
static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    const char *query = strchr(uri, '?');

    (void)context;
    (void)connection;
    if (exchange != NULL && query != NULL)
        (void)str_copy(exchange->query, sizeof exchange->query, query);
    if (exchange != NULL)
        snprintf(exchange->raw_path, sizeof exchange->raw_path, "%.*s", (int)strcspn(uri, "?"),
                 uri);
    return exchange;
}

static void on_end(void *context, struct MHD_Connection *connection, void **memory,
                   enum MHD_RequestTerminationCode why)
{
    struct exchange *exchange = *memory;

    (void)context;
    (void)connection;
    (void)why;
    if (exchange == NULL)
        return;
    buf_done(&exchange->body);
    buf_done(&exchange->reply);
    free(exchange);
    *memory = NULL;
}

static bool write_port(const char *path, unsigned int port)
{
    char draft[4096];

    printf("http://127.0.0.1:%u\n", port);
    fflush(stdout);
    if (path == NULL)
        return true;
    if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft)
        return false;
    FILE *file = fopen(draft, "w");
    if (file == NULL)
        return false;
    fprintf(file, "%u\n", port);
    return fclose(file) == 0 && rename(draft, path) == 0;
}

int fake_serve(const struct fake_options *options)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    sigset_t ends;
    int signal_seen;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* before the threads, which inherit it */
    server.options = options;
    server.counts = json_object();

    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL, on_call,
        NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "cannot listen on loopback\n");
        return 1;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info == NULL || !write_port(options->port_file, info->port)) {
        fprintf(stderr, "cannot write the port file\n");
        return 1;
    }
    sigwait(&ends, &signal_seen);
    MHD_stop_daemon(daemon);
    json_free(server.counts);
    faults_clear();
    return 0;
}
