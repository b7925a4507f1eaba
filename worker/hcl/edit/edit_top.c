/*
 * Whole blocks beside others, with blank lines between. A comment right above the one below stays
 * right above it. The story stands in edit.h.
 */
#include "worker/hcl/edit/edit_claim.h"

/* What makes a block one of a kind in its directory, "DIRECTORY/resource "a" "b""; of several
 * blocks, or of one without a name, all of the text. The same in another directory is another. */
static int identity(struct arena *arena, const struct hcl_file *file, const char *snippet,
                    const char **out, struct err *err)
{
    static const char *const unique[] = {"resource", "data", "variable", "output", "module"};
    CLEANUP(hcl_file_freep) struct hcl_file *parsed = NULL;
    const char *slash = strrchr(file->path, '/');
    size_t len = strlen(snippet);
    int r = hcl_parse(&parsed, "the text to insert", snippet, len, err);

    if (r != 0)
        return r;
    const struct hcl_node *block = parsed->body->child;
    for (size_t i = 0; i < COUNT(unique) && block->next == NULL; i++)
        if (hcl_name_is(parsed, block, unique[i]))
            len = hcl_block_body(block)->start;
    *out = arena_print(arena, "%.*s/%.*s", slash != NULL ? (int)(slash - file->path) : 0,
                       file->path, (int)len, snippet);
    return *out != NULL ? 0 : err_nomem(err);
}

static int put_block(struct hcl_edits *edits, struct touched *t, const char *snippet,
                     const struct hcl_node *beside, size_t at, struct err *err)
{
    CLEANUP(buf_done) struct buf lines = BUF(EDITS_MAX_BYTES);
    const char *indent = beside != NULL ? edit_indent(edits->arena, t->file, beside->start) : "";
    int r;

    if (indent == NULL)
        return err_nomem(err);
    buf_text(&lines, indent);
    r = edit_snippet_put(&lines, snippet, false, indent, t->eol, err);
    if (r != 0)
        return r;
    buf_text(&lines, t->eol);
    return edit_splice_buf(edits, t, at, at, &lines,
                           SPLICE_OWN_LINE | SPLICE_GAP_BEFORE | SPLICE_GAP_AFTER, err);
}

/* Behind the block's line, or above its comments. */
static int place_of(struct touched *t, const struct hcl_node *block, enum hcl_side side,
                    size_t *out, struct err *err)
{
    const struct hcl_comments *comments;
    int r = edit_comments(t, &comments, err);

    if (r != 0)
        return r;
    struct hcl_comment_run behind = hcl_comments_trailing(comments, block);
    struct hcl_comment_run above = hcl_comments_leading(comments, block);
    if (side == HCL_AFTER)
        *out = edit_line_end(t->file, behind.n > 0 ? behind.items[behind.n - 1].end : block->end);
    else
        *out = edit_line_start(t->file, above.n > 0 ? above.items[0].start : block->start);
    return 0;
}

int hcl_edit_add_top(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *sibling, const char *text, struct err *err)
{
    struct claim claim = {.slot = CLAIM_TOP, .verb = "add", .start = UINT32_MAX, .end = UINT32_MAX};
    size_t at = file->len;
    const char *snippet;
    struct touched *t;
    int r = edit_snippet_blocks(edits->arena, text, &snippet, err);

    if (r == 0)
        r = identity(edits->arena, file, snippet, &claim.name, err);
    if (r == 0)
        r = edit_touch(edits, file, sibling != NULL ? sibling : file->body, &t, err);
    if (r == 0 && sibling != NULL)
        r = place_of(t, sibling, HCL_AFTER, &at, err);
    if (r != 0)
        return r;
    claim.text = snippet;
    r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return put_block(edits, t, snippet, NULL, at, err);
}

int hcl_edit_add_beside(struct hcl_edits *edits, const struct hcl_file *file,
                        const struct hcl_node *block, enum hcl_side side, const char *text,
                        struct err *err)
{
    const struct hcl_node *body = edit_parent(file, block);
    struct claim claim = {.node = body, .slot = CLAIM_BLOCK, .verb = "add"};
    const char *snippet;
    struct touched *t;
    size_t at;
    int r;

    if (block->kind != HCL_BLOCK || body == NULL)
        return edit_refuse(file, block->start, "a block stands beside a block only", err);
    if (body == file->body && side == HCL_AFTER)
        return hcl_edit_add_top(edits, file, block, text, err);
    r = edit_snippet_blocks(edits->arena, text, &snippet, err);
    if (r == 0 && body == file->body)
        r = identity(edits->arena, file, snippet, &claim.name, err);
    if (r == 0)
        r = edit_touch(edits, file, block, &t, err);
    if (r == 0)
        r = place_of(t, block, side, &at, err);
    if (r != 0)
        return r;
    if (body == file->body) {
        claim.slot = CLAIM_TOP;
        claim.node = NULL;
    } else {
        claim.name = snippet;
    }
    claim.text = snippet;
    claim.start = claim.end = body == file->body ? UINT32_MAX : body->start;
    r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return put_block(edits, t, snippet, block, at, err);
}
