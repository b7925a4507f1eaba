/* Endpoints that every role offers alike; the story stands in role_http.h. */
#include "common/http/role_http.h"

#include "common/metrics.h"

void role_http_health(void *context, const struct http_server_request *request,
                      struct http_server_reply *reply)
{
    (void)context;
    (void)request;
    buf_text(&reply->body, "{\"status\":\"healthy\"}\n");
}

void role_http_metrics(void *context, const struct http_server_request *request,
                       struct http_server_reply *reply)
{
    (void)context;
    (void)request;
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metrics_render(&reply->body);
}
