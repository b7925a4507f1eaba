/* Expressions: operators, terms and traversals. The story stands in parse.h. */
#include "worker/hcl/syntax/parse.h"

/* About where big numbers end in terraform, whose exponents of two have 32 bits. */
#define EXPONENT_MAX 2147483646ULL

static struct hcl_node *operand(struct parser *p);

/* How tightly a binary operator binds, 0 when the token is none; *op as in struct hcl_node. */
static int binding(int kind, uint8_t *op)
{
    static const struct {
        int kind;
        uint8_t op;
        int level;
    } table[] = {
        {HCL_T_OR, '|', 1},
        {HCL_T_AND, '&', 2},
        {HCL_T_EQUAL, 'e', 3},
        {HCL_T_NOT_EQUAL, 'n', 3},
        {'>', '>', 4},
        {'<', '<', 4},
        {HCL_T_LESS_EQUAL, 'l', 4},
        {HCL_T_GREATER_EQUAL, 'g', 4},
        {'+', '+', 5},
        {'-', '-', 5},
        {'*', '*', 6},
        {'/', '/', 6},
        {'%', '%', 6},
    };

    for (size_t i = 0; i < COUNT(table); i++) {
        if (table[i].kind == kind) {
            *op = table[i].op;
            return table[i].level;
        }
    }
    return 0;
}

/* A node with these children, spanning them; NULL when one is missing. */
static struct hcl_node *over(struct parser *p, enum hcl_kind kind, struct hcl_node *first,
                             struct hcl_node *second)
{
    struct hcl_node *tail = NULL;

    if (first == NULL || second == NULL)
        return NULL;
    struct hcl_node *node = parse_node(p, kind, first->start, second->end);
    if (node == NULL || !parse_add(p, node, &tail, first))
        return NULL;
    if (second != first && !parse_add(p, node, &tail, second))
        return NULL;
    return node;
}

/* Precedence climbing; the stack grows by at most the six levels. */
static struct hcl_node *operators(struct parser *p, int lowest)
{
    struct hcl_node *left = operand(p);

    while (left != NULL) {
        uint8_t op = 0;
        int level = binding(parse_peek(p).kind, &op);

        if (level == 0 || level < lowest)
            break;
        (void)parse_read(p);
        left = over(p, HCL_BINARY, left, operators(p, level + 1));
        if (left != NULL)
            left->op = op;
    }
    return left;
}

static struct hcl_node *conditional(struct parser *p)
{
    struct hcl_node *condition = operators(p, 1);
    struct hcl_node *tail;

    if (condition == NULL || parse_peek(p).kind != '?')
        return condition;
    (void)parse_read(p);
    struct hcl_node *yes = parse_expression(p);
    if (yes == NULL)
        return NULL;
    if (parse_peek(p).kind != ':')
        return parse_unexpected(p, parse_peek(p),
                                "Missing false expression in conditional: expected a colon and a "
                                "second result");
    (void)parse_read(p);
    struct hcl_node *no = parse_expression(p);
    struct hcl_node *node = over(p, HCL_CONDITIONAL, condition, yes);
    tail = yes;
    if (no == NULL || node == NULL || !parse_add(p, node, &tail, no))
        return NULL;
    node->end = no->end;
    return node;
}

struct hcl_node *parse_expression(struct parser *p)
{
    if (!parse_enter(p, p->at))
        return NULL;
    struct hcl_node *node = conditional(p);
    parse_leave(p);
    return node;
}

static struct hcl_node *parentheses(struct parser *p)
{
    bool newlines = p->newlines;
    struct hcl_token open = parse_read(p);
    struct hcl_node *tail = NULL;

    p->newlines = false;
    struct hcl_node *inner = parse_expression(p);
    if (inner == NULL)
        return NULL;
    struct hcl_token close = parse_read(p);
    p->newlines = newlines;
    if (close.kind != ')')
        return parse_unexpected(p, close, "Unbalanced parentheses: expected a closing parenthesis");
    struct hcl_node *node = parse_node(p, HCL_PARENTHESES, open.start, close.end);
    return node != NULL && parse_add(p, node, &tail, inner) ? node : NULL;
}

