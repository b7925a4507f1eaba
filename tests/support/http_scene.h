/*
 * A scene: one HTTP client and one scripted server (raw_server.h) that live for one test.
 *
 *     SCENE(s, {.text = HTTP_BUSY("")}, {.text = HTTP_OK});
 *     assert_int_equal(scene_get(&s), 0);      s.response, s.err, s.server
 */
#ifndef TESTS_SUPPORT_HTTP_SCENE_H
#define TESTS_SUPPORT_HTTP_SCENE_H

#include "common/http/http.h"
#include "tests/support/raw_server.h"

#define HTTP_OK                                                                                    \
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kind:  good \r\nConnection: close\r\n\r\nok"
#define HTTP_BUSY(more)                                                                            \
    "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n" more "\r\nbusy"

struct scene {
    struct http *http;
    struct raw_server *server;
    struct http_response response;
    struct err err;
};

#define SCENE(name, ...)                                                                           \
    static const struct raw_answer name##_answers[] = {__VA_ARGS__};                               \
    CLEANUP(scene_done) struct scene name = scene_with(name##_answers, COUNT(name##_answers))

struct scene scene_with(const struct raw_answer *answers, size_t n);
void scene_done(struct scene *scene);
int scene_get(struct scene *scene); /* GET /x */
int scene_post(struct scene *scene, bool idempotent, int max_attempts);

/* A client with these options and the tests' user agent; fails the program when it cannot be. */
struct http *scene_http(const struct http_options *options);
int http_get(struct http *http, const char *url, struct http_response *out, struct err *err);
bool text_has(const char *text, const char *part); /* whatever the case */

#endif
