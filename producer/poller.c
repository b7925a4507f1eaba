/* A source's lease, cursor and passes; the story stands in poller.h. */
#include "producer/poller.h"

#include <pthread.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis/redis.h"
#include "common/redis/source_state.h"
#include "common/stop.h"
#include "common/text/redact.h"
#include "producer/publish.h"
#include "producer/source.h"
#include "proto/dead_letter.h"

#define LEASE_MS         60000
#define RENEW_EVERY_MS   20000
#define STAND_BY_MS      5000
#define WAIT_SLICE_MS    1000
#define BACKOFF_FIRST_MS 5000
#define BACKOFF_MAX_MS   300000
#define CURSOR_MAX       ((size_t)16 * 1024 * 1024)

struct poller {
    const struct source *source;
    const struct config *config;
    struct queue_producer *producer;
    struct redis *redis;
    struct http *http;

    bool leads;
    struct source_lease lease;
    int64_t renew_at_ms;

    pthread_mutex_t lock; /* of status */
    struct poller_status status;
};

/* What one pass carries to the source's callbacks. */
struct pass {
    struct poller *poller;
    struct queue_batch *batch;
    char run_id[UUID_BYTES];
    int64_t now_unix_ms;
    int64_t n_items, n_refused;
};

void poll_declare_metrics(void)
{
    static const char *const sources[] = {"vanta", "file", "terraform", NULL};
    static const char *const codes[] = {"202", "400", "401", "415", "503", NULL};
    static const struct metric_family families[] = {
        {"plumb_items_polled_total", METRIC_COUNTER, "Items sent on by a source.", "source",
         sources},
        {"plumb_items_refused_total", METRIC_COUNTER, "Input records that can never be items.",
         "source", sources},
        {"plumb_poll_duration_seconds", METRIC_HISTOGRAM, "Time of one pass over a source.",
         "source", sources},
        {"plumb_poll_errors_total", METRIC_COUNTER, "Passes that failed.", "source", sources},
        {"plumb_last_poll_timestamp_seconds", METRIC_GAUGE, "When the last good pass ended.",
         "source", sources},
        {"plumb_intake_requests_total", METRIC_COUNTER, "Answers of the intake.", "code", codes},
    };

    metrics_declare(families, COUNT(families));
}

/* --- lease --- */

static void set_leads(struct poller *poller, bool leads)
{
    poller->leads = leads;
    pthread_mutex_lock(&poller->lock);
    poller->status.leads = leads;
    pthread_mutex_unlock(&poller->lock);
}

/* Renews when it is time; false when the lease is lost. A Redis that is away for a moment loses
 * nothing yet. */
static bool keep_lease(struct poller *poller)
{
    int64_t now_ms = clock_mono_ms();
    struct err err = {0};

    if (!poller->leads || now_ms < poller->renew_at_ms)
        return poller->leads;
    int r = source_lease_renew(poller->redis, &poller->lease, LEASE_MS, now_ms, &err);
    if (r == 0) {
        poller->renew_at_ms = now_ms + RENEW_EVERY_MS;
    } else if (r == SOURCE_LOST || now_ms >= poller->lease.give_up_at_ms) {
        set_leads(poller, false);
        LOG_WARN("source.lease_lost", LOG_TEXT("source", poller->source->name),
                 LOG_TEXT("why", r < 0 ? err.text : "it ran out"));
    } else {
        poller->renew_at_ms = now_ms + WAIT_SLICE_MS;
    }
    return poller->leads;
}

static int take_lease(struct poller *poller, struct err *err)
{
    int64_t now_ms = clock_mono_ms();

    if (keep_lease(poller))
        return 0;
    int r = source_lease_take(poller->redis, poller->source->name, LEASE_MS, now_ms, &poller->lease,
                              err);
    if (r == SOURCE_HELD)
        return POLLER_HELD;
    r = FAULT_REPLY("poll.led", r, err);
    if (r == 0) {
        poller->renew_at_ms = now_ms + RENEW_EVERY_MS;
        set_leads(poller, true);
    }
    return r;
}

/* Asked by the source, by libcurl's progress callback and between items. */
static bool should_stop(void *context)
{
    struct poller *poller = context;

    return stop_requested() || !keep_lease(poller);
}

/* --- life --- */

int poller_new(struct poller **out, const struct source *source, const struct config *config,
               struct queue_producer *producer, struct err *err)
{
    CLEANUP(poller_freep) struct poller *poller = calloc(1, sizeof *poller);

