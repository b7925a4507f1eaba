/* A broker seen from outside; the story stands in kafka_group.h. */
#include "tests/support/kafka_group.h"

#include <librdkafka/rdkafka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { WAIT_MS = 20000, LARGE_BYTES = 900000, LARGE_N = 12, ERROR_BYTES = 256 };

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[ERROR_BYTES];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
        fail_msg("%s: %s", name, why);
}

static rd_kafka_t *client(struct broker *broker, rd_kafka_type_t type, const char *group)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[ERROR_BYTES];

    set(conf, "bootstrap.servers", broker_address(broker));
    if (group != NULL)
        set(conf, "group.id", group);
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (rk == NULL)
        fail_msg("%s", why);
    return rk;
}

static void expect(rd_kafka_resp_err_t code, const char *what)
{
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        fail_msg("%s: %s", what, rd_kafka_err2str(code));
}

int64_t group_committed(struct broker *broker, const char *group, const char *topic,
                        int32_t partition, char metadata[OFFSET_MAP_TEXT])
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_CONSUMER, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *p = rd_kafka_topic_partition_list_add(list, topic, partition);

    expect(rd_kafka_committed(rk, list, WAIT_MS), "committed");
    int64_t offset = p->offset;
    assert_true(p->metadata_size < OFFSET_MAP_TEXT);
    if (p->metadata_size > 0)
        memcpy(metadata, p->metadata, p->metadata_size);
    metadata[p->metadata_size] = '\0';
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
    return offset >= 0 ? offset : -1;
}

void group_commit(struct broker *broker, const char *group, const char *topic, int32_t partition,
                  int64_t offset, const char *metadata)
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_CONSUMER, group);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *p = rd_kafka_topic_partition_list_add(list, topic, partition);

    p->offset = offset;
    p->metadata = strdup(metadata);
    assert_non_null(p->metadata);
    p->metadata_size = strlen(metadata);
    expect(rd_kafka_commit(rk, list, 0), "commit from outside");
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(rk);
}

static void send_one(rd_kafka_t *rk, const char *topic, int32_t partition, const void *value,
                     size_t len)
{
    expect(rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                             RD_KAFKA_V_VALUE((void *)value, len),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
           "produce");
}

void send_to_partition(struct broker *broker, const char *topic, int32_t partition, int first,
                       int n)
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_PRODUCER, NULL);

    for (int i = first; i < first + n; i++) {
        char value[32];
        snprintf(value, sizeof value, "v%d", i);
        send_one(rk, topic, partition, value, strlen(value));
    }
    expect(rd_kafka_flush(rk, WAIT_MS), "flush");
    rd_kafka_destroy(rk);
}

static void watermarks(struct broker *broker, const char *topic, int32_t partition, int64_t *low,
                       int64_t *high)
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_PRODUCER, NULL);

    expect(rd_kafka_query_watermark_offsets(rk, topic, partition, low, high, WAIT_MS),
           "watermarks");
    rd_kafka_destroy(rk);
}

/* Incompressible, or it would keep them all. */
static void overflow(struct broker *broker, const char *topic, int32_t partition)
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_PRODUCER, NULL);
    char *bytes = malloc(LARGE_BYTES);
    uint32_t seed = 1;

    assert_non_null(bytes);
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (char)(seed >> 24);
    }
    for (int i = 0; i < LARGE_N; i++)
        send_one(rk, topic, partition, bytes, LARGE_BYTES);
    free(bytes);
    expect(rd_kafka_flush(rk, WAIT_MS), "flush");
    rd_kafka_destroy(rk);
}

static void delete_records(struct broker *broker, const char *topic, int32_t partition,
                           int64_t before)
{
    rd_kafka_t *rk = client(broker, RD_KAFKA_PRODUCER, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = before;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(rk, &request, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    assert_non_null(event);
    expect(rd_kafka_event_error(event), "delete records");
    rd_kafka_event_destroy(event);
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(rk);
}

int64_t partition_trim(struct broker *broker, const char *topic, int32_t partition, int64_t before)
{
    int64_t low = 0;
    int64_t high = 0;

    if (broker_embedded(broker) != NULL)
        overflow(broker, topic, partition);
    else
        delete_records(broker, topic, partition, before);
    watermarks(broker, topic, partition, &low, &high);
    assert_true(low >= before);
    return low;
}

int64_t partition_end(struct broker *broker, const char *topic, int32_t partition)
{
    int64_t low = 0;
    int64_t high = 0;

    watermarks(broker, topic, partition, &low, &high);
    return high;
}
