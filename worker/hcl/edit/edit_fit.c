/*
 * What an expression needs so that it stays one where another one stood: parentheses where the
 * operators around bind tighter than its own, a blank where two names would become one. The story
 * stands in edit_internal.h.
 */
#include "worker/hcl/edit/edit_internal.h"

#include "worker/hcl/edit/edit_collection.h"
#include "worker/hcl/syntax/lexer.h"

enum { BINDS_CONDITIONAL, BINDS_LOOSEST, BINDS_UNARY = 7, BINDS_TERM };

static int binding_of(const struct hcl_node *node)
{
    static const char *const levels[] = {"|", "&", "en", "<>lg", "+-", "*/%"};

    if (node->kind == HCL_CONDITIONAL)
        return BINDS_CONDITIONAL;
    if (node->kind == HCL_UNARY)
        return BINDS_UNARY;
    if (node->kind != HCL_BINARY)
        return BINDS_TERM;
    for (int i = 0; i < (int)COUNT(levels); i++)
        if (strchr(levels[i], node->op) != NULL)
            return BINDS_LOOSEST + i;
    return BINDS_LOOSEST;
}

static bool is_postfix(const struct hcl_node *node)
{
    return node->kind == HCL_GET_ATTR || node->kind == HCL_INDEX || node->kind == HCL_SPLAT;
}

static bool needs_parentheses(const struct hcl_node *parent, const struct hcl_node *node,
                              const struct hcl_node *value)
{
    bool is_first = parent->child == node;
    int binds = binding_of(value);

    switch (parent->kind) {
    case HCL_UNARY:
        return binds < BINDS_TERM;
    case HCL_BINARY:
        return binds < binding_of(parent) + !is_first;
    case HCL_CONDITIONAL:
        return is_first && binds == BINDS_CONDITIONAL;
    case HCL_GET_ATTR:
    case HCL_INDEX:
    case HCL_SPLAT: /* "1.a" is no number's member; "a[*].b" asks every element for it */
        return is_first &&
               (binds < BINDS_TERM || value->kind == HCL_NUMBER || value->kind == HCL_SPLAT);
    default:
        return false;
    }
}

/* A key is its name as it stands; what is to be evaluated has parentheses. */
static bool is_key_expression(const struct hcl_node *object, const struct hcl_node *node,
                              const struct hcl_node *value)
{
    const struct hcl_node *key = object->kind == HCL_OBJECT ? object->child : NULL;

    while (key != NULL && key != node)
        key = key->next->next;
    return key != NULL && value->kind != HCL_TEMPLATE && value->kind != HCL_PARENTHESES;
}

/* Is it part of what a splat asks of each element, or the number in "a.0"? */
static bool is_bound(const struct hcl_file *file, const struct hcl_node *parent,
                     const struct hcl_node *node)
{
    const struct hcl_node *root = node;
    size_t at = node->start;

    while (is_postfix(root))
        root = root->child;
    while (at > parent->start && strchr(" \t\r\n", file->bytes[at - 1]) != NULL)
        at--;
    return root->kind == HCL_EACH_ITEM || (parent->kind == HCL_INDEX && parent->child != node &&
                                           at > parent->start && file->bytes[at - 1] == '.');
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

bool edit_ends_in_heredoc(const char *text)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    struct err err;

    if (strstr(text, "<<") == NULL)
        return false;
    buf_print(&source, "x = %s\n", text);
    return buf_check(&source, &err) == 0 &&
           hcl_parse(&file, "value", buf_str(&source), source.len, &err) == 0 &&
           collection_ends_in_heredoc(file->body->child->child);
}

int edit_refuse_heredoc(const struct hcl_file *file, size_t offset, struct err *err)
{
    return edit_refuse(file, offset,
                       "a heredoc's end marker stands alone in its line: more would follow it here",
                       err);
}

int edit_fit(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *node,
             const char *text, const char **out, struct err *err)
{
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *parsed = NULL;
    const struct hcl_node *parent = edit_parent(file, node);
    int r;

    if (parent == NULL || is_bound(file, parent, node))
        return edit_refuse(file, node->start, "only an expression or block can be replaced", err);
    buf_print(&source, "x = %s\n", text);
    r = buf_check(&source, err);
    if (r == 0)
        r = hcl_parse(&parsed, "the text to insert", buf_str(&source), source.len, err);
    if (r != 0)
        return r;
    const struct hcl_node *value = parsed->body->child->child;
    bool wraps = needs_parentheses(parent, node, value) || is_key_expression(parent, node, value);
    if (wraps && collection_ends_in_heredoc(value))
        return edit_refuse_heredoc(file, node->start, err);
    size_t len = strlen(text);
    char above = node->start > 0 ? file->bytes[node->start - 1] : ' ';
    char below = file->bytes[node->end];
    bool before = !wraps && is_name_byte(above) && is_name_byte(text[0]);
    bool behind =
        !wraps && len > 0 && is_name_byte(text[len - 1]) && (is_name_byte(below) || below == '-');
    *out = arena_print(edits->arena, "%s%s%s",
                       wraps    ? "("
                       : before ? " "
                                : "",
                       text,
                       wraps    ? ")"
                       : behind ? " "
                                : "");
    return *out != NULL ? 0 : err_nomem(err);
}
