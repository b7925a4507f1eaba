/*
 * Queue, looked at from the side; the story stands in queue_scan.h. librdkafka's simple consumer
 * needs no group: it fetches partitions into one queue.
 */
#include "common/kafka/queue_scan.h"

#include "common/clock.h"
#include "common/kafka/queue_internal.h"

#include <poll.h>

enum { QUERY_MS = 10000, ASK_AGAIN_MS = 100, FETCH_WAIT_MS = 100 };

struct queue_scan {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    rd_kafka_queue_t *records;
    struct queue_extent *extents;
    bool *open; /* beside the extents: being read */
    size_t n;
    size_t n_open;
    char *name;
};

static int handle_new(struct queue_scan *scan, const struct queue_options *options, struct err *err)
{
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = NULL;
    const struct queue_setting settings[] = {
        {"enable.auto.commit", "false"},         {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "earliest"},       {"enable.partition.eof", "true"},
        {"queued.max.messages.kbytes", "32768"},
    };
    int r = queue_conf_new(&conf, options, err);

    if (r == 0)
        r = queue_conf_set(conf, settings, COUNT(settings), err);
    if (r == 0)
        r = queue_conf_set_int(conf, "fetch.wait.max.ms",
                               options->fetch_wait_ms > 0 && options->fetch_wait_ms < FETCH_WAIT_MS
                                   ? options->fetch_wait_ms
                                   : FETCH_WAIT_MS,
                               err);
    if (r == 0)
        r = queue_handle_new_give(&scan->rk, RD_KAFKA_CONSUMER, STEAL(conf), err);
    return r;
}

static int take_partitions(struct queue_scan *scan, const struct rd_kafka_metadata *metadata,
                           struct err *err)
{
    const struct rd_kafka_metadata_topic *topic =
        metadata->topic_cnt > 0 ? &metadata->topics[0] : NULL;

    if (topic != NULL && topic->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        topic->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return err_set(err, ERR_RETRY, "topic %s: %s", scan->name, rd_kafka_err2str(topic->err));
    if (topic == NULL || topic->partition_cnt == 0)
        return err_set(err, ERR_REJECT, "topic %s: the brokers know no such topic", scan->name);
    scan->extents = calloc((size_t)topic->partition_cnt, sizeof *scan->extents);
    scan->open = calloc((size_t)topic->partition_cnt, sizeof *scan->open);
    if (scan->extents == NULL || scan->open == NULL)
        return err_nomem(err);
    for (int i = 0; i < topic->partition_cnt; i++)
        scan->extents[scan->n++].partition = topic->partitions[i].id;
    return 0;
}

static int list_partitions(struct queue_scan *scan, struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(scan->rk, 0, scan->topic, &metadata, QUERY_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "topic %s: %s", scan->name, rd_kafka_err2str(code));
    int r = take_partitions(scan, metadata, err);
    rd_kafka_metadata_destroy(metadata);
    return r;
}

/* A new topic, or a leader that moves: a partition may be unknown for a moment. */
static rd_kafka_resp_err_t ask_ends(struct queue_scan *scan, struct queue_extent *extent)
{
    int64_t until_ms = clock_mono_ms() + QUERY_MS;
    rd_kafka_resp_err_t code;

    while ((code = rd_kafka_query_watermark_offsets(scan->rk, scan->name, extent->partition,
                                                    &extent->low, &extent->end, QUERY_MS)) !=
               RD_KAFKA_RESP_ERR_NO_ERROR &&
           clock_mono_ms() < until_ms)
        poll(NULL, 0, ASK_AGAIN_MS);
    return code;
}

static int find_ends(struct queue_scan *scan, struct err *err)
{
    for (size_t i = 0; i < scan->n; i++) {
        struct queue_extent *extent = &scan->extents[i];
        rd_kafka_resp_err_t code = ask_ends(scan, extent);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return err_set(err, ERR_RETRY, "ends of %s[%d]: %s", scan->name, (int)extent->partition,
                           rd_kafka_err2str(code));
        extent->from = extent->low;
        extent->to = extent->end;
    }
    return 0;
}

int queue_scan_new(struct queue_scan **out, const struct queue_options *options, const char *topic,
                   struct err *err)
{
    CLEANUP(queue_scan_freep) struct queue_scan *scan = calloc(1, sizeof *scan);

