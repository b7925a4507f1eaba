/* Marks of dead letters; the story stands in letter_mark.h. */
#include "producer/letter_mark.h"

#include <stdio.h>

#include "common/kafka/queue.h"
#include "proto/replay.h"
#include "proto/topics.h"

int letter_mark_send(struct queue_producer *producer, struct queue_batch *batch, int32_t partition,
                     int64_t offset, const char *mark, const char *by, struct err *err)
{
    char of[24];

    snprintf(of, sizeof of, "%lld", (long long)offset);
    const struct queue_header headers[] = {
        queue_text_header(HEADER_MARK, mark),
        queue_text_header(HEADER_MARK_OF, of),
        queue_text_header(HEADER_MARK_BY, by),
    };
    const struct queue_message message = {
        .topic = TOPIC_DLQ,
        .headers = headers,
        .n_headers = COUNT(headers),
        .to_partition = true,
        .partition = partition,
    };
    return queue_send(producer, &message, batch, err);
}