static struct hcl_node *unary(struct parser *p)
{
    struct hcl_token op = parse_read(p);
    struct hcl_node *tail = NULL;

    if (!parse_enter(p, op.start))
        return NULL;
    struct hcl_node *inner = operand(p);
    parse_leave(p);
    struct hcl_node *node = inner != NULL ? parse_node(p, HCL_UNARY, op.start, inner->end) : NULL;
    if (node == NULL || !parse_add(p, node, &tail, inner))
        return NULL;
    node->op = (uint8_t)op.kind;
    return node;
}

static struct hcl_node *name(struct parser *p)
{
    struct hcl_token token = parse_read(p);
    int next = parse_peek(p).kind;

    if (next == '(' || next == HCL_T_COLONS)
        return parse_call(p, token);
    enum hcl_kind kind = parse_is(p, token, "true") || parse_is(p, token, "false") ? HCL_BOOL
                         : parse_is(p, token, "null")                              ? HCL_NULL
                                                                                   : HCL_VARIABLE;
    struct hcl_node *node = parse_node(p, kind, token.start, token.end);
    if (node != NULL) {
        node->name_start = token.start;
        node->name_end = token.end;
    }
    return node;
}

static size_t digits_end(const struct parser *p, size_t at, size_t end)
{
    while (at < end && p->bytes[at] >= '0' && p->bytes[at] <= '9')
        at++;
    return at;
}

/* The scanner takes any run of digits, dots and exponents; a number has one of each at most. */
static struct hcl_node *number(struct parser *p)
{
    struct hcl_token token = parse_read(p);
    size_t at = digits_end(p, token.start, token.end);
    unsigned long long exponent = 0;

    if (at < token.end && p->bytes[at] == '.')
        at = digits_end(p, at + 1, token.end);
    if (at < token.end && (p->bytes[at] == 'e' || p->bytes[at] == 'E')) {
        size_t sign = p->bytes[at + 1] == '+' || p->bytes[at + 1] == '-';
        exponent = strtoull(p->bytes + at + 1 + sign, NULL, 10);
        at = digits_end(p, at + 1 + sign, token.end);
    }
    if (at < token.end || exponent > EXPONENT_MAX)
        return parse_fail(p, token.start, "Invalid number literal: \"%.*s\" is not a number",
                          (int)(token.end - token.start > 40 ? 40 : token.end - token.start),
                          p->bytes + token.start);
    return parse_node(p, HCL_NUMBER, token.start, token.end);
}

static struct hcl_node *no_term(struct parser *p, struct hcl_token token)
{
    if (token.kind == HCL_T_EOF)
        return parse_fail(p, token.start,
                          "Missing expression: the file ends where one was expected");
    return parse_unexpected(p, token, "Invalid expression: expected the start of an expression");
}

static struct hcl_node *term(struct parser *p)
{
    struct hcl_token token = parse_peek(p);

    switch (token.kind) {
    case '(':
        return parentheses(p);
    case '[':
        return parse_tuple(p);
    case '{':
        return parse_object(p);
    case HCL_T_QUOTE:
    case HCL_T_HEREDOC:
        return parse_template(p);
    case HCL_T_IDENTIFIER:
        return name(p);
    case HCL_T_NUMBER:
        return number(p);
    default:
        return no_term(p, token);
    }
}

static struct hcl_node *get_attr(struct parser *p, struct hcl_node *object)
{
    struct hcl_token member = parse_read(p);
    struct hcl_node *node = over(p, HCL_GET_ATTR, object, object);

    if (node == NULL)
        return NULL;
    node->end = member.end;
    node->name_start = member.start;
    node->name_end = member.end;
    return node;
}

/* a.0, from before Terraform 0.12; a.0.1 would lex as the number 0.1 and is refused. */
static struct hcl_node *legacy_index(struct parser *p, struct hcl_node *object)
{
    struct hcl_token token = parse_peek(p);

