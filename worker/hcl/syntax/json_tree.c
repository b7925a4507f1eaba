/*
 * From JSON nodes to the tree of native syntax, as HCL's JSON specification has it: a body is an
 * object or an array of them, and so is every level of labels; a block's content is one object, or
 * an array with one for each block. The story stands in json.h.
 */
#include "common/arena.h"
#include "worker/hcl/syntax/json.h"

#define LABELS_MAX 2

/* Blocks being made: of which type, with the labels so far. */
struct naming {
    const struct json_property *property;
    const struct json_node *type; /* its key */
    const struct json_node *labels[LABELS_MAX];
    int n;
};

struct growing { /* a node and its last child */
    struct hcl_node *node, *tail;
};

static bool fill_body(struct json_reader *r, struct growing *body, const struct json_node *value,
                      const struct json_shape *shape);

static bool key_is(const struct json_reader *r, const struct json_node *node, const char *name)
{
    size_t n = node->key->text_end - node->key->text_start;

    return strlen(name) == n && memcmp(r->bytes + node->key->text_start, name, n) == 0;
}

static bool grow(struct json_reader *r, struct growing *to, struct hcl_node *child)
{
    return child != NULL && parse_add(&r->p, to->node, &to->tail, child);
}

static void name_by(struct hcl_node *node, const struct json_node *key)
{
    node->name_start = key->text_start;
    node->name_end = key->text_end;
}

/* --- values --- */

static struct hcl_node *tree_value(struct json_reader *r, const struct json_node *value,
                                   enum json_how how);

static struct hcl_node *named(struct json_reader *r, enum hcl_kind kind,
                              const struct json_node *value)
{
    struct hcl_node *node = parse_node(&r->p, kind, value->start, value->end);

    if (node == NULL)
        return NULL;
    node->name_start = value->start;
    node->name_end = value->end;
    return node;
}

static struct hcl_node *number(struct json_reader *r, const struct json_node *value)
{
    if (r->bytes[value->start] != '-')
        return parse_node(&r->p, HCL_NUMBER, value->start, value->end);
    struct growing minus = {.node = parse_node(&r->p, HCL_UNARY, value->start, value->end)};
    if (minus.node == NULL)
        return NULL;
    minus.node->op = '-';
    return grow(r, &minus, parse_node(&r->p, HCL_NUMBER, value->start + 1, value->end)) ? minus.node
                                                                                        : NULL;
}

static struct hcl_node *object_key(struct json_reader *r, const struct json_node *key,
                                   enum json_how how)
{
    struct hcl_node *node = hcl_json_string(r, key, how);

    if (node != NULL && node->kind != HCL_VARIABLE)
        node->flags |= HCL_FLAG_KEY_EXPR;
    return node;
}

static int by_key(const void *a, const void *b, void *bytes)
{
    const struct json_node *left = (*(const struct json_node *const *)a)->key;
    const struct json_node *right = (*(const struct json_node *const *)b)->key;
    size_t n = left->text_end - left->text_start;
    size_t m = right->text_end - right->text_start;
    int r = memcmp((const char *)bytes + left->text_start, (const char *)bytes + right->text_start,
                   n < m ? n : m);

    return r != 0 ? r : (n > m) - (n < m);
}

static bool fail_again(struct json_reader *r, const struct json_node *one,
                       const struct json_node *other, const char *what)
{
    const struct json_node *again = one->start > other->start ? one : other;
    const struct json_node *first = again == one ? other : one;
    size_t n = again->key->text_end - again->key->text_start;
    int line;
    int column;

    hcl_position(r->p.file, first->key->start, &line, &column);
    parse_fail(&r->p, again->key->start, "%s \"%.*s\" was already set at line %d", what,
               (int)(n > 100 ? 100 : n), r->bytes + again->key->text_start, line);
    return false;
}

/* Sorting, since a hostile file may have half a million properties in one object. */
static bool keys_differ(struct json_reader *r, const struct json_node *object)
{
    CLEANUP(mem_freep) const struct json_node **sorted = NULL;
    size_t n = 0;

    for (const struct json_node *one = object->child; one != NULL; one = one->next)
        n++;
    if (n < 2)
        return true;
    sorted = calloc(n, sizeof(*sorted));
    if (sorted == NULL) {
        r->p.r = err_nomem(r->p.err);
        return false;
    }
    n = 0;
    for (const struct json_node *one = object->child; one != NULL; one = one->next)
        sorted[n++] = one;
    qsort_r(sorted, n, sizeof(*sorted), by_key, r->bytes);
    for (size_t i = 1; i < n; i++)
        if (by_key(&sorted[i - 1], &sorted[i], r->bytes) == 0)
            return fail_again(r, sorted[i - 1], sorted[i],
                              "Duplicate object attribute: an attribute named");
    return true;
}

