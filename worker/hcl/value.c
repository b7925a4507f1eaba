/* Making values and asking about them; the story stands in value.h. */
#include "worker/hcl/value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const struct hcl_value VALUE_EXHAUSTED = {
    .kind = HCL_V_UNKNOWN, .unknown = "the configuration is too large to evaluate further"};
const struct hcl_value VALUE_NULL = {.kind = HCL_V_NULL};
const struct hcl_value VALUE_TRUE = {.kind = HCL_V_BOOL, .boolean = true};
const struct hcl_value VALUE_FALSE = {.kind = HCL_V_BOOL, .boolean = false};

static const struct hcl_value *keep(struct hcl_repo *repo, const struct hcl_value *v)
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

const struct hcl_value *value_number(struct hcl_repo *repo, double number)
{
    if (!isfinite(number))
        return value_invalid(repo, "a number is out of range");
    return keep(repo, &(struct hcl_value){.kind = HCL_V_NUMBER, .number = number});
}

const struct hcl_value *value_text_n(struct hcl_repo *repo, const char *text, size_t len)
{
    if (len > TEXT_MAX)
        return value_unknown(repo, "a text is longer than %zu bytes", TEXT_MAX);
    const char *copy = arena_copy(repo->arena, text, len);
    if (copy == NULL)
        return &VALUE_EXHAUSTED;
    return keep(repo, &(struct hcl_value){.kind = HCL_V_TEXT, .text = copy});
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
    return keep(repo,
                &(struct hcl_value){.kind = HCL_V_UNKNOWN, .unknown = copy, .invalid = invalid});
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
    struct hcl_value v = {.kind = HCL_V_UNKNOWN, .unknown = arena_text(repo->arena, why)};

    if (prefix != NULL && prefix[0] != '\0')
        v.prefix = arena_text(repo->arena, prefix);
    if (suffix != NULL && suffix[0] != '\0')
        v.suffix = arena_text(repo->arena, suffix);
    return v.unknown != NULL ? keep(repo, &v) : &VALUE_EXHAUSTED;
}

const char *value_why(const struct hcl_value *open)
{
    return open->kind == HCL_V_UNKNOWN ? open->unknown : open->text;
}

const struct hcl_value *value_blocked(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_REFERENCE)
        return value_unknown(repo, "%.300s is known only after apply", v->text);
    return keep(repo, &(struct hcl_value){
                          .kind = HCL_V_UNKNOWN, .unknown = v->unknown, .invalid = v->invalid});
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

    return v.text != NULL && v.attribute != NULL ? keep(repo, &v) : &VALUE_EXHAUSTED;
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

void value_print_number(double number, char *out, size_t size)
{
    if (number == floor(number) && fabs(number) < 1e15) {
        snprintf(out, size, "%.0f", number == 0 ? 0.0 : number);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, number);
        if (strtod(out, NULL) == number)
            return;
    }
}

const struct hcl_value *value_to_text(struct hcl_repo *repo, const struct hcl_value *v)
{
    char number[64];

    switch (v->kind) {
    case HCL_V_BOOL:
        return value_text(repo, v->boolean ? "true" : "false");
    case HCL_V_NUMBER:
        value_print_number(v->number, number, sizeof number);
        return value_text(repo, number);
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        return value_invalid(repo, "a collection is no text");
    default:
        return v;
    }
}

const struct hcl_value *value_to_number(struct hcl_repo *repo, const struct hcl_value *v)
{
    char *end;

    if (v->kind == HCL_V_TEXT) {
        double number = strtod(v->text, &end);
        if (v->text[strspn(v->text, "+-0123456789.eE")] != '\0' || v->text[0] == '\0' ||
            *end != '\0')
            return value_invalid(repo, "\"%.80s\" is no number", v->text);
        return value_number(repo, number);
    }
    if (v->kind == HCL_V_BOOL || v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT)
        return value_invalid(repo, "a number is needed");
    return v;
}

const struct hcl_value *value_to_bool(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_TEXT && (str_eq(v->text, "true") || str_eq(v->text, "false")))
        return value_bool(str_eq(v->text, "true"));
    if (v->kind == HCL_V_TEXT || v->kind == HCL_V_NUMBER || v->kind == HCL_V_LIST ||
        v->kind == HCL_V_OBJECT)
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
        return a->number == b->number;
    case HCL_V_TEXT:
        return str_eq(a->text, b->text);
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        return items_equal(repo, a, b, depth);
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
    return keep(repo, &copy);
}
