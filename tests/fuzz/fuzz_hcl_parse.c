/*
 * Fuzz target: any bytes through the HCL parser, its literals, the formatter and an edit.
 *
 * Beyond not crashing it holds: children nest in order inside their parent, and names inside their
 * node; heights are right; texts are UTF-8; the same bytes give the same tree or the same error;
 * line and column lead back to the offset; formatting gives a file that parses, and formatting that
 * changes nothing; an edit that is accepted gives a file that parses.
 */
#include <stddef.h>
#include <stdint.h>

#include "worker/hcl/syntax/characters.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_name(const struct hcl_node *node)
{
    return node->kind != HCL_LITERAL && node->name_end > 0;
}

static void check_text(const struct hcl_file *file, const struct hcl_node *literal)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES * 3);

    hcl_literal_text(file, literal, &text);
    assert(hcl_utf8_end(buf_str(&text), text.len) == text.len);
}

static void check(const struct hcl_file *file, const struct hcl_node *node)
{
    uint32_t at = node->start;
    int height = 0;

    if (node->kind == HCL_LITERAL)
        check_text(file, node);
    if (has_name(node))
        assert(node->name_start >= node->start && node->name_end >= node->name_start &&
               node->name_end <= node->end);
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        assert(child->start >= at && child->end >= child->start && child->end <= node->end);
        at = child->end;
        height = child->height + 1 > height ? child->height + 1 : height;
        check(file, child);
    }
    assert(node->height == height && height <= HCL_HEIGHT_MAX);
}

static void check_same(const struct hcl_node *a, const struct hcl_node *b)
{
    while (a != NULL && b != NULL) {
        assert(a->start == b->start && a->end == b->end && a->kind == b->kind && a->op == b->op);
        assert(a->name_start == b->name_start && a->name_end == b->name_end);
        assert(a->flags == b->flags);
        check_same(a->child, b->child);
        a = a->next;
        b = b->next;
    }
    assert(a == NULL && b == NULL);
}

/* Past the bytes that begin no character, which columns do not count. */
static size_t skip_rest(const struct hcl_file *file, size_t at)
{
    while (at < file->len && ((unsigned char)file->bytes[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* Where line and column lead, found the other way round. */
static size_t offset_of(const struct hcl_file *file, int line, int column)
{
    size_t at = hcl_has_bom(file) ? 3 : 0;

    for (; line > 1; line--)
        at = (size_t)((char *)memchr(file->bytes + at, '\n', file->len - at) - file->bytes) + 1;
    at = skip_rest(file, at);
    for (; column > 1; column--)
        at = skip_rest(file, at + 1);
    return at;
}

/* Only a few offsets, since each costs a walk through the file. */
static void check_positions(const struct hcl_file *file)
{
    int n = 0;

    for (const struct hcl_node *item = file->body->child; item != NULL && n < 16;
         item = item->next, n++) {
        int line;
        int column;
        hcl_position(file, item->start, &line, &column);
        assert(offset_of(file, line, column) == item->start);
        hcl_position(file, item->end, &line, &column);
        assert(offset_of(file, line, column) == item->end);
    }
}

/* A parser with no memory of earlier files says the same thing twice. */
static void check_again(const struct hcl_file *file, int r, const struct err *said,
                        const uint8_t *data, size_t size)
{
    CLEANUP(hcl_file_freep) struct hcl_file *again = NULL;
    struct err err;

    assert(hcl_parse(&again, "fuzz.tf", (const char *)data, size, &err) == r);
    if (r == 0)
        check_same(file->body, again->body);
    else
        assert(strcmp(err.text, said->text) == 0);
}

/* Is a name or an index taken of a number, or of "a.0"? Blanks before such a dot may matter: "1
 * .e5" is no number, "1.e5" is one. Formatting takes them away all the same, as terraform fmt does.
 */
static bool has_step_of_number(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *child = node->child;

    if ((node->kind == HCL_GET_ATTR || node->kind == HCL_INDEX) &&
        (child->kind == HCL_NUMBER ||
         (child->kind == HCL_INDEX && file->bytes[child->end - 1] != ']')))
        return true;
    for (; child != NULL; child = child->next)
        if (has_step_of_number(file, child))
            return true;
    return false;
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
    struct err err;
    int r = hcl_parse(&file, "fuzz.tf", (const char *)data, size, &err);

    check_again(file, r, &err, data, size);
    if (r != 0)
        return 0;
    check(file, file->body);
    check_positions(file);
    if (has_step_of_number(file, file->body))
        return 0;
    format_twice(file);
    edit(file);
    return 0;
}
