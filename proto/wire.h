/*
 * Wire: msgpack maps with text keys, as items and audit events travel. The door of msgpack-c.
 *
 *     wire_begin, wire_text, wire_int …, wire_end        wire_open -> wire_next … -> wire_close
 *
 * msgpack-c 4.0 allocates whatever a buffer declares, so wire_open first walks the bytes itself:
 * one flat map, declared counts against the bytes that are left, scalars only at the first level. A
 * nested value (from a later minor version) is allowed up to WIRE_DEPTH_MAX and skipped. Source:
 * the msgpack specification, github.com/msgpack/msgpack spec.md.
 */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include "common/base.h"
#include "common/buf.h"

#define WIRE_DEPTH_MAX  16
#define WIRE_FIELDS_MAX 256

/* 0 when bytes are exactly one map whose every declared length fits. ERR_REJECT with the offset. */
int wire_scan(const void *bytes, size_t len, struct err *err) MUST_USE;

struct wire_writer;
int wire_begin(struct wire_writer **out, struct err *err) MUST_USE;
void wire_text(struct wire_writer *writer, const char *key, const char *text); /* NULL: left out */
void wire_int(struct wire_writer *writer, const char *key, int64_t value);
/* Appends the map and frees the writer, whatever the result. */
int wire_end(struct wire_writer *writer, struct buf *out, struct err *err) MUST_USE;

struct wire_reader;
enum wire_kind { WIRE_OTHER, WIRE_TEXT, WIRE_INT, WIRE_NIL };
struct wire_field { /* borrowed from the reader */
    const char *key;
    size_t key_len;
    enum wire_kind kind;
    const char *text; /* not NUL-ended */
    size_t text_len;
    int64_t number;
};
int wire_open(struct wire_reader **out, const void *bytes, size_t len, struct err *err) MUST_USE;
bool wire_next(struct wire_reader *reader, struct wire_field *out);
void wire_close(struct wire_reader *reader);
DEFINE_CLEANUP(struct wire_reader *, wire_close)

/*
 * A record is described by one table of fields; encoding, decoding and JSON come from it.
 * WIRE_FIELD_TEXT fields are const char *, WIRE_FIELD_INT int64_t, WIRE_FIELD_BOOL bool.
 */
enum wire_type { WIRE_FIELD_TEXT, WIRE_FIELD_INT, WIRE_FIELD_BOOL };
struct wire_entry {
    const char *key; /* "" is not used: a table ends with key NULL */
    enum wire_type type;
    size_t offset;
};
/* "v" = version first, then the table in order. */
int wire_encode_table(const void *record, const struct wire_entry *table, int64_t version,
                      struct buf *out, struct err *err) MUST_USE;
/*
 * Reads a map whose first field is "v" into record. set_text stores one text (copying it) and says
 * whether it was acceptable. ERR_REJECT: no version first, a later major, a field of the wrong
 * type, a refused text (the message names the field). *out_version gets "v".
 */
typedef bool (*wire_set_text_fn)(void *record, const char **field, const char *text, size_t len);
int wire_decode_table(void *record, const struct wire_entry *table, int64_t major,
                      const void *bytes, size_t len, wire_set_text_fn set_text,
                      int64_t *out_version, struct err *err) MUST_USE;

/* Well-formed UTF-8 (no overlong forms, no surrogates) without NUL bytes. */
bool utf8_is_valid(const char *text, size_t len);

#endif
