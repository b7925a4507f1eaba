/* hcl2json's view of a file; the story stands in hcl_oracle_json.h. */
#include "tests/support/hcl_oracle_json.h"

#include <jansson.h>

#include "tests/support/test.h"

#define TEXT_MAX_BYTES ((size_t)1024 * 1024)

static void differ(const struct hcl_file *file, const struct hcl_node *node, const char *what)
{
    fail_msg("%s: \"%.60s\": hcl2json has %s", file->path, file->bytes + node->start, what);
}

static json_t *member(json_t *object, const struct hcl_file *file, size_t start, size_t end)
{
    CLEANUP(mem_freep) char *key = strndup(file->bytes + start, end - start);

    assert_non_null(key);
    return json_object_get(object, key);
}

/* A label as JSON has it: the text that is meant. */
static json_t *by_label(json_t *object, const struct hcl_file *file, const struct hcl_node *label)
{
    return member(object, file, label->name_start, label->name_end);
}

static bool same_text(const struct hcl_file *file, const struct hcl_node *a,
                      const struct hcl_node *b)
{
    size_t n = a->name_end - a->name_start;

    return n == b->name_end - b->name_start &&
           memcmp(file->bytes + a->name_start, file->bytes + b->name_start, n) == 0;
}

static bool same_header(const struct hcl_file *file, const struct hcl_node *a,
                        const struct hcl_node *b)
{
    if (a->kind != HCL_BLOCK || b->kind != HCL_BLOCK || !same_text(file, a, b))
        return false;
    a = a->child;
    b = b->child;
    while (a->kind == HCL_LABEL && b->kind == HCL_LABEL && same_text(file, a, b)) {
        a = a->next;
        b = b->next;
    }
    return a->kind == b->kind && a->kind == HCL_BODY;
}

/* Of the blocks with this one's header: how many stand before it, and how many there are. */
static size_t place_of(const struct hcl_file *file, const struct hcl_node *body,
                       const struct hcl_node *block, size_t *n)
{
    size_t place = 0;

    *n = 0;
    for (const struct hcl_node *other = body->child; other != NULL; other = other->next) {
        if (other == block)
            place = *n;
        *n += same_header(file, other, block);
    }
    return place;
}

static bool is_kept_as_text(const struct hcl_node *node)
{
    switch (node->kind) {
    case HCL_VARIABLE:
    case HCL_GET_ATTR:
    case HCL_INDEX:
    case HCL_SPLAT:
    case HCL_CALL:
    case HCL_CONDITIONAL:
    case HCL_FOR_TUPLE:
    case HCL_FOR_OBJECT:
        return true;
    default:
        return false;
    }
}

/* "${…}" with the bytes of the expression. */
static void compare_text(const struct hcl_file *file, const struct hcl_node *value, json_t *json)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX_BYTES);

    if (!json_is_string(json) || !is_kept_as_text(value))
        return;
    buf_text(&text, "${");
    buf_bytes(&text, file->bytes + value->start, value->end - value->start);
    buf_char(&text, '}');
    if (strcmp(buf_str(&text), json_string_value(json)) != 0)
        differ(file, value, json_string_value(json));
}

static void compare_body(const struct hcl_file *file, const struct hcl_node *body, json_t *json);

static void compare_block(const struct hcl_file *file, const struct hcl_node *body,
                          const struct hcl_node *block, json_t *json)
{
    const struct hcl_node *label = block->child;
    size_t n;

    json = member(json, file, block->name_start, block->name_end);
    while (json != NULL && label->kind == HCL_LABEL) {
        json = by_label(json, file, label);
        label = label->next;
    }
    size_t place = place_of(file, body, block, &n);
    if (!json_is_array(json) || json_array_size(json) != n)
        differ(file, block, "another number of such blocks");
    compare_body(file, label, json_array_get(json, place));
}

/* The first item of its name counts the names. */
static size_t count_names(const struct hcl_file *file, const struct hcl_node *body)
{
    size_t n = 0;

    for (const struct hcl_node *item = body->child; item != NULL; item = item->next) {
        const struct hcl_node *other = body->child;
        while (!same_text(file, other, item))
            other = other->next;
        n += other == item;
    }
    return n;
}

static void compare_body(const struct hcl_file *file, const struct hcl_node *body, json_t *json)
{
    if (!json_is_object(json) || json_object_size(json) != count_names(file, body))
        differ(file, body, "other names");
    for (const struct hcl_node *item = body->child; item != NULL; item = item->next) {
        if (item->kind == HCL_BLOCK) {
            compare_block(file, body, item, json);
            continue;
        }
        json_t *value = member(json, file, item->name_start, item->name_end);
        if (value == NULL)
            differ(file, item, "no such argument");
        compare_text(file, item->child, value);
    }
}

void oracle_compare_json(const struct hcl_file *file, const char *json)
{
    json_t *root = json_loads(json, JSON_ALLOW_NUL, NULL);

    assert_non_null(root);
    compare_body(file, file->body, root);
    json_decref(root);
}
