/*
 * The flat tokens of a parsed file. The lexer walks the code, the tree knows where templates and
 * labels stand, so nothing is parsed twice. The story stands in format.h.
 */
#include "worker/hcl/format/format.h"
#include "worker/hcl/syntax/lexer.h"

struct scan {
    const struct hcl_file *file;
    struct hcl_format_tokens *out;
    const struct hcl_node **quoted; /* templates and quoted labels, in source order */
    size_t n_quoted, cap_quoted, next_quoted;
    size_t last_end;
    bool no_memory;
};

static void *room(struct scan *s, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    size_t more = *cap == 0 ? 256 : *cap * 2;
    void *bigger = reallocarray(items, more, size);
    if (bigger == NULL) {
        s->no_memory = true;
        return items;
    }
    *cap = more;
    return bigger;
}

static void put(struct scan *s, int kind, size_t start, size_t end)
{
    struct hcl_format_tokens *out = s->out;

    out->items = room(s, out->items, out->n, &out->cap, sizeof *out->items);
    if (s->no_memory || end <= start)
        return;
    out->items[out->n++] = (struct hcl_format_token){
        .kind = kind,
        .start = (uint32_t)start,
        .end = (uint32_t)end,
        .blanks = (uint32_t)(start - s->last_end),
    };
    s->last_end = end;
}

static void collect(struct scan *s, const struct hcl_node *node)
{
    bool is_quoted =
        node->kind == HCL_TEMPLATE || (node->kind == HCL_LABEL && node->name_start > node->start);

    if (is_quoted) {
        s->quoted = room(s, s->quoted, s->n_quoted, &s->cap_quoted, sizeof *s->quoted);
        if (s->no_memory)
            return;
        s->quoted[s->n_quoted++] = node;
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        collect(s, child);
}

static void code(struct scan *s, size_t at, size_t end);

/* "${ … }" or "%{ … }" from start to end, with their '~' marks. */
static void sequence(struct scan *s, size_t start, size_t end)
{
    const char *bytes = s->file->bytes;
    size_t open = start + 2 + (bytes[start + 2] == '~');
    size_t close = end - 1 - (bytes[end - 2] == '~' && end - 2 >= open);

    put(s, HCL_F_OPEN_SEQUENCE, start, open);
    code(s, open, close);
    put(s, HCL_F_CLOSE_SEQUENCE, close, end);
}

static void parts(struct scan *s, const struct hcl_node *parent);

static void directive(struct scan *s, const struct hcl_node *node)
{
    size_t at = node->start;

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        if (child->kind != HCL_PART)
            continue;
        sequence(s, at, child->start);
        parts(s, child);
        at = child->end;
    }
    sequence(s, at, node->end);
}

static void parts(struct scan *s, const struct hcl_node *parent)
{
    for (const struct hcl_node *part = parent->child; part != NULL; part = part->next) {
        if (part->kind == HCL_LITERAL)
            put(s, HCL_F_LITERAL, part->start, part->end);
        else if (part->kind == HCL_INTERPOLATION)
            sequence(s, part->start, part->end);
        else
            directive(s, part);
    }
}

static void quoted(struct scan *s, const struct hcl_node *node, size_t open_end)
{
    bool heredoc = (node->flags & HCL_FLAG_HEREDOC) != 0;

    put(s, heredoc ? HCL_F_OPEN_HEREDOC : HCL_F_OPEN_QUOTE, node->start, open_end);
    if (node->kind == HCL_LABEL)
        put(s, HCL_F_LITERAL, node->name_start, node->name_end);
    else
        parts(s, node);
    if (heredoc)
        put(s, HCL_F_CLOSE_HEREDOC, s->last_end, node->end);
    else
        put(s, HCL_F_CLOSE_QUOTE, node->end - 1, node->end);
}

static void code(struct scan *s, size_t at, size_t end)
{
    while (at < end && !s->no_memory) {
        struct hcl_token token = hcl_lex_raw(s->file->bytes, end, at);

        at = token.end;
        if (token.kind == HCL_T_EOF)
            break;
        if (token.kind == HCL_T_QUOTE || token.kind == HCL_T_HEREDOC) {
            const struct hcl_node *node = s->quoted[s->next_quoted++];
            quoted(s, node, token.end);
            at = node->end;
        } else {
            put(s, token.kind, token.start, token.end);
        }
    }
}

int hcl_format_scan(const struct hcl_file *file, struct hcl_format_tokens *out, struct err *err)
{
    struct hcl_format_tokens tokens = {0};
    struct scan s = {.file = file, .out = &tokens, .last_end = file->body->start};

    collect(&s, file->body);
    if (!s.no_memory)
        code(&s, file->body->start, file->len);
    free(s.quoted);
    if (s.no_memory) {
        free(tokens.items);
        return err_nomem(err);
    }
    *out = tokens;
    return 0;
}

int hcl_format_depth(int kind)
{
    switch (kind) {
    case '(':
    case '[':
    case '{':
    case HCL_F_OPEN_SEQUENCE:
        return 1;
    case ')':
    case ']':
    case '}':
    case HCL_F_CLOSE_SEQUENCE:
        return -1;
    default:
        return 0;
    }
}
