/*
 * Templates: quoted strings and heredocs, byte by byte, with their interpolations and directives.
 * The story stands in parse.h.
 *
 * A heredoc ends at a line that is its marker and blanks, wherever those stand; only a line that
 * begins in the text itself counts, not one that goes on behind an interpolation.
 */
#include "worker/hcl/syntax/parse.h"

#include <stdio.h>

#include "worker/hcl/syntax/characters.h"

struct template
{
    bool is_heredoc;
    bool is_bare;   /* with is_heredoc: neither quotes nor a marker, it ends where the bytes end */
    uint8_t flags;  /* for its literals */
    size_t content; /* behind the opening quote or line; without them, at the last "${" */
    size_t marker_start, marker_end;
    bool at_line_start;
    bool trim_next;            /* the part before ended with '~' */
    struct hcl_node *previous; /* the literal right before, or NULL */
    size_t end;                /* behind the closing quote or marker line, once seen */
};

/* What ended a run of parts. */
enum stop { STOP_FAILED = 0, STOP_END = 1, STOP_ELSE = 2, STOP_ENDIF = 4, STOP_ENDFOR = 8 };

/* The directive that may close something here, and the one that did. */
struct closing {
    unsigned allowed; /* of enum stop */
    size_t start, end;
};

static enum stop parts(struct parser *p, struct template *t, struct hcl_node *parent,
                       struct closing *closing);

/* Is the line at at the heredoc's end marker? *end is then where its blanks end. */
static bool is_marker_line(const struct parser *p, const struct template *t, size_t *end)
{
    size_t start = p->at;
    size_t len = t->marker_end - t->marker_start;

    while (start < p->len && p->bytes[start] != '\n') {
        size_t n = hcl_blank_length(p->bytes + start, p->len - start);
        if (n == 0)
            break;
        start += n;
    }
    /* Most lines end the question here. */
    if (p->len - start < len || memcmp(p->bytes + start, p->bytes + t->marker_start, len) != 0)
        return false;
    const char *newline = memchr(p->bytes + start, '\n', p->len - start);
    if (newline == NULL)
        return false;
    *end = (size_t)(newline - p->bytes);
    if (p->bytes[*end - 1] == '\r')
        (*end)--;
    /* A carriage return is a blank at the end of the line only. */
    return hcl_blanks_end(p->bytes, start + len, *end) == *end &&
           memchr(p->bytes + p->at, '\r', *end - p->at) == NULL;
}

/* Bytes that end a literal, or need a look, in quotes (1) and in a heredoc (2). */
static const uint8_t SPECIAL[256] = {
    ['$'] = 3, ['%'] = 3, ['\n'] = 3, ['\r'] = 3, ['"'] = 1, ['\\'] = 1, [0x80 ... 0xFF] = 3,
};

/* The length of the character at at; JSON's strings have been checked when they were decoded. */
static size_t character(struct parser *p, const struct template *t, size_t at)
{
    if (t->is_bare)
        return parse_sequence(p, at) < 0 ? 3 : 1;
    return parse_character(p, at, t->is_heredoc);
}

/* Where the literal at p->at ends; p->len too when it failed. */
static size_t literal_end(struct parser *p, struct template *t)
{
    uint8_t special = t->is_heredoc ? 2 : 1;
    size_t at = p->at;

    while (at < p->len) {
        char c = p->bytes[at];

        if ((SPECIAL[(unsigned char)c] & special) == 0) {
            at++;
            continue;
        }
        if ((!t->is_heredoc && c == '"') || parse_sequence(p, at) > 0)
            break;
        at += character(p, t, at);
        if (p->r != 0)
            return p->len;
        if (p->bytes[at - 1] == '\n') {
            t->at_line_start = true;
            break;
        }
    }
    return at;
}

static struct hcl_node *literal(struct parser *p, struct template *t)
{
    size_t start = p->at;

    t->at_line_start = false;
    p->at = literal_end(p, t);
    if (p->r != 0)
        return NULL;
    struct hcl_node *node = parse_node(p, HCL_LITERAL, start, p->at);
    if (node == NULL)
        return NULL;
    node->flags = t->flags | (t->trim_next ? HCL_FLAG_TRIM_LEFT : 0);
    t->trim_next = false;
    t->previous = node;
    return node;
}

