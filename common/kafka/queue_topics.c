/*
 * Queue: topics that must be there before anyone reads them. A look at the metadata comes first:
 * only what is missing is created, so brokers that cannot create topics (the embedded one never
 * answers) are not asked when nothing is to do.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/fault.h"
#include "common/log.h"

#include <poll.h>

enum {
    METADATA_MS = 10000,
    CREATE_MS = 10000,
    APPEAR_MS = 10000,
    LOOK_EVERY_MS = 50,
};

struct wish {
    rd_kafka_t *rk;
    const char *const *topics;
    size_t n;
    int partitions;
    int replication;
};

static bool is_listed(const struct rd_kafka_metadata *metadata, const char *topic)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (str_eq(metadata->topics[i].topic, topic))
            return metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                   metadata->topics[i].partition_cnt > 0;
    return false;
}

/* Fills missing with the wished topics that no broker knows, and their number. */
static int find_missing(const struct wish *wish, const char **missing, size_t *n_missing,
                        struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(wish->rk, 1, NULL, &metadata, METADATA_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "list of topics: %s", rd_kafka_err2str(code));
    *n_missing = 0;
    for (size_t i = 0; i < wish->n; i++)
        if (!is_listed(metadata, FAULT_TOPIC(wish->topics[i])))
            missing[(*n_missing)++] = wish->topics[i];
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

static int read_result(rd_kafka_event_t *event, struct err *err)
{
    size_t n = 0;

    if (event == NULL)
        return err_set(err, ERR_RETRY, "create topics: no answer within %d ms", CREATE_MS);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "create topics: %s", rd_kafka_event_error_string(event));

    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) /* somebody else was quicker */
            continue;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return err_set(err, ERR_RETRY, "create topic %s: %s",
                           rd_kafka_topic_result_name(results[i]),
                           rd_kafka_topic_result_error_string(results[i]));
        LOG_INFO("queue.topic_created", LOG_TEXT("topic", rd_kafka_topic_result_name(results[i])));
    }
    return 0;
}

/* The request and its answer; topics is owned by the caller. */
static int ask(const struct wish *wish, rd_kafka_NewTopic_t **topics, size_t n, struct err *err)
{
    rd_kafka_queue_t *replies = rd_kafka_queue_new(wish->rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(wish->rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    char why[256];

    rd_kafka_AdminOptions_set_request_timeout(options, CREATE_MS, why, sizeof why);
    rd_kafka_AdminOptions_set_operation_timeout(options, CREATE_MS / 2, why, sizeof why);
    rd_kafka_CreateTopics(wish->rk, topics, n, options, replies);
    rd_kafka_event_t *event = rd_kafka_queue_poll(replies, CREATE_MS);
    int r = read_result(event, err);

    rd_kafka_event_destroy(event);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(replies);
    return r;
}

static int create(const struct wish *wish, const char *const *missing, size_t n, struct err *err)
{
    CLEANUP(mem_freep) rd_kafka_NewTopic_t **topics = calloc(n, sizeof *topics);
    char why[256] = "";
    size_t made = 0;
    int r = 0;

    if (topics == NULL)
        return err_nomem(err);
    while (made < n) {
        topics[made] = rd_kafka_NewTopic_new(FAULT_TOPIC(missing[made]), wish->partitions,
                                             wish->replication, why, sizeof why);
        if (topics[made] == NULL) {
            r = err_set(err, ERR_FATAL, "topic %s: %s", missing[made], why);
            break;
        }
        made++;
    }
    if (r == 0)
        r = ask(wish, topics, n, err);
    rd_kafka_NewTopic_destroy_array(topics, made);
    return r;
}

/* A broker says yes before all of them know; who subscribes in between is told "unknown topic". */
static int wait_until_listed(const struct wish *wish, const char **missing, struct err *err)
{
    int64_t give_up_at_ms = clock_mono_ms() + APPEAR_MS;
    size_t n = 0;

    for (;;) {
        int r = find_missing(wish, missing, &n, err);
        if (r < 0 || n == 0)
            return r;
        if (clock_mono_ms() >= give_up_at_ms)
            return err_set(err, ERR_RETRY, "topic %s was created but does not appear", missing[0]);
        poll(NULL, 0, LOOK_EVERY_MS);
    }
}

int queue_ensure_topics(struct queue_producer *producer, const char *const *topics, size_t n,
                        int partitions, int replication, struct err *err)
{
    CLEANUP(mem_freep) const char **missing = calloc(n > 0 ? n : 1, sizeof *missing);
    const struct wish wish = {queue_producer_handle(producer), topics, n, partitions, replication};
    size_t n_missing = 0;

    if (missing == NULL)
        return err_nomem(err);
    int r = find_missing(&wish, missing, &n_missing, err);
    if (r < 0 || n_missing == 0)
        return r;

    r = create(&wish, missing, n_missing, err);
    if (r < 0)
        return r;
    return wait_until_listed(&wish, missing, err);
}
