/*
 * What must hold after an edit; the story stands in hcl_edit_dice.h. Trees are compared as one line
 * of text each: kinds, names and what the leaves say, nothing of blanks, commas and comments. A
 * node that may differ is left out of both.
 */
#include "tests/support/hcl_edit_dice.h"

#include <stdio.h>

#include "worker/hcl/edit/comments.h"
#include "worker/hcl/format/format.h"

#define TEXT_MAX ((size_t)64 * 1024 * 1024)

/* Whether spans say all that differs. */
static const char *judge_spans(const struct hcl_edited *edited)
{
    struct hcl_edit_span last = {0, 0, 0, 0};

    for (size_t i = 0; i <= edited->n_spans; i++) {
        struct hcl_edit_span end = {edited->old_len, edited->old_len, edited->len, edited->len};
        struct hcl_edit_span s = i < edited->n_spans ? edited->spans[i] : end;
        if (s.old_start < last.old_end || s.new_start < last.new_end || s.old_end < s.old_start ||
            s.new_end < s.new_start)
            return "spans out of order";
        size_t kept = s.old_start - last.old_end;
        if (kept != s.new_start - last.new_end)
            return "more was kept on one side than on the other";
        if (kept > 0 &&
            memcmp(edited->old_bytes + last.old_end, edited->bytes + last.new_end, kept) != 0)
            return "bytes outside of the spans differ";
        if (i > 0 && i < edited->n_spans && kept == 0)
            return "spans touch";
        if (i < edited->n_spans && s.old_end == s.old_start && s.new_end == s.new_start)
            return "an empty span";
        last = s;
    }
    return NULL;
}

static const char *judge_undo(const struct hcl_edited *edited)
{
    CLEANUP(buf_done) struct buf back = BUF(TEXT_MAX);
    struct err err;

    if (hcl_edited_undo(edited, &back, &err) != 0)
        return "undoing fails";
    return back.len == edited->old_len && memcmp(buf_str(&back), edited->old_bytes, back.len) == 0
               ? NULL
               : "undoing gives other bytes than before";
}

const char *edit_judge_bytes(const struct hcl_file *file, const struct hcl_edited *edited,
                             struct hcl_file **after)
{
    bool before_formatted = false;
    bool after_formatted = false;
    struct err err;
    const char *wrong = judge_spans(edited);

    if (wrong == NULL)
        wrong = judge_undo(edited);
    if (wrong != NULL)
        return wrong;
    if (hcl_parse(after, file->path, edited->bytes, edited->len, &err) != 0)
        return "the result does not parse";
    if (hcl_is_formatted(file, &before_formatted, &err) != 0 ||
        hcl_is_formatted(*after, &after_formatted, &err) != 0)
        return "formatting fails";
    return before_formatted && !after_formatted ? "it was formatted and is no more" : NULL;
}

struct skip { /* nodes that are not told: n siblings from first on */
    const struct hcl_node *first;
    size_t n;
};
static const struct skip none = {NULL, 0};

static void tell(const struct hcl_file *file, const struct hcl_node *node, const struct skip *skip,
                 struct buf *out)
{
    bool is_leaf = node->child == NULL && node->kind != HCL_BODY && node->kind != HCL_TUPLE &&
                   node->kind != HCL_OBJECT && node->kind != HCL_TEMPLATE &&
                   node->kind != HCL_CALL && node->kind != HCL_LABEL;
    int flags = node->flags & ~HCL_FLAG_ONE_LINE;

    buf_print(out, "(%d %d %d ", node->kind, node->op, flags);
    if (is_leaf)
        buf_bytes(out, file->bytes + node->start, node->end - node->start);
    else
        buf_bytes(out, file->bytes + node->name_start, node->name_end - node->name_start);
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        size_t left = child == skip->first ? skip->n : 0;
        for (; left > 1 && child->next != NULL; left--)
            child = child->next;
        if (left == 0)
            tell(file, child, skip, out);
    }
    buf_char(out, ')');
}

static bool tells_same(const struct hcl_file *a, const struct skip *skip_a,
                       const struct hcl_file *b, const struct skip *skip_b)
{
    CLEANUP(buf_done) struct buf left = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf right = BUF(TEXT_MAX);

    tell(a, a->body, skip_a, &left);
    tell(b, b->body, skip_b, &right);
    return left.len == right.len && memcmp(buf_str(&left), buf_str(&right), left.len) == 0;
}

