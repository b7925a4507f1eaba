/* The set of edits; the story stands in edit.h, how it works in edit_internal.h. */
#include "worker/hcl/edit/edit_claim.h"

int hcl_edits_new(struct hcl_edits **out, struct err *err)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = calloc(1, sizeof *edits);

    if (edits == NULL)
        return err_nomem(err);
    edits->arena = arena_new(EDITS_MAX_BYTES);
    if (edits->arena == NULL)
        return err_nomem(err);
    *out = STEAL(edits);
    return 0;
}

void hcl_edits_free(struct hcl_edits *edits)
{
    if (edits == NULL)
        return;
    for (struct touched *t = edits->files; t != NULL; t = t->next) {
        buf_done(&t->bytes);
        hcl_comments_free(t->comments);
    }
    edit_claims_done(edits);
    arena_free(edits->arena);
    free(edits);
}

size_t hcl_edits_count(const struct hcl_edits *edits)
{
    return edits->count;
}

static struct touched *find(const struct hcl_edits *edits, const char *path)
{
    for (struct touched *t = edits->files; t != NULL; t = t->next)
        if (str_eq(t->path, path))
            return t;
    return NULL;
}

static struct touched *add_file(struct hcl_edits *edits, const char *path)
{
    struct touched *t = arena_alloc(edits->arena, sizeof *t);

    if (t == NULL)
        return NULL;
    t->path = arena_text(edits->arena, path);
    t->bytes = BUF(EDITS_MAX_BYTES);
    if (t->path == NULL)
        return NULL;
    t->next = edits->files;
    edits->files = t;
    edits->n_files++;
    return t;
}

int edit_touch(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *node,
               struct touched **out, struct err *err)
{
    struct touched *t = find(edits, file->path);
    int r = hcl_may_edit(file, node, err);

    if (r < 0)
        return r;
    if (edits->applied)
        return err_set(err, ERR_REJECT, "%s: these edits are applied already", file->path);
    if (t != NULL && t->file != file)
        return err_set(err, ERR_REJECT, "%s: edited in two versions", file->path);
    if (t == NULL) {
        t = add_file(edits, file->path);
        if (t == NULL)
            return err_nomem(err);
        t->file = file;
        t->eol = edit_eol(file);
    }
    *out = t;
    return 0;
}

int edit_splice(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                const char *text, int flags, struct err *err)
{
    struct splice *s = arena_alloc(edits->arena, sizeof *s);

    if (s == NULL)
        return err_nomem(err);
    *s = (struct splice){.start = start, .end = end, .flags = flags, .order = t->n_splices};
    s->text = arena_text(edits->arena, text);
    if (s->text == NULL)
        return err_nomem(err);
    s->next = t->splices;
    t->splices = s;
    t->n_splices++;
    return 0;
}

int edit_splice_buf(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                    const struct buf *text, int flags, struct err *err)
{
    int r = buf_check(text, err);

    return r != 0 ? r : edit_splice(edits, t, start, end, buf_str(text), flags, err);
}

int edit_comments(struct touched *t, const struct hcl_comments **out, struct err *err)
{
    int r = t->comments == NULL ? hcl_comments_new(&t->comments, t->file, err) : 0;

    if (r == 0)
        *out = t->comments;
    return r;
}

int edit_refuse(const struct hcl_file *file, size_t offset, const char *why, struct err *err)
{
    int line = 0;
    int column = 0;

    hcl_position(file, offset, &line, &column);
    return err_set(err, ERR_REJECT, "%s:%d: %s", file->path, line, why);
}

int hcl_edit_new_file(struct hcl_edits *edits, const char *path, const char *text, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    int r = 0;

    if (edits->applied || find(edits, path) != NULL)
        return err_set(err, ERR_REJECT, "%s: %s", path,
                       edits->applied ? "these edits are applied already"
                                      : "is in this set already");
    if (str_ends(path, ".tf") || str_ends(path, ".tfvars"))
        r = hcl_parse(&file, path, text, strlen(text), err);
    if (r != 0)
        return err_wrap(err, r, "the new file");

    struct touched *t = add_file(edits, path);
    if (t != NULL)
        t->text = arena_text(edits->arena, text);
    if (t == NULL || t->text == NULL)
        return err_nomem(err);
    edits->count++;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct hcl_edited *)a)->path, ((const struct hcl_edited *)b)->path);
}

int hcl_edits_apply(struct hcl_edits *edits, const struct hcl_edited **out, size_t *n,
                    struct err *err)
{
    size_t i = 0;

    if (edits->applied)
        return err_set(err, ERR_REJECT, "these edits are applied already");
    edits->applied = true;
    edits->edited = arena_alloc(edits->arena, (edits->n_files + 1) * sizeof *edits->edited);
    if (edits->edited == NULL)
        return err_nomem(err);
    for (struct touched *t = edits->files; t != NULL; t = t->next) {
        int r = edit_apply(edits, t, err);
        if (r != 0)
            return r;
        edits->edited[i++] =
            (struct hcl_edited){.path = t->path,
                                .bytes = buf_str(&t->bytes),
                                .len = t->bytes.len,
                                .is_new = t->file == NULL,
                                .spans = t->spans,
                                .n_spans = t->n_spans,
                                .old_bytes = t->file != NULL ? t->file->bytes : NULL,
                                .old_len = t->file != NULL ? t->file->len : 0};
    }
    qsort(edits->edited, edits->n_files, sizeof *edits->edited, by_path);
    *out = edits->edited;
    *n = edits->n_files;
    return 0;
}

int hcl_edited_undo(const struct hcl_edited *edited, struct buf *out, struct err *err)
{
    size_t at = 0;

    for (size_t i = 0; i < edited->n_spans; i++) {
        const struct hcl_edit_span *span = &edited->spans[i];
        buf_bytes(out, edited->bytes + at, span->new_start - at);
        if (edited->old_bytes != NULL)
            buf_bytes(out, edited->old_bytes + span->old_start, span->old_end - span->old_start);
        at = span->new_end;
    }
    buf_bytes(out, edited->bytes + at, edited->len - at);
    return buf_check(out, err);
}
