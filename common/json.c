/*
 * jansson behind its door; the story stands in json.h. struct json is never defined: it is
 * jansson's json_t under another name, so wrapping costs nothing.
 */
#include <math.h>
#include <stdatomic.h>

/* Names that both sides use: jansson's functions hide behind json_pack and json_deep_copy, its
 * macros give way to ours. */
#define json_object jansson_object
#define json_array  jansson_array
#define json_copy   jansson_copy
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_copy
#undef json_is_object
#undef json_is_array
#undef json_is_number
#undef json_is_null
enum { COMPACT_FLAG = JSON_COMPACT };
#undef JSON_COMPACT

#include "common/json.h"

/* Without memory the process is at its end (ERR_FATAL), so one flag serves all trees. */
static atomic_bool memory_failed;

static json_t *open_up(const struct json *json)
{
    return (json_t *)json;
}

static struct json *close_up(json_t *value)
{
    if (value == NULL)
        atomic_store(&memory_failed, true);
    return (struct json *)value;
}

/*
 * json_member() walks an object by index while jansson only has a linked list. Each thread
 * remembers where it stood; any change or end of any tree anywhere makes that memory void.
 */
static atomic_ulong changes;
static _Thread_local struct {
    const json_t *object;
    void *iterator;
    size_t i;
    unsigned long changes;
} walk;

static void note_change(void)
{
    atomic_fetch_add(&changes, 1);
}

