/*
 * What goes when an argument or block is removed: its lines, its own comments, and the blank line
 * that would otherwise be one too many. The story stands in edit_internal.h.
 */
#include "worker/hcl/edit/edit_internal.h"

#include "worker/hcl/syntax/lexer.h"

const struct hcl_node *edit_parent(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *parent = file->body;

    for (;;) {
        const struct hcl_node *child = parent->child;
        while (child != NULL && child != node &&
               !(child->start <= node->start && node->end <= child->end))
            child = child->next;
        if (child == node)
            return parent->kind == HCL_BLOCK && node->kind == HCL_BODY ? NULL : parent;
        if (child == NULL)
            return NULL;
        parent = child;
    }
}

static bool is_blank_line(const struct hcl_file *file, size_t start)
{
    size_t end = edit_line_end(file, start);

    while (start < end && strchr(" \t\r\n", file->bytes[start]) != NULL)
        start++;
    return start == end;
}

/* Does the holder end here, or a blank line follow? */
static bool is_gap(const struct hcl_file *file, size_t at)
{
    return at >= file->len || is_blank_line(file, at) ||
           strchr("}])", file->bytes[at + strspn(file->bytes + at, " \t")]) != NULL;
}

/* Does nothing but blank lines stand above, up to where the holder begins? */
static bool is_at_top(const struct hcl_file *file, size_t floor, size_t start)
{
    size_t at = floor == file->body->start ? floor : edit_line_end(file, floor);

    while (at < start && strchr(" \t\r\n", file->bytes[at]) != NULL)
        at++;
    return at >= start;
}

int edit_remove_lines(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                      size_t floor, bool is_first, struct err *err)
{
    const struct hcl_file *file = t->file;
    size_t gap = start;

    while (gap > floor && edit_line_start(file, gap - 1) > floor &&
           is_blank_line(file, edit_line_start(file, gap - 1)))
        gap = edit_line_start(file, gap - 1);
    if (is_gap(file, end))
        start = gap;
    /* First in its body or file: then the gap behind goes. */
    is_first = is_first && is_at_top(file, floor, start);
    while (is_first && end < file->len && is_blank_line(file, end))
        end = edit_line_end(file, end);
    return edit_splice(edits, t, start, end, "", 0, err);
}

static const struct hcl_node *before_of(const struct hcl_node *body, const struct hcl_node *node)
{
    const struct hcl_node *before = NULL;

    for (const struct hcl_node *item = body->child; item != node; item = item->next)
        before = item;
    return before;
}

int edit_remove_member(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                       const struct hcl_node *node, struct err *err)
{
    const struct hcl_file *file = t->file;
    const struct hcl_node *before = before_of(body, node);
    const struct hcl_comments *comments;
    int r = edit_comments(t, &comments, err);

    if (r != 0)
        return r;
    if (body != file->body &&
        hcl_lex(file->bytes, file->len, body->start, true).kind != HCL_T_NEWLINE)
        return edit_splice(edits, t, body->start, body->end, "", 0, err);
    struct hcl_comment_run above = hcl_comments_leading(comments, node);
    struct hcl_comment_run behind = hcl_comments_trailing(comments, node);
    size_t start = above.n > 0 ? above.items[0].start : node->start;
    size_t end = behind.n > 0 ? behind.items[behind.n - 1].end : node->end;
    return edit_remove_lines(edits, t, edit_line_start(file, start), edit_line_end(file, end),
                             before != NULL ? before->end : body->start, before == NULL, err);
}
