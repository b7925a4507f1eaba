/* Making values and asking about them; the story stands in value.h. */
#include "worker/hcl/eval/value.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/text/graphemes.h"

const struct hcl_value VALUE_EXHAUSTED = {
    .kind = HCL_V_UNKNOWN, .unknown = "the configuration is too large to evaluate further"};
const struct hcl_value VALUE_NULL = {.kind = HCL_V_NULL};
const struct hcl_value VALUE_TRUE = {.kind = HCL_V_BOOL, .boolean = true};
const struct hcl_value VALUE_FALSE = {.kind = HCL_V_BOOL, .boolean = false};

const struct hcl_value *value_keep(struct hcl_repo *repo, const struct hcl_value *v)
{
    struct hcl_value *kept = arena_alloc(repo->arena, sizeof *kept);

    if (kept == NULL)
        return &VALUE_EXHAUSTED;
    *kept = *v;
    return kept;
}

const struct hcl_value *value_bool(bool boolean)
{
    return boolean ? &VALUE_TRUE : &VALUE_FALSE;
}

const struct hcl_value *value_exact(struct hcl_repo *repo, const struct bignum *number)
{
    struct bignum *exact = arena_alloc(repo->arena, sizeof *exact);

    if (exact == NULL)
        return &VALUE_EXHAUSTED;
    *exact = *number;
    return value_keep(
        repo,
        &(struct hcl_value){.kind = HCL_V_NUMBER, .number = bignum_double(number), .exact = exact});
}

const struct hcl_value *value_number(struct hcl_repo *repo, double number)
{
    struct bignum exact;

    if (!bignum_from_double(&exact, number))
        return value_unknown(repo, "a number is out of range");
    return value_exact(repo, &exact);
}

const struct hcl_value *value_int(struct hcl_repo *repo, int64_t integer)
{
    struct bignum exact;

    bignum_from_int(&exact, integer);
    return value_exact(repo, &exact);
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80)
            return false;
    return true;
}

const struct hcl_value *value_text_n(struct hcl_repo *repo, const char *text, size_t len)
{
    CLEANUP(buf_done) struct buf normal = BUF(4 * TEXT_MAX);

    if (len > TEXT_MAX)
        return value_unknown(repo, "a text is longer than %zu bytes", TEXT_MAX);
    if (!is_ascii(text, len)) {
        if (!text_is_utf8(text, len))
            return value_unknown(repo, "a text is not UTF-8");
        if (!utf8_normalise(&normal, text, len) || normal.too_long || normal.no_memory)
            return &VALUE_EXHAUSTED;
        text = buf_str(&normal);
        len = normal.len;
    }
    const char *copy = arena_copy(repo->arena, text, len);
    if (copy == NULL)
        return &VALUE_EXHAUSTED;
    if (strlen(copy) != len)
        return value_unknown(repo, "a text contains a NUL");
    return value_keep(repo, &(struct hcl_value){.kind = HCL_V_TEXT, .text = copy});
}

const struct hcl_value *value_from_buf(struct hcl_repo *repo, const struct buf *text)
{
    struct err err;

    if (buf_check(text, &err) < 0)
        return value_unknown(repo, "a text is %s", err.text);
    return value_text_n(repo, buf_str(text), text->len);
}

const struct hcl_value *value_null_of(struct hcl_repo *repo, const struct value_type *type)
{
    return value_keep(repo, &(struct hcl_value){.kind = HCL_V_NULL, .type = type});
}

const struct hcl_value *value_text(struct hcl_repo *repo, const char *text)
{
    return value_text_n(repo, text, strlen(text));
}

static const struct hcl_value *unknown(struct hcl_repo *repo, bool invalid, const char *format,
                                       va_list args)
{
    char why[512];

    vsnprintf(why, sizeof why, format, args);
    const char *copy = arena_text(repo->arena, why);
    if (copy == NULL)
        return &VALUE_EXHAUSTED;
    return value_keep(
        repo, &(struct hcl_value){.kind = HCL_V_UNKNOWN, .unknown = copy, .invalid = invalid});
}

const struct hcl_value *value_unknown(struct hcl_repo *repo, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const struct hcl_value *v = unknown(repo, false, format, args);
    va_end(args);
    return v;
}

