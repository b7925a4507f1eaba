/* Bodies: arguments and blocks, where a newline ends things. The story stands in parse.h. */
#include "worker/hcl/syntax/parse.h"

#define FEW 12 /* arguments that are compared each with each */

static struct hcl_node *attribute(struct parser *p, struct hcl_token name)
{
    (void)parse_read(p); /* the equals sign */
    struct hcl_node *value = parse_expression(p);
    struct hcl_node *node =
        value != NULL ? parse_node(p, HCL_ATTRIBUTE, name.start, value->end) : NULL;
    struct hcl_node *tail = NULL;

    if (node == NULL || !parse_add(p, node, &tail, value))
        return NULL;
    node->name_start = name.start;
    node->name_end = name.end;
    return node;
}

/* A quoted label: no templates in it, escapes as in any string. */
static struct hcl_node *quoted_label(struct parser *p)
{
    size_t start = parse_read(p).start;
    size_t at = start + 1;

    while (at < p->len && p->bytes[at] != '"') {
        char c = p->bytes[at];

        if ((c == '$' || c == '%') && at + 1 < p->len && p->bytes[at + 1] == '{')
            return parse_fail(p, at, "Invalid string literal: a label cannot contain a template");
        at += parse_character(p, at, false);
        if (p->r != 0)
            return NULL;
    }
    if (at >= p->len)
        return parse_fail(p, at, "Unterminated string literal: the label has no end");

    struct hcl_node *label = parse_node(p, HCL_LABEL, start, at + 1);
    if (label == NULL)
        return NULL;
    label->name_start = (uint32_t)start + 1;
    label->name_end = (uint32_t)at;
    p->at = at + 1;
    return label;
}

static struct hcl_node *plain_label(struct parser *p)
{
    struct hcl_token token = parse_read(p);
    struct hcl_node *label = parse_node(p, HCL_LABEL, token.start, token.end);

    if (label != NULL) {
        label->name_start = token.start;
        label->name_end = token.end;
    }
    return label;
}

/* The labels up to the opening brace. */
static bool labels(struct parser *p, struct hcl_node *block, struct hcl_node **tail)
{
    for (;;) {
        struct hcl_token token = parse_peek(p);
        struct hcl_node *label;

        if (token.kind == '{')
            return true;
        if (token.kind == HCL_T_QUOTE)
            label = quoted_label(p);
        else if (token.kind == HCL_T_IDENTIFIER)
            label = plain_label(p);
        else if (token.kind == HCL_T_NEWLINE || token.kind == HCL_T_EOF)
            label = parse_fail(p, token.start,
                               "Invalid block definition: its opening brace must "
                               "stand on the line of its header");
        else
            label = parse_unexpected(p, token,
                                     "Invalid block definition: expected a label or an "
                                     "opening brace");
        if (label == NULL || !parse_add(p, block, tail, label))
            return false;
    }
}

static bool opens_block(int kind)
{
    return kind == '{' || kind == HCL_T_QUOTE || kind == HCL_T_IDENTIFIER;
}

/* Neither an argument nor a block begins with name. */
static void *no_item(struct parser *p, struct hcl_token name)
{
    return parse_unexpected(p, name, "Argument or block definition required: expected one here");
}

static void *unclosed(struct parser *p, size_t brace)
{
    return parse_fail(p, brace,
                      "Unclosed configuration block: no closing brace before the end of the file");
}

/* { name = value }, all on one line. */
static struct hcl_node *one_line_body(struct parser *p)
{
    struct hcl_node *body = parse_node(p, HCL_BODY, p->at, p->at);
    struct hcl_token name = parse_read(p);
    int next = parse_peek(p).kind;
    struct hcl_node *tail = NULL;

    if (body == NULL)
        return NULL;
    if (name.kind == HCL_T_IDENTIFIER && opens_block(next))
        return parse_fail(p, name.start,
                          "Argument definition required: a single-line block holds "
                          "one argument and no blocks");
    if (name.kind != HCL_T_IDENTIFIER || next != '=')
        return no_item(p, name);
    struct hcl_node *only = attribute(p, name);
    if (only == NULL || !parse_add(p, body, &tail, only))
        return NULL;
    struct hcl_token close = parse_peek(p);
    if (close.kind == HCL_T_EOF)
        return unclosed(p, body->start - 1);
    if (close.kind != '}')
        return parse_unexpected(
            p, close, "Invalid single-argument block definition: expected the closing brace");
    body->end = close.start;
    return body;
}

static struct hcl_node *block_content(struct parser *p, struct hcl_node *block)
{
    int first = parse_peek(p).kind;

    if (first == HCL_T_NEWLINE || first == HCL_T_EOF)
        return parse_body(p, '}');
    block->flags |= HCL_FLAG_ONE_LINE;
    return first == '}' ? parse_body(p, '}') : one_line_body(p);
}

static struct hcl_node *block(struct parser *p, struct hcl_token type)
{
    struct hcl_node *node = parse_node(p, HCL_BLOCK, type.start, type.end);
    struct hcl_node *tail = NULL;

    if (node == NULL || !labels(p, node, &tail))
        return NULL;
    node->name_start = type.start;
    node->name_end = type.end;
    (void)parse_read(p); /* the brace */
    if (!parse_enter(p, type.start))
        return NULL;
    struct hcl_node *body = block_content(p, node);
    parse_leave(p);
    if (body == NULL || !parse_add(p, node, &tail, body))
        return NULL;
    node->end = parse_read(p).end;
    return node;
}

static struct hcl_node *item(struct parser *p)
{
    struct hcl_token name = parse_read(p);
    int next = parse_peek(p).kind;
    struct hcl_node *node;

