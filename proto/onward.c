/* Headers of records that are sent on; the story stands in onward.h. */
#include "proto/onward.h"

#include <stdio.h>

#include "proto/dead_letter.h"

/* A header costs more than its texts, so that many empty ones are bounded too. */
#define FRAME_BYTES 8

/* At earlier stops: the record itself holds those headers no more. */
static int64_t dropped_before(const struct queue_record *record)
{
    char text[24];

    if (queue_record_text(record, HEADER_DROPPED, text, sizeof text) != 0)
        return 0;
    long long number = strtoll(text, NULL, 10);
    return number > 0 && number < INT32_MAX ? number : 0;
}

static void keep(struct onward *out, const struct queue_record *record,
                 const struct queue_header *all, size_t n, bool (*keeps)(const char *key),
                 size_t room_bytes)
{
    int64_t dropped = dropped_before(record);

    for (size_t i = 0; i < n; i++) {
        size_t bytes = strlen(all[i].key) + all[i].len + FRAME_BYTES;
        if (!keeps(all[i].key))
            continue;
        if (bytes > room_bytes) {
            dropped++;
            continue;
        }
        room_bytes -= bytes;
        out->headers[out->n++] = all[i];
    }
    if (dropped == 0)
        return;
    snprintf(out->dropped, sizeof out->dropped, "%lld", (long long)dropped);
    out->headers[out->n++] = queue_text_header(HEADER_DROPPED, out->dropped);
}

int onward_init(struct onward *out, const struct queue_record *record,
                bool (*keeps)(const char *key), size_t room_bytes, struct err *err)
{
    size_t n = 0;
    const struct queue_header *all = record != NULL ? queue_record_headers(record, &n) : NULL;

    *out = (struct onward){.max = n + 1 + ONWARD_ADDED_MAX};
    out->headers = calloc(out->max, sizeof *out->headers);
    if (out->headers == NULL)
        return err_nomem(err);
    if (record != NULL)
        keep(out, record, all, n, keeps, room_bytes);
    return 0;
}

void onward_done(struct onward *onward)
{
    free(onward->headers);
    onward->headers = NULL;
}

void onward_add(struct onward *onward, const char *key, const char *text)
{
    assert(onward->n < onward->max);
    onward->headers[onward->n++] = queue_text_header(key, text);
}

void onward_add_texts(struct onward *onward, const struct queue_header_text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        onward_add(onward, texts[i].key, texts[i].value);
}

bool onward_keeps_header(const char *key)
{
    return !dead_letter_is_own_header(key) && !str_eq(key, HEADER_NOT_BEFORE) &&
           !str_eq(key, HEADER_ATTEMPT) && !str_eq(key, HEADER_ERROR);
}

size_t onward_key_len(const struct queue_record *record)
{
    return record->key_len < ONWARD_KEY_BYTES ? record->key_len : ONWARD_KEY_BYTES;
}
