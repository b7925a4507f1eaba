/* Dead letters of the sink; the story stands in reject.h. */
#include "worker/sink/reject.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/queue.h"
#include "common/redact.h"
#include "proto/topics.h"
#include "version.h"

#define HEADERS_KEPT  40
#define WHY_MAX_BYTES 1000

enum { OWN_HEADERS = 8, CUT_BYTES = 500000 };

static struct queue_header text_header(const char *key, const char *text)
{
    return (struct queue_header){key, text, strlen(text)};
}

/* The record itself as the letter's body; its own headers first. */
static int send(struct queue_producer *producer, const struct queue_record *record,
                const struct queue_header *own, size_t n_own, bool cut, struct err *err)
{
    struct queue_header headers[HEADERS_KEPT + OWN_HEADERS + 1];
    char bytes[24];
    size_t n = cut ? 0 : queue_record_headers(record, headers, HEADERS_KEPT);

    for (size_t i = 0; i < n_own; i++)
        headers[n++] = own[i];
    snprintf(bytes, sizeof bytes, "%zu", record->value_len);
    if (cut)
        headers[n++] = text_header("x-plumb-value-cut-from-bytes", bytes);
    const struct queue_message message = {
        .topic = TOPIC_DLQ,
        .key = cut ? NULL : record->key,
        .key_len = cut ? 0 : record->key_len,
        .value = record->value,
        .value_len = cut && record->value_len > CUT_BYTES ? CUT_BYTES : record->value_len,
        .headers = headers,
        .n_headers = n,
    };
    return queue_send_wait(producer, &message, err);
}

int reject_record(struct queue_producer *producer, const struct queue_record *record,
                  const char *why, struct err *err)
{
    CLEANUP(buf_done) struct buf clean = BUF(4 * WHY_MAX_BYTES);
    char partition[24], offset[24], failed_at[24];

    redact(&clean, why, strnlen(why, WHY_MAX_BYTES));
    snprintf(partition, sizeof partition, "%d", (int)record->partition);
    snprintf(offset, sizeof offset, "%lld", (long long)record->offset);
    snprintf(failed_at, sizeof failed_at, "%lld", (long long)clock_unix_ms());
    const struct queue_header own[] = {
        text_header("__connect.errors.topic", record->topic),
        text_header("__connect.errors.partition", partition),
        text_header("__connect.errors.offset", offset),
        text_header("__connect.errors.stage", "sink"),
        text_header("__connect.errors.class.name", "plumbline.sink"),
        text_header("__connect.errors.exception.message", buf_str(&clean)),
        text_header("x-plumb-failed-at-ms", failed_at),
        text_header("x-plumb-build", PLUMB_VERSION),
    };

    /* Somebody else's producer may have sent more than ours would: then its start has to do. */
    int r = send(producer, record, own, COUNT(own), false, err);
    return r == ERR_REJECT ? send(producer, record, own, COUNT(own), true, err) : r;
}
