/* What there is to consume: a broker of our own, and findings in a topic, encoded as a source's
 * are. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka/embedded_broker.h"
#include "common/kafka/queue.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/bench/queue_bench.h"

#define WATERMARK_MS 10000

/* Beside the product's own: real workers of the bench must not meet these. */
#define TOPIC_ITEMS   "bench.items"
#define TOPIC_RECORDS "bench.records"

/* Until the end of its input. */
int queue_verb_broker(int argc, char **argv, struct err *err)
{
    CLEANUP(embedded_broker_stopp) struct embedded_broker *broker = NULL;
    const char *topics[TOPIC_COUNT + 2] = {TOPIC_ITEMS, TOPIC_RECORDS};
    char byte;
    size_t partitions;
    int r = queue_number(argv[0], &partitions, err);

    (void)argc;
    memcpy(topics + 2, topics_all, sizeof topics_all);
    if (r == 0)
        r = embedded_broker_start(&broker, topics, COUNT(topics), (int)partitions, err);
    if (r < 0)
        return r;
    printf("brokers=%s\n", embedded_broker_brokers(broker));
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return embedded_broker_check(broker, err); /* what it evicted nobody has read */
}

static int make_item(size_t i, struct buf *out, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;
    char id[40], address[80];
    int r = item_new(&item, ITEM_FINDING, err);

    if (r < 0)
        return r;
    snprintf(id, sizeof id, "bench-%zu", i);
    snprintf(address, sizeof address, "aws_s3_bucket.bucket_%zu", i);
    item->generation = 1;
    item->detected_unix_ms = clock_unix_ms();
    if (!item_set_text(item, &item->event_id, id) ||
        !item_set_text(item, &item->tenant, "default") ||
        !item_set_text(item, &item->source, "checkov") ||
        !item_set_text(item, &item->control, "CKV_AWS_18") ||
        !item_set_text(item, &item->repository, "acme/infra") ||
        !item_set_text(item, &item->run_id, "bench") ||
        !item_set_text(item, &item->address, address) ||
        !item_set_text(item, &item->resource_type, "aws_s3_bucket") ||
        !item_set_text(item, &item->file, "buckets.tf") ||
        !item_set_text(item, &item->title, "Ensure the S3 bucket has access logging enabled") ||
        !item_set_text(item, &item->severity, "medium"))
        return err_nomem(err);
    return item_encode(item, out, err);
}

static int send_item(struct queue_producer *producer, struct queue_batch *batch, const char *topic,
                     size_t i, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(ITEM_MAX_BYTES);
    struct envelope envelope;
    struct queue_header_text texts[ENVELOPE_HEADERS];
    struct queue_header headers[ENVELOPE_HEADERS];
    char key[QUEUE_BENCH_KEY_LEN + 1];
    int r = make_item(i, &bytes, err);

    if (r < 0)
        return r;
    snprintf(key, sizeof key, QUEUE_BENCH_KEY, (unsigned)i);
    envelope_start(&envelope, key, TYPE_FINDING, "plumbline/bench", clock_unix_ms());
    envelope_headers(&envelope, texts);
    for (size_t h = 0; h < ENVELOPE_HEADERS; h++)
        headers[h] = (struct queue_header){texts[h].key, texts[h].value, strlen(texts[h].value)};
    struct queue_message message = {.topic = topic,
                                    .key = key,
                                    .key_len = QUEUE_BENCH_KEY_LEN,
                                    .value = bytes.bytes,
                                    .value_len = bytes.len,
                                    .headers = headers,
                                    .n_headers = ENVELOPE_HEADERS};
    return queue_send(producer, &message, batch, err);
}

int queue_verb_fill(int argc, char **argv, struct err *err)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = NULL;
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    const struct queue_options options = {.brokers = argv[0], .client_id = "bench"};
    const char *topics[] = {argv[1], TOPIC_AUDIT};
    size_t items, partitions;
    int r = queue_number(argv[2], &items, err);

    (void)argc;
    if (r == 0)
        r = queue_number(argv[3], &partitions, err);
    if (r == 0)
        r = queue_producer_new(&producer, &options, err);
    if (r == 0)
        r = queue_ensure_topics(producer, topics, COUNT(topics), (int)partitions, 1, err);
    if (r == 0)
        r = queue_batch_new(&batch, err);
    if (r < 0)
        return r;
    int64_t first_ns = queue_now_ns();
    for (size_t i = 0; r == 0 && i < items; i++)
        r = send_item(producer, batch, argv[1], i, err);
    struct err waited;
    int all = queue_batch_wait(producer, batch, r == 0 ? err : &waited);
    if (r == 0 && all == 0)
        printf("items=%zu ns=%lld\n", items, (long long)(queue_now_ns() - first_ns));
    return r < 0 ? r : all;
}

/* --- how many records a topic holds --- */

static int ask_depth(rd_kafka_t *rk, const char *topic, long long *out, struct err *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, handle, &metadata, WATERMARK_MS);

    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "%s: %s", topic, rd_kafka_err2str(code));
    *out = 0;
    for (int i = 0; code == RD_KAFKA_RESP_ERR_NO_ERROR && i < metadata->topics[0].partition_cnt;
         i++) {
        int64_t low = 0;
        int64_t high = 0;
        code = rd_kafka_query_watermark_offsets(rk, topic, i, &low, &high, WATERMARK_MS);
        *out += high;
    }
    rd_kafka_metadata_destroy(metadata);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
               ? 0
               : err_set(err, ERR_RETRY, "%s: %s", topic, rd_kafka_err2str(code));
}

int queue_verb_depth(int argc, char **argv, struct err *err)
{
    char why[256];
    long long depth = 0;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    (void)argc;
    if (rd_kafka_conf_set(conf, "bootstrap.servers", argv[0], why, sizeof why) != RD_KAFKA_CONF_OK)
        return err_set(err, ERR_FATAL, "%s", why);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (rk == NULL)
        return err_set(err, ERR_FATAL, "%s", why);
    int r = ask_depth(rk, argv[1], &depth, err);
    rd_kafka_destroy(rk);
    if (r == 0)
        printf("records=%lld\n", depth);
    return r;
}
