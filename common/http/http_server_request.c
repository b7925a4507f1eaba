/* One request: route, body, handler, answer. The story stands in http_server.h. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/http/http_server_private.h"
#include "common/json.h"

#define REPLY_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* From a request's headers to its completion. */
struct pending {
    const struct http_server_route *route;
    struct buf body;
    size_t reserved_bytes;
    size_t discarded_bytes; /* what came after the body became too long */
};

static struct watched *watched_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

/* --- routes -------------------------------------------------------------------------------- */

static bool path_fits(const char *pattern, const char *path)
{
    size_t len = strlen(pattern);

    if (len > 0 && pattern[len - 1] == '*')
        return strncmp(pattern, path, len - 1) == 0;
    return str_eq(pattern, path);
}

static const struct http_server_route *find_route(const struct http_server *server,
                                                  const char *method, const char *path)
{
    const char *wanted = str_eq(method, "HEAD") ? "GET" : method;

    for (size_t i = 0; i < server->n_routes; i++) {
        const struct http_server_route *route = &server->routes[i];
        if (str_eq(route->method, wanted) && path_fits(route->path, path))
            return route;
    }
    return NULL;
}

static void list_methods(const struct http_server *server, const char *path, struct buf *out)
{
    for (size_t i = 0; i < server->n_routes; i++) {
        const struct http_server_route *route = &server->routes[i];
        if (!path_fits(route->path, path))
            continue;
        buf_print(out, "%s%s", out->len > 0 ? ", " : "", route->method);
        if (str_eq(route->method, "GET"))
            buf_text(out, ", HEAD");
    }
}

/* --- answering ----------------------------------------------------------------------------- */

/* Takes the reply's body. extra_name may be NULL. */
static enum MHD_Result send_reply(struct http_server *server, struct MHD_Connection *connection,
                                  struct http_server_reply *reply, const char *extra_name,
                                  const char *extra_value)
{
    struct err ignored;
    int status = reply->status != 0 ? reply->status : 200;
    const char *type = reply->content_type != NULL ? reply->content_type : "application/json";

    if (buf_check(&reply->body, &ignored) != 0) {
        buf_done(&reply->body);
        http_server_refuse(reply, 500, "the answer would be longer than %zu bytes",
                           REPLY_MAX_BYTES);
        status = 500;
        type = "application/json";
    }
    size_t len = reply->body.len;
    char *bytes = buf_take(&reply->body);
    struct MHD_Response *response =
        bytes != NULL ? MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE) : NULL;
    if (response == NULL) {
        free(bytes);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (extra_name != NULL)
        MHD_add_response_header(response, extra_name, extra_value);
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    watch_state(server->watch, watched_of(connection), WATCH_WRITING);
    return queued;
}

__attribute__((format(printf, 4, 5))) static enum MHD_Result
refuse(struct http_server *server, struct MHD_Connection *connection, int status,
       const char *format, ...)
{
    struct http_server_reply reply = {.body = BUF(REPLY_MAX_BYTES)};
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    http_server_refuse(&reply, status, "%s", text);
    return send_reply(server, connection, &reply, status == 503 ? "Retry-After" : NULL, "5");
}

static enum MHD_Result refuse_route(struct http_server *server, struct MHD_Connection *connection,
                                    const char *method, const char *path)
{
    CLEANUP(buf_done) struct buf allowed = BUF(1024);
    struct http_server_reply reply = {.body = BUF(REPLY_MAX_BYTES)};

    list_methods(server, path, &allowed);
    if (allowed.len == 0)
        return refuse(server, connection, 404, "there is nothing at %.100s", path);
    http_server_refuse(&reply, 405, "%.20s is not possible here; possible: %s", method,
                       buf_str(&allowed));
    return send_reply(server, connection, &reply, MHD_HTTP_HEADER_ALLOW, buf_str(&allowed));
}

static enum MHD_Result refuse_length(struct http_server *server, struct MHD_Connection *connection)
{
    return refuse(server, connection, 413, "the body is longer than %zu bytes",
                  server->max_body_bytes);
}

