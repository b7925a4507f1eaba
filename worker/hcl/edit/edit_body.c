/* Verbs for arguments and blocks; the story stands in edit.h, how it works in edit_internal.h. */
#include "worker/hcl/edit/edit_claim.h"

#include <stdio.h>

static const struct hcl_node *body_of(const struct hcl_node *node)
{
    return node->kind == HCL_BLOCK ? hcl_block_body(node) : node;
}

/* Puts the value where the old one stands, lines below the first indented like its line. */
int edit_value(struct hcl_edits *edits, struct touched *t, const struct hcl_node *value,
               const char *text, const char *verb, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(EDITS_MAX_BYTES);
    const struct claim claim = {.node = value,
                                .slot = CLAIM_TEXT,
                                .text = text,
                                .verb = verb,
                                .start = value->start,
                                .end = value->end};
    const char *indent = edit_indent(edits->arena, t->file, value->start);
    const char *behind = t->file->bytes + value->end;
    int r;

    if (indent == NULL)
        return err_nomem(err);
    behind += strspn(behind, " \t");
    if (strchr("\r\n", *behind) == NULL && edit_ends_in_heredoc(text))
        return edit_refuse_heredoc(t->file, value->end, err);
    r = edit_snippet_put(&out, text, true, indent, t->eol, err);
    if (r == 0)
        r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return edit_splice_buf(edits, t, value->start, value->end, &out, 0, err);
}

/* Exactly one block in place of the present one, indented like it. */
static int replace_block(struct hcl_edits *edits, struct touched *t, const struct hcl_node *block,
                         const char *text, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(EDITS_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *parsed = NULL;
    const char *indent = edit_indent(edits->arena, t->file, block->start);
    const char *snippet;
    struct claim claim = {.node = block,
                          .slot = CLAIM_TEXT,
                          .verb = "replace by",
                          .start = block->start,
                          .end = block->end};
    int r = edit_snippet_blocks(edits->arena, text, &snippet, err);

    if (r == 0 && indent == NULL)
        r = err_nomem(err);
    if (r == 0)
        r = hcl_parse(&parsed, "the text to insert", snippet, strlen(snippet), err);
    if (r == 0 && parsed->body->child->next != NULL)
        r = err_set(err, ERR_REJECT, "not one block: %.200s", text);
    if (r == 0)
        r = edit_snippet_put(&out, snippet, false, indent, t->eol, err);
    claim.text = snippet;
    if (r == 0)
        r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return edit_splice_buf(edits, t, block->start, block->end, &out, 0, err);
}

int hcl_edit_replace(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *node, const char *text, struct err *err)
{
    const char *value;
    struct touched *t;
    int r = edit_touch(edits, file, node, &t, err);

    if (r != 0)
        return r;
    if (node->kind == HCL_BLOCK)
        return replace_block(edits, t, node, text, err);
    if (node->kind == HCL_ATTRIBUTE || node->kind == HCL_BODY || node->kind == HCL_LABEL ||
        node->kind == HCL_EACH_ITEM || node->kind == HCL_PART || node->kind == HCL_LITERAL ||
        node->kind == HCL_IDENTIFIER || node->kind == HCL_INTERPOLATION ||
        node->kind == HCL_DIRECTIVE)
        return edit_refuse(file, node->start, "only an expression or block can be replaced", err);
    r = edit_snippet_value(edits->arena, "x", text, &value, err);
    if (r == 0)
        r = edit_fit(edits, file, node, value, &value, err);
    return r != 0 ? r : edit_value(edits, t, node, value, "replace by", err);
}

static int change_of(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                     struct body_change **out, struct err *err)
{
    void **slot;
    int r = edit_change_slot(edits, body, &slot, err);

    if (r != 0)
        return r;
    if (*slot == NULL) {
        struct body_change *b = arena_alloc(edits->arena, sizeof *b);
        if (b == NULL)
            return err_nomem(err);
        b->body = body;
        b->next = t->bodies;
        t->bodies = b;
        *slot = b;
    }
    *out = *slot;
    return 0;
}

static int add_to(struct hcl_edits *edits, struct additions *list, const char *name,
                  const char *text, struct err *err)
{
    struct addition *a = arena_alloc(edits->arena, sizeof *a);

    if (a == NULL)
        return err_nomem(err);
    *a = (struct addition){.text = text};
    if (name != NULL) {
        a->name = arena_text(edits->arena, name);
        if (a->name == NULL)
            return err_nomem(err);
    }
    if (list->last != NULL)
        list->last->next = a;
    else
        list->first = a;
    list->last = a;
    return 0;
}

static int add_argument(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                        const char *name, const char *value, struct err *err)
{
    struct body_change *change = NULL;
    const char *verb = arena_print(edits->arena, "set %.60s =", name);
    const struct claim claim = {.node = body,
                                .slot = CLAIM_MEMBER,
                                .name = name,
                                .text = value,
                                .verb = verb,
                                .start = body->start,
                                .end = body->start};
    int r = verb != NULL ? change_of(edits, t, body, &change, err) : err_nomem(err);

    if (r == 0)
        r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return add_to(edits, &change->arguments, name, value, err);
}

int hcl_edit_set(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *body,
                 const char *name, const char *expression, struct err *err)
{
    const struct hcl_node *present = hcl_attribute(file, body, name);
    const char *verb = arena_print(edits->arena, "set %.60s =", name);
    const char *value;
    struct touched *t;
    int r = edit_snippet_value(edits->arena, name, expression, &value, err);

    if (r == 0)
        r = edit_touch(edits, file, body, &t, err);
    if (r == 0 && verb == NULL)
        r = err_nomem(err);
    if (r != 0)
        return r;
    return present != NULL ? edit_value(edits, t, present->child, value, verb, err)
                           : add_argument(edits, t, body_of(body), name, value, err);
}

int hcl_edit_remove(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *node, struct err *err)
{
    const struct hcl_node *parent = edit_parent(file, node);
    struct touched *t;
    int r = edit_touch(edits, file, node, &t, err);

    if (r != 0)
        return r;
    if (parent != NULL && (parent->kind == HCL_TUPLE || parent->kind == HCL_OBJECT))
        return edit_remove_item(edits, t, parent, node, err);
    if (parent == NULL || parent->kind != HCL_BODY)
        return edit_refuse(file, node->start,
                           "only an argument, a block, an element or a key can be removed", err);

    size_t len = node->name_end - node->name_start;
    char verb[100];
    (void)snprintf(verb, sizeof verb, "remove %.*s", (int)(len < 80 ? len : 80),
                   file->bytes + node->name_start);
    const struct claim claim = {
        .node = node, .slot = CLAIM_GONE, .verb = verb, .start = node->start, .end = node->end};
    r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return edit_remove_member(edits, t, parent, node, err);
}

int hcl_edit_add_block(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *body, const char *text, struct err *err)
{
    struct body_change *change = NULL;
    const struct hcl_node *inner = body_of(body);
    struct claim claim = {.node = inner,
                          .slot = CLAIM_BLOCK,
                          .verb = "add",
                          .start = inner->start,
                          .end = inner->start};
    const char *snippet;
    struct touched *t;
    int r = edit_snippet_blocks(edits->arena, text, &snippet, err);

    if (r == 0)
        r = edit_touch(edits, file, inner, &t, err);
    if (r == 0)
        r = change_of(edits, t, inner, &change, err);
    if (r != 0)
        return r;
    claim.name = claim.text = snippet;
    r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return add_to(edits, &change->blocks, NULL, snippet, err);
}
