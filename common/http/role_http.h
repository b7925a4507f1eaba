/* Endpoints that every role offers alike: /health (the process lives) and /metrics (Prometheus). */
#ifndef COMMON_HTTP_ROLE_HTTP_H
#define COMMON_HTTP_ROLE_HTTP_H

#include "common/http/http_server.h"

/* Handlers for http_server_route; they need no context. */
void role_http_health(void *context, const struct http_server_request *request,
                      struct http_server_reply *reply);
void role_http_metrics(void *context, const struct http_server_request *request,
                       struct http_server_reply *reply);

#endif
