/*
 * The sink as a process of its own (this program again, with --sink) on the embedded broker: killed
 * between any two of its steps it writes every event once, and what it cannot read it sets aside.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/config.h"
#include "common/files.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/log.h"
#include "common/stop.h"
#include "proto/audit.h"
#include "proto/topics.h"
#include "tests/support/kafka.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"
#include "worker/sink/sink.h"

enum { PARTITIONS = 4, WAIT_MS = 40000, LOG_MAX = 4 * 1024 * 1024 };

static struct broker *broker;
static struct queue_producer *producer;

struct scene {
    char *directory;
    char audit_log[512];
    char messages[512]; /* what the sink wrote on stderr */
    pid_t sink;
    int64_t lines; /* to wait for */
};

/* --- the sink's process --- */

static int be_the_sink(void)
{
    struct config config = {0};
    struct err err;

    log_open("sink", LOG_LEVEL_INFO);
    stop_install();
    int r = config_load_env(&config, &err);
    if (r == 0)
        r = sink_run(&config, &err);
    if (r < 0)
        LOG_ERROR("sink.failed", LOG_ERR(&err));
    config_done(&config);
    return r < 0 ? 1 : 0;
}

static void sink_start(struct scene *scene, const char *fault)
{
    scene->sink = fork();
    assert_true(scene->sink >= 0);
    if (scene->sink > 0)
        return;
    if (freopen(scene->messages, "w", stderr) == NULL)
        _exit(126);
    setenv("PLUMB_FAULT", fault, 1);
    execl("/proc/self/exe", "test_sink", "--sink", NULL);
    _exit(127);
}

static int sink_wait(struct scene *scene)
{
    int status = 0;

    assert_int_equal(waitpid(scene->sink, &status, 0), scene->sink);
    scene->sink = 0;
    return status;
}

