/*
 * What changed, as spans of the old text and the new. Splices give them at once; laying out again
 * gives others on top, and the two are composed. The story stands in edit_internal.h.
 */
#include "worker/hcl/edit/edit_spans.h"

void edit_spans_add(struct spans *s, size_t old_start, size_t old_end, size_t new_start,
                    size_t new_end)
{
    struct hcl_edit_span *last = s->n > 0 ? &s->items[s->n - 1] : NULL;

    if (old_end == old_start && new_end == new_start)
        return;
    if (last != NULL && old_start <= last->old_end && new_start <= last->new_end) {
        last->old_end = old_end > last->old_end ? old_end : last->old_end;
        last->new_end = new_end;
        return;
    }
    if (s->n == s->cap) {
        size_t cap = s->cap * 2 + 16;
        struct hcl_edit_span *more = reallocarray(s->items, cap, sizeof *more);
        if (more == NULL) {
            s->no_memory = true;
            return;
        }
        s->items = more;
        s->cap = cap;
    }
    s->items[s->n++] = (struct hcl_edit_span){old_start, old_end, new_start, new_end};
}

static size_t skip_blanks(const char *bytes, size_t len, size_t at)
{
    while (at < len && (bytes[at] == ' ' || bytes[at] == '\t'))
        at++;
    return at;
}

void edit_spans_of_blanks(struct spans *out, const char *a, size_t a_len, const char *b,
                          size_t b_len)
{
    size_t i = 0;
    size_t k = 0;

    while (i < a_len || k < b_len) {
        if (i < a_len && k < b_len && a[i] == b[k]) {
            i++;
            k++;
            continue;
        }
        size_t i_end = skip_blanks(a, a_len, i);
        size_t k_end = skip_blanks(b, b_len, k);
        if (i_end == i && k_end == k) { /* not blanks after all: the rest is one span */
            i_end = a_len;
            k_end = b_len;
        }
        edit_spans_add(out, i, i_end, k, k_end);
        i = i_end;
        k = k_end;
    }
}

/* How far behind the spans before one side's offsets are from the other's. */
struct drift {
    ptrdiff_t old, new;
};

void edit_spans_compose(const struct spans *first, const struct spans *second, struct spans *out)
{
    struct drift before = {0, 0};
    size_t i = 0;
    size_t k = 0;

    while (i < first->n || k < second->n) {
        struct drift after = before;
        size_t start = SIZE_MAX; /* in the text between */
        size_t end = 0;
        bool grew = true;

        if (i < first->n)
            start = end = first->items[i].new_start;
        if (k < second->n && second->items[k].old_start < start)
            start = end = second->items[k].old_start;
        while (grew) {
            grew = false;
            if (i < first->n && first->items[i].new_start <= end) {
                const struct hcl_edit_span *s = &first->items[i++];
                end = s->new_end > end ? s->new_end : end;
                after.old = (ptrdiff_t)s->old_end - (ptrdiff_t)s->new_end;
                grew = true;
            }
            if (k < second->n && second->items[k].old_start <= end) {
                const struct hcl_edit_span *s = &second->items[k++];
                end = s->old_end > end ? s->old_end : end;
                after.new = (ptrdiff_t)s->new_end - (ptrdiff_t)s->old_end;
                grew = true;
            }
        }
        edit_spans_add(
            out, (size_t)((ptrdiff_t)start + before.old), (size_t)((ptrdiff_t)end + after.old),
            (size_t)((ptrdiff_t)start + before.new), (size_t)((ptrdiff_t)end + after.new));
        before = after;
    }
}

void edit_spans_trim(struct spans *spans, const char *old, const char *new_bytes)
{
    size_t kept = 0;

    for (size_t i = 0; i < spans->n; i++) {
        struct hcl_edit_span s = spans->items[i];
        while (s.old_start < s.old_end && s.new_start < s.new_end &&
               old[s.old_start] == new_bytes[s.new_start]) {
            s.old_start++;
            s.new_start++;
        }
        while (s.old_start < s.old_end && s.new_start < s.new_end &&
               old[s.old_end - 1] == new_bytes[s.new_end - 1]) {
            s.old_end--;
            s.new_end--;
        }
        if (s.old_start < s.old_end || s.new_start < s.new_end)
            spans->items[kept++] = s;
    }
    spans->n = kept;
}