static struct hcl_node *list_value(struct json_reader *r, const struct json_node *value,
                                   enum json_how how)
{
    bool is_object = value->kind == JSON_OBJECT;
    struct growing list = {
        .node = parse_node(&r->p, is_object ? HCL_OBJECT : HCL_TUPLE, value->start, value->end)};

    if (list.node == NULL || (is_object && !keys_differ(r, value)) ||
        !parse_enter(&r->p, value->start))
        return NULL;
    for (const struct json_node *one = value->child; one != NULL; one = one->next) {
        if (is_object && !grow(r, &list, object_key(r, one->key, how)))
            return NULL;
        if (!grow(r, &list, tree_value(r, one, how)))
            return NULL;
    }
    parse_leave(&r->p);
    return list.node;
}

static struct hcl_node *tree_value(struct json_reader *r, const struct json_node *value,
                                   enum json_how how)
{
    switch ((enum json_kind)value->kind) {
    case JSON_NULL:
        return named(r, HCL_NULL, value);
    case JSON_TRUE:
    case JSON_FALSE:
        return named(r, HCL_BOOL, value);
    case JSON_NUMBER:
        return number(r, value);
    case JSON_STRING:
        return hcl_json_string(r, value, how);
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return list_value(r, value, how);
}

/* --- blocks --- */

static bool wrong_type(struct json_reader *r, const struct json_node *at, const char *what)
{
    parse_fail(&r->p, at->start, "Incorrect JSON value type: a JSON object is required here, %s",
               what);
    return false;
}

static struct hcl_node *label(struct json_reader *r, const struct json_node *key)
{
    struct hcl_node *node = parse_node(&r->p, HCL_LABEL, key->start, key->end);

    if (node != NULL)
        name_by(node, key);
    return node;
}

/* One block with that content. Its span begins at the last name that is its own. */
static bool add_block(struct json_reader *r, struct growing *body, const struct naming *naming,
                      const struct json_node *content, size_t start)
{
    struct growing block = {.node = parse_node(&r->p, HCL_BLOCK, start, content->end)};
    struct growing inside = {.node = parse_node(&r->p, HCL_BODY, content->start, content->end)};

    if (block.node == NULL || inside.node == NULL)
        return false;
    name_by(block.node, naming->type);
    for (int i = 0; i < naming->n; i++)
        if (!grow(r, &block, label(r, naming->labels[i])))
            return false;
    return fill_body(r, &inside, content, naming->property->body) && grow(r, &block, inside.node) &&
           grow(r, body, block.node);
}

static bool add_contents(struct json_reader *r, struct growing *body, const struct naming *naming,
                         const struct json_node *value)
{
    if (value->kind == JSON_NULL)
        return true;
    if (value->kind == JSON_OBJECT)
        return add_block(r, body, naming, value, value->key->start);
    if (value->kind != JSON_ARRAY)
        return wrong_type(r, value, "or an array of them, for the contents of the block");
    for (const struct json_node *one = value->child; one != NULL; one = one->next)
        if (!add_block(r, body, naming, one, one->start))
            return false;
    return true;
}

static bool add_blocks(struct json_reader *r, struct growing *body, const struct naming *naming,
                       const struct json_node *value);

static bool add_labelled(struct json_reader *r, struct growing *body, const struct naming *naming,
                         const struct json_node *object)
{
    struct naming deeper = *naming;

    deeper.n++;
    for (const struct json_node *one = object->child; one != NULL; one = one->next) {
        deeper.labels[naming->n] = one->key;
        if (!add_blocks(r, body, &deeper, one))
            return false;
    }
    return true;
}

/* value: objects whose properties are named by the next label, or the contents below the last. */
static bool add_blocks(struct json_reader *r, struct growing *body, const struct naming *naming,
                       const struct json_node *value)
{
    const struct hcl_node *before = body->tail;
    bool empty = true;

    if (naming->n == naming->property->labels)
        return add_contents(r, body, naming, value);
    if (value->kind == JSON_OBJECT) {
        empty = value->child == NULL;
        if (!add_labelled(r, body, naming, value))
            return false;
    } else if (value->kind == JSON_ARRAY) {
        for (const struct json_node *one = value->child; one != NULL; one = one->next) {
            if (one->kind != JSON_OBJECT && one->kind != JSON_NULL)
                return wrong_type(r, one, "to specify labels for the block");
            empty = empty && one->child == NULL;
            if (!add_labelled(r, body, naming, one))
                return false;
        }
    } else if (value->kind != JSON_NULL) {
        return wrong_type(r, value, "or an array of them, to specify labels for the block");
    }
    if (!empty || body->tail != before)
        return true;
    parse_fail(&r->p, value->start,
               "Missing block label: at least one object property is required, whose name "
               "represents a label of the %s block",
               naming->property->name);
    return false;
}

/* --- bodies --- */

static const struct json_property *property_of(const struct json_reader *r,
                                               const struct json_node *one,
                                               const struct json_shape *shape)
{
    for (size_t i = 0; i < shape->n; i++)
        if (key_is(r, one, shape->properties[i].name))
            return &shape->properties[i];
    return NULL;
}

static bool add_attribute(struct json_reader *r, struct growing *body, const struct json_node *one,
                          enum json_how how)
{
    struct growing attribute = {.node =
                                    parse_node(&r->p, HCL_ATTRIBUTE, one->key->start, one->end)};