const struct hcl_value *value_invalid(struct hcl_repo *repo, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const struct hcl_value *v = unknown(repo, true, format, args);
    va_end(args);
    return v;
}

const struct hcl_value *value_partial(struct hcl_repo *repo, const char *why, const char *prefix,
                                      const char *suffix)
{
    struct hcl_value v = {
        .kind = HCL_V_UNKNOWN, .type = &TYPE_OF_TEXT, .unknown = arena_text(repo->arena, why)};

    if (prefix != NULL && prefix[0] != '\0')
        v.prefix = arena_text(repo->arena, prefix);
    if (suffix != NULL && suffix[0] != '\0')
        v.suffix = arena_text(repo->arena, suffix);
    return v.unknown != NULL ? value_keep(repo, &v) : &VALUE_EXHAUSTED;
}

const char *value_why(const struct hcl_value *open)
{
    return open->kind == HCL_V_UNKNOWN ? open->unknown : open->text;
}

const struct hcl_value *value_blocked(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_REFERENCE)
        return value_unknown(repo, "%.300s is known only after apply", v->text);
    return value_keep(
        repo,
        &(struct hcl_value){.kind = HCL_V_UNKNOWN, .unknown = v->unknown, .invalid = v->invalid});
}

/* The resource as module.h lists it: of the shape, not of one keyed object. */
static const struct hcl_resource *listed(const struct resource *resource)
{
    const struct hcl_module *module = resource->open.module;

    return &module->shape->resources[resource - module->resources].open;
}

const struct hcl_value *value_reference(struct hcl_repo *repo, const struct resource *resource,
                                        const struct hcl_instance *instance, const char *attribute)
{
    struct hcl_value v = {
        .kind = HCL_V_REFERENCE,
        .resource = listed(resource),
        .instance = instance,
        .attribute = arena_text(repo->arena, attribute),
        .text = arena_print(repo->arena, "%s%s%s", instance->address,
                            attribute[0] != '\0' ? "." : "", attribute),
    };

    return v.text != NULL && v.attribute != NULL ? value_keep(repo, &v) : &VALUE_EXHAUSTED;
}

/* Elements are shared, so a small text can stand for a huge tree: visits count. */
const struct hcl_value *value_open_part(struct hcl_repo *repo, const struct hcl_value *v, int depth)
{
    if (value_is_open(v))
        return v;
    if (depth > VALUE_DEPTH_MAX || repo->budget == 0)
        return &VALUE_EXHAUSTED;
    repo->budget--;
    for (size_t i = 0; i < v->n; i++) {
        const struct hcl_value *open = value_open_part(repo, v->items[i], depth + 1);
        if (open != NULL)
            return open;
    }
    return NULL;
}

const struct hcl_value *value_member(const struct hcl_value *object, const char *key)
{
    size_t low = 0;
    size_t high = object->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(object->keys[middle], key);
        if (order == 0)
            return object->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void value_print(const struct hcl_value *number, struct buf *out)
{
    bignum_print(number->exact, out);
}

bool value_index(const struct hcl_value *v, int64_t *out)
{
    int64_t integer;

    if (v->kind != HCL_V_NUMBER || !bignum_int(v->exact, &integer) || integer > 1LL << 53 ||
        integer < -(1LL << 53))
        return false;
    *out = integer;
    return true;
}

/* An open value of a type that can never become this one. */
static bool can_become(const struct hcl_value *v, const struct value_type *wanted)
{
    const struct value_type *type = type_of(v);

    return type->kind <= TYPE_ANY || type == wanted ||
           (type_is_primitive(type) && wanted == &TYPE_OF_TEXT) || type == &TYPE_OF_TEXT;
}

const struct hcl_value *value_to_text(struct hcl_repo *repo, const struct hcl_value *v)
{
    CLEANUP(buf_done) struct buf number = BUF(TEXT_MAX);

    switch (v->kind) {
    case HCL_V_BOOL:
        return value_text(repo, v->boolean ? "true" : "false");
    case HCL_V_NUMBER:
        value_print(v, &number);
        return value_from_buf(repo, &number);
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        return value_invalid(repo, "a collection is no text");
    default:
        return can_become(v, &TYPE_OF_TEXT) ? v : value_invalid(repo, "a collection is no text");
    }
}

static const struct hcl_value *parse_number(struct hcl_repo *repo, const char *text)
{
    struct bignum number;

    if (bignum_parse(&number, text))
        return value_exact(repo, &number);
    /* Terraform's parser knows more ways to write one, and larger ones. */
    bool may_be = text[0] != '\0' && text[strspn(text, "+-0123456789.eEpPinfINF")] == '\0';
    return may_be ? value_unknown(repo, "\"%.80s\" is no number that is read here", text)
                  : value_invalid(repo, "\"%.80s\" is no number", text);
}

const struct hcl_value *value_to_number(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_TEXT)
        return parse_number(repo, v->text);
    if (v->kind == HCL_V_BOOL || v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT ||
        !can_become(v, &TYPE_OF_NUMBER))
        return value_invalid(repo, "a number is needed");
    return v;
}

