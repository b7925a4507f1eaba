/* What a record says about itself; the story stands in replay_record.h. */
#include "producer/replay_record.h"

#include <stdio.h>

#include "proto/topics.h"

static int64_t header_number(const struct queue_record *record, const char *key, int64_t otherwise)
{
    char text[32];
    char *rest;

    if (queue_record_text(record, key, text, sizeof text) != 0 || text[0] == '\0')
        return otherwise;
    long long number = strtoll(text, &rest, 10);
    return *rest == '\0' ? number : otherwise;
}

static void read_headers(struct replay_facts *out, const struct queue_record *record)
{
    char text[256];

    out->is_mark = queue_record_text(record, HEADER_MARK, text, sizeof text) != QUEUE_TEXT_ABSENT;
    out->is_letter = str_eq(record->topic, TOPIC_DLQ) && !out->is_mark;
    (void)queue_record_text(record, "__connect.errors.topic", out->origin_topic,
                            sizeof out->origin_topic);
    out->origin_partition = header_number(record, "__connect.errors.partition", -1);
    out->origin_offset = header_number(record, "__connect.errors.offset", -1);
    (void)queue_record_text(record, "__connect.errors.stage", out->stage, sizeof out->stage);
    if (queue_record_text(record, "__connect.errors.exception.message", out->error,
                          sizeof out->error) == QUEUE_TEXT_ABSENT)
        (void)queue_record_text(record, HEADER_ERROR, out->error, sizeof out->error);
    (void)queue_record_text(record, HEADER_REPLAY_ID, out->replay_id, sizeof out->replay_id);
    (void)queue_record_text(record, "x-plumb-fingerprint", out->fp, sizeof out->fp);
    out->cut_from_bytes = header_number(record, "x-plumb-cut-from-bytes", 0);
    out->failed_unix_ms = header_number(record, "x-plumb-failed-at-ms", record->timestamp_unix_ms);
    out->is_refused_input =
        queue_record_text(record, "ce_type", text, sizeof text) == 0 && str_eq(text, TYPE_REFUSED);
}

/* The key of a record that cannot be decoded is its repository still. */
static void read_key(struct replay_facts *out, const struct queue_record *record)
{
    CLEANUP(buf_done) struct buf clean = BUF(4 * sizeof out->repository);
    size_t len = record->key_len < sizeof out->repository ? record->key_len : 0;

    if (record->key == NULL || len == 0 || memchr(record->key, '/', len) == NULL)
        return;
    buf_utf8(&clean, record->key, strnlen(record->key, len));
    (void)str_copy(out->repository, sizeof out->repository, buf_str(&clean));
}

static void read_item(struct replay_facts *out, const struct replay_names *names)
{
    const struct item *item = out->item;
    char fp[SHA256_HEX_BYTES] = "", resource[sizeof out->resource + 1];

    (void)str_copy(out->repository, sizeof out->repository, item->repository);
    item_resource_key(item, resource, sizeof resource);
    /* The key's "directory:" is nothing at the top. */
    (void)str_copy(out->resource, sizeof out->resource, resource + (resource[0] == ':'));
    snprintf(out->rule, sizeof out->rule, "%.60s:%.130s", item->source, item->control);
    if (names != NULL && names->name != NULL)
        names->name(names->context, item, out->rule, fp);
    else
        item_fingerprint(item, out->rule, fp);
    if (out->fp[0] == '\0') /* a letter's own counts: its claim was taken under it */
        (void)str_copy(out->fp, sizeof out->fp, fp);
    item_claim_name(out->fp, item->generation, out->claim);
}

int replay_facts_read(struct replay_facts *out, const struct queue_record *record,
                      const struct replay_names *names, struct err *err)
{
    struct err why;

    memset(out, 0, sizeof *out);
    out->record = record;
    read_headers(out, record);
    read_key(out, record);
    if (out->is_mark)
        return 0;
    int r = item_decode(&out->item, record->value, record->value_len, &why);
    if (r == ERR_FATAL)
        return err_set(err, r, "%s", why.text);
    if (r == 0)
        read_item(out, names);
    else
        (void)str_copy(out->why_not, sizeof out->why_not, why.text);
    return 0;
}

void replay_facts_digest(const struct replay_facts *facts, char out[SHA256_HEX_BYTES])
{
    char key[SHA256_HEX_BYTES], value[SHA256_HEX_BYTES];

    sha256_hex(facts->record->key, facts->record->key_len, key);
    sha256_hex(facts->record->value, facts->record->value_len, value);
    sha256_list_hex((const char *const[]){key, value}, 2, out);
}

void replay_facts_done(struct replay_facts *facts)
{
    item_free(facts->item);
    facts->item = NULL;
}

static const char *said(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void replay_facts_subject(const struct replay_facts *facts, struct selector_subject *out)
{
    const struct item *item = facts->item;

    *out = (struct selector_subject){.values = {
                                         [SELECTOR_REPOSITORY] = said(facts->repository),
                                         [SELECTOR_RULE] = said(facts->rule),
                                         [SELECTOR_STAGE] = said(facts->stage),
                                         [SELECTOR_ERROR] = said(facts->error),
                                         [SELECTOR_FINGERPRINT] = said(facts->fp),
                                         [SELECTOR_RESOURCE] = said(facts->resource),
                                     }};
    if (item == NULL)
        return;
    out->values[SELECTOR_CONTROL] = item->control;
    out->values[SELECTOR_SOURCE] = item->source;
    out->values[SELECTOR_TENANT] = item->tenant;
    out->values[SELECTOR_KIND] = item->kind == ITEM_DRIFT ? "drift" : "finding";
}

/* A record that nobody could read goes where it came from; from a retry topic, where it began. */
static const char *target_of_unreadable(const struct replay_facts *facts)
{
    static const char *const inputs[] = {TOPIC_FINDINGS, TOPIC_DRIFT, TOPIC_AUDIT};
    const char *from = facts->is_letter ? facts->origin_topic : facts->record->topic;
    char type[64];

    for (size_t i = 0; i < COUNT(inputs); i++)
        if (str_eq(from, inputs[i]))
            return inputs[i];
    if (queue_record_text(facts->record, "ce_type", type, sizeof type) == 0 &&
        str_eq(type, TYPE_DRIFT))
        return TOPIC_DRIFT;
    return TOPIC_FINDINGS;
}

const char *replay_facts_target(const struct replay_facts *facts, const char **why)
{
    *why = NULL;
    if (facts->is_mark)
        *why = "it is a mark, not a letter";
    else if (facts->is_refused_input)
        *why = "it never was a record: an intake or a source refused it; mend it there and send it "
               "again";
    else if (facts->cut_from_bytes > 0)
        *why = "its end was cut off when it was put away; send the original again";
    if (*why != NULL)
        return NULL;
    if (facts->item == NULL)
        return target_of_unreadable(facts);
    return facts->item->kind == ITEM_DRIFT ? TOPIC_DRIFT : TOPIC_FINDINGS;
}
