/* librdkafka's small things: configuration, lists, headers, names; the story stands in kafka.h. */
#include <stdio.h>

#include "tests/sim/kafka.h"

/* --- handles and their configuration: of it all, the callbacks matter --- */

rd_kafka_conf_t *rd_kafka_conf_new(void)
{
    rd_kafka_conf_t *conf = calloc(1, sizeof *conf);

    assert(conf != NULL);
    return conf;
}

void rd_kafka_conf_destroy(rd_kafka_conf_t *conf)
{
    free(conf);
}

rd_kafka_conf_res_t rd_kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value,
                                      char *text, size_t size)
{
    (void)conf;
    (void)name;
    (void)value;
    (void)text;
    (void)size;
    return RD_KAFKA_CONF_OK;
}

void rd_kafka_conf_set_opaque(rd_kafka_conf_t *conf, void *opaque)
{
    conf->opaque = opaque;
}

void rd_kafka_conf_set_rebalance_cb(rd_kafka_conf_t *conf,
                                    void (*cb)(rd_kafka_t *, rd_kafka_resp_err_t,
                                               rd_kafka_topic_partition_list_t *, void *))
{
    conf->rebalance = cb;
}

void rd_kafka_conf_set_dr_msg_cb(rd_kafka_conf_t *conf,
                                 void (*cb)(rd_kafka_t *, const rd_kafka_message_t *, void *))
{
    conf->delivered = cb;
}

void rd_kafka_conf_set_error_cb(rd_kafka_conf_t *conf,
                                void (*cb)(rd_kafka_t *, int, const char *, void *))
{
    (void)conf;
    (void)cb; /* a broker that is away is felt by who asks it */
}

void rd_kafka_conf_set_log_cb(rd_kafka_conf_t *conf,
                              void (*cb)(const rd_kafka_t *, int, const char *, const char *))
{
    (void)conf;
    (void)cb;
}

rd_kafka_t *rd_kafka_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, char *text, size_t size)
{
    rd_kafka_t *rk = calloc(1, sizeof *rk);

    (void)text;
    (void)size;
    assert(rk != NULL);
    rk->type = type;
    rk->worker = task_worker();
    rk->conf = *conf;
    rk->last = &rk->first;
    free(conf);
    return rk;
}

