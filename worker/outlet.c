/* Retry topics and the dead-letter queue; the story stands in outlet.h. */
#include "worker/outlet.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/kafka/queue_consumer.h"
#include "common/metrics.h"
#include "proto/dead_letter.h"
#include "proto/item.h"
#include "proto/onward.h"
#include "proto/topics.h"
#include "worker/item.h"
#include "worker/services.h"

int outlet_parse_tiers(const char *text, int64_t out_seconds[4], struct err *err)
{
    int64_t tiers[4];
    int used = 0;

    if (sscanf(text, "%" SCNd64 " , %" SCNd64 " , %" SCNd64 " , %" SCNd64 " %n", &tiers[0],
               &tiers[1], &tiers[2], &tiers[3], &used) != 4 ||
        text[used] != '\0')
        return err_set(err, ERR_FATAL,
                       "RETRY_TIERS_SECONDS is \"%s\", not four numbers like 30,300,1800,7200",
                       text);
    for (int i = 0; i < 4; i++)
        if (tiers[i] < 1 || (i > 0 && tiers[i] < tiers[i - 1]))
            return err_set(err, ERR_FATAL, "RETRY_TIERS_SECONDS \"%s\" must rise from 1 or more",
                           text);
    memcpy(out_seconds, tiers, sizeof tiers);
    return 0;
}

static int64_t jittered(int64_t ms)
{
    uint32_t dice;

    random_bytes(&dice, sizeof dice);
    return ms - ms / 5 + (int64_t)(dice % 1000) * (2 * ms / 5) / 1000;
}

static void choose_tier(const struct item_end *end, const int64_t seconds[4], size_t *tier,
                        int64_t *wait_ms)
{
    *tier = 0;
    if (end->attempts > 1 && end->wait_ms != ITEM_WAIT_SHORTEST)
        *tier = end->attempts < RETRY_TIER_COUNT ? (size_t)end->attempts - 1 : RETRY_TIER_COUNT - 1;
    *wait_ms = jittered(seconds[*tier] * 1000);
    if (end->wait_ms <= 0 || (end->charged && end->wait_ms < *wait_ms))
        return;
    *tier = 0;
    *wait_ms = end->wait_ms;
    while (*tier < RETRY_TIER_COUNT - 1 && seconds[*tier + 1] * 1000 <= end->wait_ms)
        (*tier)++;
}

int outlet_retry(struct services *services, const struct queue_record *record,
                 const struct item_end *end, struct err *err)
{
    CLEANUP(onward_done) struct onward onward = {0};
    char not_before[24], attempt[24];
    int64_t seconds[4], wait_ms;
    size_t tier;
    int r = outlet_parse_tiers(services->shared->config->retry_tiers, seconds, err);

    if (r == 0)
        r = onward_init(&onward, record, onward_keeps_header, ONWARD_HEADERS_BYTES, err);
    if (r < 0)
        return r;
    choose_tier(end, seconds, &tier, &wait_ms);
    snprintf(not_before, sizeof not_before, "%lld", (long long)(clock_unix_ms() + wait_ms));
    snprintf(attempt, sizeof attempt, "%lld", (long long)end->attempts);
    onward_add(&onward, HEADER_NOT_BEFORE, not_before);
    onward_add(&onward, HEADER_ATTEMPT, attempt);
    onward_add(&onward, HEADER_ERROR, end->reason);
    const struct queue_message message = {
        .topic = topics_retry[tier],
        .key = record->key,
        .key_len = onward_key_len(record),
        .value = record->value,
        .value_len = record->value_len,
        .headers = onward.headers,
        .n_headers = onward.n,
    };
    r = queue_send_wait(services->shared->producer, &message, err);
    if (r == 0)
        metric_count("plumb_items_retried_total", topics_retry[tier], 1);
    return FAULT_REPLY("retry.sent", r, err);
}

int outlet_dead_letter(struct services *services, const struct queue_record *record,
                       const struct item *item, const char *fp, const char *stage, const char *why,
                       struct err *err)
{
    CLEANUP(buf_done) struct buf encoded = BUF(ITEM_MAX_BYTES * 2);
    CLEANUP(onward_done) struct onward onward = {0};
    struct dead_letter_facts facts = {.partition = -1,
                                      .offset = -1,
                                      .role = "work",
                                      .stage = stage,
                                      .why = why,
                                      .fingerprint = fp,
                                      .now_unix_ms = clock_unix_ms()};
    struct queue_message message = {.topic = TOPIC_DLQ};
    struct dead_letter letter;
    int r = onward_init(&onward, record, onward_keeps_header, ONWARD_HEADERS_BYTES, err);

    if (r < 0)
        return r;
    if (record != NULL) {
        message.key = record->key;
        message.key_len = onward_key_len(record);
        message.value = record->value;
        message.value_len = record->value_len;
        facts.topic = record->topic;
        facts.partition = record->partition;
        facts.offset = record->offset;
    } else {
        r = item_encode(item, &encoded, err);
        if (r < 0)
            return r;
        message.key = item->repository;
        message.key_len = strlen(item->repository);
        message.value = encoded.bytes;
        message.value_len = encoded.len;
    }
    facts.value_len = message.value_len;
    dead_letter_write(&letter, &facts);
    message.value_len = letter.value_len;
    onward_add_texts(&onward, letter.headers, letter.n);
    message.headers = onward.headers;
    message.n_headers = onward.n;
    metric_count("plumb_dead_letters_total", NULL, 1);
    return FAULT_REPLY("dlq.sent", queue_send_wait(services->shared->producer, &message, err), err);
}