/* The '}' or '~}' of an interpolation (keyword NULL) or a directive. */
static bool close_sequence(struct parser *p, struct template *t, const char *keyword)
{
    struct hcl_token close = parse_peek(p);
    char text[96];

    if (close.kind == '}' || close.kind == HCL_T_STRIP_END) {
        (void)parse_read(p);
        t->trim_next = close.kind == HCL_T_STRIP_END;
        return true;
    }
    if (keyword == NULL &&
        (close.kind == HCL_T_EOF || (close.kind == HCL_T_QUOTE && !t->is_heredoc))) {
        parse_fail(p, t->content,
                   "Unclosed template interpolation sequence: no closing brace before the end of "
                   "the text");
        return false;
    }
    if (keyword != NULL)
        snprintf(text, sizeof text, "Extra characters in %s marker: expected a closing brace",
                 keyword);
    parse_unexpected(
        p, close,
        keyword != NULL
            ? text
            : "Extra characters after interpolation expression: expected a closing brace");
    return false;
}

/* Steps over "${" or "${~", which also marks the literal before. */
static size_t open_sequence(struct parser *p, struct template *t)
{
    size_t start = p->at;
    int length = parse_sequence(p, start);

    if (length == 3 && t->previous != NULL)
        t->previous->flags |= HCL_FLAG_TRIM_RIGHT;
    t->previous = NULL;
    t->trim_next = false;
    t->at_line_start = false;
    if (t->is_bare)
        t->content = start;
    p->at += (size_t)length;
    return start;
}

static struct hcl_node *interpolation(struct parser *p, struct template *t)
{
    bool newlines = p->newlines;
    size_t start = open_sequence(p, t);
    struct hcl_node *tail = NULL;

    p->newlines = false;
    struct hcl_node *inner = parse_expression(p);
    if (inner == NULL || !close_sequence(p, t, NULL))
        return NULL;
    p->newlines = newlines;
    struct hcl_node *node = parse_node(p, HCL_INTERPOLATION, start, p->at);
    return node != NULL && parse_add(p, node, &tail, inner) ? node : NULL;
}

/* A run of parts as a child of the directive; it must stop at one of the allowed keywords. */
static enum stop part(struct parser *p, struct template *t, struct hcl_node *directive,
                      struct hcl_node **tail, unsigned allowed)
{
    struct hcl_node *node = parse_node(p, HCL_PART, p->at, p->at);
    struct closing closing = {.allowed = allowed};

    if (node == NULL)
        return STOP_FAILED;
    enum stop stop = parts(p, t, node, &closing);
    if (stop == STOP_FAILED)
        return stop;
    if (stop == STOP_END) {
        parse_fail(p, p->at, "Unexpected end of template: a directive is not closed");
        return STOP_FAILED;
    }
    node->end = (uint32_t)closing.start;
    directive->end = (uint32_t)closing.end;
    return parse_add(p, directive, tail, node) ? stop : STOP_FAILED;
}

static bool if_directive(struct parser *p, struct template *t, struct hcl_node *node)
{
    struct hcl_node *tail = NULL;
    struct hcl_node *condition = parse_expression(p);

    node->op = 'i';
    if (condition == NULL || !parse_add(p, node, &tail, condition) || !close_sequence(p, t, "if"))
        return false;
    enum stop stop = part(p, t, node, &tail, STOP_ELSE | STOP_ENDIF);
    if (stop == STOP_ELSE)
        stop = part(p, t, node, &tail, STOP_ENDIF);
    return stop != STOP_FAILED;
}

static bool for_directive(struct parser *p, struct template *t, struct hcl_node *node)
{
    struct hcl_node *tail = NULL;

    node->op = 'f';
    return parse_for_head(p, node, &tail, "directive") && close_sequence(p, t, "for") &&
           part(p, t, node, &tail, STOP_ENDFOR) != STOP_FAILED;
}

/* What the keyword closes; none when it is no such keyword, or not allowed here. */
static enum stop closing_keyword(struct parser *p, struct hcl_token keyword, size_t start,
                                 unsigned allowed)
{
    static const struct {
        const char *word;
        enum stop stop;
    } words[] = {{"else", STOP_ELSE}, {"endif", STOP_ENDIF}, {"endfor", STOP_ENDFOR}};

    if (keyword.kind != HCL_T_IDENTIFIER) {
        parse_unexpected(p, keyword, "Invalid template directive: expected its keyword");
        return STOP_FAILED;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (!parse_is(p, keyword, words[i].word))
            continue;
        if ((words[i].stop & allowed) != 0)
            return words[i].stop;
        parse_fail(p, start, "Unexpected %s directive: there is nothing that it could belong to",
                   words[i].word);
        return STOP_FAILED;
    }
    parse_fail(p, keyword.start,
               "Invalid template control keyword: expected if, else, endif, for or endfor");
    return STOP_FAILED;
}

