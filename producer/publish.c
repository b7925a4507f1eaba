/* Records with their headers; the story stands in publish.h. */
#include "producer/publish.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/kafka/queue.h"
#include "proto/audit.h"
#include "proto/dead_letter.h"
#include "proto/topics.h"

#define HEADERS_MAX 24

struct headers {
    struct queue_header list[HEADERS_MAX];
    size_t n;
};

static void add(struct headers *headers, const char *key, const char *value)
{
    assert(headers->n < HEADERS_MAX);
    headers->list[headers->n++] = queue_text_header(key, value);
}

static void add_envelope(struct headers *headers, const struct envelope *envelope,
                         const char *content_type)
{
    struct queue_header_text texts[ENVELOPE_HEADERS];

    envelope_headers(envelope, texts);
    for (size_t i = 0; i < ENVELOPE_HEADERS; i++) {
        bool replaced = content_type != NULL && str_eq(texts[i].key, "content-type");
        add(headers, texts[i].key, replaced ? content_type : texts[i].value);
    }
}

static void source_uri(char *out, size_t size, const char *source)
{
    snprintf(out, size, "/plumb/%s", source);
}

/* ce_id has little room; a long id of the source is told by its hash. */
static void event_id(char *out, size_t size, const char *id)
{
    char hex[SHA256_HEX_BYTES];

    if (id == NULL || id[0] == '\0') {
        random_uuid(hex);
        (void)str_copy(out, size, hex);
    } else if (!str_copy(out, size, id)) {
        sha256_hex(id, strlen(id), hex);
        (void)str_copy(out, size, hex);
    }
}

static const char *topic_of(enum item_kind kind)
{
    return kind == ITEM_DRIFT ? TOPIC_DRIFT : TOPIC_FINDINGS;
}

int publish_item(struct queue_producer *producer, struct queue_batch *batch,
                 const struct item *item, int64_t now_unix_ms, struct err *err)
{
    CLEANUP(buf_done) struct buf value = BUF(ITEM_MAX_BYTES);
    struct headers headers = {.n = 0};
    struct envelope envelope;
    char source[128], id[80];
    int r = item_encode(item, &value, err);

    if (r < 0)
        return r;
    source_uri(source, sizeof source, item->source);
    event_id(id, sizeof id, item->event_id);
    envelope_start(&envelope, id, item->kind == ITEM_DRIFT ? TYPE_DRIFT : TYPE_FINDING, source,
                   now_unix_ms);
    add_envelope(&headers, &envelope, NULL);

    const struct queue_message message = {
        .topic = topic_of(item->kind),
        .key = item->repository,
        .key_len = strlen(item->repository),
        .value = value.bytes,
        .value_len = value.len,
        .headers = headers.list,
        .n_headers = headers.n,
    };
    return queue_send(producer, &message, batch, err);
}

int publish_event(struct queue_producer *producer, struct queue_batch *batch,
                  const struct audit_event *event, const char *role, struct err *err)
{
    CLEANUP(buf_done) struct buf value = BUF(QUEUE_RECORD_MAX_BYTES);
    struct headers headers = {.n = 0};
    struct envelope envelope;
    char source[128];
    int r = audit_event_encode(event, &value, err);

    if (r < 0)
        return r;
    source_uri(source, sizeof source, role);
    envelope_start(&envelope, event->event_id, TYPE_AUDIT, source, event->at_unix_ms);
    add_envelope(&headers, &envelope, NULL);
    const struct queue_message message = {
        .topic = TOPIC_AUDIT,
        .value = value.bytes,
        .value_len = value.len,
        .headers = headers.list,
        .n_headers = headers.n,
    };
    return queue_send(producer, &message, batch, err);
}

/* The refusal's place in the trail: its id follows from the bytes, so a source that shows the same
 * unusable record at every poll is told about once. */
static int send_event(struct queue_producer *producer, struct queue_batch *batch,
                      const struct publish_origin *origin, const char *sha256, const char *why,
                      struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    char id[SHA256_HEX_BYTES], node[160];
    int r = audit_event_new(&event, err);

    if (r < 0)
        return r;
    audit_event_id(sha256, 1, "record.rejected", id);
    snprintf(node, sizeof node, "%.20s:%.60s/%.16s", origin->stage, origin->source, sha256);
    event->at_unix_ms = origin->now_unix_ms;
    if (!audit_event_set(event, &event->event_id, id) ||
        !audit_event_set(event, &event->kind, "record.rejected") ||
        !audit_event_set(event, &event->node_id, node) ||
        !audit_event_set(event, &event->action, "none") ||
        !audit_event_set(event, &event->status, "failed") ||
        !audit_event_set(event, &event->state, "DLQ") ||
        !audit_event_set(event, &event->error_message, why))
        return err_nomem(err);
    return publish_event(producer, batch, event, "poll", err);
}

int publish_refused(struct queue_producer *producer, struct queue_batch *batch,
                    const struct publish_origin *origin, const char *bytes, size_t len,
                    const char *why, struct err *err)
{
    const struct dead_letter_facts facts = {.topic = topic_of(origin->kind),
                                            .partition = -1,
                                            .offset = -1,
                                            .role = "poll",
                                            .stage = origin->stage,
                                            .why = why,
                                            .run_id = origin->run_id,
                                            .now_unix_ms = origin->now_unix_ms,
                                            .value_len = len};
    struct headers headers = {.n = 0};
    struct dead_letter letter;
    struct envelope envelope;
    char source[128], id[SHA256_HEX_BYTES];

    sha256_hex(bytes, len, id);
    source_uri(source, sizeof source, origin->source);
    envelope_start(&envelope, id, TYPE_REFUSED, source, origin->now_unix_ms);
    add_envelope(&headers, &envelope, "application/octet-stream");
    dead_letter_write(&letter, &facts);
    for (size_t i = 0; i < letter.n; i++)
        add(&headers, letter.headers[i].key, letter.headers[i].value);

    const struct queue_message message = {
        .topic = TOPIC_DLQ,
        .value = bytes,
        .value_len = letter.value_len,
        .headers = headers.list,
        .n_headers = headers.n,
    };
    int r = queue_send(producer, &message, batch, err);
    return r < 0 ? r : send_event(producer, batch, origin, id, letter.why, err);
}