    if (scan == NULL || (scan->name = strdup(topic)) == NULL)
        return err_nomem(err);
    int r = handle_new(scan, options, err);
    if (r < 0)
        return r;
    scan->topic = rd_kafka_topic_new(scan->rk, topic, NULL);
    if (scan->topic == NULL)
        return err_set(err, ERR_REJECT, "topic %s: %s", topic,
                       rd_kafka_err2str(rd_kafka_last_error()));
    scan->records = rd_kafka_queue_new(scan->rk);
    r = list_partitions(scan, err);
    if (r == 0)
        r = find_ends(scan, err);
    if (r < 0)
        return r;
    *out = STEAL(scan);
    return 0;
}

static void close_extent(struct queue_scan *scan, size_t i)
{
    if (!scan->open[i])
        return;
    scan->open[i] = false;
    scan->n_open--;
    (void)rd_kafka_consume_stop(scan->topic, scan->extents[i].partition);
}

static void close_all(struct queue_scan *scan)
{
    for (size_t i = 0; i < scan->n; i++)
        close_extent(scan, i);
}

void queue_scan_free(struct queue_scan *scan)
{
    struct queue_watchdog watchdog;

    if (scan == NULL)
        return;
    if (scan->rk != NULL) {
        queue_watchdog_start(&watchdog, "scan");
        close_all(scan);
        if (scan->records != NULL)
            rd_kafka_queue_destroy(scan->records);
        if (scan->topic != NULL)
            rd_kafka_topic_destroy(scan->topic);
        rd_kafka_destroy(scan->rk);
        queue_watchdog_stop(&watchdog);
    }
    free(scan->extents);
    free(scan->open);
    free(scan->name);
    free(scan);
}

struct queue_extent *queue_scan_extents(struct queue_scan *scan, size_t *n)
{
    *n = scan->n;
    return scan->extents;
}

int queue_scan_from_time(struct queue_scan *scan, int64_t unix_ms, struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)scan->n);

    for (size_t i = 0; i < scan->n; i++)
        rd_kafka_topic_partition_list_add(list, scan->name, scan->extents[i].partition)->offset =
            unix_ms;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(scan->rk, list, QUERY_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "offsets by time of %s: %s", scan->name,
                       rd_kafka_err2str(code));
    for (size_t i = 0; i < scan->n; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];
        if (found->err == RD_KAFKA_RESP_ERR_NO_ERROR && found->offset > scan->extents[i].from)
            scan->extents[i].from = found->offset;
    }
    return 0;
}

int queue_scan_start(struct queue_scan *scan, struct err *err)
{
    close_all(scan);
    for (size_t i = 0; i < scan->n; i++) {
        const struct queue_extent *extent = &scan->extents[i];
        if (extent->from >= extent->to)
            continue;
        if (rd_kafka_consume_start_queue(scan->topic, extent->partition, extent->from,
                                         scan->records) != 0)
            return err_set(err, ERR_RETRY, "read %s[%d]: %s", scan->name, (int)extent->partition,
                           rd_kafka_err2str(rd_kafka_last_error()));
        scan->open[i] = true;
        scan->n_open++;
    }
    return 0;
}

static bool find_open(const struct queue_scan *scan, int32_t partition, size_t *out)
{
    for (size_t i = 0; i < scan->n; i++)
        if (scan->extents[i].partition == partition) {
            *out = i;
            return scan->open[i];
        }
    return false;
}

static int take(struct queue_scan *scan, const rd_kafka_message_t *message,
                struct queue_record **out, struct err *err)
{
    size_t i;

    if (message->rkt == NULL || !find_open(scan, message->partition, &i))
        return 0; /* of a partition that was read to its end */
    /* At the end already: its last offsets may be gone, or hold a transaction's marks. */
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        close_extent(scan, i);
        return 0;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "%s[%d]: %s", scan->name, (int)message->partition,
                       rd_kafka_message_errstr(message));
    int64_t to = scan->extents[i].to;
    int r = message->offset < to ? queue_record_new(out, message, 0, err) : 0;
    if (message->offset + 1 >= to)
        close_extent(scan, i);
    return r;
}

int queue_scan_next(struct queue_scan *scan, int64_t timeout_ms, struct queue_record **out,
                    struct err *err)
{
    *out = NULL;
    (void)rd_kafka_poll(scan->rk, 0); /* log lines */
    if (scan->n_open == 0)
        return QUEUE_SCAN_END;
    rd_kafka_message_t *message = rd_kafka_consume_queue(scan->records, (int)timeout_ms);
    if (message == NULL)
        return 0;
    int r = take(scan, message, out, err);
    rd_kafka_message_destroy(message);
    return r;
}