    if (poller == NULL)
        return err_nomem(err);
    pthread_mutex_init(&poller->lock, NULL);
    poller->source = source;
    poller->config = config;
    poller->producer = producer;
    poller->status.source = source->name;

    const struct redis_options redis = {
        .url = config->redis_url,
        .ca_file = config->redis_ca_file[0] != '\0' ? config->redis_ca_file : NULL};
    int r = redis_new(&poller->redis, &redis, err);
    if (r < 0)
        return r;
    const struct http_options http = {
        .user_agent = "plumbline",
        .ca_file = config->ca_file[0] != '\0' ? config->ca_file : NULL,
        .proxy = config->https_proxy[0] != '\0' ? config->https_proxy : NULL,
        .allow_private = config->allow_private_hosts,
        .should_stop = should_stop,
        .stop_context = poller,
    };
    r = http_new(&poller->http, &http, err);
    if (r < 0)
        return r;
    *out = STEAL(poller);
    return 0;
}

void poller_free(struct poller *poller)
{
    struct err ignored = {0};

    if (poller == NULL)
        return;
    /* A lease that cannot be dropped runs out by itself. */
    if (poller->leads && source_lease_drop(poller->redis, &poller->lease, &ignored) < 0)
        LOG_DEBUG("source.lease_kept", LOG_TEXT("source", poller->source->name), LOG_ERR(&ignored));
    http_free(poller->http);
    redis_free(poller->redis);
    pthread_mutex_destroy(&poller->lock);
    free(poller);
}

/* --- one pass --- */

static int refuse(void *context, const char *bytes, size_t len, const char *why, struct err *err)
{
    struct pass *pass = context;
    const struct publish_origin origin = {
        .stage = "poll",
        .source = pass->poller->source->name,
        .run_id = pass->run_id,
        .kind = str_eq(pass->poller->source->name, "terraform") ? ITEM_DRIFT : ITEM_FINDING,
        .now_unix_ms = pass->now_unix_ms,
    };
    int r = publish_refused(pass->poller->producer, pass->batch, &origin, bytes, len, why, err);

    if (r == 0)
        pass->n_refused++;
    return FAULT_REPLY("poll.refused", r, err);
}

static int emit(void *context, const struct item *item, struct err *err)
{
    struct pass *pass = context;
    struct err why = {0};

    if (should_stop(pass->poller))
        return err_set(err, ERR_RETRY, "stopped");
    int r = publish_item(pass->poller->producer, pass->batch, item, pass->now_unix_ms, &why);
    if (r == ERR_REJECT) {
        CLEANUP(json_freep) struct json *record = item_to_json(item);
        CLEANUP(buf_done) struct buf text = BUF(DEAD_LETTER_VALUE_MAX);

        json_write(record, JSON_COMPACT, &text);
        return refuse(pass, buf_str(&text), text.len, why.text, err);
    }
    if (r < 0)
        return *err = why, r;
    pass->n_items++;
    return FAULT_REPLY("poll.sent", 0, err);
}

static int poll_source(struct pass *pass, struct buf *next_cursor, struct err *err)
{
    struct poller *poller = pass->poller;
    CLEANUP(buf_done) struct buf cursor = BUF(CURSOR_MAX);
    const struct source_context context = {
        .config = poller->config,
        .http = poller->http,
        .redis = poller->redis,
        .run_id = pass->run_id,
        .now_unix_ms = pass->now_unix_ms,
        .should_stop = should_stop,
        .stop_context = poller,
        .emit = emit,
        .emit_context = pass,
        .refuse = refuse,
    };
    int r = source_cursor_read(poller->redis, poller->source->name, &cursor, err);

    if (r < 0)
        return r;
    return poller->source->poll(&context, buf_str(&cursor), next_cursor, err);
}

static int write_cursor(struct poller *poller, const struct buf *cursor, struct err *err)
{
    int r = buf_check(cursor, err);

    if (r < 0)
        return err_wrap(err, r, "cursor");
    if (cursor->len == 0)
        return 0;
    r = source_cursor_write(poller->redis, &poller->lease, cursor->bytes, err);
    if (r == SOURCE_LOST) {
        set_leads(poller, false);
        return err_set(err, ERR_RETRY, "another replica took the source over meanwhile");
    }
    return r;
}

/* The batch is waited for whatever happened: its reports still come, and progress is written after
 * them. */