/* An opening directive becomes *out; a closing one is answered. */
static enum stop directive(struct parser *p, struct template *t, struct hcl_node **out,
                           struct closing *closing)
{
    bool newlines = p->newlines;
    size_t start = open_sequence(p, t);

    p->newlines = false;
    struct hcl_token keyword = parse_read(p);
    bool is_if = parse_is(p, keyword, "if");
    if (is_if || parse_is(p, keyword, "for")) {
        struct hcl_node *node = parse_node(p, HCL_DIRECTIVE, start, start);
        if (node == NULL || !parse_enter(p, start))
            return STOP_FAILED;
        bool done = is_if ? if_directive(p, t, node) : for_directive(p, t, node);
        parse_leave(p);
        p->newlines = newlines;
        *out = done ? node : NULL;
        return STOP_FAILED;
    }
    enum stop stop = closing_keyword(p, keyword, start, closing->allowed);
    if (stop == STOP_FAILED || !close_sequence(p, t,
                                               stop == STOP_ELSE    ? "else"
                                               : stop == STOP_ENDIF ? "endif"
                                                                    : "endfor"))
        return STOP_FAILED;
    p->newlines = newlines;
    closing->start = start;
    closing->end = p->at;
    return stop;
}

/* At the end of the template? Its own end is then known. */
static bool at_end(struct parser *p, struct template *t)
{
    size_t end;

    if (!t->is_heredoc && p->bytes[p->at] == '"') {
        t->end = p->at + 1;
        return true;
    }
    if (t->is_heredoc && !t->is_bare && t->at_line_start && is_marker_line(p, t, &end)) {
        t->end = end;
        return true;
    }
    return false;
}

static enum stop parts(struct parser *p, struct template *t, struct hcl_node *parent,
                       struct closing *closing)
{
    struct hcl_node *tail = NULL;

    while (p->at < p->len) {
        struct hcl_node *node = NULL;
        enum stop stop = STOP_FAILED;

        if (at_end(p, t))
            return STOP_END;
        if (parse_sequence(p, p->at) <= 0)
            node = literal(p, t);
        else if (p->bytes[p->at] == '$')
            node = interpolation(p, t);
        else
            stop = directive(p, t, &node, closing);
        if (stop != STOP_FAILED)
            return stop;
        if (node == NULL || !parse_add(p, parent, &tail, node))
            return STOP_FAILED;
    }
    if (t->is_bare)
        return STOP_END;
    parse_fail(p, p->len, "Unterminated template string: no closing %s before the end of the file",
               t->is_heredoc ? "marker" : "quote");
    return STOP_FAILED;
}

static void open_heredoc(const struct parser *p, struct template *t, struct hcl_token open)
{
    bool indent = p->bytes[open.start + 2] == '-';

    t->is_heredoc = true;
    t->at_line_start = true;
    t->flags = HCL_FLAG_HEREDOC | (indent ? HCL_FLAG_HEREDOC_INDENT : 0);
    t->marker_start = open.start + 2 + indent;
    t->marker_end = hcl_identifier_end(p->bytes, p->len, t->marker_start);
}

struct hcl_node *parse_template(struct parser *p)
{
    struct hcl_token open = parse_read(p);
    struct template t = {.content = open.end};
    struct hcl_node *node = parse_node(p, HCL_TEMPLATE, open.start, open.end);
    struct closing closing = {.allowed = 0};

    if (node == NULL)
        return NULL;
    if (open.kind == HCL_T_HEREDOC)
        open_heredoc(p, &t, open);
    if (parts(p, &t, node, &closing) != STOP_END)
        return NULL;
    node->flags |= t.flags;
    node->end = (uint32_t)t.end;
    p->at = t.end;
    if ((t.flags & HCL_FLAG_HEREDOC_INDENT) != 0)
        parse_flush(p->file, node);
    return node;
}

struct hcl_node *parse_template_text(struct parser *p, size_t start, size_t end)
{
    struct template t = {
        .is_heredoc = true, .is_bare = true, .flags = HCL_FLAG_HEREDOC, .content = start};
    struct hcl_node *node = parse_node(p, HCL_TEMPLATE, start, end);
    struct closing closing;

    if (node == NULL)
        return NULL;
    enum stop stop = parts(p, &t, node, &closing);
    if (stop == STOP_FAILED)
        return NULL;
    if (stop != STOP_END)
        return parse_fail(p, closing.start, "Unexpected directive: there is nothing to close");
    return node;
}