static void sink_stop(struct scene *scene)
{
    kill(scene->sink, SIGTERM);
    int status = sink_wait(scene);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- the scene --- */

static int bring_up(void **state)
{
    (void)state;
    broker = broker_start_own(BROKER_EMBEDDED);
    broker_make_topics(broker, topics_all, TOPIC_COUNT, PARTITIONS);
    producer = producer_for(broker);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    queue_producer_free(producer);
    broker_stop(broker);
    return 0;
}

static int start(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    char group[FRESH_NAME_BYTES];

    assert_non_null(scene);
    scene->directory = temp_dir_make();
    snprintf(scene->audit_log, sizeof scene->audit_log, "%s/audit.jsonl", scene->directory);
    snprintf(scene->messages, sizeof scene->messages, "%s/messages", scene->directory);
    fresh_name(group, "sink");
    setenv("AUDIT_DIR", scene->directory, 1);
    setenv("KAFKA_BOOTSTRAP_SERVERS", broker_address(broker), 1);
    setenv("KAFKA_CONSUMER_GROUP", group, 1);
    setenv("KAFKA_SESSION_TIMEOUT_MS", "4000", 1);
    setenv("KAFKA_FETCH_WAIT_MS", "20", 1);
    setenv("HTTP_ADDRESS", "127.0.0.1", 1);
    setenv("HTTP_PORT", "0", 1);
    *state = scene;
    return 0;
}

static int finish(void **state)
{
    struct scene *scene = *state;

    if (scene->sink > 0) {
        kill(scene->sink, SIGKILL);
        sink_wait(scene);
    }
    temp_dir_remove(scene->directory);
    free(scene);
    return 0;
}

static void send_bytes(const void *bytes, size_t len)
{
    const struct queue_header header = {"ce_type", TYPE_AUDIT, strlen(TYPE_AUDIT)};
    const struct queue_message message = {
        .topic = TOPIC_AUDIT, .value = bytes, .value_len = len, .headers = &header, .n_headers = 1};
    struct err err;

    assert_ok(queue_send_wait(producer, &message, &err), err);
}

static void send_events(const char *scope, int first, int n)
{
    for (int i = first; i < first + n; i++) {
        CLEANUP(audit_event_freep) struct audit_event *event = NULL;
        CLEANUP(buf_done) struct buf bytes = BUF(65536);
        char fingerprint[512], id[SHA256_HEX_BYTES];
        struct err err;

        assert_ok(audit_event_new(&event, &err), err);
        snprintf(fingerprint, sizeof fingerprint, "%.400s-%d", scope, i);
        audit_event_id(fingerprint, 1, "item.ended", id);
        event->at_unix_ms = 1700000000000 + i;
        assert_true(audit_event_set(event, &event->event_id, id));
        assert_true(audit_event_set(event, &event->kind, "item.ended"));
        assert_true(audit_event_set(event, &event->fingerprint, fingerprint));
        assert_true(audit_event_set(event, &event->action, "remediate"));
        assert_true(audit_event_set(event, &event->status, "success"));
        assert_true(audit_event_set(event, &event->state, "PR_OPEN"));
        assert_ok(audit_event_encode(event, &bytes, &err), err);
        send_bytes(bytes.bytes, bytes.len);
    }
}

static bool has_lines(void *context)
{
    struct scene *scene = context;
    struct chain_report report;
    struct err err;

    return chain_verify(scene->audit_log, &report, &err) == 0 && report.bad_line == 0 &&
           report.lines >= scene->lines;
}

static void wait_for_lines(struct scene *scene, int64_t lines)
{
    scene->lines = lines;
    if (!wait_until(has_lines, scene, WAIT_MS))
        fail_msg("the audit log did not reach %lld lines", (long long)lines);
}

/* Of this test's own events, every one once: the topic also holds those of the tests before. */
static void assert_each_event_once(struct scene *scene, const char *scope, int n)
{
    CLEANUP(buf_done) struct buf log = BUF(LOG_MAX);
    struct err err;

    assert_ok(files_read(scene->audit_log, &log, &err), err);
    for (int i = 0; i < n; i++) {
        char member[600];
        snprintf(member, sizeof member, "\"fingerprint\":\"%.400s-%d\"", scope, i);
        const char *found = strstr(log.bytes, member);
        if (found == NULL)
            fail_msg("event %d is missing", i);
        if (strstr(found + 1, member) != NULL)
            fail_msg("event %d is there twice", i);
    }
    struct chain_report report;
    assert_ok(chain_verify(scene->audit_log, &report, &err), err);
    assert_int_equal(report.bad_line, 0);
}

static int64_t events_so_far;

/* The sink dies at that point, and its successor ends with every event once. */
static void killed_at(struct scene *scene, const char *fault, const char *scope)
{
    send_events(scope, 0, 20);
    sink_start(scene, fault);
    int status = sink_wait(scene);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);

    send_events(scope, 10, 20); /* ten of them for the second time */
    events_so_far += 30;
    sink_start(scene, "");
    wait_for_lines(scene, events_so_far);
    sink_stop(scene);
    assert_each_event_once(scene, scope, 30);
}

static void row_26_killed_after_the_write_it_writes_every_event_once(void **state)
{
    struct scene *scene = *state;

    killed_at(scene, "sink.written:kill", scene->directory);
}

static void row_26_killed_before_the_commit_it_writes_every_event_once(void **state)
{
    struct scene *scene = *state;

    killed_at(scene, "sink.synced:kill", scene->directory);
}

/* --- over HTTP --- */

static bool has_port(void *context)
{
    struct scene *scene = context;
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX);
    struct err err;

    return files_read(scene->messages, &text, &err) == 0 &&
           strstr(buf_str(&text), "\"http_port\":") != NULL;
}

static int port_of(struct scene *scene)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX);
    struct err err;

    assert_true(wait_until(has_port, scene, WAIT_MS));
    assert_ok(files_read(scene->messages, &text, &err), err);
    return atoi(strstr(text.bytes, "\"http_port\":") + strlen("\"http_port\":"));
}

/* The answer's status; its body goes to body. */
static int get(int port, const char *path, struct buf *body)
{
    const struct http_options options = {.user_agent = "test", .allow_private = true};
    CLEANUP(http_freep) struct http *http = NULL;
    struct http_response response;
    char url[256];
    struct err err;

    assert_ok(http_new(&http, &options, &err), err);
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    const struct http_request request = {.method = "GET", .url = url, .max_attempts = 1};
    (void)!http_send(http, &request, &response, &err);
    buf_reset(body);
    buf_bytes(body, response.body.bytes, response.body.len);
    int status = response.status;
    http_response_done(&response);
    return status;
}

