/*
 * What terraform fmt (1.11) rewrites beyond blanks, found by asking it: a value that is nothing but
 * "${x}" becomes x, in parentheses when it takes several lines; labels get quotes and lose comments
 * between them; a variable's type in the manner of Terraform 0.11 gets today's. The story stands in
 * format.h.
 */
#include "worker/hcl/format/format.h"

#include "worker/hcl/syntax/lexer.h"

struct rewrite {
    const struct hcl_file *file;
    struct hcl_rewrites *out;
    struct hcl_format_tokens tokens; /* owned; scanned when first needed */
    int r;
    struct err *err;
};

static void put(struct rewrite *w, size_t start, size_t end, const char *text)
{
    struct hcl_rewrites *out = w->out;

    if (w->r != 0)
        return;
    if (out->n == out->cap) {
        size_t cap = out->cap * 2 + 8;
        struct hcl_rewrite *more = reallocarray(out->items, cap, sizeof *more);
        if (more == NULL) {
            w->r = err_nomem(w->err);
            return;
        }
        out->items = more;
        out->cap = cap;
    }
    out->items[out->n++] = (struct hcl_rewrite){(uint32_t)start, (uint32_t)end, text};
}

/* A heredoc in there with parts of its own keeps terraform from looking further. */
static bool has_heredoc_parts(const struct hcl_node *node)
{
    if (node->kind == HCL_TEMPLATE && (node->flags & HCL_FLAG_HEREDOC) == 0)
        return false;
    if (node->kind == HCL_INTERPOLATION || node->kind == HCL_DIRECTIVE)
        return true;
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        if (has_heredoc_parts(child))
            return true;
    return false;
}

static bool has_newline_token(struct rewrite *w, size_t start, size_t end)
{
    size_t low = 0;
    size_t high;

    if (memchr(w->file->bytes + start, '\n', end - start) == NULL)
        return false;
    if (w->tokens.items == NULL)
        w->r = hcl_format_scan(w->file, &w->tokens, w->err);
    high = w->tokens.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->tokens.items[middle].start < start)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < w->tokens.n && w->tokens.items[low].start < end; low++)
        if (w->tokens.items[low].kind == HCL_T_NEWLINE)
            return true;
    return false;
}

static void value(struct rewrite *w, const struct hcl_node *node)
{
    const char *bytes = w->file->bytes;
    const struct hcl_node *only = node->child;

    if (node->kind != HCL_TEMPLATE || (node->flags & HCL_FLAG_HEREDOC) != 0 || only == NULL ||
        only->kind != HCL_INTERPOLATION || only->next != NULL || has_heredoc_parts(only->child))
        return;
    size_t start = only->start + 2 + (bytes[only->start + 2] == '~');
    size_t end = only->end - 1 - (bytes[only->end - 2] == '~');
    while (start < end && strchr(" \t\r\n", bytes[start]) != NULL)
        start++;
    while (end > start && strchr(" \t", bytes[end - 1]) != NULL)
        end--;
    /* The newline of a line comment is that comment's. */
    size_t inner = end;
    while (inner > start && strchr(" \t\r\n", bytes[inner - 1]) != NULL)
        inner--;
    bool wrap =
        has_newline_token(w, start, inner) && (bytes[start] != '(' || bytes[inner - 1] != ')');
    if (inner < end && !has_newline_token(w, inner, end))
        inner = end;
    put(w, node->start, start, wrap ? "(" : "");
    put(w, inner, node->end, wrap ? ")" : "");
}

static bool text_is(const struct rewrite *w, size_t start, size_t end, const char *text)
{
    return end - start == strlen(text) && memcmp(w->file->bytes + start, text, end - start) == 0;
}

static void variable_type(struct rewrite *w, const struct hcl_node *node)
{
    static const char *const collections[] = {"list", "map", "set"};
    size_t start = node->start;
    size_t end = node->end;

    if (node->kind == HCL_VARIABLE) {
        for (size_t i = 0; i < COUNT(collections); i++)
            if (text_is(w, start, end, collections[i]))
                put(w, end, end, "(any)");
        return;
    }
    if (text_is(w, start, end, "\"string\"")) {
        put(w, start, start + 1, "");
        put(w, end - 1, end, "");
    } else if (text_is(w, start, end, "\"list\"") || text_is(w, start, end, "\"map\"")) {
        put(w, start, start + 1, "");
        put(w, end - 1, end, "(string)");
    }
}

static void labels(struct rewrite *w, const struct hcl_node *block)
{
    const char *bytes = w->file->bytes;
    size_t at = block->name_end;

    for (const struct hcl_node *label = block->child; label->kind == HCL_LABEL;
         label = label->next) {
        bool bare = label->name_start == label->start;
        bool has_comment = false;
        for (size_t i = at; i < label->start; i++)
            has_comment = has_comment || (bytes[i] != ' ' && bytes[i] != '\t');
        if (has_comment)
            put(w, at, label->start, bare ? " \"" : " ");
        else if (bare)
            put(w, label->start, label->start, "\"");
        if (bare)
            put(w, label->end, label->end, "\"");
        at = label->end;
    }
}

static void body(struct rewrite *w, const struct hcl_node *node, bool in_variable)
{
    for (const struct hcl_node *item = node->child; item != NULL; item = item->next) {
        if (item->kind == HCL_ATTRIBUTE && in_variable && hcl_name_is(w->file, item, "type")) {
            variable_type(w, item->child);
        } else if (item->kind == HCL_ATTRIBUTE) {
            value(w, item->child);
        } else {
            bool is_variable = node == w->file->body && hcl_name_is(w->file, item, "variable");
            labels(w, item);
            body(w, hcl_block_body(item), is_variable);
        }
    }
}

int hcl_format_rewrites(const struct hcl_file *file, struct hcl_rewrites *out, struct err *err)
{
    struct hcl_rewrites found = {0};
    struct rewrite w = {.file = file, .out = &found, .err = err};

    body(&w, file->body, false);
    free(w.tokens.items);
    if (w.r != 0)
        free(found.items);
    else
        *out = found;
    return w.r;
}
