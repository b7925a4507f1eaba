/*
 * Span: from where to where a topic is looked at. Limits by time and by offset may stand together;
 * then both hold.
 *
 *     2026-12-01T02:00:00Z     a moment (RFC 3339)
 *     2h, 2h ago, 1d12h        that long before now
 *     0:1500,3:99              offsets, PARTITION:OFFSET; partitions that are not named are left
 * out
 *
 * From is included, to is not. Pure: now comes in.
 */
#ifndef PRODUCER_REPLAY_SPAN_H
#define PRODUCER_REPLAY_SPAN_H

#include "common/base.h"

#define SPAN_PARTITIONS_MAX 512

struct span_offsets {
    bool given;
    size_t n;
    struct {
        int32_t partition;
        int64_t offset;
    } list[SPAN_PARTITIONS_MAX];
};

struct replay_span {
    int64_t from_unix_ms; /* INT64_MIN: none */
    int64_t to_unix_ms;   /* INT64_MAX: none */
    struct span_offsets from, to;
};

void span_init(struct replay_span *out);
/* May be called again: the later moment, the offsets of the later call. ERR_REJECT. */
int span_add_from(struct replay_span *span, const char *text, int64_t now_unix_ms,
                  struct err *err) MUST_USE;
int span_add_to(struct replay_span *span, const char *text, int64_t now_unix_ms,
                struct err *err) MUST_USE;

/* Narrows from … to of a partition; makes it empty where the span leaves the partition out. */
void span_narrow(const struct replay_span *span, int32_t partition, int64_t *from, int64_t *to);
bool span_holds_time(const struct replay_span *span, int64_t unix_ms);
bool span_has_time(const struct replay_span *span);

/* Reads "2h", "90s", "1d12h", each with or without " ago": how long, in ms. False: it is none. */
bool span_parse_duration(const char *text, int64_t *out_ms);

#endif
