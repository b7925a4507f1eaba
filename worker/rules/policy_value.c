/*
 * Policy value: an expression as policy data. It is walked as written, because the evaluator makes
 * one unknown value of a text with a reference in it; what is not written out (a for, a function)
 * is what the evaluator makes of it.
 */
#include <stdarg.h>
#include <stdio.h>

#include "worker/hcl/eval/provenance.h"
#include "worker/rules/policy_document.h"

static const struct policy_node EXHAUSTED = {.kind = POLICY_OPEN, .text = "it is too large"};

const struct policy_node *policy_open(struct policy_reader *reader, const char *format, ...)
{
    struct policy_node *node = arena_alloc(reader->arena, sizeof *node);
    char why[400];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof why, format, args);
    va_end(args);
    if (node == NULL)
        return &EXHAUSTED;
    *node = (struct policy_node){.kind = POLICY_OPEN, .text = arena_text(reader->arena, why)};
    return node->text != NULL ? node : &EXHAUSTED;
}

const struct policy_node *policy_text(struct policy_reader *reader, const char *text)
{
    struct policy_node *node = arena_alloc(reader->arena, sizeof *node);

    if (node == NULL)
        return &EXHAUSTED;
    *node = (struct policy_node){.kind = POLICY_TEXT, .text = arena_text(reader->arena, text)};
    return node->text != NULL ? node : &EXHAUSTED;
}

struct policy_node *policy_collection(struct policy_reader *reader, enum policy_kind kind,
                                      size_t max)
{
    struct policy_node *node = arena_alloc(reader->arena, sizeof *node);
    const char **keys = arena_alloc(reader->arena, (max + 1) * sizeof *keys);
    const struct policy_node **items = arena_alloc(reader->arena, (max + 1) * sizeof *items);

    if (node == NULL || keys == NULL || items == NULL)
        return NULL;
    *node = (struct policy_node){.kind = kind, .keys = keys, .items = items};
    return node;
}

void policy_add(struct policy_node *collection, size_t max, const char *key,
                const struct policy_node *item)
{
    if (collection == NULL || item == NULL || item->kind == POLICY_NULL || collection->n >= max)
        return;
    collection->keys[collection->n] = key;
    collection->items[collection->n++] = item;
}

const struct policy_node *policy_get(const struct policy_node *object, const char *key)
{
    for (size_t i = 0; object->kind == POLICY_OBJECT && i < object->n; i++) {
        if (str_eq(object->keys[i], key))
            return object->items[i];
    }
    return NULL;
}

size_t policy_count(const struct policy_node *node)
{
    return node == NULL ? 0 : node->kind == POLICY_LIST ? node->n : 1;
}

const struct policy_node *policy_at(const struct policy_node *node, size_t i)
{
    return node->kind == POLICY_LIST ? node->items[i] : node;
}

static const struct policy_node *or_exhausted(const struct policy_node *node)
{
    return node != NULL ? node : &EXHAUSTED;
}

/* --- what the evaluator has --- */

static const struct policy_node *elsewhere(struct policy_reader *reader,
                                           const struct policy_spot *spot,
                                           const struct hcl_value *value);

/* The reference that a value is or was read through, in its marks; NULL: none that says all. */
static const struct policy_node *reference(struct policy_reader *reader,
                                           const struct hcl_value *value)
{
    const char *attribute = value->attribute;
    char *text;

    if (value->resource == NULL || value->instance == NULL || attribute == NULL ||
        attribute[0] == '\0')
        return NULL;
    text = arena_print(reader->arena, "%c%s.%s%c", POLICY_REF, value->instance->address, attribute,
                       POLICY_REF_END);
    return text != NULL ? policy_text(reader, text) : &EXHAUSTED;
}

static const struct policy_node *number(struct policy_reader *reader, double number)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.15g", number);
    return policy_text(reader, text);
}

