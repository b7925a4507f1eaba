/* A client and a scripted server for one test; the story stands in http_scene.h. */
#include "tests/support/http_scene.h"

#include <stdio.h>

struct http *scene_http(const struct http_options *given)
{
    struct http_options options = *given;
    struct http *http = NULL;
    struct err err = {0};

    options.user_agent = "plumbline-test/1";
    int r = http_new(&http, &options, &err);
    if (r < 0) {
        fprintf(stderr, "http_new: %s\n", err.text);
        abort();
    }
    return http;
}

struct scene scene_with(const struct raw_answer *answers, size_t n)
{
    struct http_options options = {.allow_private = true, .silence_timeout_ms = 2000};

    return (struct scene){.http = scene_http(&options), .server = raw_server_start(answers, n)};
}

void scene_done(struct scene *scene)
{
    http_response_done(&scene->response);
    http_free(scene->http);
    raw_server_stop(scene->server);
}

int http_get(struct http *http, const char *url, struct http_response *out, struct err *err)
{
    return http_send(http, &(struct http_request){.method = "GET", .url = url}, out, err);
}

int scene_get(struct scene *scene)
{
    http_response_done(&scene->response);
    return http_get(scene->http, raw_server_url(scene->server, "/x"), &scene->response,
                    &scene->err);
}

int scene_post(struct scene *scene, bool idempotent, int max_attempts)
{
    struct http_request request = {.method = "POST",
                                   .url = raw_server_url(scene->server, "/x"),
                                   .body = "{}",
                                   .body_len = 2,
                                   .idempotent = idempotent,
                                   .max_attempts = max_attempts};

    http_response_done(&scene->response);
    return http_send(scene->http, &request, &scene->response, &scene->err);
}

bool text_has(const char *text, const char *part)
{
    return strcasestr(text, part) != NULL;
}
