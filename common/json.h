/*
 * JSON: jansson behind one door.
 *
 *     json_parse()  ->  json_get(), json_text() …  ->  json_free()
 *     json_object() ->  json_set_text() …          ->  json_write()
 *
 * A struct json is a whole tree or a borrowed part of one: what json_get and json_at return
 * lives as long as its root and is never freed alone. Getters accept NULL and wrong types and
 * answer with the fallback, so reading a hostile tree needs no guards. Object order is kept.
 * Limits: 2048 levels of nesting (jansson's), duplicate keys and NUL in text refused, input must be
 * UTF-8. Text that is built in need not be: its bad bytes become U+FFFD.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include "common/base.h"
#include "common/buf.h"

struct json;

/* ERR_REJECT with line and column, or ERR_FATAL. */
int json_parse(struct json **out, const char *bytes, size_t len, struct err *err) MUST_USE;
void json_free(struct json *json);
DEFINE_CLEANUP(struct json *, json_free)

/* Reading. */
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_text(const struct json *json);
bool json_is_number(const struct json *json);
bool json_is_bool(const struct json *json);
bool json_is_null(const struct json *json);          /* JSON null, or absent (NULL) */
const char *json_type_name(const struct json *json); /* "object", …, "absent" */
const struct json *json_get(const struct json *object, const char *key);        /* may be NULL */
const struct json *json_find(const struct json *json, const char *dotted_path); /* "a.b.c" */
const struct json *json_at(const struct json *array, size_t i);                 /* may be NULL */
size_t json_count(const struct json *json); /* elements or members; 0 for the rest */
/* The i-th member of an object, in order; false past the end. */
bool json_member(const struct json *object, size_t i, const char **key, const struct json **value);
const char *json_text(const struct json *json, const char *fallback);
const char *json_get_text(const struct json *object, const char *key, const char *fallback);
int64_t json_int(const struct json *json, int64_t fallback); /* reals are truncated */
int64_t json_get_int(const struct json *object, const char *key, int64_t fallback);
bool json_bool(const struct json *json, bool fallback);
bool json_get_bool(const struct json *object, const char *key, bool fallback);

/* Building. Memory failure is sticky inside json_write, so builders return nothing; a NULL text
 * or NULL child is stored as null. _give takes ownership of the child. */
/* jansson exports functions of the first three names: ours have their own symbols, or the
 * linker would hand ours to jansson's insides. */
struct json *json_object(void) __asm__("plumb_json_object");
struct json *json_array(void) __asm__("plumb_json_array");
struct json *json_copy(const struct json *json) __asm__("plumb_json_copy"); /* deep */
struct json *json_new_text(const char *text);
struct json *json_new_int(int64_t value);
void json_set_give(struct json *object, const char *key, struct json *child);
void json_set_text(struct json *object, const char *key, const char *text);
void json_set_int(struct json *object, const char *key, int64_t value);
void json_set_real(struct json *object, const char *key, double value);
void json_set_bool(struct json *object, const char *key, bool value);
void json_push_give(struct json *array, struct json *child);
void json_push_text(struct json *array, const char *text);

enum json_style {
    JSON_COMPACT,   /* in insertion order */
    JSON_CANONICAL, /* compact, keys sorted: equal trees give equal bytes */
    JSON_PRETTY,    /* two spaces */
};
void json_write(const struct json *json, enum json_style style, struct buf *out);

#endif
