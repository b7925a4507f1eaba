#include "worker/scan/marks.h"

#include "worker/hcl/edit/comments.h"

struct scan_marks {
    struct scan_mark *items; /* in the order of files and lines */
    size_t n, cap;
    size_t *by_block; /* indexes of items with a block, sorted by it */
    size_t n_by_block;
    size_t n_at_modules;
    const char *today;
};

/* --- reading --- */

static int keep(struct scan_marks *marks, const struct scan_mark *mark, struct err *err)
{
    if (marks->n == marks->cap) {
        size_t wider = marks->cap == 0 ? 32 : marks->cap * 2;
        struct scan_mark *grown = reallocarray(marks->items, wider, sizeof *grown);

        if (grown == NULL)
            return err_nomem(err);
        marks->items = grown;
        marks->cap = wider;
    }
    marks->items[marks->n++] = *mark;
    return 0;
}

static int keep_comment(struct scan_marks *marks, const struct hcl_file *file,
                        const struct hcl_comment *comment, const struct hcl_node *block,
                        bool is_header, struct err *err)
{
    struct mark_text texts[MARKS_IN_COMMENT];
    size_t n = mark_texts(file->bytes + comment->start, comment->end - comment->start, texts);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        struct scan_mark mark = {.text = texts[i], .file = file->path, .block = block};
        int column;

        hcl_position(file, comment->start, &mark.line, &column);
        mark.is_header = is_header;
        mark.is_at_call = block != NULL && hcl_name_is(file, block, "module");
        marks->n_at_modules += mark.is_at_call;
        mark.is_expired = mark_is_expired(&texts[i], marks->today);
        if (texts[i].kind == MARK_CHECKOV && block != NULL && comment->start < block->start)
            mark.block = NULL;
        r = keep(marks, &mark, err);
    }
    return r;
}

/* The block that the comment stands at, a resource's or a module's; NULL: none. */
static const struct hcl_node *block_of(const struct hcl_file *file,
                                       const struct hcl_comments *comments,
                                       const struct hcl_comment *comment,
                                       const struct hcl_node **from, bool *is_header)
{
    const struct hcl_node *block = *from;

    /* Blocks and comments come in the same order. */
    while (block != NULL && comment->start > block->end &&
           memchr(file->bytes + block->end, '\n', comment->start - block->end) != NULL)
        block = hcl_block_next(file, file->body, NULL, block);
    *from = block;
    if (block == NULL ||
        (!hcl_name_is(file, block, "resource") && !hcl_name_is(file, block, "module")))
        return NULL;

    struct hcl_comment_run leading = hcl_comments_leading(comments, block);
    bool is_above =
        leading.n > 0 && comment->start >= leading.items[0].start && comment->start < block->start;
    bool is_inside = comment->start >= block->start;
    *is_header = is_above || (is_inside && memchr(file->bytes + block->start, '\n',
                                                  comment->start - block->start) == NULL);
    return is_above || is_inside ? block : NULL;
}

static bool may_hold_marks(const struct hcl_file *file)
{
    return memmem(file->bytes, file->len, ":skip=", 6) != NULL ||
           memmem(file->bytes, file->len, ":ignore", 7) != NULL;
}

static int read_file(struct scan_marks *marks, const struct hcl_file *file, struct err *err)
{
    CLEANUP(hcl_comments_freep) struct hcl_comments *comments = NULL;
    const struct hcl_node *from = hcl_block_next(file, file->body, NULL, NULL);
    int r = hcl_comments_new(&comments, file, err);

    if (r < 0)
        return r;
    struct hcl_comment_run all = hcl_comments_between(comments, 0, file->len);
    for (size_t i = 0; i < all.n && r == 0; i++) {
        bool is_header = false;
        const struct hcl_node *block = block_of(file, comments, &all.items[i], &from, &is_header);
        r = keep_comment(marks, file, &all.items[i], block, is_header, err);
    }
    return r;
}

static int by_block(const void *a, const void *b, void *context)
{
    const struct scan_marks *marks = context;
    uintptr_t one = (uintptr_t)marks->items[*(const size_t *)a].block;
    uintptr_t other = (uintptr_t)marks->items[*(const size_t *)b].block;

    return (one > other) - (one < other);
}

