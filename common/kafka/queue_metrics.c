/* Queue metrics; the story stands in queue_metrics.h. */
#include "common/kafka/queue_metrics.h"

#include <stdio.h>

#include "common/metrics.h"

#define PUBLISH_MS   1000
#define SERIES_BYTES 300 /* a topic's name has at most 249 */
#define LABELS       "topic,partition"

enum { LAG, POSITION_LAG, UNFINISHED, OLDEST, MAP_BYTES, STOPPED };

static const struct metric_family families[] = {
    [LAG] = {"plumb_partition_lag", METRIC_GAUGE, "Records from the committed offset to the end.",
             LABELS, NULL},
    [POSITION_LAG] = {"plumb_partition_position_lag", METRIC_GAUGE,
                      "Records from the next one to read to the end.", LABELS, NULL},
    [UNFINISHED] = {"plumb_partition_unfinished", METRIC_GAUGE, "Records read and not finished.",
                    LABELS, NULL},
    [OLDEST] = {"plumb_partition_oldest_seconds", METRIC_GAUGE,
                "Since the lowest unfinished record was read here.", LABELS, NULL},
    [MAP_BYTES] = {"plumb_partition_map_bytes", METRIC_GAUGE,
                   "Of commit metadata; reading stops at 3072.", LABELS, NULL},
    [STOPPED] = {"plumb_partition_stopped", METRIC_GAUGE,
                 "1: its next record is gone, and nothing is read until an operator chose.", LABELS,
                 NULL},
};

void queue_metrics_declare(void)
{
    metrics_declare(families, COUNT(families));
}

static void publish(const struct queue_partition_stats *stats)
{
    char series[SERIES_BYTES];

    snprintf(series, sizeof series, "%s,%d", stats->topic, (int)stats->partition);
    if (stats->lag >= 0)
        metric_set(families[LAG].name, series, (double)stats->lag);
    if (stats->position_lag >= 0)
        metric_set(families[POSITION_LAG].name, series, (double)stats->position_lag);
    metric_set(families[UNFINISHED].name, series, (double)stats->unfinished);
    metric_set(families[OLDEST].name, series, (double)stats->oldest_ms / 1e3);
    metric_set(families[MAP_BYTES].name, series, (double)stats->map_bytes);
    metric_set(families[STOPPED].name, series, stats->stopped);
}

void queue_metrics_publish(struct queue_metrics *metrics, struct queue_consumer *consumer,
                           int64_t now_ms)
{
    struct queue_stats all;

    queue_stats(consumer, &all);
    bool is_new = all.generation != metrics->generation;
    if (!is_new && now_ms < metrics->due_at_ms)
        return;
    metrics->due_at_ms = now_ms + PUBLISH_MS;
    metrics->generation = all.generation;
    for (size_t i = 0; is_new && i < COUNT(families); i++)
        metric_forget(families[i].name);
    for (size_t i = 0; i < (size_t)all.assigned_partitions; i++) {
        struct queue_partition_stats stats;
        queue_partition_stats(consumer, i, &stats);
        publish(&stats);
    }
}