static void it_shows_history_and_state_over_http(void **state)
{
    static const char *const bad[] = {
        "0", "1001", "-1", "ten", "", "1%200", "99999999999999999999"};
    CLEANUP(buf_done) struct buf body = BUF(LOG_MAX);
    CLEANUP(json_freep) struct json *list = NULL;
    struct scene *scene = *state;
    char path[64];
    struct err err;

    send_events(scene->directory, 0, 12);
    events_so_far += 12;
    sink_start(scene, "");
    int port = port_of(scene);
    wait_for_lines(scene, events_so_far);

    assert_int_equal(get(port, "/drift/history", &body), 200);
    assert_ok(json_parse(&list, body.bytes, body.len, &err), err);
    assert_int_equal(json_count(list), 10);
    assert_int_equal(json_get_int(json_at(list, 0), "seq", 0), events_so_far);
    assert_string_equal(json_get_text(json_at(list, 0), "action", ""), "remediate");
    assert_int_equal(get(port, "/drift/history?limit=1", &body), 200);
    assert_int_equal(get(port, "/drift/history?limit=1000", &body), 200);
    for (size_t i = 0; i < COUNT(bad); i++) {
        snprintf(path, sizeof path, "/drift/history?limit=%s", bad[i]);
        assert_int_equal(get(port, path, &body), 400);
        assert_has(body.bytes, "1 to 1000");
    }
    assert_int_equal(get(port, "/health", &body), 200);
    assert_int_equal(get(port, "/ready", &body), 200);
    assert_int_equal(get(port, "/status", &body), 200);
    assert_has(body.bytes, "\"role\": \"sink\"");
    assert_int_equal(get(port, "/metrics", &body), 200);
    assert_has(body.bytes, "plumb_sink_stored_total");
    sink_stop(scene);
}

static struct queue_record *next_dead_letter(struct queue_consumer *consumer)
{
    struct queue_record *record = next_record(consumer, WAIT_MS);

    assert_non_null(record);
    return record;
}

static void what_it_cannot_read_goes_to_the_dead_letters_whole(void **state)
{
    static const char garbage[] = "\xc1 this is no event";
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    struct scene *scene = *state;
    const void *value = NULL;
    size_t len = 0;

    send_bytes(garbage, sizeof garbage);
    send_events(scene->directory, 0, 3); /* and these go on */
    events_so_far += 3;
    sink_start(scene, "");
    wait_for_lines(scene, events_so_far);
    sink_stop(scene);
    assert_each_event_once(scene, scene->directory, 3);

    consumer = consumer_for(broker, getenv("KAFKA_CONSUMER_GROUP"), TOPIC_DLQ);
    CLEANUP(queue_record_freep) struct queue_record *letter = next_dead_letter(consumer);
    assert_int_equal(letter->value_len, sizeof garbage);
    assert_memory_equal(letter->value, garbage, sizeof garbage);
    assert_true(queue_record_header(letter, "ce_type", &value, &len));
    assert_true(queue_record_header(letter, "__connect.errors.topic", &value, &len));
    assert_memory_equal(value, TOPIC_AUDIT, len);
    assert_true(queue_record_header(letter, "__connect.errors.exception.message", &value, &len));
    assert_true(len > 0);
}

static void row_27_a_damaged_log_is_not_appended_to(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX);
    struct scene *scene = *state;
    struct err err;

    assert_ok(files_write(scene->audit_log, "{\"seq\":1}\n", 10, &err), err);
    sink_start(scene, "");
    int status = sink_wait(scene);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_ok(files_read(scene->messages, &text, &err), err);
    assert_has(text.bytes, "line 1 is damaged");
    buf_reset(&text);
    assert_ok(files_read(scene->audit_log, &text, &err), err);
    assert_int_equal(text.len, 10);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, start, finish)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        STORY(row_26_killed_after_the_write_it_writes_every_event_once),
        STORY(row_26_killed_before_the_commit_it_writes_every_event_once),
        STORY(it_shows_history_and_state_over_http),
        STORY(what_it_cannot_read_goes_to_the_dead_letters_whole),
        STORY(row_27_a_damaged_log_is_not_appended_to),
    };

    if (argc > 1 && str_eq(argv[1], "--sink"))
        return be_the_sink();
    return cmocka_run_group_tests(tests, bring_up, bring_down);
}
