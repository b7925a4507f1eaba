/* The poll role: what is published, when the cursor moves, what a crash costs. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/metrics.h"
#include "common/redis/source_state.h"
#include "common/stop.h"
#include "producer/poll.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/support/poll_scene.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define FINDING(n)                                                                                 \
    "{\"control\": \"c\", \"arn\": \"arn:aws:s3:::b" n "\", \"event_id\": \"id" n "\"}\n"
#define THREE FINDING("1") FINDING("2") FINDING("3")

static enum broker_kind kind;

static const char *const FILES[] = {"SOURCES", "file", "FINDINGS_REPOSITORY", "acme/infra", NULL};

static void write_findings(const struct poll_scene *scene, const char *name, const char *text)
{
    free(temp_file_write(scene->dir, name, text));
}

static void items_and_refusals_are_published_with_their_headers(void **state)
{
    struct poll_scene scene;
    char text[256];

    (void)state;
    poll_scene_start(&scene, kind, FILES);
    write_findings(&scene, "a.jsonl", FINDING("1") "{\"control\": 7}\n");
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    poll_scene_read(&scene, 2);

    CLEANUP(item_freep) struct item *item = NULL;
    const struct queue_record *found = poll_scene_record(&scene, TOPIC_FINDINGS, 0);
    assert_non_null(found);
    assert_ok(item_decode(&item, found->value, found->value_len, &scene.err), scene.err);
    assert_string_equal(item->arn, "arn:aws:s3:::b1");
    assert_memory_equal(found->key, "acme/infra", found->key_len);
    assert_string_equal(record_header(found, "ce_id", text, sizeof text), "id1");
    assert_string_equal(record_header(found, "ce_type", text, sizeof text), TYPE_FINDING);
    assert_string_equal(record_header(found, "ce_specversion", text, sizeof text), "1.0");
    assert_true(traceparent_is_valid(record_header(found, "traceparent", text, sizeof text)));

    const struct queue_record *dead = poll_scene_record(&scene, TOPIC_DLQ, 0);
    assert_non_null(dead);
    assert_int_equal(dead->value_len, strlen("{\"control\": 7}"));
    assert_memory_equal(dead->value, "{\"control\": 7}", dead->value_len);
    assert_has(record_header(dead, "__connect.errors.exception.message", text, sizeof text),
               "control");
    assert_string_equal(record_header(dead, "__connect.errors.stage", text, sizeof text), "poll");
    assert_string_equal(record_header(dead, "__connect.errors.topic", text, sizeof text),
                        TOPIC_FINDINGS);
    poll_scene_stop(&scene);
}

static void an_unchanged_file_is_not_sent_again(void **state)
{
    struct poll_scene scene;

    (void)state;
    poll_scene_start(&scene, kind, FILES);
    write_findings(&scene, "a.jsonl", THREE);
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    write_findings(&scene, "b.jsonl", FINDING("4"));
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    poll_scene_read(&scene, 4);
    assert_null(next_record(scene.consumer, 300));
    poll_scene_stop(&scene);
}

static void while_kafka_is_away_the_cursor_stays(void **state)
{
    struct poll_scene scene;
    CLEANUP(buf_done) struct buf cursor = BUF(65536);

    (void)state;
    poll_scene_start(&scene, kind, FILES);
    write_findings(&scene, "a.jsonl", THREE);
    broker_set_up(scene.broker, false);
    assert_int_equal(poll_once(&scene.config, &scene.err), ERR_RETRY);
    assert_int_equal(source_cursor_read(scene.redis, "file", &cursor, &scene.err),
                     SOURCE_NO_CURSOR);
    broker_set_up(scene.broker, true);
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    poll_scene_read(&scene, 3);
    poll_scene_stop(&scene);
}

static void a_source_that_another_replica_polls_is_left_to_it(void **state)
{
    struct source_lease lease;
    struct poll_scene scene;

    (void)state;
    poll_scene_start(&scene, kind, FILES);
    assert_ok(source_lease_take(scene.redis, "file", 60000, clock_mono_ms(), &lease, &scene.err),
              scene.err);
    assert_int_equal(poll_once(&scene.config, &scene.err), ERR_RETRY);
    assert_has(scene.err.text, "another process");
    assert_ok(source_lease_drop(scene.redis, &lease, &scene.err), scene.err);
    assert_ok(poll_once(&scene.config, &scene.err), scene.err);
    poll_scene_stop(&scene);
}

static void a_missing_setting_is_named(void **state)
{
    static const char *const settings[] = {"SOURCES", "file", "FINDINGS_PATH", "", NULL};
    struct poll_scene scene;

    (void)state;
    poll_scene_start(&scene, kind, settings);
    assert_int_equal(poll_once(&scene.config, &scene.err), ERR_FATAL);
    assert_has(scene.err.text, "FINDINGS_PATH");
    poll_scene_stop(&scene);
}

/* --- the running role --- */

