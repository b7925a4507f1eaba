/*
 * Fuzz target: any bytes through the HCL parser, its literals, the formatter and an edit.
 *
 * Beyond not crashing it holds: children nest in order; formatting gives a file that parses, and
 * formatting that changes nothing; an edit that is accepted gives a file that parses.
 */
#include <stddef.h>
#include <stdint.h>

#include "worker/hcl/edit.h"
#include "worker/hcl/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct hcl_file *file, const struct hcl_node *node, struct buf *text)
{
    uint32_t at = node->start;

    if (node->kind == HCL_LITERAL)
        hcl_literal_text(file, node, text);
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        assert(child->start >= at && child->end >= child->start && child->end <= node->end);
        at = child->end;
        walk(file, child, text);
    }
}

/* Formatting must settle at once. */
static void format_twice(const struct hcl_file *file)
{
    CLEANUP(buf_done) struct buf once = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(buf_done) struct buf twice = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *again = NULL;
    struct err err;

    if (hcl_format(file, &once, &err) != 0)
        return;
    int r = hcl_parse(&again, "again.tf", buf_str(&once), once.len, &err);
    assert(r == 0);
    r = hcl_format(again, &twice, &err);
    assert(r == 0 && twice.len == once.len);
    assert(memcmp(buf_str(&twice), buf_str(&once), once.len) == 0);
}

static void edit(const struct hcl_file *file)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_node *block = hcl_block_next(file, file->body, NULL, NULL);
    const struct hcl_node *body = block != NULL ? block : file->body;
    const struct hcl_node *second = file->body->child != NULL ? file->body->child->next : NULL;
    const struct hcl_edited *edited;
    struct err err;
    size_t n;
    int r = hcl_edits_new(&edits, &err);

    assert(r == 0);
    r = hcl_edit_set(edits, file, body, "zz_new", "{\n  a = 1\n}", &err);
    assert(r == 0);
    r = hcl_edit_add_block(edits, file, body, "zz {\n}", &err);
    assert(r == 0);
    r = hcl_edit_add_top(edits, file, block, "yy {}", &err);
    assert(r == 0);
    if (second != NULL && second != block && hcl_edit_remove(edits, file, second, &err) != 0)
        return;
    if (hcl_edits_apply(edits, &edited, &n, &err) != 0)
        return;
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    r = hcl_parse(&after, "after.tf", edited[0].bytes, edited[0].len, &err);
    assert(r == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    struct err err;

    if (hcl_parse(&file, "fuzz.tf", (const char *)data, size, &err) != 0)
        return 0;
    walk(file, file->body, &text);
    format_twice(file);
    edit(file);
    return 0;
}