    if (memchr(p->bytes + token.start, '.', token.end - token.start) != NULL)
        return parse_fail(p, token.start, "Invalid legacy index syntax: write [0][1] instead");
    return over(p, HCL_INDEX, object, number(p));
}

/* The step behind a dot that is not a splat. */
static struct hcl_node *dot_step(struct parser *p, struct hcl_node *object)
{
    struct hcl_token token = parse_peek(p);

    if (token.kind == HCL_T_IDENTIFIER)
        return get_attr(p, object);
    if (token.kind == HCL_T_NUMBER)
        return legacy_index(p, object);
    return parse_unexpected(p, token, "Invalid attribute name: expected a name after the dot");
}

/* The splat over object whose mark ended at p->at; steps are added by the caller to each. */
static struct hcl_node *splat(struct parser *p, struct hcl_node *object, struct hcl_node *each,
                              uint8_t op)
{
    struct hcl_node *node = over(p, HCL_SPLAT, object, each);

    if (node != NULL)
        node->op = op;
    return node;
}

/* a.*.b.c: only names and legacy indexes belong to each element. */
static struct hcl_node *attribute_splat(struct parser *p, struct hcl_node *object)
{
    size_t end = parse_read(p).end;
    struct hcl_node *each = parse_node(p, HCL_EACH_ITEM, end, end);

    while (each != NULL && parse_peek(p).kind == '.') {
        (void)parse_read(p);
        if (parse_peek(p).kind == '*')
            return parse_fail(p, parse_peek(p).start,
                              "Nested splat expression not allowed: use [*]");
        each = dot_step(p, each);
    }
    return splat(p, object, each, '.');
}

static struct hcl_node *traversal(struct parser *p, struct hcl_node *object);

/* token stands where a "]" belongs. Terraform names the place where it finds one after all. */
static void *no_close_bracket(struct parser *p, struct hcl_token token, const char *what)
{
    size_t nested = 0;

    while (token.kind != HCL_T_EOF && token.kind != HCL_T_INVALID) {
        nested += token.kind == '[';
        if (token.kind == ']' && nested-- == 0)
            break;
        if (token.kind == HCL_T_QUOTE || token.kind == HCL_T_HEREDOC) {
            p->at = token.start;
            if (parse_template(p) == NULL)
                return NULL;
        }
        token = parse_read(p);
    }
    return parse_unexpected(p, token, what);
}

static struct hcl_node *bracket(struct parser *p, struct hcl_node *object)
{
    bool newlines = p->newlines;

    (void)parse_read(p);
    if (parse_peek(p).kind == '*') {
        (void)parse_read(p);
        struct hcl_token close = parse_read(p);
        if (close.kind != ']')
            return no_close_bracket(p, close, "Missing close bracket on splat index");
        if (!parse_enter(p, close.start))
            return NULL;
        struct hcl_node *each = traversal(p, parse_node(p, HCL_EACH_ITEM, close.end, close.end));
        parse_leave(p);
        return splat(p, object, each, '[');
    }
    p->newlines = false;
    struct hcl_node *key = parse_expression(p);
    if (key == NULL)
        return NULL;
    struct hcl_token close = parse_read(p);
    p->newlines = newlines;
    if (close.kind != ']')
        return no_close_bracket(p, close, "Missing close bracket on index");
    struct hcl_node *node = over(p, HCL_INDEX, object, key);
    if (node != NULL)
        node->end = close.end;
    return node;
}

static struct hcl_node *traversal(struct parser *p, struct hcl_node *object)
{
    while (object != NULL) {
        int kind = parse_peek(p).kind;

        if (kind == '[') {
            object = bracket(p, object);
            continue;
        }
        if (kind != '.')
            break;
        (void)parse_read(p);
        object = parse_peek(p).kind == '*' ? attribute_splat(p, object) : dot_step(p, object);
    }
    return object;
}

static struct hcl_node *operand(struct parser *p)
{
    int kind = parse_peek(p).kind;

    return kind == '-' || kind == '!' ? unary(p) : traversal(p, term(p));
}