static int run_pass(struct pass *pass, struct err *err)
{
    struct poller *poller = pass->poller;
    CLEANUP(buf_done) struct buf next_cursor = BUF(CURSOR_MAX);
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    struct err later = {0};
    int r = queue_batch_new(&batch, err);

    if (r < 0)
        return r;
    pass->batch = batch;
    r = poll_source(pass, &next_cursor, err);
    FAULT_POINT("poll.emitted");
    int w = queue_batch_wait(poller->producer, batch, &later);
    w = FAULT_REPLY("poll.acked", w, &later);
    if (w == 0)
        w = FAULT_REPLY("poll.cursor", write_cursor(poller, &next_cursor, &later), &later);
    if (r == 0 && w < 0)
        *err = later;
    return r < 0 ? r : w;
}

static void note_pass(struct poller *poller, const struct pass *pass, int r, const struct err *err)
{
    CLEANUP(buf_done) struct buf clean = BUF(8192);

    redact(&clean, err->text, strlen(err->text));
    pthread_mutex_lock(&poller->lock);
    struct poller_status *status = &poller->status;
    if (r == 0) {
        status->polled_unix_ms = clock_unix_ms();
        status->items = pass->n_items;
        status->refused = pass->n_refused;
    }
    status->failures = r == 0 ? 0 : status->failures + 1;
    (void)str_copy(status->error, sizeof status->error, r == 0 ? "" : buf_str(&clean));
    pthread_mutex_unlock(&poller->lock);
}

static void count_pass(const char *name, const struct pass *pass, int r, int64_t took_ms)
{
    metric_observe("plumb_poll_duration_seconds", name, (double)took_ms / 1000);
    metric_count("plumb_items_polled_total", name, (double)pass->n_items);
    metric_count("plumb_items_refused_total", name, (double)pass->n_refused);
    if (r == 0)
        metric_set("plumb_last_poll_timestamp_seconds", name, (double)clock_unix_ms() / 1000);
    else if (!stop_requested())
        metric_count("plumb_poll_errors_total", name, 1);
}

int poller_pass(struct poller *poller, struct err *err)
{
    struct pass pass = {.poller = poller, .now_unix_ms = clock_unix_ms()};
    int64_t started_ms = clock_mono_ms();
    int r = take_lease(poller, err);

    if (r == POLLER_HELD)
        return r;
    random_uuid(pass.run_id);
    if (r == 0) {
        r = run_pass(&pass, err);
        count_pass(poller->source->name, &pass, r, clock_mono_ms() - started_ms);
    }
    note_pass(poller, &pass, r, err);
    if (r == 0)
        LOG_INFO("source.polled", LOG_TEXT("source", poller->source->name),
                 LOG_TEXT("run", pass.run_id), LOG_INT("items", pass.n_items),
                 LOG_INT("refused", pass.n_refused),
                 LOG_INT("took_ms", clock_mono_ms() - started_ms));
    return r;
}

/* --- the loop --- */

static int64_t pause_after_failure_ms(struct poller *poller, const struct err *err)
{
    struct poller_status status;
    uint32_t dice;

    poller_status(poller, &status);
    int64_t most = BACKOFF_FIRST_MS << (status.failures < 7 ? status.failures - 1 : 6);
    if (most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    random_bytes(&dice, sizeof dice);
    most = most / 2 + dice % (most / 2);
    return err->retry_after_ms > most ? err->retry_after_ms : most;
}

static void wait_keeping_lease(struct poller *poller, int64_t ms)
{
    int64_t until_ms = clock_mono_ms() + ms;
    bool led = poller->leads;

    while (!stop_requested()) {
        int64_t left_ms = until_ms - clock_mono_ms();
        if (left_ms <= 0 || (led && !keep_lease(poller)))
            return;
        stop_wait(left_ms < WAIT_SLICE_MS ? left_ms : WAIT_SLICE_MS);
    }
}

void poller_run(struct poller *poller)
{
    while (!stop_requested()) {
        struct err err = {0};
        int64_t pause_ms = poller->config->poll_interval_seconds * 1000;
        int r = poller_pass(poller, &err);

        if (stop_requested())
            return;
        if (r == POLLER_HELD) {
            pause_ms = STAND_BY_MS;
        } else if (r < 0) {
            pause_ms = pause_after_failure_ms(poller, &err);
            LOG_ERROR("source.poll_failed", LOG_TEXT("source", poller->source->name),
                      LOG_INT("again_in_ms", pause_ms), LOG_ERR(&err));
        }
        wait_keeping_lease(poller, pause_ms);
    }
}

void poller_status(struct poller *poller, struct poller_status *out)
{
    pthread_mutex_lock(&poller->lock);
    *out = poller->status;
    pthread_mutex_unlock(&poller->lock);
}
