/* Layout of tokens in lines, and lines in columns; the story stands in format.h. */
#include "worker/hcl/format/format.h"

#include "worker/hcl/syntax/lexer.h"

#define INDENT_BLANKS 2

/* Tokens first..end; from assign on an "=" and its value, from comment on the comment behind. */
struct line {
    size_t first, assign, comment, end;
};

struct layout {
    const struct hcl_file *file;
    struct hcl_format_token *tokens;
    size_t n_tokens;
    struct line *lines; /* owned */
    size_t n_lines;
    int *open; /* owned: how many brackets each indenting line left open */
    size_t n_open;
};

static int net_brackets(const struct layout *l, size_t first, size_t end)
{
    int net = 0;

    for (size_t i = first; i < end; i++)
        net += hcl_format_depth(l->tokens[i].kind);
    return net;
}

static bool ends_line(const struct layout *l, const struct hcl_format_token *token)
{
    return token->kind == HCL_T_NEWLINE ||
           (token->kind == HCL_T_COMMENT && l->file->bytes[token->end - 1] == '\n');
}

/* Finds the cells of tokens first..end. */
static struct line cells(const struct layout *l, size_t first, size_t end)
{
    struct line line = {first, end, end, end};

    if (end - first > 1 && l->tokens[end - 1].kind == HCL_T_COMMENT)
        line.comment = end - 1;
    line.assign = line.comment;
    for (size_t i = first; i < line.comment; i++) {
        if (i > first && l->tokens[i].kind == '=') {
            /* A value that goes on in the next line aligns with nothing. */
            if (net_brackets(l, i, line.comment) == 0)
                line.assign = i;
            break;
        }
    }
    return line;
}

static void split_lines(struct layout *l)
{
    size_t first = 0;

    for (size_t i = 0; i < l->n_tokens; i++) {
        if (ends_line(l, &l->tokens[i]) || i + 1 == l->n_tokens) {
            l->lines[l->n_lines++] = cells(l, first, i + 1);
            first = i + 1;
        }
    }
}

/* What the line leaves open or closes. terraform fmt does not look into a heredoc here. */
static int indent_change(const struct layout *l, const struct line *line)
{
    size_t end = line->first;

    while (end < line->comment && l->tokens[end].kind != HCL_F_OPEN_HEREDOC)
        end++;
    return net_brackets(l, line->first, end);
}

/* Closes as many indenting lines as the net of closed brackets reaches. */
static void close_brackets(struct layout *l, int closed)
{
    while (closed > 0 && l->n_open > 0) {
        int *last = &l->open[l->n_open - 1];
        if (closed < *last) {
            *last -= closed;
            return;
        }
        closed -= *last;
        l->n_open--;
    }
}

static void indent(struct layout *l)
{
    for (size_t i = 0; i < l->n_lines; i++) {
        struct line *line = &l->lines[i];
        struct hcl_format_token *head = &l->tokens[line->first];
        int net = indent_change(l, line);

        if (head->kind == HCL_T_NEWLINE) {
            head->blanks = 0;
            continue;
        }
        if (net < 0)
            close_brackets(l, -net);
        head->blanks = (uint32_t)(INDENT_BLANKS * l->n_open);
        if (net > 0)
            l->open[l->n_open++] = net;
    }
}

/* Could the token before a minus end an operand? Then the minus subtracts. */
static bool ends_operand(const struct hcl_format_token *token)
{
    if (token == NULL)
        return false;
    switch (token->kind) {
    case HCL_T_EQUAL:
    case HCL_T_NOT_EQUAL:
    case HCL_T_GREATER_EQUAL:
    case HCL_T_LESS_EQUAL:
    case HCL_T_AND:
    case HCL_T_OR:
        return false;
    default:
        return token->kind > 127 || strchr("({[=:,?+*/%-><!", token->kind) == NULL;
    }
}

static bool is_in_template(const struct hcl_format_token *a, const struct hcl_format_token *b)
{
    return a->kind == HCL_F_LITERAL || a->kind == HCL_F_OPEN_QUOTE ||
           a->kind == HCL_F_OPEN_HEREDOC || b->kind == HCL_F_LITERAL ||
           b->kind == HCL_F_CLOSE_QUOTE || b->kind == HCL_F_CLOSE_HEREDOC;
}

static bool is_keyword_in(const struct layout *l, const struct hcl_format_token *token)
{
    return token->kind == HCL_T_IDENTIFIER && token->end - token->start == 2 &&
           memcmp(l->file->bytes + token->start, "in", 2) == 0;
}

/* Where the kinds on both sides alone say that nothing stands between. */
static bool is_glued(int a, int b)
{
    return b == HCL_T_NEWLINE || (a == HCL_T_IDENTIFIER && (b == '(' || b == HCL_T_COLONS)) ||
           a == HCL_T_COLONS || a == '.' || b == '.' || b == ',' || b == HCL_T_ELLIPSIS;
}

