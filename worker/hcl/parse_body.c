/* Bodies: arguments and blocks, where a newline ends things. The story stands in parse.h. */
#include "worker/hcl/parse.h"

#include "common/arena.h"

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
        char next = at + 1 < p->len ? p->bytes[at + 1] : '\0';

        if (c == '\n' || c == '\r')
            return parse_fail(p, at, "Invalid multi-line string: a label must end on its line");
        if ((c == '$' || c == '%') && next == c && at + 2 < p->len && p->bytes[at + 2] == '{')
            at += 3;
        else if ((c == '$' || c == '%') && next == '{')
            return parse_fail(p, at, "Invalid string literal: a label cannot contain a template");
        else if (c == '\\')
            at += parse_escape(p, at);
        else
            at++;
        if (p->r != 0)
            return NULL;
    }
    if (at >= p->len)
        return parse_fail(p, start, "Unterminated template string: the label has no end");

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
            label = parse_fail(p, token.start,
                               "Invalid block definition: expected a label or an "
                               "opening brace");
        if (label == NULL || !parse_add(p, block, tail, label))
            return false;
    }
}

/* { name = value }, all on one line. */
static struct hcl_node *one_line_body(struct parser *p)
{
    struct hcl_node *body = parse_node(p, HCL_BODY, p->at, p->at);
    struct hcl_token name = parse_read(p);
    struct hcl_node *tail = NULL;

    if (body == NULL)
        return NULL;
    if (name.kind != HCL_T_IDENTIFIER || parse_peek(p).kind != '=')
        return parse_fail(p, name.start,
                          "Argument definition required: a single-line block holds "
                          "one argument and nothing else");
    struct hcl_node *only = attribute(p, name);
    if (only == NULL || !parse_add(p, body, &tail, only))
        return NULL;
    if (parse_peek(p).kind != '}')
        return parse_fail(p, parse_peek(p).start,
                          "Invalid single-argument block definition: expected the closing brace");
    body->end = parse_peek(p).start;
    return body;
}

static struct hcl_node *block_content(struct parser *p, struct hcl_node *block)
{
    struct hcl_token first = parse_peek(p);

    if (first.kind == HCL_T_NEWLINE || first.kind == HCL_T_EOF || first.kind == '}') {
        struct hcl_node *body = parse_body(p, '}');
        if (first.kind == '}')
            block->flags |= HCL_FLAG_ONE_LINE;
        if (body != NULL && parse_peek(p).kind != '}')
            return parse_fail(p, block->start,
                              "Unclosed configuration block: no closing brace "
                              "before the end of the file");
        return body;
    }
    block->flags |= HCL_FLAG_ONE_LINE;
    return one_line_body(p);
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
    if (name.kind != HCL_T_IDENTIFIER ||
        (next != '=' && next != '{' && next != HCL_T_QUOTE && next != HCL_T_IDENTIFIER))
        return parse_fail(p, name.start,
                          "Argument or block definition required: expected one here");

    node = next == '=' ? attribute(p, name) : block(p, name);
    if (node == NULL)
        return NULL;
    struct hcl_token end = parse_peek(p);
    if (end.kind != HCL_T_NEWLINE && end.kind != HCL_T_EOF)
        return parse_fail(p, end.start, "Missing newline after %s: it must end its line",
                          next == '=' ? "argument" : "block definition");
    return node;
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
        if (token.kind == closer || token.kind == HCL_T_EOF)
            break;
        if (token.kind == HCL_T_NEWLINE) {
            (void)parse_read(p);
            continue;
        }
        struct hcl_node *node = item(p);
        if (node == NULL || !parse_add(p, body, &tail, node))
            return NULL;
        n_attributes += node->kind == HCL_ATTRIBUTE;
    }
    return parse_unique(p, body, n_attributes) ? body : NULL;
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
    return r;
}

/* Sorting, since a hostile file may have half a million arguments in one body. */
bool parse_unique(struct parser *p, const struct hcl_node *body, size_t n_attributes)
{
    CLEANUP(mem_freep) const struct hcl_node **sorted = NULL;
    const struct hcl_node *again = NULL;
    size_t n = 0;

    if (n_attributes < 2)
        return true;
    sorted = calloc(n_attributes, sizeof(*sorted));
    if (sorted == NULL) {
        p->r = err_nomem(p->err);
        return false;
    }
    for (const struct hcl_node *node = body->child; node != NULL; node = node->next)
        if (node->kind == HCL_ATTRIBUTE)
            sorted[n++] = node;
    qsort_r(sorted, n, sizeof(*sorted), by_name, (void *)(uintptr_t)p->bytes);
    for (size_t i = 1; i < n; i++)
        if (by_name(&sorted[i - 1], &sorted[i], (void *)(uintptr_t)p->bytes) == 0)
            again = sorted[i]->start > sorted[i - 1]->start ? sorted[i] : sorted[i - 1];
    if (again == NULL)
        return true;
    parse_fail(
        p, again->start, "Attribute redefined: the argument \"%.*s\" is already set in this body",
        (int)(again->name_end - again->name_start > 100 ? 100
                                                        : again->name_end - again->name_start),
        p->bytes + again->name_start);
    return false;
}
