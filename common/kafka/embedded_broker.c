/* Embedded broker; the story stands in embedded_broker.h. */
#include "common/kafka/embedded_broker.h"

#include "common/log.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

enum { QUERY_MS = 5000, BROKER_ID = 1, PRODUCE = 0 /* the request's key */ };

struct embedded_topic {
    char *name;
    int partitions;
};

struct embedded_broker {
    rd_kafka_t *rk; /* carries the cluster, and is its client for the check */
    rd_kafka_mock_cluster_t *cluster;
    struct embedded_topic *topics;
    size_t n_topics;
};

/* Called from the cluster's own thread, so it must not call librdkafka. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    LOG_AT(level <= 4 ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG, "embedded_broker.library",
           LOG_TEXT("facility", facility), LOG_TEXT("text", text));
}

static int cluster_new(struct embedded_broker *broker, struct err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256] = "";

    rd_kafka_conf_set_log_cb(conf, on_log);
    if (rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, sizeof why) == RD_KAFKA_CONF_OK)
        broker->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (broker->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return err_set(err, ERR_FATAL, "embedded broker: %s", why);
    }
    broker->cluster = rd_kafka_handle_mock_cluster(broker->rk);
    if (broker->cluster == NULL)
        return err_set(err, ERR_FATAL, "embedded broker: librdkafka made no cluster");
    return 0;
}

int embedded_broker_add_topic(struct embedded_broker *broker, const char *topic, int partitions,
                              struct err *err)
{
    struct embedded_topic *grown =
        reallocarray(broker->topics, broker->n_topics + 1, sizeof *grown);

    if (grown == NULL)
        return err_nomem(err);
    broker->topics = grown;
    char *name = strdup(topic);
    if (name == NULL)
        return err_nomem(err);

    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(broker->cluster, topic, partitions, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        free(name);
        return err_set(err, ERR_FATAL, "embedded broker: topic %s: %s", topic,
                       rd_kafka_err2str(code));
    }
    broker->topics[broker->n_topics++] = (struct embedded_topic){name, partitions};
    return 0;
}

int embedded_broker_start(struct embedded_broker **out, const char *const *topics, size_t n,
                          int partitions, struct err *err)
{
    CLEANUP(embedded_broker_stopp) struct embedded_broker *broker = calloc(1, sizeof *broker);

    if (broker == NULL)
        return err_nomem(err);
    int r = cluster_new(broker, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = embedded_broker_add_topic(broker, topics[i], partitions, err);
    if (r < 0)
        return r;
    *out = STEAL(broker);
    return 0;
}

void embedded_broker_stop(struct embedded_broker *broker)
{
    if (broker == NULL)
        return;
    if (broker->rk != NULL)
        rd_kafka_destroy(broker->rk); /* the cluster goes with it */
    for (size_t i = 0; i < broker->n_topics; i++)
        free(broker->topics[i].name);
    free(broker->topics);
    free(broker);
}

const char *embedded_broker_brokers(const struct embedded_broker *broker)
{
    return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

void embedded_broker_set_up(struct embedded_broker *broker, bool up)
{
    if (up)
        rd_kafka_mock_broker_set_up(broker->cluster, BROKER_ID);
    else
        rd_kafka_mock_broker_set_down(broker->cluster, BROKER_ID);
}

void embedded_broker_refuse_writes(struct embedded_broker *broker, int n)
{
    for (int i = 0; i < n; i++)
        (void)rd_kafka_mock_broker_push_request_error_rtts(
            broker->cluster, BROKER_ID, PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            0);
}

void embedded_broker_answer_late(struct embedded_broker *broker, int late_ms)
{
    (void)rd_kafka_mock_broker_push_request_error_rtts(broker->cluster, BROKER_ID, PRODUCE, 1,
                                                       RD_KAFKA_RESP_ERR_NO_ERROR, late_ms);
}

static int check_partition(struct embedded_broker *broker, const char *topic, int32_t partition,
                           struct err *err)
{
    int64_t low = 0;
    int64_t high = 0;
    rd_kafka_resp_err_t code =
        rd_kafka_query_watermark_offsets(broker->rk, topic, partition, &low, &high, QUERY_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "embedded broker: %s[%d]: %s", topic, (int)partition,
                       rd_kafka_err2str(code));
    if (low > 0)
        return err_set(err, ERR_FATAL,
                       "embedded broker: %s[%d] has dropped its first %lld records (it keeps 5 MiB "
                       "a partition); use a real Kafka for this amount",
                       topic, (int)partition, (long long)low);
    return 0;
}

int embedded_broker_check(struct embedded_broker *broker, struct err *err)
{
    rd_kafka_poll(broker->rk, 0);
    for (size_t i = 0; i < broker->n_topics; i++)
        for (int p = 0; p < broker->topics[i].partitions; p++) {
            int r = check_partition(broker, broker->topics[i].name, p, err);
            if (r < 0)
                return r;
        }
    return 0;
}