static const struct policy_node *evaluated(struct policy_reader *reader,
                                           const struct policy_spot *spot,
                                           const struct hcl_value *value)
{
    static const struct policy_node nothing = {.kind = POLICY_NULL};
    const struct policy_node *known = NULL;
    struct policy_node *out;

    if (reader->depth >= POLICY_DEPTH_MAX)
        return &EXHAUSTED;
    switch (value->kind) {
    case HCL_V_NULL:
        return &nothing;
    case HCL_V_BOOL:
        return policy_text(reader, value->boolean ? "true" : "false");
    case HCL_V_NUMBER:
        return number(reader, value->number);
    case HCL_V_TEXT:
        return policy_text(reader, value->text);
    case HCL_V_REFERENCE:
    case HCL_V_UNKNOWN:
        known = reference(reader, value);
        if (known == NULL)
            known = elsewhere(reader, spot, value);
        if (known != NULL)
            return known;
        return value->kind == HCL_V_REFERENCE
                   ? policy_open(reader, "%.200s is known only after apply", value->text)
                   : policy_open(reader, "%.300s", value->unknown);
    case HCL_V_LIST:
    case HCL_V_OBJECT:
        break;
    }
    known = elsewhere(reader, spot, value);
    if (known != NULL)
        return known;
    out = policy_collection(reader, value->kind == HCL_V_LIST ? POLICY_LIST : POLICY_OBJECT,
                            value->n);
    reader->depth++;
    for (size_t i = 0; i < value->n; i++)
        policy_add(out, value->n, value->kind == HCL_V_OBJECT ? value->keys[i] : NULL,
                   evaluated(reader, spot, value->items[i]));
    reader->depth--;
    return or_exhausted(out);
}

/* Where the value was written out, if that is another place and one that can be walked. */
static const struct policy_node *elsewhere(struct policy_reader *reader,
                                           const struct policy_spot *spot,
                                           const struct hcl_value *value)
{
    const struct hcl_origin *last =
        value->n_origins > 0 ? &value->origins[value->n_origins - 1] : NULL;
    const struct policy_node *out;

    if (last == NULL || last->node == spot->at.node)
        return NULL;
    switch (last->node->kind) {
    case HCL_OBJECT:
    case HCL_TUPLE:
    case HCL_TEMPLATE:
    case HCL_CALL:
    case HCL_CONDITIONAL:
        break;
    default:
        return NULL;
    }
    reader->depth++;
    out = policy_value(reader, &(struct policy_spot){.at = *last});
    reader->depth--;
    return out;
}

/* --- what is written out --- */

static const char *key_text(struct policy_reader *reader, const struct policy_spot *spot,
                            const struct hcl_node *key)
{
    const struct hcl_value *value;

    if (key->kind == HCL_VARIABLE && (key->flags & HCL_FLAG_KEY_EXPR) == 0)
        return arena_copy(reader->arena, spot->at.file->bytes + key->name_start,
                          key->name_end - key->name_start);
    value = hcl_eval(spot->at.module, spot->at.file, key, spot->instance);
    return value->kind == HCL_V_TEXT ? arena_text(reader->arena, value->text) : NULL;
}

static struct policy_spot spot_of(const struct policy_spot *spot, const struct hcl_node *node)
{
    struct policy_spot out = *spot;

    out.at.node = node;
    return out;
}

static size_t children(const struct hcl_node *node)
{
    size_t n = 0;

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n++;
    return n;
}

static const struct policy_node *object(struct policy_reader *reader,
                                        const struct policy_spot *spot)
{
    size_t max = children(spot->at.node);
    struct policy_node *out = policy_collection(reader, POLICY_OBJECT, max);

    for (const struct hcl_node *key = spot->at.node->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        struct policy_spot value = spot_of(spot, key->next);
        const char *name = key_text(reader, spot, key);

        if (name == NULL)
            return policy_open(reader, "a key is computed");
        policy_add(out, max, name, policy_value(reader, &value));
    }
    return or_exhausted(out);
}