    if (attribute.node == NULL)
        return false;
    name_by(attribute.node, one->key);
    return grow(r, &attribute, tree_value(r, one, how)) && grow(r, body, attribute.node);
}

static bool add_property(struct json_reader *r, struct growing *body, const struct json_node *one,
                         const struct json_shape *shape)
{
    const struct json_property *known = property_of(r, one, shape);

    if (known == NULL && key_is(r, one, "//")) /* a comment */
        return true;
    if (known != NULL && known->how == JSON_BLOCK)
        return add_blocks(r, body, &(struct naming){.property = known, .type = one->key}, one);
    if (known == NULL && shape->closed) {
        size_t n = one->key->text_end - one->key->text_start;
        parse_fail(&r->p, one->key->start,
                   "Extraneous JSON object property: no argument or block type is named \"%.*s\"",
                   (int)(n > 100 ? 100 : n), r->bytes + one->key->text_start);
        return false;
    }
    return add_attribute(r, body, one, known != NULL ? known->how : shape->rest);
}

static bool fill_from(struct json_reader *r, struct growing *body, const struct json_node *object,
                      const struct json_shape *shape)
{
    if (object->kind == JSON_NULL)
        return true;
    if (object->kind != JSON_OBJECT)
        return wrong_type(r, object, "to define arguments and child blocks");
    for (const struct json_node *one = object->child; one != NULL; one = one->next)
        if (!add_property(r, body, one, shape))
            return false;
    return true;
}

static bool fill_body(struct json_reader *r, struct growing *body, const struct json_node *value,
                      const struct json_shape *shape)
{
    size_t n = 0;

    if (value->kind != JSON_ARRAY && !fill_from(r, body, value, shape))
        return false;
    if (value->kind == JSON_ARRAY)
        for (const struct json_node *one = value->child; one != NULL; one = one->next)
            if (!fill_from(r, body, one, shape))
                return false;
    for (const struct hcl_node *node = body->node->child; node != NULL; node = node->next)
        n += node->kind == HCL_ATTRIBUTE;
    return parse_unique(&r->p, body->node, n);
}

struct hcl_node *hcl_json_file_body(struct json_reader *r, const struct json_node *top,
                                    const struct json_shape *shape)
{
    bool may_be_array = shape == &JSON_SHAPE_FILE;
    struct growing body = {.node = parse_node(&r->p, HCL_BODY, 0, r->text_len)};

    if (body.node == NULL)
        return NULL;
    if (top->kind != JSON_OBJECT && !(may_be_array && top->kind == JSON_ARRAY))
        return parse_fail(&r->p, top->start,
                          "Root value must be object: the root of the file "
                          "must be a JSON object");
    return fill_body(r, &body, top, shape) ? body.node : NULL;
}
