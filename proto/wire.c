/* msgpack maps through msgpack-c; the story stands in wire.h. */
#include "proto/wire.h"

#include <msgpack.h>

struct wire_writer {
    msgpack_sbuffer bytes;
    msgpack_packer packer;
    size_t n;
};

struct wire_reader {
    msgpack_unpacked unpacked;
    size_t at;
};

int wire_begin(struct wire_writer **out, struct err *err)
{
    struct wire_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL)
        return err_nomem(err);
    msgpack_sbuffer_init(&writer->bytes);
    msgpack_packer_init(&writer->packer, &writer->bytes, msgpack_sbuffer_write);
    *out = writer;
    return 0;
}

static void write_key(struct wire_writer *writer, const char *key)
{
    size_t len = strlen(key);

    msgpack_pack_str(&writer->packer, len);
    msgpack_pack_str_body(&writer->packer, key, len);
    writer->n++;
}

void wire_text(struct wire_writer *writer, const char *key, const char *text)
{
    if (text == NULL)
        return;
    write_key(writer, key);
    msgpack_pack_str(&writer->packer, strlen(text));
    msgpack_pack_str_body(&writer->packer, text, strlen(text));
}

void wire_int(struct wire_writer *writer, const char *key, int64_t value)
{
    write_key(writer, key);
    msgpack_pack_int64(&writer->packer, value);
}

/* The count is known only now, so the map's head is written here, before the packed fields. */
int wire_end(struct wire_writer *writer, struct buf *out, struct err *err)
{
    uint8_t head[3] = {0xDE, (uint8_t)(writer->n >> 8), (uint8_t)writer->n};

    assert(writer->n <= WIRE_FIELDS_MAX);
    buf_bytes(out, head, sizeof head);
    buf_bytes(out, writer->bytes.data, writer->bytes.size);
    msgpack_sbuffer_destroy(&writer->bytes);
    free(writer);
    return buf_check(out, err);
}

int wire_open(struct wire_reader **out, const void *bytes, size_t len, struct err *err)
{
    size_t offset = 0;
    int r = wire_scan(bytes, len, err);

    if (r < 0)
        return r;
    CLEANUP(wire_closep) struct wire_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return err_nomem(err);
    msgpack_unpacked_init(&reader->unpacked);
    msgpack_unpack_return got = msgpack_unpack_next(&reader->unpacked, bytes, len, &offset);
    if (got == MSGPACK_UNPACK_NOMEM_ERROR)
        return err_nomem(err);
    if (got != MSGPACK_UNPACK_SUCCESS || reader->unpacked.data.type != MSGPACK_OBJECT_MAP)
        return err_set(err, ERR_REJECT, "not a msgpack map");
    *out = STEAL(reader);
    return 0;
}

bool wire_next(struct wire_reader *reader, struct wire_field *out)
{
    const msgpack_object_map *map = &reader->unpacked.data.via.map;

    if (reader->at >= map->size)
        return false;
    const msgpack_object_kv *pair = &map->ptr[reader->at++];
    *out = (struct wire_field){.key = ""};
    if (pair->key.type == MSGPACK_OBJECT_STR) {
        out->key = pair->key.via.str.ptr;
        out->key_len = pair->key.via.str.size;
    }
    if (pair->val.type == MSGPACK_OBJECT_STR) {
        out->kind = WIRE_TEXT;
        out->text = pair->val.via.str.ptr;
        out->text_len = pair->val.via.str.size;
    } else if (pair->val.type == MSGPACK_OBJECT_NEGATIVE_INTEGER ||
               (pair->val.type == MSGPACK_OBJECT_POSITIVE_INTEGER &&
                pair->val.via.u64 <= INT64_MAX)) {
        out->kind = WIRE_INT;
        out->number = pair->val.via.i64;
    } else if (pair->val.type == MSGPACK_OBJECT_BOOLEAN) {
        out->kind = WIRE_INT;
        out->number = pair->val.via.boolean;
    } else if (pair->val.type == MSGPACK_OBJECT_NIL) {
        out->kind = WIRE_NIL;
    }
    return true;
}

void wire_close(struct wire_reader *reader)
{
    if (reader == NULL)
        return;
    msgpack_unpacked_destroy(&reader->unpacked);
    free(reader);
}
