/*
 * Where an added argument or block goes, and what a removed one takes with it. The story stands in
 * edit_internal.h.
 *
 * Arguments go behind the last one before the first nested block, so they join its group; blocks go
 * to the end of the body. The body of a one-line block is opened into lines first.
 */
#include "worker/hcl/edit/edit_internal.h"

#include "worker/hcl/syntax/lexer.h"

const char *edit_eol(const struct hcl_file *file)
{
    const char *newline = memchr(file->bytes, '\n', file->len);

    return newline != NULL && newline > file->bytes && newline[-1] == '\r' ? "\r\n" : "\n";
}

size_t edit_line_start(const struct hcl_file *file, size_t offset)
{
    while (offset > file->body->start && file->bytes[offset - 1] != '\n')
        offset--;
    return offset;
}

size_t edit_line_end(const struct hcl_file *file, size_t offset)
{
    const char *newline = memchr(file->bytes + offset, '\n', file->len - offset);

    return newline != NULL ? (size_t)(newline - file->bytes) + 1 : file->len;
}

const char *edit_indent(struct arena *arena, const struct hcl_file *file, size_t offset)
{
    size_t start = edit_line_start(file, offset);
    size_t end = start;

    while (end < offset && (file->bytes[end] == ' ' || file->bytes[end] == '\t'))
        end++;
    return arena_copy(arena, file->bytes + start, end - start);
}

static bool is_file_body(const struct hcl_file *file, const struct hcl_node *body)
{
    return body == file->body;
}

/* Does something else than a newline follow the opening brace? */
static bool is_one_line(const struct hcl_file *file, const struct hcl_node *body)
{
    return !is_file_body(file, body) &&
           hcl_lex(file->bytes, file->len, body->start, true).kind != HCL_T_NEWLINE;
}

/* The indentation of a body's items: as they have it, or one step more than the braces. */
static const char *item_indent(struct arena *arena, const struct hcl_file *file,
                               const struct hcl_node *body)
{
    if (is_file_body(file, body))
        return arena_text(arena, "");
    if (body->child != NULL && !is_one_line(file, body))
        return edit_indent(arena, file, body->child->start);
    const char *outer = edit_indent(arena, file, body->end);
    if (outer == NULL)
        return NULL;
    return arena_print(arena, "%s%s", outer, outer[0] == '\t' ? "\t" : "  ");
}

/* The argument that new ones follow, or NULL. */
static const struct hcl_node *last_argument(const struct hcl_node *body)
{
    const struct hcl_node *last = NULL;

    for (const struct hcl_node *node = body->child; node != NULL; node = node->next) {
        if (node->kind == HCL_BLOCK)
            break;
        last = node;
    }
    return last;
}

/* Blanks before the "=", so that it stands below that of the line above where it fits. */
static size_t padding(const struct hcl_file *file, const struct hcl_node *above, const char *name)
{
    size_t n = strlen(name);

    if (above == NULL)
        return 1;
    const char *equals = memchr(file->bytes + above->name_end, '=', above->end - above->name_end);
    size_t column = equals != NULL ? (size_t)(equals - file->bytes) - above->name_start : 0;
    return column > n ? column - n : 1;
}

/* The lines of the added arguments, each ended. */
static int put_arguments(struct buf *out, const struct touched *t, const struct body_change *change,
                         const char *indent, struct err *err)
{
    const struct hcl_node *above = last_argument(change->body);

    for (const struct addition *a = change->arguments.first; a != NULL; a = a->next) {
        size_t blanks = padding(t->file, above, a->name);
        buf_print(out, "%s%s%*s= ", indent, a->name, (int)blanks, "");
        int r = edit_snippet_put(out, a->text, true, indent, t->eol, err);
        if (r != 0)
            return r;
        buf_text(out, t->eol);
    }
    return 0;
}

static int put_blocks(struct buf *out, const struct touched *t, const struct addition *first,
                      const char *indent, struct err *err)
{
    for (const struct addition *a = first; a != NULL; a = a->next) {
        buf_print(out, "%s%s", a != first ? t->eol : "", indent);
        int r = edit_snippet_put(out, a->text, false, indent, t->eol, err);
        if (r != 0)
            return r;
        buf_text(out, t->eol);
    }
    return 0;
}

