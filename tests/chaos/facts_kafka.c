/* Topics from their start, and the commits on them; the story stands in facts.h. */
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "proto/audit.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/chaos/facts.h"
#include "worker/hcl/aws/types.h"
#include "worker/rules/rules.h"

#define FULL_NAME_BYTES 256

enum { ASK_MS = 10000, ASK_AGAIN_MS = 200, READ_MS = 60000, SLICE_MS = 100 };

struct reading {
    const struct facts_source *source;
    const struct rules *rules;
    struct json *records, *sent, *offsets, *leaks;
    int64_t left; /* partitions not yet read to their end */
};

static int handle_new(rd_kafka_t **out, const struct facts_source *source, const char *group,
                      struct err *err)
{
    const char *const settings[][2] = {
        {"bootstrap.servers", source->brokers},
        {"group.id", group},
        {"enable.auto.commit", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "earliest"},
        {"fetch.wait.max.ms", "10"},
        {"log_level", "2"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256] = "";

    for (size_t i = 0; i < COUNT(settings); i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            return err_set(err, ERR_FATAL, "%s: %s", settings[i][0], why);
    *out = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (*out != NULL)
        return 0;
    rd_kafka_conf_destroy(conf);
    return err_set(err, ERR_FATAL, "kafka: %s", why);
}

/* Adds all partitions of the topic; an absent topic has none. */
static int add_partitions(rd_kafka_t *rk, const char *topic, rd_kafka_topic_partition_list_t *list,
                          struct err *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, handle, &metadata, ASK_MS);

    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "metadata of %s: %s", topic, rd_kafka_err2str(code));
    for (int i = 0; metadata->topic_cnt > 0 && i < metadata->topics[0].partition_cnt; i++)
        rd_kafka_topic_partition_list_add(list, topic, metadata->topics[0].partitions[i].id);
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

static void full_name(const struct facts_source *source, size_t i, char out[FULL_NAME_BYTES])
{
    const char *name = topics_all[i];

    snprintf(out, FULL_NAME_BYTES, "%s%s", source->topic_prefix, name != NULL ? name : "");
}

static const char *plain_name(const struct facts_source *source, const char *topic)
{
    size_t len = strlen(source->topic_prefix);

    return strncmp(topic, source->topic_prefix, len) == 0 ? topic + len : topic;
}

/* --- commits --- */

/* A coordinator that is just moving or loading is asked again: this is a look, and no test of it.
 */
static rd_kafka_resp_err_t ask_commits(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    int64_t until_ms = clock_mono_ms() + READ_MS;
    rd_kafka_resp_err_t code;

    do {
        code = rd_kafka_committed(rk, list, ASK_MS);
        if (code != RD_KAFKA_RESP_ERR_NOT_COORDINATOR &&
            code != RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE &&
            code != RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
            break;
        (void)poll(NULL, 0, ASK_AGAIN_MS);
    } while (clock_mono_ms() < until_ms);
    return code;
}

static int add_commits(struct reading *reading, const char *group, bool sink, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(64);
    char topic[FULL_NAME_BYTES];
    rd_kafka_t *rk = NULL;
    int r = handle_new(&rk, reading->source, group, err);

    for (size_t i = 0; r == 0 && i < TOPIC_COUNT; i++) {
        bool audit = str_eq(topics_all[i], TOPIC_AUDIT);
        full_name(reading->source, i, topic);
        if (audit == sink && !str_eq(topics_all[i], TOPIC_DLQ))
            r = add_partitions(rk, topic, list, err);
    }
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (r == 0 && list->cnt > 0)
        code = ask_commits(rk, list);
    if (r == 0 && code != RD_KAFKA_RESP_ERR_NO_ERROR)
        r = err_set(err, ERR_RETRY, "commits of %s: %s", group, rd_kafka_err2str(code));
    for (int i = 0; r == 0 && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        struct json *row = json_object();
        json_set_text(row, "topic", plain_name(reading->source, p->topic));
        json_set_int(row, "partition", p->partition);
        json_set_int(row, "committed", p->offset >= 0 ? p->offset : -1);
        json_set_bool(row, "sink", sink);
        json_push_give(reading->offsets, row);
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (rk != NULL)
        rd_kafka_destroy(rk);
    return r;
}

static void set_end(struct reading *reading, const rd_kafka_message_t *message)
{
    const char *topic = plain_name(reading->source, rd_kafka_topic_name(message->rkt));

    for (size_t i = 0; i < json_count(reading->offsets); i++) {
        struct json *row = (struct json *)(uintptr_t)json_at(reading->offsets, i);
        if (str_eq(json_get_text(row, "topic", ""), topic) &&
            json_get_int(row, "partition", -1) == message->partition)
            json_set_int(row, "end", message->offset);
    }
}

/* --- records --- */

/* The same that the worker does first of all, said once more. */
void facts_fingerprint(const struct rules *rules, const struct item *item,
                       char out[SHA256_HEX_BYTES])
{
    const char *type = item->arn != NULL ? hcl_type_of_arn(item->arn) : NULL;
    const struct rule *rule = NULL;
    char control[200];

    if (type == NULL && item->resource_type != NULL)
        type = hcl_type_of_word(item->resource_type);
    if (item->kind == ITEM_FINDING)
        rule = rules_for_control(rules, item->source, item->control, type);
    if (rule != NULL)
        (void)str_copy(control, sizeof control, rule->id);
    else
        snprintf(control, sizeof control, "%.60s:%.130s", item->source, item->control);
    item_fingerprint(item, control, out);
}

static void header_text(const rd_kafka_message_t *message, const char *name, char *out, size_t size)
{
    rd_kafka_headers_t *headers = NULL;
    const void *value = NULL;
    size_t len = 0;

    out[0] = '\0';
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        rd_kafka_header_get_last(headers, name, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR)
        snprintf(out, size, "%.*s", (int)len, (const char *)value);
}

static void add_record(struct reading *reading, const char *topic,
                       const rd_kafka_message_t *message)
{
    CLEANUP(item_freep) struct item *item = NULL;
    struct json *record = json_object();
    char fp[SHA256_HEX_BYTES] = "", origin[256], partition[32], offset[32], from[320];
    struct err err;

    if (item_decode(&item, message->payload, message->len, &err) == 0)
        facts_fingerprint(reading->rules, item, fp);
    json_set_text(record, "topic", topic);
    json_set_int(record, "partition", message->partition);
    json_set_int(record, "offset", message->offset);
    json_set_text(record, "fp", fp);
    json_set_int(record, "generation", item != NULL ? item->generation : 0);
    if (str_eq(topic, TOPIC_DLQ)) {
        header_text(message, "__connect.errors.topic", origin, sizeof origin);
        header_text(message, "__connect.errors.partition", partition, sizeof partition);
        header_text(message, "__connect.errors.offset", offset, sizeof offset);
        snprintf(from, sizeof from, "%.200s/%s/%s", plain_name(reading->source, origin), partition,
                 offset);
        json_set_text(record, "from", from);
    }
    json_push_give(reading->records, record);
}

static void add_sent(struct reading *reading, const rd_kafka_message_t *message)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    struct err err;

    if (audit_event_decode(&event, message->payload, message->len, &err) < 0)
        return; /* the sink sends it to the dead-letter queue */
    struct json *sent = json_object();
    json_set_text(sent, "id", event->event_id);
    json_set_text(sent, "kind", event->kind);
    json_set_text(sent, "fp", event->fingerprint);
    json_set_int(sent, "generation", event->generation);
    json_set_text(sent, "state", event->state);
    json_set_text(sent, "node_id", plain_name(reading->source, event->node_id));
    json_set_int(sent, "partition", message->partition);
    json_set_int(sent, "offset", message->offset);
    json_push_give(reading->sent, sent);
}

static void take(struct reading *reading, const rd_kafka_message_t *message)
{
    const char *topic = plain_name(reading->source, rd_kafka_topic_name(message->rkt));

    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        set_end(reading, message);
        reading->left--;
        return;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    if (facts_leak(reading->source, message->payload, message->len))
        json_push_text(reading->leaks, topic);
    if (str_eq(topic, TOPIC_AUDIT))
        add_sent(reading, message);
    else
        add_record(reading, topic, message);
}

static int read_topics(struct reading *reading, struct err *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(64);
    int64_t until_ms = clock_mono_ms() + READ_MS;
    char topic[FULL_NAME_BYTES];
    rd_kafka_t *rk = NULL;
    int r = handle_new(&rk, reading->source, "plumb-invariants", err);

    for (size_t i = 0; r == 0 && i < TOPIC_COUNT; i++) {
        full_name(reading->source, i, topic);
        r = add_partitions(rk, topic, list, err);
    }
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
    if (r == 0) {
        rd_kafka_poll_set_consumer(rk);
        rd_kafka_assign(rk, list);
    }
    reading->left = list->cnt;
    while (r == 0 && reading->left > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, SLICE_MS);
        if (message != NULL) {
            take(reading, message);
            rd_kafka_message_destroy(message);
        } else if (clock_mono_ms() > until_ms) {
            r = err_set(err, ERR_RETRY, "%lld partitions could not be read to their end",
                        (long long)reading->left);
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (rk != NULL) {
        rd_kafka_consumer_close(rk);
        rd_kafka_destroy(rk);
    }
    return r;
}

int facts_add_topics(const struct facts_source *source, const struct rules *rules,
                     struct json *facts, struct err *err)
{
    struct reading reading = {source,       rules, json_array(), json_array(), json_array(),
                              json_array(), 0};
    char sink_group[256];

    json_set_give(facts, "records", reading.records);
    json_set_give(facts, "sent", reading.sent);
    json_set_give(facts, "offsets", reading.offsets);
    json_set_give(facts, "leaks", reading.leaks);
    snprintf(sink_group, sizeof sink_group, "%s-sink", source->group);
    int r = add_commits(&reading, source->group, false, err);
    if (r == 0)
        r = add_commits(&reading, sink_group, true, err);
    return r == 0 ? read_topics(&reading, err) : r;
}