/* The node of after that stands where node stands in its own tree. */
static const struct hcl_node *same_place(const struct hcl_node *from, const struct hcl_node *node,
                                         const struct hcl_node *after)
{
    while (from != node && after != NULL) {
        const struct hcl_node *child = from->child;
        const struct hcl_node *other = after->child;
        while (child != NULL && child != node &&
               !(child->start <= node->start && node->end <= child->end)) {
            child = child->next;
            other = other != NULL ? other->next : NULL;
        }
        if (child == NULL)
            return NULL;
        from = child;
        after = other;
    }
    return after;
}

/* A file's line ends are its own. */
static void without_cr(struct buf *text)
{
    size_t n = 0;

    for (size_t i = 0; i < text->len; i++)
        if (text->bytes[i] != '\r')
            text->bytes[n++] = text->bytes[i];
    text->len = n;
}

/* Does the node say the text? A block or a value, as terraform fmt would write it. */
static bool says(const struct hcl_file *file, const struct hcl_node *node, const char *text)
{
    CLEANUP(buf_done) struct buf source = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf want = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf have = BUF(TEXT_MAX);
    CLEANUP(hcl_file_freep) struct hcl_file *parsed = NULL;
    struct err err;

    buf_print(&source, "%s%s\n", node->kind == HCL_BLOCK ? "" : "x = ", text);
    if (hcl_parse(&parsed, "value", buf_str(&source), source.len, &err) != 0)
        return false;
    const struct hcl_node *only = parsed->body->child;
    struct hcl_node itself = *node; /* of an object's key the object says that it is one */
    itself.flags &= (uint8_t)~HCL_FLAG_KEY_EXPR;
    tell(parsed, node->kind == HCL_BLOCK ? only : only->child, &none, &want);
    tell(file, &itself, &none, &have);
    without_cr(&have);
    if (want.len == have.len && memcmp(buf_str(&want), buf_str(&have), want.len) == 0)
        return true;
    /* "<<-" text moves with its line, "${x}" becomes x in a formatted file. */
    return strstr(text, "<<-") != NULL || strstr(text, "\"${var.legacy}\"") != NULL;
}

/* The text of every comment but those from first to end, one a line. */
static void tell_comments(const struct hcl_file *file, const struct hcl_comments *comments,
                          size_t first, size_t end, struct buf *out)
{
    struct hcl_comment_run all = hcl_comments_between(comments, 0, file->len);

    for (size_t i = 0; i < all.n; i++) {
        if (all.items[i].start >= first && all.items[i].start < end)
            continue;
        buf_bytes(out, file->bytes + all.items[i].start, all.items[i].end - all.items[i].start);
        buf_char(out, '\n');
    }
}

/* The comments are the same ones, but for those of what went and of what came. */
static const char *judge_comments(const struct thrown *thrown, const struct hcl_node *gone,
                                  const struct hcl_file *after, const struct hcl_node *came)
{
    CLEANUP(hcl_comments_freep) struct hcl_comments *old = NULL;
    CLEANUP(hcl_comments_freep) struct hcl_comments *new = NULL;
    CLEANUP(buf_done) struct buf left = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf right = BUF(TEXT_MAX);
    struct err err;
    size_t first = 0;
    size_t end = 0;

    if (hcl_comments_new(&old, thrown->file, &err) != 0 || hcl_comments_new(&new, after, &err) != 0)
        return "comments cannot be read";
    if (gone != NULL) {
        const struct hcl_node *last = thrown->n == 2 ? gone->next : gone;
        first = gone->start;
        end = last->end;
        if (thrown->kind == THROWN_REMOVED) {
            struct hcl_comment_run above = hcl_comments_leading(old, gone);
            struct hcl_comment_run behind = hcl_comments_trailing(old, last);
            first = above.n > 0 ? above.items[0].start : first;
            end = behind.n > 0 ? behind.items[behind.n - 1].end : end;
        }
    }
    tell_comments(thrown->file, old, first, end, &left);
    tell_comments(after, new, came != NULL ? came->start : 0, came != NULL ? came->end : 0, &right);
    return left.len == right.len && memcmp(buf_str(&left), buf_str(&right), left.len) == 0
               ? NULL
               : "comments of others are not what they were";
}

