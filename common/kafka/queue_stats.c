/* Queue: how the consumer stands. Nothing here asks the broker: ends are as last seen in a fetch.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"

/* How far from is behind the end; -1 unknown. A negative from is the beginning. */
static int64_t behind(struct queue_consumer *consumer, const struct offset_view *view, int64_t from)
{
    int64_t low = RD_KAFKA_OFFSET_INVALID;
    int64_t high = RD_KAFKA_OFFSET_INVALID;

    if (rd_kafka_get_watermark_offsets(consumer->rk, view->topic, view->partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    int64_t begin = from >= 0 ? from : low >= 0 ? low : 0;
    return high > begin ? high - begin : 0;
}

void queue_stats(struct queue_consumer *consumer, struct queue_stats *out)
{
    *out = (struct queue_stats){
        .assigned_partitions = (int64_t)offset_tracker_count(consumer->tracker),
        .in_flight = (int64_t)offset_tracker_unfinished(consumer->tracker),
        .generation = offset_tracker_generation(consumer->tracker),
        .connected = consumer->connected,
    };
    for (size_t i = 0; i < offset_tracker_count(consumer->tracker); i++) {
        struct offset_view view;
        offset_tracker_view(consumer->tracker, i, &view);
        int64_t lag = behind(consumer, &view, view.committed);
        out->lag = lag < 0 || out->lag < 0 ? -1 : out->lag + lag;
        out->stopped_partitions += consumer->slots[i].stopped;
    }
}

void queue_partition_stats(struct queue_consumer *consumer, size_t i,
                           struct queue_partition_stats *out)
{
    char map[OFFSET_MAP_TEXT];
    struct offset_view view;

    offset_tracker_view(consumer->tracker, i, &view);
    *out = (struct queue_partition_stats){
        .topic = view.topic,
        .partition = view.partition,
        .lag = behind(consumer, &view, view.committed),
        .position_lag = behind(consumer, &view, view.next),
        .unfinished = (int64_t)view.unfinished,
        .oldest_ms = view.oldest_at_ms >= 0 ? clock_mono_ms() - view.oldest_at_ms : 0,
        .map_bytes = (int64_t)offset_tracker_map(consumer->tracker, i, map),
        .stopped = consumer->slots[i].stopped,
    };
}