static enum MHD_Result call_handler(struct http_server *server, struct MHD_Connection *connection,
                                    const struct pending *pending, const char *path)
{
    struct http_server_reply reply = {.body = BUF(REPLY_MAX_BYTES)};
    struct http_server_request request = {
        .method = pending->route->method,
        .path = path,
        .body = buf_str(&pending->body),
        .body_len = pending->body.len,
        .handle = connection,
    };

    watch_state(server->watch, watched_of(connection), WATCH_HANDLING);
    pending->route->handler(pending->route->context, &request, &reply);
    return send_reply(server, connection, &reply, NULL, NULL);
}

/* --- libmicrohttpd's callbacks ------------------------------------------------------------- */

/* Length of the body to come; 0 when none, the maximum when the client does not say. */
static size_t announced_length(const struct http_server *server, struct MHD_Connection *connection)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *coding =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);

    if (coding != NULL)
        return server->max_body_bytes;
    if (length == NULL || !isdigit((unsigned char)length[0]))
        return 0;
    errno = 0;
    unsigned long long value = strtoull(length, NULL, 10);
    return errno != 0 || value > SIZE_MAX ? SIZE_MAX : (size_t)value;
}

/* All that headers alone can decide is decided before a byte of the body is read. */
static enum MHD_Result begin(struct http_server *server, struct MHD_Connection *connection,
                             const char *path, const char *method, void **state)
{
    const struct http_server_route *route = find_route(server, method, path);
    size_t length = announced_length(server, connection);

    if (route == NULL)
        return refuse_route(server, connection, method, path);
    if (length > server->max_body_bytes)
        return refuse_length(server, connection);
    size_t before = atomic_fetch_add(&server->reserved_bytes, length);
    if (before + length > BODIES_AT_ONCE * server->max_body_bytes) {
        atomic_fetch_sub(&server->reserved_bytes, length);
        return refuse(server, connection, 503, "too many large bodies at the same time");
    }
    struct pending *pending = calloc(1, sizeof *pending);
    if (pending == NULL) {
        atomic_fetch_sub(&server->reserved_bytes, length);
        return MHD_NO;
    }
    pending->route = route;
    pending->reserved_bytes = length;
    pending->body = BUF(server->max_body_bytes);
    *state = pending;
    return MHD_YES;
}

/*
 * A body without stated length can turn out too long only on the way, when libmicrohttpd takes no
 * answer yet: the rest is thrown away, but not more than the maximum once again.
 */
static enum MHD_Result take_upload(const struct http_server *server, struct pending *pending,
                                   const char *upload, size_t *upload_len)
{
    buf_bytes(&pending->body, upload, *upload_len);
    if (pending->body.too_long)
        pending->discarded_bytes += *upload_len;
    *upload_len = 0;
    return pending->discarded_bytes > server->max_body_bytes ? MHD_NO : MHD_YES;
}

enum MHD_Result http_server_on_request(void *context, struct MHD_Connection *connection,
                                       const char *url, const char *method, const char *version,
                                       const char *upload, size_t *upload_len, void **state)
{
    struct http_server *server = context;
    struct pending *pending = *state;

    (void)version;
    if (pending == NULL)
        return begin(server, connection, url, method, state);
    if (*upload_len > 0)
        return take_upload(server, pending, upload, upload_len);
    if (pending->body.too_long)
        return refuse_length(server, connection);
    return call_handler(server, connection, pending, url);
}

void http_server_on_completed(void *context, struct MHD_Connection *connection, void **state,
                              enum MHD_RequestTerminationCode why)
{
    struct http_server *server = context;
    struct pending *pending = *state;

    (void)why;
    watch_state(server->watch, watched_of(connection), WATCH_READING);
    if (pending == NULL)
        return;
    atomic_fetch_sub(&server->reserved_bytes, pending->reserved_bytes);
    buf_done(&pending->body);
    free(pending);
    *state = NULL;
}

/* --- for handlers -------------------------------------------------------------------------- */

const char *http_server_query(const struct http_server_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->handle, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_server_header(const struct http_server_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->handle, MHD_HEADER_KIND, name);
}

void http_server_refuse(struct http_server_reply *reply, int status, const char *format, ...)
{
    CLEANUP(json_freep) struct json *answer = json_object();
    struct json *error = json_object();
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_set_text(error, "message", text);
    json_set_give(answer, "error", error);
    buf_reset(&reply->body);
    json_write(answer, JSON_COMPACT, &reply->body);
    buf_char(&reply->body, '\n');
    reply->status = status;
    reply->content_type = NULL;
}
