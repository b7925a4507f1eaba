/* Texts that callers bring into a file. The story stands in edit_internal.h. */
#include "worker/hcl/edit/edit_internal.h"

#include "worker/hcl/format/format.h"

static int parse_snippet(struct hcl_file **out, const struct buf *text, struct err *err)
{
    int r = buf_check(text, err);

    return r != 0 ? r : hcl_parse(out, "the text to insert", buf_str(text), text->len, err);
}

/* Copies without trailing newlines and blanks. */
static int copy_trimmed(struct arena *arena, const char *bytes, size_t len, const char **out,
                        struct err *err)
{
    while (len > 0 && strchr(" \t\r\n", bytes[len - 1]) != NULL)
        len--;
    *out = arena_copy(arena, bytes, len);
    return *out != NULL ? 0 : err_nomem(err);
}

/* "name = expression" must be one argument, so no expression can smuggle in another. */
int edit_snippet_value(struct arena *arena, const char *name, const char *expression,
                       const char **out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(buf_done) struct buf formatted = BUF(HCL_FILE_MAX_BYTES * 2);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *again = NULL;

    buf_print(&text, "%s = %s\n", name, expression);
    int r = parse_snippet(&file, &text, err);
    if (r != 0)
        return r;
    const struct hcl_node *only = file->body->child;
    if (only == NULL || only->next != NULL || only->kind != HCL_ATTRIBUTE ||
        !hcl_name_is(file, only, name))
        return err_set(err, ERR_REJECT, "not one value for %.60s: %.200s", name, expression);
    r = hcl_format(file, &formatted, err);
    if (r == 0)
        r = parse_snippet(&again, &formatted, err);
    if (r != 0)
        return r;
    const struct hcl_node *value = again->body->child->child;
    return copy_trimmed(arena, again->bytes + value->start, value->end - value->start, out, err);
}

int edit_snippet_elements(struct arena *arena, const char *text, struct additions *out,
                          struct err *err)
{
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    const struct hcl_node *list;
    int r;

    *out = (struct additions){NULL, NULL};
    buf_print(&source, "x = [%s\n]\n", text);
    r = parse_snippet(&file, &source, err);
    if (r != 0)
        return r;
    list = file->body->child;
    if (list->next != NULL || list->child->kind != HCL_TUPLE || list->child->child == NULL)
        return err_set(err, ERR_REJECT, "not elements of a list: %.200s", text);
    for (const struct hcl_node *e = list->child->child; e != NULL && r == 0; e = e->next) {
        struct addition *a = arena_alloc(arena, sizeof *a);
        const char *one =
            a != NULL ? arena_copy(arena, file->bytes + e->start, e->end - e->start) : NULL;
        if (one == NULL)
            return err_nomem(err);
        r = edit_snippet_value(arena, "x", one, &a->text, err);
        if (r == 0 && edit_ends_in_heredoc(a->text))
            r = err_set(err, ERR_REJECT, "a list takes no heredoc: %.200s", one);
        *(out->first == NULL ? &out->first : &out->last->next) = a;
        out->last = a;
    }
    return r;
}

int edit_snippet_blocks(struct arena *arena, const char *text, const char **out, struct err *err)
{
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(buf_done) struct buf formatted = BUF(HCL_FILE_MAX_BYTES * 2);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;

    buf_print(&source, "%s\n", text);
    int r = parse_snippet(&file, &source, err);
    if (r != 0)
        return r;
    if (file->body->child == NULL)
        return err_set(err, ERR_REJECT, "no block in the text to insert: %.200s", text);
    for (const struct hcl_node *node = file->body->child; node != NULL; node = node->next)
        if (node->kind != HCL_BLOCK)
            return err_set(err, ERR_REJECT, "not only blocks: %.200s", text);
    r = hcl_format(file, &formatted, err);
    if (r != 0)
        return r;
    return copy_trimmed(arena, formatted.bytes, formatted.len, out, err);
}

/* Marks the bytes of "<<" heredocs: their lines are text, so they stay where they are. */
static void mark_heredocs(const struct hcl_node *node, char *marks)
{
    if (node->kind == HCL_TEMPLATE && (node->flags & HCL_FLAG_HEREDOC) != 0 &&
        (node->flags & HCL_FLAG_HEREDOC_INDENT) == 0) {
        memset(marks + node->start, 1, node->end - node->start);
        return;
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        mark_heredocs(child, marks);
}

int edit_snippet_put(struct buf *out, const char *snippet, bool is_value, const char *indent,
                     const char *eol, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES * 2);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;

    buf_print(&text, "%s%s\n", is_value ? "x = " : "", snippet);
    int r = parse_snippet(&file, &text, err);
    if (r != 0)
        return r;
    CLEANUP(mem_freep) char *marks = calloc(1, file->len + 1);
    if (marks == NULL)
        return err_nomem(err);
    mark_heredocs(file->body, marks);
    for (size_t at = is_value ? strlen("x = ") : 0; at + 1 < file->len; at++) {
        char c = file->bytes[at];
        if (c == '\r' && file->bytes[at + 1] == '\n')
            continue;
        if (c != '\n') {
            buf_char(out, c);
            continue;
        }
        buf_text(out, eol);
        bool is_empty = file->bytes[at + 1] == '\n' || file->bytes[at + 1] == '\r';
        if (!is_empty && marks[at] == 0)
            buf_text(out, indent);
    }
    return 0;
}
