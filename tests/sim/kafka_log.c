/* Topics, partitions and what is committed; the story stands in kafka.h. */
#include "tests/sim/kafka.h"

#include "common/clock.h"
#include "common/kafka/offset_map.h"
#include "tests/sim/invariants.h"

struct part parts[PARTITIONS_MAX];
size_t n_parts;

static struct rd_kafka_topic_s topics[TOPIC_COUNT];

void kafka_begin(void)
{
    n_parts = 0;
    for (int t = 0; t < TOPIC_COUNT; t++) {
        /* Two where order between partitions matters, one where it does not. */
        int n =
            str_eq(topics_all[t], TOPIC_DRIFT) || str_eq(topics_all[t], TOPIC_RETRY_30S) ? 2 : 1;
        topics[t].name = topics_all[t];
        for (int p = 0; p < n; p++)
            parts[n_parts++] = (struct part){.topic = &topics[t], .number = p, .committed = -1};
    }
}

void stored_done(struct stored *record)
{
    free(record->key);
    free(record->value);
    if (record->headers != NULL)
        rd_kafka_headers_destroy(record->headers);
}

void kafka_end(void)
{
    for (size_t i = 0; i < n_parts; i++) {
        for (size_t k = 0; k < parts[i].n; k++)
            stored_done(&parts[i].records[k]);
        free(parts[i].records);
    }
    n_parts = 0;
}

struct rd_kafka_topic_s *kafka_topic(const char *name)
{
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (str_eq(topics[t].name, name))
            return &topics[t];
    return NULL;
}

struct part *kafka_part(const char *topic, int32_t number)
{
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].number == number && str_eq(parts[i].topic->name, topic))
            return &parts[i];
    return NULL;
}

struct part *kafka_part_for(const char *topic, const void *key, size_t len)
{
    const unsigned char *bytes = key;
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum = sum * 31 + bytes[i];
    struct part *second = kafka_part(topic, 1);
    return second != NULL && sum % 2 == 1 ? second : kafka_part(topic, 0);
}

void kafka_append_give(struct part *part, struct stored *record)
{
    if (part->n == part->capacity) {
        part->capacity = part->capacity > 0 ? 2 * part->capacity : 8;
        part->records = realloc(part->records, part->capacity * sizeof *part->records);
        assert(part->records != NULL);
    }
    if (record->timestamp_ms == 0)
        record->timestamp_ms = clock_unix_ms();
    part->records[part->n++] = *record;
    trace("kafka   %s[%d] gets offset %zu", part->topic->name, part->number, part->n - 1);
    invariants_appended(part, &part->records[part->n - 1]);
    *record = (struct stored){0};
    task_wake(parts);
}

void kafka_commit(struct part *part, int64_t offset, const void *metadata, size_t len)
{
    trace("kafka   %s[%d] committed at %lld of %zu", part->topic->name, part->number,
          (long long)offset, part->n);
    if (offset > (int64_t)part->n)
        violation("I4: %s[%d] was committed at %lld, past its end %zu", part->topic->name,
                  part->number, (long long)offset, part->n);
    if (len > METADATA_MAX)
        violation("commit metadata of %zu bytes: a broker takes 4096", len);
    part->committed = offset;
    if (offset > part->reached)
        part->reached = offset;
    part->metadata_len = len < METADATA_MAX ? len : METADATA_MAX;
    if (part->metadata_len > 0)
        memcpy(part->metadata, metadata, part->metadata_len);
    invariants_committed(part);
}

bool kafka_is_done(const struct part *part, int64_t offset)
{
    struct offset_map_reader map;
    struct offset_run run;

    if (offset < part->committed)
        return true;
    if (part->metadata_len == 0 || part->committed < 0 ||
        !offset_map_open(&map, part->metadata, part->metadata_len, part->committed))
        return false;
    while (offset_map_next(&map, &run))
        if (offset >= run.first && offset < run.end)
            return true;
    return false;
}

static bool is_read_by_workers(const struct part *part)
{
    return !str_eq(part->topic->name, TOPIC_DLQ) && !str_eq(part->topic->name, TOPIC_AUDIT);
}

bool kafka_is_read_to_the_end(void)
{
    for (size_t i = 0; i < n_parts; i++)
        if (is_read_by_workers(&parts[i]) && parts[i].reached < (int64_t)parts[i].n)
            return false;
    return true;
}

void kafka_forget_commits(void)
{
    for (size_t i = 0; i < n_parts; i++) {
        parts[i].committed = -1;
        parts[i].metadata_len = 0;
    }
}
