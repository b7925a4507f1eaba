/* Calls, tuples, objects and for expressions. The story stands in parse.h. */
#include "worker/hcl/syntax/parse.h"

#include <stdio.h>

/* Behind an argument: true when another one may follow or the call is closed. */
static bool argument_end(struct parser *p, struct hcl_node *call)
{
    struct hcl_token next = parse_peek(p);

    if (next.kind == HCL_T_ELLIPSIS) {
        call->flags |= HCL_FLAG_EXPAND;
        (void)parse_read(p);
        if (parse_peek(p).kind != ')')
            parse_fail(p, next.start,
                       "Missing closing parenthesis: an expanded argument is the last one");
    } else if (next.kind == ',') {
        (void)parse_read(p);
    } else if (next.kind == HCL_T_EOF) {
        parse_fail(p, call->start,
                   "Unterminated function call: no closing parenthesis before the end of the file");
    } else if (next.kind != ')') {
        parse_unexpected(p, next, "Missing argument separator: expected a comma");
    }
    return p->r == 0;
}

/* The arguments up to ')'. */
static bool arguments(struct parser *p, struct hcl_node *call)
{
    struct hcl_node *tail = NULL;

    while (parse_peek(p).kind != ')') {
        struct hcl_node *argument = parse_expression(p);
        if (argument == NULL || !parse_add(p, call, &tail, argument) || !argument_end(p, call))
            return false;
    }
    return true;
}

struct hcl_node *parse_call(struct parser *p, struct hcl_token name)
{
    struct hcl_node *call = parse_node(p, HCL_CALL, name.start, name.end);
    struct hcl_token open = parse_read(p);
    bool newlines = p->newlines;

    if (call == NULL)
        return NULL;
    call->name_start = name.start;
    call->name_end = name.end;
    while (open.kind == HCL_T_COLONS) {
        struct hcl_token part = parse_read(p);
        if (part.kind != HCL_T_IDENTIFIER)
            return parse_unexpected(p, part, "Missing function name: expected it after \"::\"");
        call->name_end = part.end;
        open = parse_read(p);
    }
    if (open.kind != '(')
        return parse_unexpected(p, open, "Missing open parenthesis: a function must be called");
    p->newlines = false;
    if (!arguments(p, call))
        return NULL;
    call->end = parse_read(p).end;
    p->newlines = newlines;
    return call;
}

struct hcl_node *parse_tuple(struct parser *p)
{
    bool newlines = p->newlines;
    struct hcl_token open = parse_read(p);
    struct hcl_node *tuple;
    struct hcl_node *tail = NULL;

    p->newlines = false;
    if (parse_is(p, parse_peek(p), "for")) {
        tuple = parse_for(p, open);
        p->newlines = newlines;
        return tuple;
    }
    tuple = parse_node(p, HCL_TUPLE, open.start, open.end);
    if (tuple == NULL)
        return NULL;
    while (parse_peek(p).kind != ']') {
        struct hcl_node *element = parse_expression(p);
        if (element == NULL || !parse_add(p, tuple, &tail, element))
            return NULL;
        struct hcl_token next = parse_peek(p);
        if (next.kind == HCL_T_EOF)
            return parse_fail(p, open.start,
                              "Unterminated tuple constructor expression: no closing "
                              "bracket before the end of the file");
        if (next.kind == ',')
            (void)parse_read(p);
        else if (next.kind != ']')
            return parse_unexpected(p, next, "Missing item separator: expected a comma");
    }
    tuple->end = parse_read(p).end;
    p->newlines = newlines;
    return tuple;
}

/* A name alone is the key itself, and so are the words that are values elsewhere. */
static struct hcl_node *object_key(struct parser *p)
{
    struct hcl_node *key = parse_expression(p);

    if (key == NULL)
        return NULL;
    if (key->kind == HCL_BOOL || key->kind == HCL_NULL)
        key->kind = HCL_VARIABLE;
    if (key->kind != HCL_VARIABLE)
        key->flags |= HCL_FLAG_KEY_EXPR;
    return key;
}

static bool object_failed(struct parser *p, const struct hcl_node *object, struct hcl_token token,
                          const char *what)
{
    if (token.kind == HCL_T_EOF)
        parse_fail(p, object->start,
                   "Unterminated object constructor expression: no closing brace before the end of "
                   "the file");
    else
        parse_unexpected(p, token, what);
    return false;
}