static const struct policy_node *tuple(struct policy_reader *reader, const struct policy_spot *spot)
{
    size_t max = children(spot->at.node);
    struct policy_node *out = policy_collection(reader, POLICY_LIST, max);

    for (const struct hcl_node *one = spot->at.node->child; one != NULL; one = one->next) {
        struct policy_spot element = spot_of(spot, one);

        policy_add(out, max, NULL, policy_value(reader, &element));
    }
    return or_exhausted(out);
}

/* Lists one behind the other; one that is not known leaves its hole. */
static const struct policy_node *concatenated(struct policy_reader *reader,
                                              const struct policy_spot *spot)
{
    struct policy_node *out = policy_collection(reader, POLICY_LIST, POLICY_PARTS_MAX);

    for (const struct hcl_node *one = spot->at.node->child; one != NULL; one = one->next) {
        struct policy_spot part = spot_of(spot, one);
        const struct policy_node *list = policy_value(reader, &part);

        for (size_t i = 0; list->kind != POLICY_NULL && i < policy_count(list); i++)
            policy_add(out, POLICY_PARTS_MAX, NULL, policy_at(list, i));
        if (out != NULL && out->n >= POLICY_PARTS_MAX)
            return policy_open(reader, "it has more than %d elements", POLICY_PARTS_MAX);
    }
    return or_exhausted(out);
}

const struct hcl_file *policy_told_otherwise(const struct hcl_module *module,
                                             const struct hcl_value *value)
{
    while (hcl_module_parent(module) != NULL)
        module = hcl_module_parent(module);
    return hcl_told_otherwise(module, value);
}

/* The branch that is taken; an edit of it would not reach the other one, so it is written nowhere.
 */
static const struct policy_node *chosen(struct policy_reader *reader,
                                        const struct policy_spot *spot)
{
    const struct hcl_node *node = spot->at.node;
    const struct hcl_value *condition =
        hcl_eval(spot->at.module, spot->at.file, node->child, spot->instance);
    const struct hcl_file *told = policy_told_otherwise(spot->at.module, condition);
    const struct policy_node *taken;
    struct policy_node *copy = arena_alloc(reader->arena, sizeof *copy);
    struct policy_spot branch;

    if (condition->kind != HCL_V_BOOL)
        return policy_open(reader, "a condition in it is not known");
    if (told != NULL)
        return policy_open(reader, "a condition in it is another with %.200s", told->path);
    branch = spot_of(spot, condition->boolean ? node->child->next : node->child->next->next);
    taken = policy_value(reader, &branch);
    if (copy == NULL)
        return &EXHAUSTED;
    *copy = *taken;
    copy->at = spot->at;
    return copy;
}

static const struct policy_node *walked(struct policy_reader *reader,
                                        const struct policy_spot *spot)
{
    const struct hcl_node *node = spot->at.node;
    struct policy_spot branch;

    switch (node->kind) {
    case HCL_PARENTHESES:
        branch = spot_of(spot, node->child);
        return policy_value(reader, &branch);
    case HCL_OBJECT:
        return object(reader, spot);
    case HCL_TUPLE:
        return tuple(reader, spot);
    case HCL_TEMPLATE:
        return policy_template(reader, spot);
    case HCL_CONDITIONAL:
        return chosen(reader, spot);
    case HCL_CALL:
        if (hcl_name_is(spot->at.file, node, "concat") && (node->flags & HCL_FLAG_EXPAND) == 0)
            return concatenated(reader, spot);
        break;
    default:
        break;
    }
    return evaluated(reader, spot, hcl_eval(spot->at.module, spot->at.file, node, spot->instance));
}

const struct policy_node *policy_value(struct policy_reader *reader, const struct policy_spot *spot)
{
    const struct policy_node *out;
    struct policy_node *copy;

    if (reader->depth >= POLICY_DEPTH_MAX)
        return &EXHAUSTED;
    reader->depth++;
    out = walked(reader, spot);
    reader->depth--;
    if (out->at.node != NULL || out->kind == POLICY_NULL || out == &EXHAUSTED)
        return out;
    copy = arena_alloc(reader->arena, sizeof *copy);
    if (copy == NULL)
        return &EXHAUSTED;
    *copy = *out;
    copy->at = spot->at;
    return copy;
}
