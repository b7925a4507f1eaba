/* Dead letters of the sink; the story stands in reject.h. */
#include "worker/sink/reject.h"

#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "proto/dead_letter.h"
#include "proto/topics.h"

#define HEADERS_KEPT 40

int reject_record(struct queue_producer *producer, const struct queue_record *record,
                  const char *why, struct err *err)
{
    struct queue_header headers[HEADERS_KEPT + DEAD_LETTER_HEADERS];
    const struct dead_letter_facts facts = {.topic = record->topic,
                                            .partition = record->partition,
                                            .offset = record->offset,
                                            .role = "sink",
                                            .stage = "sink",
                                            .why = why,
                                            .now_unix_ms = clock_unix_ms(),
                                            .value_len = record->value_len};
    struct dead_letter letter;

    dead_letter_write(&letter, &facts);
    /* Somebody else's producer may have filled the limit with headers: with a cut value they go
     * too. */
    bool cut = letter.value_len < record->value_len;
    size_t n = cut ? 0 : queue_record_headers(record, headers, HEADERS_KEPT);
    for (size_t i = 0; i < letter.n; i++)
        headers[n++] = queue_text_header(letter.headers[i].key, letter.headers[i].value);
    const struct queue_message message = {
        .topic = TOPIC_DLQ,
        .key = cut ? NULL : record->key,
        .key_len = cut ? 0 : record->key_len,
        .value = record->value,
        .value_len = letter.value_len,
        .headers = headers,
        .n_headers = n,
    };
    return queue_send_wait(producer, &message, err);
}
