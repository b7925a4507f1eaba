/*
 * Splices into bytes: in order, never overlapping, and the result must parse. A file that was laid
 * out as terraform fmt does it is laid out again, which touches only what the edits disturbed. The
 * story stands in edit_internal.h.
 */
#include "worker/hcl/edit/edit_internal.h"

#include "worker/hcl/edit/edit_claim.h"
#include "worker/hcl/edit/edit_spans.h"
#include "worker/hcl/format/format.h"

#define ROUNDS_MAX 4 /* of laying out; terraform fmt's own second look seldom finds more */

static int by_place(const void *a, const void *b)
{
    const struct splice *left = *(const struct splice *const *)a;
    const struct splice *right = *(const struct splice *const *)b;

    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    /* What is put in before something goes before its replacement. */
    if ((left->end == left->start) != (right->end == right->start))
        return left->end == left->start ? -1 : 1;
    if ((left->flags & SPLICE_FIRST) != (right->flags & SPLICE_FIRST))
        return (left->flags & SPLICE_FIRST) != 0 ? -1 : 1;
    return left->order < right->order ? -1 : 1;
}

static bool ends_with(const struct buf *out, size_t back, char c)
{
    return out->len > back && out->bytes[out->len - 1 - back] == c;
}

/* A comment at the end of a file may stop at half of its "\r\n". */
static void start_line(struct buf *out, const struct touched *t)
{
    if (out->len > t->file->body->start && !ends_with(out, 0, '\n'))
        buf_text(out, ends_with(out, 0, '\r') ? "\n" : t->eol);
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

static void end_gap(struct touched *t, size_t at, struct spans *spans)
{
    size_t before = t->bytes.len;

    if (needs_gap(t, at))
        buf_text(&t->bytes, t->eol);
    edit_spans_add(spans, at, at, before, t->bytes.len);
}

static void put_splice(struct touched *t, const struct splice *s, bool gap)
{
    if ((s->flags & SPLICE_GAP_BEFORE) != 0 || gap)
        make_gap(&t->bytes, t);
    else if ((s->flags & SPLICE_OWN_LINE) != 0)
        start_line(&t->bytes, t);
    buf_text(&t->bytes, s->text);
}

static int put_splices(struct touched *t, struct splice *const *sorted, struct spans *spans,
                       struct err *err)
{
    const char *bytes = t->file->bytes;
    bool gap_after = false;
    size_t at = 0;

    for (size_t i = 0; i < t->n_splices; i++) {
        const struct splice *s = sorted[i];
        size_t start = s->start > at ? s->start : at;
        bool mixes = s->start == s->end || s->text[0] == '\0';
        if (s->start < at && !mixes)
            return err_set(err, ERR_REJECT, "%s: two edits overlap", t->path);
        if (gap_after && start > at)
            end_gap(t, at, spans);
        gap_after = gap_after && start == at;
        buf_bytes(&t->bytes, bytes + at, start - at);
        size_t before = t->bytes.len;
        put_splice(t, s, gap_after && s->text[0] != '\0');
        if (s->text[0] != '\0')
            gap_after = (s->flags & SPLICE_GAP_AFTER) != 0;
        at = s->end > start ? s->end : start;
        edit_spans_add(spans, start, at, before, t->bytes.len);
    }
    if (gap_after)
        end_gap(t, at, spans);
    buf_bytes(&t->bytes, bytes + at, t->file->len - at);
    return spans->no_memory ? err_nomem(err) : buf_check(&t->bytes, err);
}

/* Takes the next text in place of the present one; more: the spans between them. */
static int take(struct touched *t, const struct buf *next, struct spans *spans,
                const struct spans *more, struct err *err)
{
    struct spans both = {0};

    edit_spans_compose(spans, more, &both);
    if (both.no_memory || more->no_memory) {
        free(both.items);
        return err_nomem(err);
    }
    free(spans->items);
    *spans = both;
    buf_reset(&t->bytes);
    buf_bytes(&t->bytes, buf_str(next), next->len);
    return buf_check(&t->bytes, err);
}

/* The text with the rewrites made, and where that was. */
static int rewrite(const struct hcl_file *file, struct buf *out, struct spans *spans,
                   struct err *err)
{
    struct hcl_rewrites list = {0};
    size_t at = 0;
    int r = hcl_format_rewrites(file, &list, err);

    for (size_t i = 0; i < list.n; i++) {
        const struct hcl_rewrite *one = &list.items[i];
        buf_bytes(out, file->bytes + at, one->start - at);
        size_t before = out->len;
        buf_text(out, one->text);
        edit_spans_add(spans, one->start, one->end, before, out->len);
        at = one->end;
    }
    buf_bytes(out, file->bytes + at, file->len - at);
    free(list.items);
    return r != 0 ? r : buf_check(out, err);
}

/* One look of terraform fmt: rewrites, or else blanks. *again: something changed. */
static int round_of(struct touched *t, struct spans *spans, bool *again, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf next = BUF(EDITS_MAX_BYTES);
    struct spans more = {0};
    int r = hcl_parse(&file, t->path, buf_str(&t->bytes), t->bytes.len, err);

    if (r == 0)
        r = rewrite(file, &next, &more, err);
    if (r == 0 && more.n == 0) {
        buf_reset(&next);
        r = hcl_format(file, &next, err);
        if (r == 0)
            edit_spans_of_blanks(&more, buf_str(&t->bytes), t->bytes.len, buf_str(&next), next.len);
    }
    *again = r == 0 && more.n > 0;
    if (*again)
        r = take(t, &next, spans, &more, err);
    free(more.items);
    return r;
}

/* The result parsed, and laid out when the file was before. */
static int finish(struct touched *t, struct spans *spans, struct err *err)
{
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    bool was_formatted;
    bool again;
    int r = hcl_is_formatted(t->file, &was_formatted, err);

    if (r != 0)
        return r;
    r = hcl_parse(&after, t->path, buf_str(&t->bytes), t->bytes.len, err);
    if (r != 0)
        return err_wrap(err, r, "the edits break the file");
    again = was_formatted;
    for (int i = 0; i < ROUNDS_MAX && again && r == 0; i++)
        r = round_of(t, spans, &again, err);
    return r;
}

static int keep_spans(struct hcl_edits *edits, struct touched *t, struct spans *spans,
                      struct err *err)
{
    edit_spans_trim(spans, t->file != NULL ? t->file->bytes : "", buf_str(&t->bytes));
    struct hcl_edit_span *kept = arena_alloc(edits->arena, (spans->n + 1) * sizeof *kept);
    if (kept == NULL)
        return err_nomem(err);
    if (spans->n > 0)
        memcpy(kept, spans->items, spans->n * sizeof *kept);
    t->spans = kept;
    t->n_spans = spans->n;
    return 0;
}

static int put_in_order(struct touched *t, struct spans *spans, struct err *err)
{
    CLEANUP(mem_freep) struct splice **sorted = calloc(t->n_splices + 1, sizeof(*sorted));
    size_t n = 0;

    if (sorted == NULL)
        return err_nomem(err);
    for (struct splice *s = t->splices; s != NULL; s = s->next)
        sorted[n++] = s;
    qsort(sorted, n, sizeof(*sorted), by_place);
    return put_splices(t, sorted, spans, err);
}

static int change_file(struct hcl_edits *edits, struct touched *t, struct spans *spans,
                       struct err *err)
{
    int r = edit_claims_agree(t, err);

    for (const struct body_change *b = t->bodies; b != NULL && r == 0; b = b->next)
        r = edit_layout(edits, t, b, err);
    for (const struct collection_change *c = t->collections; c != NULL && r == 0; c = c->next)
        r = edit_collection(edits, t, c, err);
    if (r == 0)
        r = put_in_order(t, spans, err);
    return r != 0 ? r : finish(t, spans, err);
}

int edit_apply(struct hcl_edits *edits, struct touched *t, struct err *err)
{
    struct spans spans = {0};
    int r;

    if (t->file == NULL) {
        buf_text(&t->bytes, t->text);
        edit_spans_add(&spans, 0, 0, 0, t->bytes.len);
        r = spans.no_memory ? err_nomem(err) : buf_check(&t->bytes, err);
    } else {
        r = change_file(edits, t, &spans, err);
    }
    if (r == 0)
        r = keep_spans(edits, t, &spans, err);
    free(spans.items);
    return r;
}