/* What stands between from and to besides blanks: an inline comment, perhaps. True if any. */
static bool put_rest(struct buf *out, const struct hcl_file *file, size_t from, size_t to)
{
    while (from < to && strchr(" \t", file->bytes[from]) != NULL)
        from++;
    while (to > from && strchr(" \t", file->bytes[to - 1]) != NULL)
        to--;
    buf_bytes(out, file->bytes + from, to - from);
    return to > from;
}

/* { a = 1 } becomes lines, with the additions. */
static int open_one_line(struct hcl_edits *edits, struct touched *t,
                         const struct body_change *change, const char *indent, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(EDITS_MAX_BYTES);
    CLEANUP(buf_done) struct buf comment = BUF(EDITS_MAX_BYTES);
    const struct hcl_node *body = change->body;
    const struct hcl_node *only = body->child;
    const char *outer = edit_indent(edits->arena, t->file, body->start);
    size_t rest = body->start;
    int r;

    if (outer == NULL)
        return err_nomem(err);
    if (only != NULL) {
        buf_print(&text, "%s%s", t->eol, indent);
        if (put_rest(&text, t->file, body->start, only->start))
            buf_char(&text, ' ');
        r = buf_check(&text, err);
        if (r == 0)
            r = edit_splice(edits, t, body->start, only->start, buf_str(&text), 0, err);
        if (r != 0)
            return r;
        buf_reset(&text);
        rest = only->end;
    }
    put_rest(&comment, t->file, rest, body->end);
    buf_print(&text, "%s%s%s", comment.len > 0 ? " " : "", buf_str(&comment), t->eol);
    r = put_arguments(&text, t, change, indent, err);
    if (r == 0 && change->blocks.first != NULL && (only != NULL || change->arguments.first != NULL))
        buf_text(&text, t->eol);
    if (r == 0)
        r = put_blocks(&text, t, change->blocks.first, indent, err);
    buf_text(&text, outer);
    if (r == 0)
        r = buf_check(&text, err);
    return r != 0 ? r : edit_splice(edits, t, rest, body->end, buf_str(&text), 0, err);
}

/* Where added arguments start: behind the last one, else first in the body. */
static size_t arguments_at(const struct hcl_file *file, const struct hcl_node *body)
{
    const struct hcl_node *last = last_argument(body);

    if (last != NULL)
        return edit_line_end(file, last->end);
    if (body->child != NULL)
        return is_file_body(file, body) ? body->start : edit_line_end(file, body->start);
    return is_file_body(file, body) ? file->len : edit_line_start(file, body->end);
}

static int add_arguments(struct hcl_edits *edits, struct touched *t,
                         const struct body_change *change, const char *indent, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(EDITS_MAX_BYTES);
    bool before_block = last_argument(change->body) == NULL && change->body->child != NULL;
    size_t at = arguments_at(t->file, change->body);
    int r = put_arguments(&text, t, change, indent, err);

    if (r == 0)
        r = buf_check(&text, err);
    if (r != 0)
        return r;
    return edit_splice(edits, t, at, at, buf_str(&text),
                       SPLICE_FIRST | SPLICE_OWN_LINE | (before_block ? SPLICE_GAP_AFTER : 0), err);
}

static int add_blocks(struct hcl_edits *edits, struct touched *t, const struct body_change *change,
                      const char *indent, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(EDITS_MAX_BYTES);
    bool at_end = is_file_body(t->file, change->body);
    size_t at = at_end ? t->file->len : edit_line_start(t->file, change->body->end);
    int r = put_blocks(&text, t, change->blocks.first, indent, err);

    if (r == 0)
        r = buf_check(&text, err);
    if (r != 0)
        return r;
    return edit_splice(edits, t, at, at, buf_str(&text), SPLICE_OWN_LINE | SPLICE_GAP_BEFORE, err);
}

int edit_layout(struct hcl_edits *edits, struct touched *t, const struct body_change *change,
                struct err *err)
{
    const char *indent = item_indent(edits->arena, t->file, change->body);
    int r = 0;

    if (indent == NULL)
        return err_nomem(err);
    if (is_one_line(t->file, change->body))
        return open_one_line(edits, t, change, indent, err);
    if (change->arguments.first != NULL)
        r = add_arguments(edits, t, change, indent, err);
    if (r == 0 && change->blocks.first != NULL)
        r = add_blocks(edits, t, change, indent, err);
    return r;
}
