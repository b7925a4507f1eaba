/*
 * Random edits of any file that parses: each edit is accepted or refused in words, and what
 * accepted edits give is a file that parses.
 *
 * The input: a byte for the number of edits, two for each edit (what, where), then the file.
 */
#include "tests/fuzz/fuzz.h"

#include "worker/hcl/edit.h"

#define EDITS_MAX 6

/* The n-th node that has such a kind, counted around; NULL when there is none. */
struct search {
    uint8_t kind;
    size_t wanted, seen;
    const struct hcl_node *found;
};

static void look(struct search *search, const struct hcl_node *node)
{
    if (node->kind == search->kind && search->seen++ == search->wanted)
        search->found = node;
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        look(search, child);
}

static const struct hcl_node *pick(const struct hcl_file *file, uint8_t kind, uint8_t where)
{
    struct search count = {.kind = kind, .wanted = SIZE_MAX};

    look(&count, file->body);
    if (count.seen == 0)
        return NULL;
    struct search search = {.kind = kind, .wanted = where % count.seen};
    look(&search, file->body);
    return search.found;
}

static int set(struct hcl_edits *edits, const struct hcl_file *file, uint8_t where, struct err *err)
{
    static const char *const names[] = {"acl", "zz", "bucket", "name"};
    static const char *const values[] = {"true", "\"a ${b.c} %{ if d }e%{ endif }\"",
                                         "{\n  a = 1\n\n  bcd = [\n    2,\n  ]\n}",
                                         "<<-EOT\n  text\nEOT"};
    const struct hcl_node *block = pick(file, HCL_BLOCK, where);

    return hcl_edit_set(edits, file, block != NULL ? block : file->body, names[where % 4],
                        values[where / 4 % 4], err);
}

static int edit_one(struct hcl_edits *edits, const struct hcl_file *file, uint8_t what,
                    uint8_t where, struct err *err)
{
    const struct hcl_node *block = pick(file, HCL_BLOCK, where);
    const struct hcl_node *attribute = pick(file, HCL_ATTRIBUTE, where);

    if (what % 6 == 0)
        return set(edits, file, where, err);
    if (what % 6 == 1 && attribute != NULL)
        return hcl_edit_remove(edits, file, attribute, err);
    if (what % 6 == 2 && block != NULL)
        return hcl_edit_remove(edits, file, block, err);
    if (what % 6 == 3 && block != NULL)
        return hcl_edit_add_block(edits, file, block, "zz \"l\" {\n  a   = 1\n  bcd = 2\n}", err);
    if (what % 6 == 4 && attribute != NULL)
        return hcl_edit_replace(edits, file, attribute->child, "[1, \"two\", three.four]", err);
    return hcl_edit_add_top(edits, file, NULL, "resource \"a\" \"b\" {\n  c = d\n}", err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct err err = {0};
    size_t n = size > 0 ? data[0] % (EDITS_MAX + 1) : 0;
    size_t accepted = 0;

    if (size < 1 + 2 * n ||
        hcl_parse(&file, "fuzz.tf", (const char *)data + 1 + 2 * n, size - 1 - 2 * n, &err) != 0)
        return 0;
    int r = hcl_edits_new(&edits, &err);
    assert(r == 0);
    for (size_t i = 0; i < n; i++) {
        r = edit_one(edits, file, data[1 + 2 * i], data[2 + 2 * i], &err);
        assert(r == 0 || (r == ERR_REJECT && err.text[0] != '\0'));
        accepted += r == 0;
    }
    r = hcl_edits_apply(edits, &edited, &n, &err);
    if (r != 0) {
        assert(r == ERR_REJECT);
        return 0;
    }
    assert(n <= 1 && (accepted == 0 || n == 1));
    if (n == 0)
        return 0;
    r = hcl_parse(&after, "after.tf", edited[0].bytes, edited[0].len, &err);
    assert(r == 0);
    return 0;
}
