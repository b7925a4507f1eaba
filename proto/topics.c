/* Topic names and record headers; the story stands in topics.h. */
#include "proto/topics.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"

const char *const topics_all[TOPIC_COUNT] = {
    TOPIC_FINDINGS,  TOPIC_DRIFT,    TOPIC_RETRY_30S, TOPIC_RETRY_5M,
    TOPIC_RETRY_30M, TOPIC_RETRY_2H, TOPIC_DLQ,       TOPIC_AUDIT,
};
const char *const topics_retry[RETRY_TIER_COUNT] = {
    TOPIC_RETRY_30S,
    TOPIC_RETRY_5M,
    TOPIC_RETRY_30M,
    TOPIC_RETRY_2H,
};

static void random_hex(char *out, size_t n_bytes)
{
    uint8_t bytes[16];

    do {
        random_bytes(bytes, n_bytes);
    } while (bytes[0] == 0); /* an all-zero id is invalid; this is a stronger, simpler wish */
    hex_encode(bytes, n_bytes, out);
}

static bool is_lower_hex(const char *text, size_t len)
{
    bool any = false;

    for (size_t i = 0; i < len; i++) {
        if (strchr("0123456789abcdef", text[i]) == NULL || text[i] == '\0')
            return false;
        any = any || text[i] != '0';
    }
    return any;
}

bool traceparent_is_valid(const char *text)
{
    size_t len = strnlen(text, 200);

    if (len < TRACEPARENT_BYTES - 1 || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return false;
    bool version_0 = str_starts(text, "00-");
    if (str_starts(text, "ff") || (version_0 && len != TRACEPARENT_BYTES - 1) ||
        (!version_0 && len > TRACEPARENT_BYTES - 1 && text[55] != '-'))
        return false;
    /* Version and flags may be all zeros, so they are looked at with a digit added. */
    const char around[] = {'1', text[0], text[1], text[53], text[54]};
    return is_lower_hex(around, sizeof around) && is_lower_hex(text + 3, 32) &&
           is_lower_hex(text + 36, 16);
}

void traceparent_next(const char *incoming, char out[TRACEPARENT_BYTES])
{
    char trace[33], parent[17];
    const char *flags = "01";

    if (incoming != NULL && traceparent_is_valid(incoming)) {
        memcpy(trace, incoming + 3, 32);
        trace[32] = '\0';
        flags = incoming + 53;
    } else {
        random_hex(trace, 16);
    }
    random_hex(parent, 8);
    snprintf(out, TRACEPARENT_BYTES, "00-%s-%s-%.2s", trace, parent, flags);
}

void envelope_start(struct envelope *out, const char *id, const char *type, const char *source,
                    int64_t now_unix_ms)
{
    (void)str_copy(out->id, sizeof out->id, id);
    (void)str_copy(out->type, sizeof out->type, type);
    (void)str_copy(out->source, sizeof out->source, source);
    clock_format_rfc3339(now_unix_ms, out->time);
    traceparent_next(NULL, out->traceparent);
}

void envelope_headers(const struct envelope *e, struct queue_header_text out[ENVELOPE_HEADERS])
{
    out[0] = (struct queue_header_text){"ce_specversion", "1.0"};
    out[1] = (struct queue_header_text){"ce_id", e->id};
    out[2] = (struct queue_header_text){"ce_type", e->type};
    out[3] = (struct queue_header_text){"ce_source", e->source};
    out[4] = (struct queue_header_text){"ce_time", e->time};
    out[5] = (struct queue_header_text){"content-type", "application/msgpack"};
    out[6] = (struct queue_header_text){"traceparent", e->traceparent};
}
