/*
 * Splices into bytes: in order, never overlapping, and the result must parse. A file that was laid
 * out as terraform fmt does it is laid out again, which touches only what the edits disturbed. The
 * story stands in edit_internal.h.
 */
#include "worker/hcl/edit_internal.h"

#include "worker/hcl/format.h"

static int by_place(const void *a, const void *b)
{
    const struct splice *left = *(const struct splice *const *)a;
    const struct splice *right = *(const struct splice *const *)b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    /* What is put in before something goes before its replacement. */
    if ((left->end == left->start) != (right->end == right->start))
        return left->end == left->start ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

static bool ends_with(const struct buf *out, size_t back, char c)
{
    return out->len > back && out->bytes[out->len - 1 - back] == c;
}

static void start_line(struct buf *out, const struct touched *t)
{
    if (out->len > t->file->body->start && !ends_with(out, 0, '\n'))
        buf_text(out, t->eol);
}

/* A blank line, unless the body or file begins here. */
static void make_gap(struct buf *out, const struct touched *t)
{
    size_t end = out->len;

    start_line(out, t);
    while (end > 0 && strchr(" \t\r\n", out->bytes[end - 1]) != NULL)
        end--;
    if (end <= t->file->body->start || out->bytes[end - 1] == '{')
        return;
    size_t newlines = 0;
    for (size_t i = end; i < out->len; i++)
        newlines += out->bytes[i] == '\n';
    if (newlines < 2)
        buf_text(out, t->eol);
}

/* Before the old bytes go on at at: is there a gap already, or none needed? */
static bool needs_gap(const struct touched *t, size_t at)
{
    at += strspn(t->file->bytes + at, " \t");
    return at < t->file->len && strchr("\r\n}", t->file->bytes[at]) == NULL;
}

static int put_splices(struct touched *t, struct splice *const *sorted, struct err *err)
{
    struct buf *out = &t->bytes;
    const char *bytes = t->file->bytes;
    bool gap_after = false;
    size_t at = 0;

    for (size_t i = 0; i < t->n_splices; i++) {
        const struct splice *s = sorted[i];
        if (s->start < at)
            return err_set(err, ERR_REJECT, "%s: two edits overlap", t->path);
        if (gap_after && s->start > at && needs_gap(t, at))
            buf_text(out, t->eol);
        gap_after = gap_after && s->start == at;
        buf_bytes(out, bytes + at, s->start - at);
        if ((s->flags & SPLICE_GAP_BEFORE) != 0 || gap_after)
            make_gap(out, t);
        else if ((s->flags & SPLICE_OWN_LINE) != 0)
            start_line(out, t);
        buf_text(out, s->text);
        gap_after = (s->flags & SPLICE_GAP_AFTER) != 0;
        at = s->end;
    }
    if (gap_after && needs_gap(t, at))
        buf_text(out, t->eol);
    buf_bytes(out, bytes + at, t->file->len - at);
    return buf_check(out, err);
}

/* The result parsed, and laid out when the file was before. */
static int finish(struct touched *t, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    CLEANUP(buf_done) struct buf formatted = BUF(EDITS_MAX_BYTES);
    bool was_formatted;
    int r = hcl_is_formatted(t->file, &was_formatted, err);

    if (r != 0)
        return r;
    r = hcl_parse(&after, t->path, buf_str(&t->bytes), t->bytes.len, err);
    if (r != 0)
        return err_wrap(err, r, "the edits break the file");
    if (!was_formatted)
        return 0;
    r = hcl_format(after, &formatted, err);
    if (r != 0)
        return r;
    buf_reset(&t->bytes);
    buf_bytes(&t->bytes, formatted.bytes, formatted.len);
    return buf_check(&t->bytes, err);
}

int edit_apply(struct hcl_edits *edits, struct touched *t, struct err *err)
{
    int r = 0;

    if (t->file == NULL) {
        buf_text(&t->bytes, t->text);
        return buf_check(&t->bytes, err);
    }
    for (const struct body_change *b = t->bodies; b != NULL && r == 0; b = b->next)
        r = edit_layout(edits, t, b, err);
    if (r != 0)
        return r;

    CLEANUP(mem_freep) struct splice **sorted = calloc(t->n_splices + 1, sizeof(*sorted));
    size_t n = 0;
    if (sorted == NULL)
        return err_nomem(err);
    for (struct splice *s = t->splices; s != NULL; s = s->next)
        sorted[n++] = s;
    qsort(sorted, n, sizeof(*sorted), by_place);
    r = put_splices(t, sorted, err);
    return r != 0 ? r : finish(t, err);
}
