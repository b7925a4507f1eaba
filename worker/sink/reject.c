/* Dead letters of the sink; the story stands in reject.h. */
#include "worker/sink/reject.h"

#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "proto/dead_letter.h"
#include "proto/onward.h"
#include "proto/topics.h"

int reject_record(struct queue_producer *producer, const struct queue_record *record,
                  const char *why, struct err *err)
{
    CLEANUP(onward_done) struct onward onward = {0};
    const struct dead_letter_facts facts = {.topic = record->topic,
                                            .partition = record->partition,
                                            .offset = record->offset,
                                            .role = "sink",
                                            .stage = "sink",
                                            .why = why,
                                            .now_unix_ms = clock_unix_ms(),
                                            .value_len = record->value_len};
    struct dead_letter letter;

    int r = onward_init(&onward, record, onward_keeps_header, ONWARD_HEADERS_BYTES, err);
    if (r < 0)
        return r;
    dead_letter_write(&letter, &facts);
    onward_add_texts(&onward, letter.headers, letter.n);
    const struct queue_message message = {
        .topic = TOPIC_DLQ,
        .key = record->key,
        .key_len = onward_key_len(record),
        .value = record->value,
        .value_len = letter.value_len,
        .headers = onward.headers,
        .n_headers = onward.n,
    };
    return queue_send_wait(producer, &message, err);
}
