/* Records from and to the wire by one table of fields; the story stands in wire.h. */
#include "proto/wire.h"

int wire_encode_table(const void *record, const struct wire_entry *table, int64_t version,
                      struct buf *out, struct err *err)
{
    struct wire_writer *writer;
    int r = wire_begin(&writer, err);

    if (r < 0)
        return r;
    wire_int(writer, "v", version);
    for (const struct wire_entry *entry = table; entry->key != NULL; entry++) {
        const void *field = (const char *)record + entry->offset;
        if (entry->type == WIRE_FIELD_TEXT)
            wire_text(writer, entry->key, *(const char *const *)field);
        else if (entry->type == WIRE_FIELD_INT)
            wire_int(writer, entry->key, *(const int64_t *)field);
        else
            wire_int(writer, entry->key, *(const bool *)field);
    }
    return wire_end(writer, out, err);
}

static const struct wire_entry *entry_of(const struct wire_entry *table,
                                         const struct wire_field *field)
{
    for (const struct wire_entry *entry = table; entry->key != NULL; entry++)
        if (strlen(entry->key) == field->key_len &&
            memcmp(entry->key, field->key, field->key_len) == 0)
            return entry;
    return NULL;
}

static int store(void *record, const struct wire_entry *entry, const struct wire_field *field,
                 wire_set_text_fn set_text, struct err *err)
{
    void *place = (char *)record + entry->offset;

    if (field->kind == WIRE_NIL)
        return 0;
    if (entry->type == WIRE_FIELD_TEXT) {
        if (field->kind != WIRE_TEXT)
            return err_set(err, ERR_REJECT, "field %s is not a text", entry->key);
        if (!utf8_is_valid(field->text, field->text_len))
            return err_set(err, ERR_REJECT, "field %s is not UTF-8", entry->key);
        if (!set_text(record, place, field->text, field->text_len))
            return err_set(err, ERR_REJECT, "field %s is longer than allowed (%zu bytes)",
                           entry->key, field->text_len);
        return 0;
    }
    if (field->kind != WIRE_INT)
        return err_set(err, ERR_REJECT, "field %s is not an integer", entry->key);
    if (entry->type == WIRE_FIELD_INT)
        *(int64_t *)place = field->number;
    else
        *(bool *)place = field->number != 0;
    return 0;
}

static int read_version(struct wire_reader *reader, int64_t major, int64_t *out, struct err *err)
{
    struct wire_field first;

    if (!wire_next(reader, &first) || first.key_len != 1 || first.key[0] != 'v' ||
        first.kind != WIRE_INT || first.number < 0)
        return err_set(err, ERR_REJECT, "the first field is not the schema version \"v\"");
    if (first.number / 1000 > major)
        return err_set(
            err, ERR_REJECT,
            "schema version %lld.%lld is later than %lld, the last that this build reads",
            (long long)(first.number / 1000), (long long)(first.number % 1000), (long long)major);
    if (first.number < 1000)
        return err_set(err, ERR_REJECT, "schema version %lld was never issued",
                       (long long)first.number);
    *out = first.number;
    return 0;
}

int wire_decode_table(void *record, const struct wire_entry *table, int64_t major,
                      const void *bytes, size_t len, wire_set_text_fn set_text,
                      int64_t *out_version, struct err *err)
{
    CLEANUP(wire_closep) struct wire_reader *reader = NULL;
    struct wire_field field;
    int r = wire_open(&reader, bytes, len, err);

    if (r < 0)
        return r;
    r = read_version(reader, major, out_version, err);
    if (r < 0)
        return r;
    while (wire_next(reader, &field)) {
        const struct wire_entry *entry = entry_of(table, &field);
        if (entry == NULL)
            continue; /* from a later minor version */
        r = store(record, entry, &field, set_text, err);
        if (r < 0)
            return r;
    }
    return 0;
}
