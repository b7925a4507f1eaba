/*
 * What goes when an argument or block is removed: its lines, the comment lines right above it, and
 * the blank line that would otherwise be one too many. The story stands in edit_internal.h.
 */
#include "worker/hcl/edit_internal.h"

#include "worker/hcl/lexer.h"

/* The body that holds the node, and the item before it in there (NULL: none). */
static const struct hcl_node *holder(const struct hcl_node *body, const struct hcl_node *node,
                                     const struct hcl_node **before)
{
    *before = NULL;
    for (const struct hcl_node *item = body->child; item != NULL; item = item->next) {
        if (item == node)
            return body;
        if (item->kind == HCL_BLOCK && node->start > item->start && node->end < item->end)
            return holder(hcl_block_body(item), node, before);
        *before = item;
    }
    return NULL;
}

/* The start of the comment lines that end right above the node's line, else of that line. */
static size_t comments_start(const struct hcl_file *file, size_t from, size_t node_start)
{
    size_t start = SIZE_MAX;
    bool own_line = from == file->body->start;
    bool has_comment = false;

    for (;;) {
        struct hcl_token token = hcl_lex_raw(file->bytes, file->len, from);
        if (token.kind == HCL_T_EOF || token.start >= node_start)
            break;
        from = token.end;
        if (token.kind == HCL_T_COMMENT && own_line) {
            if (start == SIZE_MAX)
                start = edit_line_start(file, token.start);
            has_comment = true;
        }
        bool ends = file->bytes[token.end - 1] == '\n';
        if (ends && token.kind == HCL_T_NEWLINE && !has_comment)
            start = SIZE_MAX; /* a blank line: what stands above is not about the node */
        if (ends)
            has_comment = false;
        own_line = own_line || ends;
    }
    return start != SIZE_MAX ? start : edit_line_start(file, node_start);
}

static bool is_blank_line(const struct hcl_file *file, size_t start)
{
    size_t end = edit_line_end(file, start);

    while (start < end && strchr(" \t\r\n", file->bytes[start]) != NULL)
        start++;
    return start == end;
}

/* Does the body end here, or a blank line follow? */
static bool is_gap(const struct hcl_file *file, size_t at)
{
    return at >= file->len || is_blank_line(file, at) ||
           file->bytes[at + strspn(file->bytes + at, " \t")] == '}';
}

int edit_layout_remove(struct hcl_edits *edits, struct touched *t, const struct hcl_node *node,
                       struct err *err)
{
    const struct hcl_file *file = t->file;
    const struct hcl_node *before;
    const struct hcl_node *body = holder(file->body, node, &before);

    if (body == NULL)
        return err_set(err, ERR_REJECT, "%s: only an argument or block can be removed", file->path);
    size_t from = before != NULL ? before->end : body->start;
    if (body != file->body &&
        hcl_lex(file->bytes, file->len, body->start, true).kind != HCL_T_NEWLINE)
        return edit_splice(edits, t, body->start, body->end, "", 0, err);

    size_t start = comments_start(file, from, node->start);
    size_t end = edit_line_end(file, node->end);
    size_t gap = start;
    while (gap > body->start && edit_line_start(file, gap - 1) > from &&
           is_blank_line(file, edit_line_start(file, gap - 1)))
        gap = edit_line_start(file, gap - 1);
    if (is_gap(file, end))
        start = gap;
    /* First in its body or file: then the gap behind goes. */
    while (before == NULL && end < file->len && is_blank_line(file, end))
        end = edit_line_end(file, end);
    return edit_splice(edits, t, start, end, "", 0, err);
}