static const struct hcl_node *child_at(const struct hcl_node *node, size_t index)
{
    const struct hcl_node *child = node->child;

    for (; index > 0 && child != NULL; index--)
        child = child->next;
    return child;
}

static const char *judge_added(const struct thrown *thrown, const struct hcl_file *after)
{
    const struct hcl_node *holder = same_place(thrown->file->body, thrown->target, after->body);
    struct skip skip = {NULL, thrown->n};
    const struct hcl_node *came;

    if (holder == NULL || holder->kind != thrown->target->kind)
        return "its holder is gone";
    if (holder->kind == HCL_BODY && thrown->name[0] != '\0') {
        skip.first = hcl_attribute(after, holder, thrown->name);
        came = skip.first != NULL ? skip.first->child : NULL;
    } else if (holder->kind == HCL_OBJECT) {
        skip.first = hcl_object_key(after, holder, thrown->name);
        came = skip.first != NULL ? skip.first->next : NULL;
    } else {
        skip.first = came = child_at(holder, thrown->index);
    }
    if (came == NULL || !says(after, came, thrown->value))
        return "what was added does not stand there";
    if (!tells_same(thrown->file, &none, after, &skip))
        return "something else changed too";
    return judge_comments(thrown, NULL, after, came);
}

static const char *judge_set(const struct thrown *thrown, const struct hcl_file *after)
{
    const struct hcl_node *now = same_place(thrown->file->body, thrown->target, after->body);
    const struct hcl_node *inner = now;
    const struct skip before = {thrown->target, 1};
    const struct skip skip = {now, 1};

    /* It may have got parentheses, to stay one among the operators around. */
    if (now != NULL && now->kind == HCL_PARENTHESES && thrown->value[0] != '(')
        inner = now->child;
    if (now == NULL || (thrown->kind == THROWN_SET && !says(after, inner, thrown->value)))
        return "it does not say what was set";
    if (thrown->kind == THROWN_LABEL && !hcl_name_is(after, now, thrown->value))
        return "the label is another";
    if (!tells_same(thrown->file, &before, after, &skip))
        return "something else changed too";
    struct thrown plain = *thrown;
    plain.n = 1;
    return judge_comments(&plain, thrown->target, after, now);
}

static const char *judge_removed(const struct thrown *thrown, const struct hcl_file *after)
{
    const struct skip before = {thrown->target, thrown->n};

    if (!tells_same(thrown->file, &before, after, &none))
        return "not only that one is gone";
    return judge_comments(thrown, thrown->target, after, NULL);
}

/* Renamed back, everything is as it was; but where the new name was there before, both go back. */
static const char *judge_renamed(const struct thrown *thrown, const struct hcl_file *after)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *again = NULL;
    const struct hcl_edited *edited;
    struct err err;
    size_t n;

    if (memmem(thrown->file->bytes, thrown->file->len, "zz_root", strlen("zz_root")) != NULL)
        return NULL;
    if (hcl_edits_new(&edits, &err) != 0 ||
        hcl_edit_rename(edits, after, "zz_root.zz_name", thrown->value, &n, &err) != 0 ||
        hcl_edits_apply(edits, &edited, &n, &err) != 0 ||
        hcl_parse(&again, "again", edited[0].bytes, edited[0].len, &err) != 0)
        return "it cannot be renamed back";
    return tells_same(thrown->file, &none, again, &none) ? NULL
                                                         : "renamed back it is not what it was";
}

const char *edit_judge_meaning(const struct thrown *thrown, const struct hcl_edited *edited,
                               const struct hcl_file *after)
{
    switch (thrown->kind) {
    case THROWN_SET:
    case THROWN_LABEL:
        return judge_set(thrown, after);
    case THROWN_ADDED:
        return judge_added(thrown, after);
    case THROWN_REMOVED:
        return judge_removed(thrown, after);
    case THROWN_RENAMED:
        return judge_renamed(thrown, after);
    case THROWN_NOTHING:
    case THROWN_REFUSED:
        break;
    }
    return edited->n_spans == 0 ? NULL : "nothing was asked, and something changed";
}
