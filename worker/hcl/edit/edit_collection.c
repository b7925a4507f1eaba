/*
 * What becomes of a tuple or object: which items go, where new ones stand, and who has a comma.
 *
 * A new item gets a line of its own where the one beside it has such, or where that one ends in a
 * comment that must stay with it; else it goes on in the line. Between items a comma stands
 * wherever the syntax or the manner of the collection wants it, and after the last one where there
 * was one before. Which splices that takes is known when all changes to the collection are.
 */
#include "worker/hcl/edit/edit_collection.h"

enum style { STYLE_INLINE, STYLE_LINE, STYLE_LINE_BEFORE_BRACKET };

static int by_start(const void *key, const void *element)
{
    size_t start = *(const size_t *)key;
    const struct item *item = element;

    return start < item->key->start ? -1 : start > item->key->start;
}

static void chain(struct item_change **first, struct item_change **last, struct item_change *one)
{
    *(*first == NULL ? first : &(*last)->next) = one;
    *last = one;
}

/* Every change to the item it is about. */
static void distribute(struct collection *c, const struct collection_change *change)
{
    struct item_change *following;

    for (struct item_change *one = change->first; one != NULL; one = following) {
        struct item *item = c->n > 0 ? &c->items[c->n - 1] : NULL;
        following = one->next;
        one->next = NULL;
        if (one->anchor != NULL) {
            size_t start = one->anchor->start;
            item = bsearch(&start, c->items, c->n, sizeof *item, by_start);
        }
        if (item == NULL)
            chain(&c->rest, &c->rest_last, one);
        else if (one->how == ITEM_REMOVE)
            item->is_removed = true;
        else if (one->how == ITEM_BEFORE)
            chain(&item->before, &item->before_last, one);
        else
            chain(&item->after, &item->after_last, one);
    }
}

static void move(struct item_change **to, struct item_change **to_last, struct item_change **from,
                 struct item_change *from_last)
{
    if (*from == NULL)
        return;
    chain(to, to_last, *from);
    *to_last = from_last;
    *from = NULL;
}

/* What is put beside a removed item goes behind the nearest one above that stays, or stands in the
 * place of what goes. */
static void reanchor(struct collection *c)
{
    struct item *kept = NULL;

    for (size_t i = 0; i < c->n; i++) {
        struct item *item = &c->items[i];
        if (!item->is_removed) {
            kept = item;
        } else if (kept == NULL) {
            move(&item->before, &item->before_last, &item->after, item->after_last);
        } else {
            move(&kept->after, &kept->after_last, &item->before, item->before_last);
            move(&kept->after, &kept->after_last, &item->after, item->after_last);
        }
    }
}

/* From the end on: is there anything behind? */
static void look_ahead(struct collection *c)
{
    bool any = false;

    for (size_t i = c->n; i-- > 0;) {
        struct item *item = &c->items[i];
        item->is_followed = any;
        any = any || item->after != NULL || item->before != NULL || !item->is_removed;
    }
}

static enum style style_behind(const struct collection *c, const struct item *item)
{
    bool is_last = item + 1 == c->items + c->n;

    if (item->ends_line && (item->is_first_on_line || item->has_line_comment))
        return STYLE_LINE;
    if (collection_ends_in_heredoc(item->value))
        return STYLE_LINE;
    return is_last && !item->ends_line && item->is_first_on_line ? STYLE_LINE_BEFORE_BRACKET
                                                                 : STYLE_INLINE;
}

/* How a line behind the item is indented. */
static const char *indent_behind(const struct collection *c, const struct item *item,
                                 enum style style)
{
    const struct item *next = item + 1 < c->items + c->n ? item + 1 : NULL;
    bool as_next =
        style == STYLE_LINE && !item->is_first_on_line && next != NULL && next->is_first_on_line;

    return edit_indent(c->edits->arena, c->t->file, as_next ? next->key->start : item->key->start);
}

static int put_text(const struct collection *c, const struct item *like,
                    const struct item_change *one, const char *indent, struct buf *out,
                    struct err *err)
{
    if (one->key != NULL)
        collection_key(c, like, one->key, out);
    return edit_snippet_put(out, one->text, true, indent, c->t->eol, err);
}

/* As put_text; the line may go on behind it. */
static int put_with(const struct collection *c, const struct item *like,
                    const struct item_change *one, const char *indent, struct buf *out,
                    struct err *err)
{
    if (edit_ends_in_heredoc(one->text))
        return edit_refuse_heredoc(c->t->file, c->node->start, err);
    return put_text(c, like, one, indent, out, err);
}

static int put_behind(const struct collection *c, const struct item *item, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(EDITS_MAX_BYTES);
    enum style style = style_behind(c, item);
    const char *indent = indent_behind(c, item, style);
    bool commas = c->uses_commas || style == STYLE_INLINE;
    size_t at = style == STYLE_LINE ? edit_line_end(c->t->file, item->own_end) : item->own_end;
    int flags = style == STYLE_LINE ? SPLICE_OWN_LINE : 0;
    int r = indent == NULL ? err_nomem(err) : 0;

    if (style == STYLE_INLINE && item->comma != 0)
        at = item->comma + 1;
    /* A heredoc's comma stands on the line below it. */
    bool comma_first = item->comma == 0 && c->uses_commas && !c->is_object &&
                       collection_ends_in_heredoc(item->value);
    for (const struct item_change *one = item->after; one != NULL && r == 0; one = one->next) {
        if (style == STYLE_LINE_BEFORE_BRACKET)
            buf_text(&out, c->t->eol);
        buf_text(&out, style == STYLE_INLINE ? " " : indent);
        buf_text(&out, comma_first ? ", " : "");
        comma_first = false;
        bool comma = commas && (one->next != NULL || item->is_followed || c->ends_in_comma);
        r = comma || style != STYLE_LINE ? put_with(c, item, one, indent, &out, err)
                                         : put_text(c, item, one, indent, &out, err);
        buf_text(&out, comma ? "," : "");
        buf_text(&out, style == STYLE_LINE ? c->t->eol : "");
    }
    return r != 0 ? r : edit_splice_buf(c->edits, c->t, at, at, &out, flags, err);
}

