/*
 * Templates: quoted strings and heredocs, byte by byte, with their interpolations and directives.
 * The story stands in parse.h.
 *
 * A heredoc ends at a line that is its marker and blanks, wherever those stand; only a line that
 * begins in the text itself counts, not one that goes on behind an interpolation.
 */
#include "worker/hcl/parse.h"

struct template
{
    bool is_heredoc;
    bool is_bare;  /* with is_heredoc: neither quotes nor a marker, it ends where the bytes end */
    uint8_t flags; /* for its literals */
    size_t start;
    size_t marker_start, marker_end;
    bool at_line_start;
    bool trim_next;            /* the part before ended with '~' */
    struct hcl_node *previous; /* the literal right before, or NULL */
    size_t end;                /* behind the closing quote or marker line, once seen */
};

/* What ended a run of parts. */
enum stop { STOP_FAILED, STOP_END, STOP_ELSE, STOP_ENDIF, STOP_ENDFOR };

/* A directive keyword that closes something, and where. */
struct closing {
    size_t start, end;
};

static enum stop parts(struct parser *p, struct template *t, struct hcl_node *parent,
                       struct closing *closing);

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Is the line at at the heredoc's end marker? *end is then where its blanks end. */
static bool is_marker_line(const struct parser *p, const struct template *t, size_t *end)
{
    const char *newline = memchr(p->bytes + p->at, '\n', p->len - p->at);
    size_t start = p->at;
    size_t stop;

    if (newline == NULL)
        return false;
    stop = (size_t)(newline - p->bytes);
    if (stop > start && p->bytes[stop - 1] == '\r')
        stop--;
    *end = stop;
    while (start < stop && is_blank(p->bytes[start]))
        start++;
    while (stop > start && is_blank(p->bytes[stop - 1]))
        stop--;
    return stop - start == t->marker_end - t->marker_start &&
           memcmp(p->bytes + start, p->bytes + t->marker_start, stop - start) == 0;
}

/* The length of "${" or "%{" at at ("${~" counts three), of an escape "$${" negative, else 0. */
static int sequence(const struct parser *p, size_t at)
{
    char c = p->bytes[at];

    if ((c != '$' && c != '%') || at + 1 >= p->len)
        return 0;
    if (p->bytes[at + 1] == c && at + 2 < p->len && p->bytes[at + 2] == '{')
        return -3;
    if (p->bytes[at + 1] != '{')
        return 0;
    return at + 2 < p->len && p->bytes[at + 2] == '~' ? 3 : 2;
}

size_t parse_escape(struct parser *p, size_t at)
{
    char c = at + 1 < p->len ? p->bytes[at + 1] : '\0';
    size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;

    if (digits == 0 && (c == '\0' || strchr("nrt\"\\", c) == NULL)) {
        parse_fail(p, at, "Invalid escape sequence");
        return 0;
    }
    for (size_t i = 0; i < digits; i++) {
        char digit = at + 2 + i < p->len ? p->bytes[at + 2 + i] : '\0';
        if (digit == '\0' || strchr("0123456789abcdefABCDEF", digit) == NULL) {
            parse_fail(p, at, "Invalid escape sequence: \\%c takes %zu hexadecimal digits", c,
                       digits);
            return 0;
        }
    }
    return 2 + digits;
}

/* One step in a literal; 0 where it ends (or failed). */
static size_t literal_step(struct parser *p, const struct template *t, size_t at)
{
    char c = p->bytes[at];
    int length = sequence(p, at);

    if (length != 0)
        return length < 0 ? (size_t)-length : 0;
    if (!t->is_heredoc && c == '"')
        return 0;
    if (!t->is_heredoc && c == '\\')
        return parse_escape(p, at);
    if (c == '\r' && t->is_heredoc && at + 1 < p->len && p->bytes[at + 1] == '\n')
        return 2;
    if (c == '\r' && t->is_heredoc && !t->is_bare)
        parse_fail(p, at, "Invalid character: a carriage return without a newline");
    if ((c == '\n' || c == '\r') && !t->is_heredoc)
        parse_fail(p, t->start, "Invalid multi-line string: a quoted string must end on its line");
    return p->r == 0;
}

static struct hcl_node *literal(struct parser *p, struct template *t)
{
    size_t start = p->at;
    struct hcl_node *node;

    t->at_line_start = false;
    while (p->at < p->len) {
        size_t n = literal_step(p, t, p->at);
        if (n == 0)
            break;
        p->at += n;
        if (t->is_heredoc && p->bytes[p->at - 1] == '\n') {
            t->at_line_start = true;
            break;
        }
    }
    if (p->r != 0)
        return NULL;
    node = parse_node(p, HCL_LITERAL, start, p->at);
    if (node == NULL)
        return NULL;
    node->flags = t->flags | (t->trim_next ? HCL_FLAG_TRIM_LEFT : 0);
    t->trim_next = false;
    t->previous = node;
    return node;
}