int json_parse(struct json **out, const char *bytes, size_t len, struct err *err)
{
    json_error_t error;
    json_t *value = json_loadb(bytes != NULL ? bytes : "", len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (value == NULL && json_error_code(&error) == json_error_out_of_memory)
        return err_nomem(err);
    if (value == NULL)
        return err_set(err, ERR_REJECT, "line %d, column %d: %s", error.line, error.column,
                       error.text);
    *out = close_up(value);
    return 0;
}

void json_free(struct json *json)
{
    if (json == NULL)
        return;
    note_change();
    json_decref(open_up(json));
}

/* --- reading ------------------------------------------------------------------------------- */

static bool is_type(const struct json *json, json_type type)
{
    return json != NULL && json_typeof(open_up(json)) == type;
}

bool json_is_object(const struct json *json)
{
    return is_type(json, JSON_OBJECT);
}

bool json_is_array(const struct json *json)
{
    return is_type(json, JSON_ARRAY);
}

bool json_is_text(const struct json *json)
{
    return is_type(json, JSON_STRING);
}

bool json_is_number(const struct json *json)
{
    return is_type(json, JSON_INTEGER) || is_type(json, JSON_REAL);
}

bool json_is_bool(const struct json *json)
{
    return is_type(json, JSON_TRUE) || is_type(json, JSON_FALSE);
}

bool json_is_null(const struct json *json)
{
    return json == NULL || is_type(json, JSON_NULL);
}

const char *json_type_name(const struct json *json)
{
    if (json == NULL)
        return "absent";
    switch (json_typeof(open_up(json))) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

const struct json *json_get(const struct json *object, const char *key)
{
    if (!json_is_object(object))
        return NULL;
    return (const struct json *)json_object_get(open_up(object), key);
}

const struct json *json_find(const struct json *json, const char *dotted_path)
{
    char key[256];
    const char *at = dotted_path;

    while (json != NULL) {
        size_t len = strcspn(at, ".");
        if (len >= sizeof key)
            return NULL;
        memcpy(key, at, len);
        key[len] = '\0';
        json = json_get(json, key);
        if (at[len] == '\0')
            return json;
        at += len + 1;
    }
    return NULL;
}

const struct json *json_at(const struct json *array, size_t i)
{
    if (!json_is_array(array))
        return NULL;
    return (const struct json *)json_array_get(open_up(array), i);
}

size_t json_count(const struct json *json)
{
    if (json_is_object(json))
        return json_object_size(open_up(json));
    return json_is_array(json) ? json_array_size(open_up(json)) : 0;
}

bool json_member(const struct json *object, size_t i, const char **key, const struct json **value)
{
    if (i >= json_count(object) || !json_is_object(object))
        return false;

    json_t *opened = open_up(object);
    unsigned long now = atomic_load(&changes);
    if (walk.object != opened || walk.changes != now || i < walk.i) {
        walk.object = opened;
        walk.changes = now;
        walk.i = 0;
        walk.iterator = json_object_iter(opened);
    }
    for (; walk.i < i; walk.i++)
        walk.iterator = json_object_iter_next(opened, walk.iterator);

    *key = json_object_iter_key(walk.iterator);
    *value = (const struct json *)json_object_iter_value(walk.iterator);
    return true;
}

const char *json_text(const struct json *json, const char *fallback)
{
    return json_is_text(json) ? json_string_value(open_up(json)) : fallback;
}

const char *json_get_text(const struct json *object, const char *key, const char *fallback)
{
    return json_text(json_get(object, key), fallback);
}

int64_t json_int(const struct json *json, int64_t fallback)
{
    if (is_type(json, JSON_INTEGER))
        return json_integer_value(open_up(json));
    if (!is_type(json, JSON_REAL))
        return fallback;

    double real = json_real_value(open_up(json));
    if (real >= 9223372036854775808.0) /* 2^63 */
        return INT64_MAX;
    return real <= -9223372036854775808.0 ? INT64_MIN : (int64_t)real;
}

int64_t json_get_int(const struct json *object, const char *key, int64_t fallback)
{
    return json_int(json_get(object, key), fallback);
}

bool json_bool(const struct json *json, bool fallback)
{
    return json_is_bool(json) ? is_type(json, JSON_TRUE) : fallback;
}

bool json_get_bool(const struct json *object, const char *key, bool fallback)
{
    return json_bool(json_get(object, key), fallback);
}

/* --- building ------------------------------------------------------------------------------ */

struct json *json_object(void)
{
    return close_up(json_pack("{}"));
}

struct json *json_array(void)
{
    return close_up(json_pack("[]"));
}

struct json *json_new_text(const char *text)
{
    if (text == NULL)
        return close_up(json_null());

    json_t *value = json_string(text);
    if (value != NULL)
        return close_up(value);

    /* jansson refuses bytes that are not UTF-8; a log line or an audit event must still go out. */
    size_t len = strlen(text);
    CLEANUP(buf_done) struct buf mended = BUF(3 * len);
    buf_utf8(&mended, text, len);
    return close_up(json_string(buf_str(&mended)));
}

struct json *json_new_int(int64_t value)
{
    return close_up(json_integer(value));
}

struct json *json_copy(const struct json *json)
{
    return close_up(json != NULL ? json_deep_copy(open_up(json)) : json_null());
}

void json_set_give(struct json *object, const char *key, struct json *child)
{
    size_t len = strlen(key);
    CLEANUP(buf_done) struct buf mended = BUF(3 * len);
    json_t *value = child != NULL ? open_up(child) : json_null();

    assert(object == NULL || json_is_object(object)); /* NULL: memory ran out before */
    note_change();
    buf_utf8(&mended, key, len);
    if (json_object_set_new(open_up(object), buf_str(&mended), value) != 0)
        atomic_store(&memory_failed, true);
}

void json_set_text(struct json *object, const char *key, const char *text)
{
    json_set_give(object, key, json_new_text(text));
}

void json_set_int(struct json *object, const char *key, int64_t value)
{
    json_set_give(object, key, json_new_int(value));
}

void json_set_real(struct json *object, const char *key, double value)
{
    json_set_give(object, key, isfinite(value) ? close_up(json_real(value)) : NULL);
}

void json_set_bool(struct json *object, const char *key, bool value)
{
    json_set_give(object, key, close_up(json_boolean(value)));
}

void json_push_give(struct json *array, struct json *child)
{
    assert(array == NULL || json_is_array(array));
    note_change();
    if (json_array_append_new(open_up(array), child != NULL ? open_up(child) : json_null()) != 0)
        atomic_store(&memory_failed, true);
}

void json_push_text(struct json *array, const char *text)
{
    json_push_give(array, json_new_text(text));
}

static int append(const char *bytes, size_t len, void *context)
{
    buf_bytes(context, bytes, len);
    return 0;
}

void json_write(const struct json *json, enum json_style style, struct buf *out)
{
    static const size_t flags[] = {
        [JSON_COMPACT] = COMPACT_FLAG,
        [JSON_CANONICAL] = COMPACT_FLAG | JSON_SORT_KEYS,
        [JSON_PRETTY] = JSON_INDENT(2),
    };

    if (json == NULL)
        buf_text(out, "null");
    else if (json_dump_callback(open_up(json), append, out, flags[style] | JSON_ENCODE_ANY) != 0)
        atomic_store(&memory_failed, true);
    if (atomic_load(&memory_failed))
        out->no_memory = true;
}