rd_kafka_resp_err_t rd_kafka_set_log_queue(rd_kafka_t *rk, rd_kafka_queue_t *queue)
{
    (void)rk;
    (void)queue;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_poll_set_consumer(rd_kafka_t *rk)
{
    (void)rk;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_fatal_error(rd_kafka_t *rk, char *text, size_t size)
{
    (void)rk;
    snprintf(text, size, "this process was killed");
    return RD_KAFKA_RESP_ERR__FATAL;
}

const char *rd_kafka_err2str(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
        return "timed out";
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
        return "message timed out";
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
        return "another generation";
    default:
        return "an error of the model";
    }
}

const char *rd_kafka_message_errstr(const rd_kafka_message_t *message)
{
    return rd_kafka_err2str(message->err);
}

const char *rd_kafka_error_string(const rd_kafka_error_t *error)
{
    (void)error;
    return "an error of the model";
}

void rd_kafka_error_destroy(rd_kafka_error_t *error)
{
    assert(error == NULL);
}

const char *rd_kafka_topic_name(const rd_kafka_topic_t *topic)
{
    return topic->name;
}

/* --- metadata: every topic is there from the start --- */

rd_kafka_resp_err_t rd_kafka_metadata(rd_kafka_t *rk, int all, rd_kafka_topic_t *only,
                                      const struct rd_kafka_metadata **out, int timeout_ms)
{
    enum fate fate = door_answers(DOOR_GROUP, door_arrives(DOOR_GROUP));

    (void)rk;
    (void)only;
    if (fate != FATE_DONE || !broker_is_up()) {
        if (fate != FATE_DEAD)
            task_sleep(timeout_ms);
        return RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    struct rd_kafka_metadata *metadata = calloc(1, sizeof *metadata);
    assert(metadata != NULL);
    metadata->topic_cnt = all ? TOPIC_COUNT : 0;
    metadata->topics = calloc(TOPIC_COUNT, sizeof *metadata->topics);
    assert(metadata->topics != NULL);
    for (int i = 0; i < metadata->topic_cnt; i++) {
        metadata->topics[i].topic = (char *)(uintptr_t)topics_all[i];
        metadata->topics[i].partition_cnt = 1;
    }
    *out = metadata;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void rd_kafka_metadata_destroy(const struct rd_kafka_metadata *metadata)
{
    free(metadata->topics);
    free((void *)(uintptr_t)metadata);
}

/* --- lists of partitions --- */

rd_kafka_topic_partition_list_t *rd_kafka_topic_partition_list_new(int size)
{
    rd_kafka_topic_partition_list_t *list = calloc(1, sizeof *list);

    (void)size;
    assert(list != NULL);
    return list;
}

rd_kafka_topic_partition_t *rd_kafka_topic_partition_list_add(rd_kafka_topic_partition_list_t *list,
                                                              const char *topic, int32_t partition)
{
    if (list->cnt == list->size) {
        list->size = list->size > 0 ? 2 * list->size : 8;
        list->elems = realloc(list->elems, (size_t)list->size * sizeof *list->elems);
        assert(list->elems != NULL);
    }
    rd_kafka_topic_partition_t *added = &list->elems[list->cnt++];
    *added = (rd_kafka_topic_partition_t){
        .topic = strdup(topic), .partition = partition, .offset = RD_KAFKA_OFFSET_INVALID};
    return added;
}

rd_kafka_topic_partition_list_t *
rd_kafka_topic_partition_list_copy(const rd_kafka_topic_partition_list_t *from)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(from->cnt);

    for (int i = 0; i < from->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &from->elems[i];
        rd_kafka_topic_partition_t *copy =
            rd_kafka_topic_partition_list_add(list, p->topic, p->partition);
        copy->offset = p->offset;
        copy->err = p->err;
        if (p->metadata == NULL)
            continue;
        copy->metadata = malloc(p->metadata_size);
        assert(copy->metadata != NULL);
        memcpy(copy->metadata, p->metadata, p->metadata_size);
        copy->metadata_size = p->metadata_size;
    }
    return list;
}

void rd_kafka_topic_partition_list_destroy(rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        free(list->elems[i].topic);
        free(list->elems[i].metadata);
    }
    free(list->elems);
    free(list);
}

/* --- headers --- */

rd_kafka_headers_t *rd_kafka_headers_new(size_t capacity)
{
    rd_kafka_headers_t *headers = calloc(1, sizeof *headers);

    assert(headers != NULL);
    headers->capacity = capacity > 0 ? capacity : 1;
    headers->at = calloc(headers->capacity, sizeof *headers->at);
    assert(headers->at != NULL);
    return headers;
}

rd_kafka_resp_err_t rd_kafka_header_add(rd_kafka_headers_t *headers, const char *name,
                                        ssize_t name_len, const void *value, ssize_t len)
{
    (void)name_len;
    assert(headers->n < headers->capacity && len >= 0);
    struct header *header = &headers->at[headers->n++];
    header->name = strdup(name);
    header->value = malloc((size_t)len + 1);
    assert(header->name != NULL && header->value != NULL);
    memcpy(header->value, value, (size_t)len);
    header->len = (size_t)len;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

size_t rd_kafka_header_cnt(const rd_kafka_headers_t *headers)
{
    return headers->n;
}

rd_kafka_resp_err_t rd_kafka_header_get_all(const rd_kafka_headers_t *headers, size_t i,
                                            const char **name, const void **value, size_t *len)
{
    if (i >= headers->n)
        return RD_KAFKA_RESP_ERR__NOENT;
    *name = headers->at[i].name;
    *value = headers->at[i].value;
    *len = headers->at[i].len;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void rd_kafka_headers_destroy(rd_kafka_headers_t *headers)
{
    for (size_t i = 0; i < headers->n; i++) {
        free(headers->at[i].name);
        free(headers->at[i].value);
    }
    free(headers->at);
    free(headers);
}

/* --- never reached: the topics are there --- */

static void unreachable(const char *what)
{
    fprintf(stderr, "sim: %s is not modelled\n", what);
    abort();
}

#define NEVER(type, name, ...)                                                                     \
    type name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        unreachable(#name);                                                                        \
        abort();                                                                                   \
    }

#pragma GCC diagnostic ignored "-Wunused-parameter"
NEVER(rd_kafka_AdminOptions_t *, rd_kafka_AdminOptions_new, rd_kafka_t *rk, rd_kafka_admin_op_t op)
NEVER(void, rd_kafka_AdminOptions_destroy, rd_kafka_AdminOptions_t *options)
NEVER(rd_kafka_resp_err_t, rd_kafka_AdminOptions_set_request_timeout,
      rd_kafka_AdminOptions_t *options, int ms, char *text, size_t size)
NEVER(rd_kafka_resp_err_t, rd_kafka_AdminOptions_set_operation_timeout,
      rd_kafka_AdminOptions_t *options, int ms, char *text, size_t size)
NEVER(void, rd_kafka_CreateTopics, rd_kafka_t *rk, rd_kafka_NewTopic_t **topics, size_t n,
      const rd_kafka_AdminOptions_t *options, rd_kafka_queue_t *queue)
NEVER(const rd_kafka_CreateTopics_result_t *, rd_kafka_event_CreateTopics_result,
      rd_kafka_event_t *event)
NEVER(const rd_kafka_topic_result_t **, rd_kafka_CreateTopics_result_topics,
      const rd_kafka_CreateTopics_result_t *result, size_t *n)
NEVER(rd_kafka_resp_err_t, rd_kafka_topic_result_error, const rd_kafka_topic_result_t *result)
NEVER(const char *, rd_kafka_topic_result_error_string, const rd_kafka_topic_result_t *result)
NEVER(const char *, rd_kafka_topic_result_name, const rd_kafka_topic_result_t *result)
NEVER(rd_kafka_NewTopic_t *, rd_kafka_NewTopic_new, const char *topic, int partitions,
      int replication, char *text, size_t size)
NEVER(void, rd_kafka_NewTopic_destroy_array, rd_kafka_NewTopic_t **topics, size_t n)
