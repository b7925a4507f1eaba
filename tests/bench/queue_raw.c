/* The physical limit beside the queue path: librdkafka alone, which reads the same records and
 * keeps nothing of them. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>

#include "tests/bench/queue_bench.h"

#define PATIENCE_NS (60LL * 1000000000)

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
    char why[256];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return 0;
    return err_set(err, ERR_FATAL, "%s: %s", name, why);
}

/* Its own defaults, but for what a new group needs to begin at the beginning, and for how long an
 * empty fetch may wait: that one as ours. */
static int open_raw(rd_kafka_t **out, char *const *argv, struct err *err)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    int r = set(conf, "bootstrap.servers", argv[0], err);

    if (r == 0)
        r = set(conf, "group.id", argv[3], err);
    if (r == 0)
        r = set(conf, "auto.offset.reset", "earliest", err);
    if (r == 0)
        r = set(conf, "fetch.wait.max.ms", "20", err);
    if (r < 0) {
        rd_kafka_conf_destroy(conf);
        return r;
    }
    *out = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (*out == NULL)
        return err_set(err, ERR_FATAL, "%s", why);
    rd_kafka_poll_set_consumer(*out);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, argv[1], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(*out, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? 0
               : err_set(err, ERR_FATAL, "subscribe: %s", rd_kafka_err2str(code));
}

static int read_all(rd_kafka_t *rk, struct queue_tally *tally, struct err *err)
{
    int64_t give_up_ns = queue_now_ns() + PATIENCE_NS;
    int r = 0;

    while (r == 0 && tally->ended < tally->items) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, 20);
        if (message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (tally->first_ns == 0)
                tally->first_ns = queue_now_ns();
            r = queue_tally_end(tally, message->key, message->key_len, err);
        }
        if (message != NULL)
            rd_kafka_message_destroy(message);
        else if (queue_now_ns() > give_up_ns)
            r = err_set(err, ERR_RETRY, "%zu of %zu records came", tally->ended, tally->items);
    }
    tally->last_ns = queue_now_ns();
    return r;
}

int queue_verb_raw(int argc, char **argv, struct err *err)
{
    CLEANUP(queue_tally_done) struct queue_tally tally = {0};
    rd_kafka_t *rk = NULL;
    size_t items;
    int r = queue_number(argv[2], &items, err);

    (void)argc;
    if (r == 0)
        r = queue_tally_new(&tally, items, err);
    if (r == 0)
        r = open_raw(&rk, argv, err);
    if (r == 0)
        r = read_all(rk, &tally, err);
    if (rk != NULL) {
        rd_kafka_consumer_close(rk);
        rd_kafka_destroy(rk);
    }
    if (r == 0)
        queue_tally_print(&tally);
    return r;
}