static int index_blocks(struct scan_marks *marks, struct err *err)
{
    marks->by_block = calloc(marks->n + 1, sizeof *marks->by_block);
    if (marks->by_block == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < marks->n; i++)
        if (marks->items[i].block != NULL)
            marks->by_block[marks->n_by_block++] = i;
    qsort_r(marks->by_block, marks->n_by_block, sizeof *marks->by_block, by_block, marks);
    return 0;
}

int scan_marks_new(struct scan_marks **out, const struct hcl_repo *repo, const char *today,
                   struct err *err)
{
    CLEANUP(scan_marks_freep) struct scan_marks *marks = calloc(1, sizeof *marks);
    int r = 0;

    if (marks == NULL)
        return err_nomem(err);
    marks->today = today;
    for (size_t i = 0; i < hcl_repo_file_count(repo) && r == 0; i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        if (str_ends(file->path, ".tf") && may_hold_marks(file))
            r = read_file(marks, file, err);
    }
    if (r == 0)
        r = index_blocks(marks, err);
    if (r == 0)
        *out = STEAL(marks);
    return r;
}

void scan_marks_free(struct scan_marks *marks)
{
    if (marks == NULL)
        return;
    free(marks->items);
    free(marks->by_block);
    free(marks);
}

/* --- finding --- */

static bool is_honoured(const struct scan_mark *mark, const struct rule *rule)
{
    if (mark->is_expired || mark->text.problem != NULL || !mark_names_rule(&mark->text, rule))
        return false;
    return mark->is_header || !str_eq(mark->text.id, "*");
}

static struct scan_mark *find_at(struct scan_marks *marks, const struct rule *rule,
                                 const struct hcl_node *block)
{
    size_t low = 0;
    size_t high = marks->n_by_block;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)marks->items[marks->by_block[middle]].block < (uintptr_t)block)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < marks->n_by_block; low++) {
        struct scan_mark *mark = &marks->items[marks->by_block[low]];
        if (mark->block != block)
            return NULL;
        if (is_honoured(mark, rule))
            return mark;
    }
    return NULL;
}

static const struct hcl_node *call_block(const struct hcl_module *module,
                                         const struct hcl_call *calls, size_t n_calls)
{
    for (size_t i = 0; i < n_calls; i++)
        if (calls[i].child == module)
            return calls[i].block;
    return NULL;
}

const struct scan_mark *scan_marks_find(struct scan_marks *marks, const struct rule *rule,
                                        const struct hcl_resource *resource,
                                        const struct hcl_node *written,
                                        const struct hcl_call *calls, size_t n_calls)
{
    struct scan_mark *found = find_at(marks, rule, written);
    const struct hcl_module *module = resource->module;

    while (found == NULL && marks->n_at_modules > 0 && hcl_module_parent(module) != NULL) {
        const struct hcl_node *block = call_block(module, calls, n_calls);
        if (block != NULL)
            found = find_at(marks, rule, block);
        module = hcl_module_parent(module);
    }
    if (found != NULL)
        found->n_used++;
    return found;
}

/* --- telling --- */

size_t scan_marks_count(const struct scan_marks *marks)
{
    return marks->n;
}

const struct scan_mark *scan_marks_at(const struct scan_marks *marks, size_t i)
{
    return i < marks->n ? &marks->items[i] : NULL;
}

enum scan_mark_state scan_mark_state(const struct scan_mark *mark, const struct rule *const *rules,
                                     size_t n_rules)
{
    bool is_asked = false;

    if (mark->n_used > 0)
        return MARK_USED;
    for (size_t i = 0; i < n_rules && !is_asked; i++)
        is_asked = !str_eq(mark->text.id, "*") && mark_names_rule(&mark->text, rules[i]);
    if (mark->text.problem != NULL && (is_asked || mark->text.kind == MARK_PLUMB))
        return MARK_BAD;
    /* What a module from elsewhere holds is not seen, so nothing can be said of a mark at its call.
     */
    if (!is_asked || (mark->is_at_call && mark->text.kind != MARK_PLUMB))
        return MARK_NOT_OURS;
    return mark->is_expired ? MARK_EXPIRED : MARK_FITS_NOTHING;
}