/* Does a blank stand between a and b, when before stands before a (or NULL)? */
static bool blank_between(const struct layout *l, const struct hcl_format_token *before,
                          const struct hcl_format_token *a, const struct hcl_format_token *b)
{
    if (is_glued(a->kind, b->kind))
        return false;
    if (a->kind == ',')
        return true;
    if (is_in_template(a, b))
        return false;
    if (is_keyword_in(l, a) && before != NULL && before->kind == HCL_T_IDENTIFIER)
        return true;
    if (b->kind == '[' &&
        (a->kind == HCL_T_IDENTIFIER || a->kind == HCL_T_NUMBER || hcl_format_depth(a->kind) < 0))
        return false;
    if (a->kind == '!')
        return false;
    if (a->kind == '-')
        return ends_operand(before);
    if (a->kind == '{' || b->kind == '}')
        return !(a->kind == '{' && b->kind == '}');
    if (a->kind == HCL_F_OPEN_SEQUENCE && b->kind == '{')
        return true;
    if (a->kind == '}' && b->kind == HCL_F_CLOSE_SEQUENCE)
        return true;
    if (a->kind == HCL_F_CLOSE_SEQUENCE && b->kind == HCL_F_OPEN_SEQUENCE)
        return false;
    return hcl_format_depth(a->kind) <= 0 && hcl_format_depth(b->kind) >= 0;
}

/* Every cell is spaced on its own: its first token sees nothing before it. */
static void space_cell(struct layout *l, size_t first, size_t end)
{
    for (size_t i = first; i + 1 < end; i++) {
        const struct hcl_format_token *before = i > first ? &l->tokens[i - 1] : NULL;
        l->tokens[i + 1].blanks = blank_between(l, before, &l->tokens[i], &l->tokens[i + 1]);
    }
}

/* The columns that tokens take, blanks included; a code point counts one. */
static size_t columns(const struct layout *l, size_t first, size_t end)
{
    size_t n = 0;

    for (size_t i = first; i < end; i++) {
        n += l->tokens[i].blanks;
        for (size_t at = l->tokens[i].start; at < l->tokens[i].end; at++)
            n += ((unsigned char)l->file->bytes[at] & 0xC0) != 0x80;
    }
    return n;
}

/* Gives the cells of lines first..end (assigns or comments) one column. */
static void align(struct layout *l, size_t first, size_t end, bool comments)
{
    size_t widest = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = first; i < end; i++) {
            struct line *line = &l->lines[i];
            size_t cell = comments ? line->comment : line->assign;
            size_t width = columns(l, line->first, cell);
            if (pass == 1)
                l->tokens[cell].blanks = (uint32_t)(widest - width + 1);
            else if (width > widest)
                widest = width;
        }
    }
}

static void align_chains(struct layout *l, bool comments)
{
    size_t first = 0;

    for (size_t i = 0; i <= l->n_lines; i++) {
        bool has = i < l->n_lines && (comments ? l->lines[i].comment < l->lines[i].end
                                               : l->lines[i].assign < l->lines[i].comment);
        if (has)
            continue;
        align(l, first, i, comments);
        first = i + 1;
    }
}

static int lay_out(struct layout *l, struct err *err)
{
    l->lines = calloc(l->n_tokens + 1, sizeof *l->lines);
    l->open = calloc(l->n_tokens + 1, sizeof *l->open);
    if (l->lines == NULL || l->open == NULL)
        return err_nomem(err);
    split_lines(l);
    indent(l);
    for (size_t i = 0; i < l->n_lines; i++) {
        space_cell(l, l->lines[i].first, l->lines[i].assign);
        space_cell(l, l->lines[i].assign, l->lines[i].comment);
    }
    align_chains(l, false);
    align_chains(l, true);
    return 0;
}

static void write_out(const struct layout *l, struct buf *out)
{
    size_t end = l->file->body->start;

    buf_bytes(out, l->file->bytes, end); /* a BOM */
    for (size_t i = 0; i < l->n_tokens; i++) {
        const struct hcl_format_token *token = &l->tokens[i];
        for (uint32_t n = 0; n < token->blanks; n++)
            buf_char(out, ' ');
        buf_bytes(out, l->file->bytes + token->start, token->end - token->start);
        end = token->end;
    }
    /* Blanks at the very end of the file belong to no line; terraform fmt keeps them too. */
    buf_bytes(out, l->file->bytes + end, l->file->len - end);
}

int hcl_format(const struct hcl_file *file, struct buf *out, struct err *err)
{
    struct hcl_format_tokens tokens = {0};
    int r = hcl_format_scan(file, &tokens, err);

    if (r != 0)
        return r;
    struct layout l = {.file = file, .tokens = tokens.items, .n_tokens = tokens.n};
    r = lay_out(&l, err);
    if (r == 0) {
        write_out(&l, out);
        r = buf_check(out, err);
    }
    free(l.lines);
    free(l.open);
    free(tokens.items);
    return r;
}

/* Does terraform fmt change more than blanks? */
static int is_rewritten(const struct hcl_file *file, bool *out, struct err *err)
{
    struct hcl_rewrites rewrites = {0};
    int r = hcl_format_rewrites(file, &rewrites, err);

    *out = file->body->start > 0 || rewrites.n > 0;
    free(rewrites.items);
    return r;
}

int hcl_is_formatted(const struct hcl_file *file, bool *out, struct err *err)
{
    /* A hostile file may grow when indented; then it is not formatted. */
    CLEANUP(buf_done) struct buf text = BUF(file->len + 1);
    bool rewritten = false;
    int r = is_rewritten(file, &rewritten, err);

    if (r == 0 && !rewritten)
        r = hcl_format(file, &text, err);
    if (r == ERR_REJECT || (r == 0 && rewritten)) {
        *out = false;
        return 0;
    }
    if (r != 0)
        return r;
    *out = text.len == file->len &&
           (file->len == 0 || memcmp(text.bytes, file->bytes, file->len) == 0);
    return 0;
}