/* A port that the system gave a moment ago: it gives others before it gives this one again. */
static void free_port(char *out, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    snprintf(out, size, "%d", ntohs(address.sin_port));
    close(fd);
}

static void *run_role(void *context)
{
    struct poll_scene *scene = context;

    assert_int_equal(poll_run(&scene->config, &scene->err), 0);
    return NULL;
}

struct page {
    struct http *http;
    char url[128];
    struct http_response response;
};

static bool is_ok(void *context)
{
    struct page *page = context;
    const struct http_request request = {.method = "GET", .url = page->url, .max_attempts = 1};
    struct err ignored;

    http_response_done(&page->response);
    return http_send(page->http, &request, &page->response, &ignored) == 0 &&
           page->response.status == 200;
}

static void assert_page(struct page *page, const char *port, const char *path, const char *part)
{
    snprintf(page->url, sizeof page->url, "http://127.0.0.1:%s%s", port, path);
    if (!wait_until(is_ok, page, 20000))
        fail_msg("%s does not answer 200: %s", path, buf_str(&page->response.body));
    assert_has(buf_str(&page->response.body), part);
}

static bool has_polled(void *context)
{
    (void)context;
    return metric_value("plumb_last_poll_timestamp_seconds", "file") > 0;
}

static void the_role_polls_answers_and_stops(void **state)
{
    static char port[8];
    static const char *const settings[] = {
        "SOURCES", "file", "FINDINGS_REPOSITORY", "acme/infra", "HTTP_PORT", port, NULL};
    const struct http_options options = {.user_agent = "plumb-test", .allow_private = true};
    struct source_lease lease;
    struct poll_scene scene;
    struct page page = {0};
    pthread_t thread;

    (void)state;
    free_port(port, sizeof port);
    poll_scene_start(&scene, kind, settings);
    write_findings(&scene, "a.jsonl", THREE);
    metrics_reset();
    assert_ok(http_new(&page.http, &options, &scene.err), scene.err);
    assert_int_equal(pthread_create(&thread, NULL, run_role, &scene), 0);
    assert_page(&page, port, "/health", "\"role\":\"poll\"");
    assert_page(&page, port, "/ready", "\"ready\":true");
    assert_true(wait_until(has_polled, NULL, 20000));
    assert_page(&page, port, "/status", "\"items\":3");
    assert_page(&page, port, "/metrics", "plumb_items_polled_total{source=\"file\"} 3");
    poll_scene_read(&scene, 3);

    int64_t asked_ms = clock_mono_ms();
    stop_request();
    pthread_join(thread, NULL);
    assert_true(clock_mono_ms() - asked_ms < 10000);
    stop_reset();
    assert_ok(source_lease_take(scene.redis, "file", 1000, clock_mono_ms(), &lease, &scene.err),
              scene.err);
    http_response_done(&page.response);
    http_free(page.http);
    poll_scene_stop(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_and_refusals_are_published_with_their_headers),
        cmocka_unit_test(an_unchanged_file_is_not_sent_again),
        cmocka_unit_test(while_kafka_is_away_the_cursor_stays),
        cmocka_unit_test(a_source_that_another_replica_polls_is_left_to_it),
        cmocka_unit_test(a_missing_setting_is_named),
        cmocka_unit_test(the_role_polls_answers_and_stops),
    };
    /* A real broker starts slowly, so it is asked only where it may differ from the embedded one.
     */
    const struct CMUnitTest on_real[] = {
        cmocka_unit_test(items_and_refusals_are_published_with_their_headers),
        cmocka_unit_test(an_unchanged_file_is_not_sent_again),
        cmocka_unit_test(the_role_polls_answers_and_stops),
    };
    int failed = 0;

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++) {
        if (!broker_wanted(kind))
            continue;
        fprintf(stderr, "broker: %s\n", broker_kind_name(kind));
        failed += kind == BROKER_EMBEDDED ? cmocka_run_group_tests(tests, NULL, NULL)
                                          : cmocka_run_group_tests(on_real, NULL, NULL);
    }
    return failed;
}