const struct hcl_value *value_to_bool(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_TEXT && (str_eq(v->text, "true") || str_eq(v->text, "1")))
        return &VALUE_TRUE;
    if (v->kind == HCL_V_TEXT && (str_eq(v->text, "false") || str_eq(v->text, "0")))
        return &VALUE_FALSE;
    if (v->kind == HCL_V_TEXT || v->kind == HCL_V_NUMBER || v->kind == HCL_V_LIST ||
        v->kind == HCL_V_OBJECT || !can_become(v, &TYPE_OF_BOOL))
        return value_invalid(repo, "true or false is needed");
    return v;
}

static int items_equal(struct hcl_repo *repo, const struct hcl_value *a, const struct hcl_value *b,
                       int depth)
{
    int whole = 1;

    if (a->n != b->n)
        return 0;
    for (size_t i = 0; i < a->n; i++) {
        if (a->kind == HCL_V_OBJECT && !str_eq(a->keys[i], b->keys[i]))
            return 0;
        int r = value_equal(repo, a->items[i], b->items[i], depth + 1);
        if (r == 0)
            return 0;
        if (r < 0)
            whole = -1;
    }
    return whole;
}

/* Two values of different types are not equal; where a type is not known, their parts may say. */
static int collections_equal(struct hcl_repo *repo, const struct hcl_value *a,
                             const struct hcl_value *b, int depth)
{
    const struct value_type *x = type_of(a);
    const struct value_type *y = type_of(b);

    if (x != y && (x->kind != y->kind || (!x->has_open && !y->has_open)))
        return 0;
    int r = items_equal(repo, a, b, depth);
    return r == 1 && x != y ? -1 : r;
}

int value_equal(struct hcl_repo *repo, const struct hcl_value *a, const struct hcl_value *b,
                int depth)
{
    if (value_is_open(a) || value_is_open(b) || depth > VALUE_DEPTH_MAX || repo->budget == 0)
        return -1;
    repo->budget--;
    if (a->kind != b->kind)
        return 0;
    switch (a->kind) {
    case HCL_V_BOOL:
        return a->boolean == b->boolean;
    case HCL_V_NUMBER:
        return bignum_compare(a->exact, b->exact) == 0;
    case HCL_V_TEXT:
        return str_eq(a->text, b->text);
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        return collections_equal(repo, a, b, depth);
    default:
        return 1;
    }
}

const struct hcl_value *value_from(struct hcl_repo *repo, const struct hcl_value *v,
                                   const struct hcl_origin *origin)
{
    if ((v->n_origins > 0 && v->origins[0].node == origin->node &&
         v->origins[0].module == origin->module) ||
        v->n_origins >= ORIGINS_MAX)
        return v;
    struct hcl_origin *origins = arena_alloc(repo->arena, (v->n_origins + 1) * sizeof *origins);
    if (origins == NULL)
        return v;
    origins[0] = *origin;
    if (v->n_origins > 0)
        memcpy(origins + 1, v->origins, v->n_origins * sizeof *origins);
    struct hcl_value copy = *v;
    copy.origins = origins;
    copy.n_origins = v->n_origins + 1;
    return value_keep(repo, &copy);
}