static int put_before(const struct collection *c, const struct item *item, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(EDITS_MAX_BYTES);
    const char *indent = edit_indent(c->edits->arena, c->t->file, item->key->start);
    bool own_line = item->is_first_on_line && (item->ends_line || !item->is_removed);
    size_t at = own_line ? edit_line_start(c->t->file, item->lead) : item->lead;
    bool last = item->is_removed && !item->is_followed;
    int r = indent == NULL ? err_nomem(err) : 0;

    for (const struct item_change *one = item->before; one != NULL && r == 0; one = one->next) {
        bool comma =
            (c->uses_commas || !own_line) && (one->next != NULL || !last || c->ends_in_comma);
        buf_text(&out, own_line ? indent : "");
        r = comma || !own_line ? put_with(c, item, one, indent, &out, err)
                               : put_text(c, item, one, indent, &out, err);
        buf_text(&out, comma ? "," : "");
        buf_text(&out, own_line ? c->t->eol : comma && (one->next != NULL || !last) ? " " : "");
    }
    return r != 0 ? r : edit_splice_buf(c->edits, c->t, at, at, &out, 0, err);
}

/* The comma goes with all that is behind it: with its line, too, where it leads that. */
static int drop_comma(const struct collection *c, const struct item *item, struct err *err)
{
    const struct hcl_file *file = c->t->file;
    size_t start = edit_line_start(file, item->comma);
    size_t end = item->comma + 1;

    if (start <= item->value->end || !c->items[c->n - 1].ends_line ||
        start + strspn(file->bytes + start, " \t") != item->comma)
        return edit_splice(c->edits, c->t, item->comma, end, "", 0, err);
    start -= file->bytes[start - 2] == '\r' ? 2 : 1;
    end += strspn(file->bytes + end, " \t");
    return edit_splice(c->edits, c->t, start, end, "", 0, err);
}

/* Gives or takes the comma behind an item that stays. */
static int mend_comma(const struct collection *c, const struct item *item, struct err *err)
{
    bool was_last = item + 1 == c->items + c->n;
    bool is_followed = item->is_followed || item->after != NULL;
    bool wants = is_followed ? !c->is_object || item->comma != 0 : c->ends_in_comma;

    if (is_followed && c->is_object && item->after != NULL)
        wants = c->uses_commas || style_behind(c, item) == STYLE_INLINE;
    if (item->comma != 0 && !wants && !was_last)
        return drop_comma(c, item, err);
    if (item->comma != 0 || !wants || collection_ends_in_heredoc(item->value))
        return 0;
    size_t at = item->has_line_comment ? item->value->end : item->own_end;
    return edit_splice(c->edits, c->t, at, at, ",", 0, err);
}

/* Into brackets that hold nothing. */
static int fill(const struct collection *c, struct err *err)
{
    CLEANUP(buf_done) struct buf out = BUF(EDITS_MAX_BYTES);
    const struct hcl_file *file = c->t->file;
    size_t open = c->node->start + 1;
    size_t close = c->node->end - 1;
    bool is_bare = hcl_comments_between(c->comments, open, close).n == 0;
    const char *outer = edit_indent(c->edits->arena, file, close);
    const char *inner;
    int r = 0;

    if (c->rest == NULL)
        return 0;
    inner = outer != NULL
                ? arena_print(c->edits->arena, "%s%s", outer, outer[0] == '\t' ? "\t" : "  ")
                : NULL;
    if (inner == NULL)
        return err_nomem(err);
    bool lines = c->is_object || !is_bare || !collection_same_line(c, open, close);
    if (lines && is_bare)
        buf_text(&out, c->t->eol);
    for (const struct item_change *one = c->rest; one != NULL && r == 0; one = one->next) {
        buf_text(&out, lines ? inner : "");
        r = put_text(c, NULL, one, lines ? inner : outer, &out, err);
        if (lines)
            buf_print(&out, "%s%s", c->is_object ? "" : ",", c->t->eol);
        else
            buf_text(&out, one->next != NULL ? ", " : "");
    }
    if (lines && is_bare)
        buf_text(&out, outer);
    if (r != 0)
        return r;
    if (is_bare)
        return edit_splice_buf(c->edits, c->t, open, close, &out, 0, err);
    size_t line = edit_line_start(file, close);
    size_t at = line > open && line + strlen(outer) == close ? line : close;
    return edit_splice_buf(c->edits, c->t, at, at, &out, SPLICE_OWN_LINE, err);
}

static int change_items(struct collection *c, struct err *err)
{
    int r;

    reanchor(c);
    look_ahead(c);
    r = collection_remove(c, err);
    for (size_t i = 0; i < c->n && r == 0; i++) {
        const struct item *item = &c->items[i];
        if (item->before != NULL)
            r = put_before(c, item, err);
        if (r == 0 && !item->is_removed)
            r = mend_comma(c, item, err);
        if (r == 0 && item->after != NULL)
            r = put_behind(c, item, err);
    }
    return r;
}

int edit_collection(struct hcl_edits *edits, struct touched *t,
                    const struct collection_change *change, struct err *err)
{
    struct collection c = {.edits = edits, .t = t, .node = change->node};
    int r = collection_read(&c, err);

    if (r == 0) {
        distribute(&c, change);
        r = c.n == 0 ? fill(&c, err) : change_items(&c, err);
    }
    free(c.items);
    return r;
}