/* The '}' or '~}' of a sequence. */
static bool close_sequence(struct parser *p, struct template *t, size_t open)
{
    struct hcl_token close = parse_peek(p);

    if (close.kind == HCL_T_EOF) {
        parse_fail(p, open,
                   "Unclosed template interpolation sequence: no closing brace before the "
                   "end of the file");
        return false;
    }
    if (close.kind != '}' && close.kind != HCL_T_STRIP_END) {
        parse_fail(p, close.start,
                   "Extra characters after interpolation expression: expected a "
                   "closing brace");
        return false;
    }
    (void)parse_read(p);
    t->trim_next = close.kind == HCL_T_STRIP_END;
    return true;
}

/* Steps over "${" or "${~", which also marks the literal before. */
static size_t open_sequence(struct parser *p, struct template *t)
{
    size_t start = p->at;
    int length = sequence(p, start);

    if (length == 3 && t->previous != NULL)
        t->previous->flags |= HCL_FLAG_TRIM_RIGHT;
    t->previous = NULL;
    t->trim_next = false;
    t->at_line_start = false;
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
    if (inner == NULL || !close_sequence(p, t, start))
        return NULL;
    p->newlines = newlines;
    struct hcl_node *node = parse_node(p, HCL_INTERPOLATION, start, p->at);
    return node != NULL && parse_add(p, node, &tail, inner) ? node : NULL;
}

/* A run of parts as a child of the directive; it must stop at one of two keywords. */
static enum stop part(struct parser *p, struct template *t, struct hcl_node *directive,
                      struct hcl_node **tail, struct closing *closing)
{
    struct hcl_node *node = parse_node(p, HCL_PART, p->at, p->at);

    if (node == NULL)
        return STOP_FAILED;
    enum stop stop = parts(p, t, node, closing);
    if (stop == STOP_FAILED)
        return stop;
    if (stop == STOP_END) {
        parse_fail(p, directive->start, "Unexpected end of template: the directive is not closed");
        return STOP_FAILED;
    }
    node->end = (uint32_t)closing->start;
    directive->end = (uint32_t)closing->end;
    return parse_add(p, directive, tail, node) ? stop : STOP_FAILED;
}

static bool unexpected(struct parser *p, const struct closing *closing, const char *open)
{
    parse_fail(p, closing->start, "Unexpected directive: it does not belong to the open %s", open);
    return false;
}

static bool if_directive(struct parser *p, struct template *t, struct hcl_node *node)
{
    struct hcl_node *tail = NULL;
    struct closing closing;
    struct hcl_node *condition = parse_expression(p);

    node->op = 'i';
    if (condition == NULL || !parse_add(p, node, &tail, condition) ||
        !close_sequence(p, t, node->start))
        return false;
    enum stop stop = part(p, t, node, &tail, &closing);
    if (stop == STOP_ELSE)
        stop = part(p, t, node, &tail, &closing);
    if (stop == STOP_FAILED)
        return false;
    return stop == STOP_ENDIF ? true : unexpected(p, &closing, "if");
}

static bool for_directive(struct parser *p, struct template *t, struct hcl_node *node)
{
    struct hcl_node *tail = NULL;
    struct closing closing;

    node->op = 'f';
    if (!parse_for_head(p, node, &tail) || !close_sequence(p, t, node->start))
        return false;
    enum stop stop = part(p, t, node, &tail, &closing);
    if (stop == STOP_FAILED)
        return false;
    return stop == STOP_ENDFOR ? true : unexpected(p, &closing, "for");
}

/* An opening directive becomes *out; a closing one is answered. */
static enum stop directive(struct parser *p, struct template *t, struct hcl_node **out,
                           struct closing *closing)
{
    bool newlines = p->newlines;
    size_t start = open_sequence(p, t);
    enum stop stop = STOP_FAILED;

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
    if (parse_is(p, keyword, "else"))
        stop = STOP_ELSE;
    else if (parse_is(p, keyword, "endif"))
        stop = STOP_ENDIF;
    else if (parse_is(p, keyword, "endfor"))
        stop = STOP_ENDFOR;
    else
        parse_fail(p, keyword.start,
                   "Invalid template directive: expected if, else, endif, for or "
                   "endfor");
    if (p->r != 0 || !close_sequence(p, t, start))
        return STOP_FAILED;
    p->newlines = newlines;
    *closing = (struct closing){start, p->at};
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
        if (sequence(p, p->at) <= 0)
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
    parse_fail(p, t->start,
               "Unterminated template string: no closing %s before the end of the file",
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
    struct template t = {.start = open.start};
    struct hcl_node *node = parse_node(p, HCL_TEMPLATE, open.start, open.end);
    struct closing closing;

    if (node == NULL)
        return NULL;
    if (open.kind == HCL_T_HEREDOC)
        open_heredoc(p, &t, open);
    enum stop stop = parts(p, &t, node, &closing);
    if (stop == STOP_FAILED)
        return NULL;
    if (stop != STOP_END)
        return parse_fail(p, closing.start, "Unexpected directive: there is nothing to close");
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
        .is_heredoc = true, .is_bare = true, .flags = HCL_FLAG_HEREDOC, .start = start};
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
