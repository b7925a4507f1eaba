/* What http_server.c and http_server_request.c share; nobody else includes it. */
#ifndef COMMON_HTTP_HTTP_SERVER_PRIVATE_H
#define COMMON_HTTP_HTTP_SERVER_PRIVATE_H

#include <stdatomic.h>

#include <microhttpd.h>

#include "common/http/http_server.h"
#include "common/http/http_server_watch.h"

#define BODIES_AT_ONCE 8 /* bodies of the largest size that may be in memory together */

struct http_server {
    struct MHD_Daemon *daemon;
    struct connection_watch *watch;
    struct http_server_route *routes;
    size_t n_routes;
    size_t max_body_bytes;
    atomic_size_t reserved_bytes; /* for bodies now being read */
    uint16_t port;
};

/* libmicrohttpd's callbacks; context is the struct http_server. */
enum MHD_Result http_server_on_request(void *context, struct MHD_Connection *connection,
                                       const char *url, const char *method, const char *version,
                                       const char *upload, size_t *upload_len, void **state);
void http_server_on_completed(void *context, struct MHD_Connection *connection, void **state,
                              enum MHD_RequestTerminationCode why);

#endif
