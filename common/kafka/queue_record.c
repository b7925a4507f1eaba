/*
 * Queue: a consumed record, copied out of librdkafka into one block:
 *
 *     | struct stored | headers[n] | topic NUL | key NUL | value NUL | name NUL bytes NUL … |
 *
 * librdkafka's own message would keep its whole fetch buffer alive, and one that is freed late
 * makes the client's close hang.
 */
#include "common/kafka/queue_internal.h"

#include "common/buf.h"

#define UTF8_MAX ((size_t)4) /* bytes of a character */

struct stored {
    struct queue_record record; /* first: it is what callers hold and free */
    size_t n_headers;
    struct queue_header headers[];
};

/* Copies len bytes and a NUL; NULL stays NULL (a tombstone's value, an absent key). */
static const void *put(char **at, const void *bytes, size_t len)
{
    if (bytes == NULL)
        return NULL;

    char *copy = *at;
    memcpy(copy, bytes, len);
    copy[len] = '\0';
    *at += len + 1;
    return copy;
}

static size_t headers_bytes(const rd_kafka_headers_t *headers, size_t n)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++) {
        const char *name;
        const void *value;
        size_t len;
        if (rd_kafka_header_get_all(headers, i, &name, &value, &len) == RD_KAFKA_RESP_ERR_NO_ERROR)
            bytes += strlen(name) + 1 + len + 1;
    }
    return bytes;
}

static size_t headers_put(struct stored *s, char **at, const rd_kafka_headers_t *headers, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const char *name;
        const void *value;
        size_t len;
        if (rd_kafka_header_get_all(headers, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        const char *key = put(at, name, strlen(name));
        s->headers[kept++] = (struct queue_header){key, put(at, value, len), len};
    }
    return kept;
}

int queue_record_new(struct queue_record **out, const rd_kafka_message_t *message,
                     int64_t generation, struct err *err)
{
    rd_kafka_headers_t *headers = NULL;
    const char *topic = rd_kafka_topic_name(message->rkt);
    size_t n = 0;

    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
        n = rd_kafka_header_cnt(headers);
    struct stored *s = malloc(sizeof *s + n * sizeof s->headers[0] + strlen(topic) + 1 +
                              message->key_len + 1 + message->len + 1 + headers_bytes(headers, n));
    if (s == NULL)
        return err_nomem(err);

    char *at = (char *)&s->headers[n];
    s->record = (struct queue_record){
        .topic = put(&at, topic, strlen(topic)),
        .partition = message->partition,
        .offset = message->offset,
        .generation = generation,
        .timestamp_unix_ms = rd_kafka_message_timestamp(message, NULL),
        .key = put(&at, message->key, message->key_len),
        .key_len = message->key_len,
        .value = put(&at, message->payload, message->len),
        .value_len = message->len,
        .handle = s,
    };
    s->n_headers = headers_put(s, &at, headers, n);
    *out = &s->record;
    return 0;
}

void queue_record_free(struct queue_record *record)
{
    if (record != NULL)
        free(record->handle);
}

bool queue_record_header(const struct queue_record *record, const char *key, const void **value,
                         size_t *len)
{
    const struct stored *s = record->handle;

    for (size_t i = s->n_headers; i > 0; i--) {
        if (!str_eq(s->headers[i - 1].key, key))
            continue;
        *value = s->headers[i - 1].value;
        *len = s->headers[i - 1].len;
        return true;
    }
    return false;
}

int queue_record_text(const struct queue_record *record, const char *key, char *out, size_t size)
{
    CLEANUP(buf_done) struct buf clean = BUF(3 * (size + UTF8_MAX) + 1);
    const void *value;
    size_t len;

    out[0] = '\0';
    if (!queue_record_header(record, key, &value, &len) || value == NULL)
        return QUEUE_TEXT_ABSENT;
    size_t text_len = strnlen(value, len);
    /* No byte becomes less than one, so what lies further back has no place in out. */
    buf_utf8(&clean, value, text_len < size + UTF8_MAX ? text_len : size + UTF8_MAX);
    bool whole = str_copy(out, size, buf_str(&clean)) && !clean.no_memory;
    if (!whole)
        str_drop_half_character(out);
    return whole && text_len == len ? 0 : QUEUE_TEXT_CUT;
}

const struct queue_header *queue_record_headers(const struct queue_record *record, size_t *n)
{
    const struct stored *s = record->handle;

    *n = s->n_headers;
    return s->headers;
}