static bool object_item(struct parser *p, struct hcl_node *object, struct hcl_node **tail)
{
    struct hcl_node *key = object_key(p);

    if (key == NULL || !parse_add(p, object, tail, key))
        return false;
    struct hcl_token next = parse_read(p);
    if (next.kind != '=' && next.kind != ':')
        return object_failed(p, object, next,
                             next.kind == HCL_T_NEWLINE || next.kind == ','
                                 ? "Missing attribute value: expected an equals sign and a value"
                                 : "Missing key/value separator: expected an equals sign");
    struct hcl_node *value = parse_expression(p);
    if (value == NULL || !parse_add(p, object, tail, value))
        return false;
    next = parse_peek(p);
    if (next.kind == ',' || next.kind == HCL_T_NEWLINE)
        (void)parse_read(p);
    else if (next.kind != '}')
        return object_failed(p, object, next,
                             "Missing attribute separator: expected a newline or comma");
    return true;
}

struct hcl_node *parse_object(struct parser *p)
{
    bool newlines = p->newlines;
    struct hcl_token open = parse_read(p);
    struct hcl_node *object;
    struct hcl_node *tail = NULL;

    p->newlines = false;
    if (parse_is(p, parse_peek(p), "for")) {
        object = parse_for(p, open);
        p->newlines = newlines;
        return object;
    }
    p->newlines = true;
    object = parse_node(p, HCL_OBJECT, open.start, open.end);
    if (object == NULL)
        return NULL;
    while (parse_peek(p).kind != '}') {
        if (parse_peek(p).kind == HCL_T_NEWLINE)
            (void)parse_read(p);
        else if (!object_item(p, object, &tail))
            return NULL;
    }
    object->end = parse_read(p).end;
    p->newlines = newlines;
    return object;
}

static bool for_failed(struct parser *p, const char *noun, const char *what)
{
    char text[128];

    snprintf(text, sizeof text, "Invalid 'for' %s: %s", noun, what);
    parse_unexpected(p, parse_peek(p), text);
    return false;
}

/* One or two names and "in". */
static bool for_names(struct parser *p, struct hcl_node *node, struct hcl_node **tail,
                      const char *noun)
{
    for (int i = 0; i < 2; i++) {
        struct hcl_token token = parse_peek(p);
        if (token.kind != HCL_T_IDENTIFIER)
            return for_failed(p, noun, "expected a variable name");
        (void)parse_read(p);
        struct hcl_node *name = parse_node(p, HCL_IDENTIFIER, token.start, token.end);
        if (name == NULL)
            return false;
        name->name_start = token.start;
        name->name_end = token.end;
        if (!parse_add(p, node, tail, name))
            return false;
        if (i > 0 || parse_peek(p).kind != ',')
            break;
        (void)parse_read(p);
    }
    if (!parse_is(p, parse_peek(p), "in"))
        return for_failed(p, noun, "expected the keyword \"in\"");
    (void)parse_read(p);
    return true;
}

static bool for_child(struct parser *p, struct hcl_node *node, struct hcl_node **tail)
{
    struct hcl_node *child = parse_expression(p);

    return child != NULL && parse_add(p, node, tail, child);
}

bool parse_for_head(struct parser *p, struct hcl_node *node, struct hcl_node **tail,
                    const char *noun)
{
    return for_names(p, node, tail, noun) && for_child(p, node, tail);
}

/* Behind the colon: the value, or key => value and perhaps "...". */
static bool for_results(struct parser *p, struct hcl_node *node, struct hcl_node **tail)
{
    bool is_object = node->kind == HCL_FOR_OBJECT;

    if (!for_child(p, node, tail))
        return false;
    if ((parse_peek(p).kind == HCL_T_ARROW) != is_object) {
        parse_fail(p, (*tail)->start,
                   is_object ? "Invalid 'for' expression: an object needs a key and \"=>\""
                             : "Invalid 'for' expression: a tuple takes no key");
        return false;
    }
    if (!is_object)
        return true;
    (void)parse_read(p);
    if (!for_child(p, node, tail))
        return false;
    if (parse_peek(p).kind == HCL_T_ELLIPSIS) {
        (void)parse_read(p);
        node->flags |= HCL_FLAG_EXPAND;
    }
    return true;
}

struct hcl_node *parse_for(struct parser *p, struct hcl_token open)
{
    bool is_object = p->bytes[open.start] == '{';
    struct hcl_node *node =
        parse_node(p, is_object ? HCL_FOR_OBJECT : HCL_FOR_TUPLE, open.start, open.end);
    struct hcl_node *tail = NULL;

    (void)parse_read(p); /* for */
    if (node == NULL || !parse_for_head(p, node, &tail, "expression"))
        return NULL;
    if (parse_peek(p).kind != ':' &&
        !for_failed(p, "expression", "expected a colon after the collection"))
        return NULL;
    (void)parse_read(p);
    if (!for_results(p, node, &tail))
        return NULL;
    if (parse_is(p, parse_peek(p), "if")) {
        (void)parse_read(p);
        if (!for_child(p, node, &tail))
            return NULL;
    }
    if (parse_peek(p).kind != (is_object ? '}' : ']') &&
        !for_failed(p, "expression", "expected its closing bracket"))
        return NULL;
    node->end = parse_read(p).end;
    return node;
}