    if (name.kind == HCL_T_QUOTE)
        return parse_fail(p, name.start, "Invalid argument name: it must not be quoted");
    if (name.kind != HCL_T_IDENTIFIER || (next != '=' && !opens_block(next)))
        return no_item(p, name);

    node = next == '=' ? attribute(p, name) : block(p, name);
    if (node == NULL)
        return NULL;
    struct hcl_token end = parse_peek(p);
    if (end.kind == HCL_T_NEWLINE || end.kind == HCL_T_EOF)
        return node;
    if (next != '=')
        return parse_unexpected(
            p, end, "Missing newline after block definition: its brace must end the line");
    return parse_unexpected(p, end,
                            end.kind == ','
                                ? "Unexpected comma after argument: only newlines part arguments"
                                : "Missing newline after argument: it must end its line");
}

static int by_name(const void *a, const void *b, void *bytes)
{
    const struct hcl_node *left = *(struct hcl_node *const *)a;
    const struct hcl_node *right = *(struct hcl_node *const *)b;
    size_t n = left->name_end - left->name_start;
    size_t m = right->name_end - right->name_start;
    int r = memcmp((const char *)bytes + left->name_start, (const char *)bytes + right->name_start,
                   n < m ? n : m);

    if (r == 0 && n != m)
        r = n < m ? -1 : 1;
    if (r == 0)
        r = left->start < right->start ? -1 : 1;
    return r;
}

static bool same_name(const struct parser *p, const struct hcl_node *a, const struct hcl_node *b)
{
    size_t n = a->name_end - a->name_start;

    return n == b->name_end - b->name_start &&
           memcmp(p->bytes + a->name_start, p->bytes + b->name_start, n) == 0;
}

static const struct hcl_node *next_attribute(const struct hcl_node *node)
{
    while (node != NULL && node->kind != HCL_ATTRIBUTE)
        node = node->next;
    return node;
}

static const struct hcl_node *earlier_of(const struct hcl_node *a, const struct hcl_node *b)
{
    return a == NULL || b->start < a->start ? b : a;
}

static const struct hcl_node *find_again_in_few(const struct parser *p, const struct hcl_node *body)
{
    const struct hcl_node *again = NULL;
    const struct hcl_node *node = next_attribute(body->child);

    for (; node != NULL; node = next_attribute(node->next)) {
        const struct hcl_node *later = next_attribute(node->next);
        for (; later != NULL; later = next_attribute(later->next))
            if (same_name(p, node, later))
                again = earlier_of(again, later);
    }
    return again;
}

/* Sorting, since a hostile file may have half a million arguments in one body. */
static const struct hcl_node *find_again_in_many(struct parser *p, const struct hcl_node *body,
                                                 size_t n_attributes)
{
    CLEANUP(mem_freep) const struct hcl_node **sorted = calloc(n_attributes, sizeof(*sorted));
    const struct hcl_node *again = NULL;
    size_t n = 0;

    if (sorted == NULL) {
        p->r = err_nomem(p->err);
        return NULL;
    }
    for (const struct hcl_node *node = next_attribute(body->child); node != NULL;
         node = next_attribute(node->next))
        sorted[n++] = node;
    qsort_r(sorted, n, sizeof(*sorted), by_name, (void *)(uintptr_t)p->bytes);
    for (size_t i = 1; i < n; i++)
        if (same_name(p, sorted[i - 1], sorted[i]))
            again = earlier_of(again, sorted[i]);
    return again;
}

bool parse_unique(struct parser *p, const struct hcl_node *body, size_t n_attributes)
{
    const struct hcl_node *again =
        n_attributes > FEW ? find_again_in_many(p, body, n_attributes) : find_again_in_few(p, body);

    if (again != NULL) {
        size_t n = again->name_end - again->name_start;
        parse_fail(p, again->start,
                   "Attribute redefined: the argument \"%.*s\" is already set in this body",
                   (int)(n > 100 ? 100 : n), p->bytes + again->name_start);
    }
    return p->r == 0;
}

/* The item that begins with name has failed. When it, or one before it, sets an argument again,
 * that stands further up and is what terraform says first. */
static void *refuse(struct parser *p, struct hcl_node *body, struct hcl_node *tail,
                    struct hcl_token name)
{
    size_t n_attributes = 0;
    int r = p->r;

    if (r != ERR_REJECT)
        return NULL;
    if (hcl_lex(p->bytes, p->len, name.end, true).kind == '=') {
        struct hcl_node *failed = parse_node(p, HCL_ATTRIBUTE, name.start, name.end);
        if (failed == NULL)
            return NULL;
        failed->name_start = name.start;
        failed->name_end = name.end;
        *(tail != NULL ? &tail->next : &body->child) = failed;
    }
    for (const struct hcl_node *node = body->child; node != NULL; node = node->next)
        n_attributes += node->kind == HCL_ATTRIBUTE;
    p->r = 0;
    if (parse_unique(p, body, n_attributes))
        p->r = r;
    return NULL;
}

struct hcl_node *parse_body(struct parser *p, int closer)
{
    struct hcl_node *body = parse_node(p, HCL_BODY, p->at, p->at);
    struct hcl_node *tail = NULL;
    size_t n_attributes = 0;

    if (body == NULL)
        return NULL;
    for (;;) {
        struct hcl_token token = parse_peek(p);

        body->end = token.start;
        if (token.kind == closer)
            break;
        if (token.kind == HCL_T_EOF)
            return unclosed(p, body->start - 1);
        if (token.kind == HCL_T_NEWLINE) {
            (void)parse_read(p);
            continue;
        }
        struct hcl_node *node = item(p);
        if (node == NULL || !parse_add(p, body, &tail, node))
            return refuse(p, body, tail, token);
        n_attributes += node->kind == HCL_ATTRIBUTE;
    }
    return parse_unique(p, body, n_attributes) ? body : NULL;
}
