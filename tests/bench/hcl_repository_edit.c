/* Edits in the generated repository, timed; the story stands in hcl_repository.c. */
#include <git2.h>
#include <stdio.h>

#include "tests/bench/hcl_repository.h"
#include "worker/hcl/edit/edit.h"

static const struct hcl_node *block_of(const struct hcl_file *file, const struct expected_row *row)
{
    const struct hcl_node *block = NULL;
    char label[256];

    while ((block = hcl_block_next(file, file->body, "resource", block)) != NULL)
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, row->type) &&
            hcl_block_label(file, block, 1, label, sizeof label) && str_eq(label, row->name))
            return block;
    return NULL;
}

struct edit {
    const char *argument, *value;
    struct side_times with_tree, with_parse, diff;
    uint64_t digest; /* of all results without blanks, to be compared with hclwrite's */
};

/* FNV-1a. Blanks are left out: sides may lay out a line differently. */
static void add_to_digest(uint64_t *digest, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != ' ' && bytes[i] != '\n')
            *digest = (*digest ^ (unsigned char)bytes[i]) * 0x100000001b3;
}

static int diff(const struct hcl_file *before, const struct hcl_edited *after, struct edit *edit,
                struct err *err)
{
    git_patch *patch = NULL;
    git_buf text = {0};

    struct side_moment begun = side_now();
    int failed = git_patch_from_buffers(&patch, before->bytes, before->len, before->path,
                                        after->bytes, after->len, after->path, NULL);
    if (failed == 0)
        failed = git_patch_to_buf(&text, patch);
    side_times_add(&edit->diff, begun, side_now());
    bool is_empty = text.size == 0;
    git_buf_dispose(&text);
    git_patch_free(patch);
    if (failed != 0 || is_empty)
        return err_set(err, ERR_REJECT, "%s: no diff", before->path);
    return 0;
}

static int edit_one(const struct side_file *source, const struct expected_row *row,
                    struct edit *edit, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited = NULL;
    size_t n = 0;

    struct side_moment begun = side_now();
    int r = hcl_parse(&file, source->path, source->bytes, source->len, err);
    struct side_moment parsed = side_now();
    if (r < 0)
        return r;
    const struct hcl_node *block = block_of(file, row);
    if (block == NULL)
        return err_set(err, ERR_REJECT, "%s: no %s.%s", row->file, row->type, row->name);
    r = hcl_edits_new(&edits, err);
    if (r == 0)
        r = hcl_edit_set(edits, file, block, edit->argument, edit->value, err);
    if (r == 0)
        r = hcl_edits_apply(edits, &edited, &n, err);
    struct side_moment ended = side_now();
    if (r < 0)
        return r;
    if (n != 1)
        return err_set(err, ERR_REJECT, "%s: %zu files changed", row->file, n);
    side_times_add(&edit->with_tree, parsed, ended);
    side_times_add(&edit->with_parse, begun, ended);
    add_to_digest(&edit->digest, edited[0].bytes, edited[0].len);
    return diff(file, &edited[0], edit, err);
}

static const struct side_file *file_of(const struct repository *run, const char *path)
{
    for (size_t i = 0; i < run->files.n; i++)
        if (str_eq(run->files.items[i].path, path))
            return &run->files.items[i];
    return NULL;
}

static int edit_all(const struct repository *run, bool is_change, struct err *err)
{
    struct edit edit = {.digest = 0xcbf29ce484222325};
    const char *kind = is_change ? "change" : "add";
    char name[64];
    int r = 0;

    for (size_t i = 0; r == 0 && i < run->expected.n; i++) {
        const struct expected_row *row = &run->expected.rows[i];
        const struct side_file *source = file_of(run, row->file);
        edit.argument = is_change ? row->change : row->add;
        edit.value = is_change ? row->change_value : row->add_value;
        r = source != NULL ? edit_one(source, row, &edit, err)
                           : err_set(err, ERR_REJECT, "%s: no such file", row->file);
    }
    snprintf(name, sizeof name, "%s_tree", kind);
    if (r == 0)
        r = side_times_print(&edit.with_tree, name, err);
    snprintf(name, sizeof name, "%s_parse", kind);
    if (r == 0)
        r = side_times_print(&edit.with_parse, name, err);
    snprintf(name, sizeof name, "%s_diff", kind);
    if (r == 0)
        r = side_times_print(&edit.diff, name, err);
    printf(" %s_digest=%016llx", kind, (unsigned long long)edit.digest);
    side_times_done(&edit.with_tree);
    side_times_done(&edit.with_parse);
    side_times_done(&edit.diff);
    return r;
}

int repository_edit(void *context, const char *argument, struct err *err)
{
    (void)argument;
    int r = edit_all(context, true, err);
    return r == 0 ? edit_all(context, false, err) : r;
}
