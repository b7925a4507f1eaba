/* Whose each comment is; the rules stand in comments.h. */
#include "worker/hcl/edit/comments.h"

#include "worker/hcl/format/format.h"
#include "worker/hcl/syntax/lexer.h"

struct hcl_comments {
    const struct hcl_file *file;
    struct hcl_comment *items; /* owned, in source order */
    size_t n;
};

static struct hcl_comment comment_of(const struct hcl_file *file,
                                     const struct hcl_format_token *token, int depth)
{
    const char *bytes = file->bytes;
    struct hcl_comment comment = {.start = token->start,
                                  .end = token->end,
                                  .is_line =
                                      bytes[token->start + 1] != '*' || bytes[token->start] == '#',
                                  .is_in_block = depth > 0};

    if (comment.is_line && bytes[comment.end - 1] == '\n')
        comment.end--;
    if (comment.is_line && bytes[comment.end - 1] == '\r')
        comment.end--;
    return comment;
}

int hcl_comments_new(struct hcl_comments **out, const struct hcl_file *file, struct err *err)
{
    CLEANUP(hcl_comments_freep) struct hcl_comments *comments = calloc(1, sizeof *comments);
    struct hcl_format_tokens tokens = {0};
    int depth = 0;

    if (comments == NULL)
        return err_nomem(err);
    comments->file = file;
    int r = hcl_format_scan(file, &tokens, err);
    if (r != 0)
        return r;
    for (size_t i = 0; i < tokens.n; i++)
        comments->n += tokens.items[i].kind == HCL_T_COMMENT;
    comments->items = calloc(comments->n + 1, sizeof *comments->items);
    size_t n = 0;
    for (size_t i = 0; i < tokens.n && comments->items != NULL; i++) {
        depth += hcl_format_depth(tokens.items[i].kind);
        if (tokens.items[i].kind == HCL_T_COMMENT)
            comments->items[n++] = comment_of(file, &tokens.items[i], depth);
    }
    free(tokens.items);
    if (comments->items == NULL)
        return err_nomem(err);
    *out = STEAL(comments);
    return 0;
}

void hcl_comments_free(struct hcl_comments *comments)
{
    if (comments == NULL)
        return;
    free(comments->items);
    free(comments);
}

bool hcl_comment_is_mark(const struct hcl_file *file, const struct hcl_comment *comment)
{
    static const char *const marks[] = {"checkov:skip", "bridgecrew:skip", "tfsec:ignore",
                                        "trivy:ignore", "kics-scan",       "ts:skip",
                                        "nosemgrep",    "terrascan:skip",  "plumb:ignore"};
    const char *text = file->bytes + comment->start;
    size_t len = comment->end - comment->start;

    for (size_t i = 0; i < COUNT(marks); i++)
        if (memmem(text, len, marks[i], strlen(marks[i])) != NULL)
            return true;
    return false;
}

/* The first comment that starts at offset or behind. */
static size_t first_from(const struct hcl_comments *c, size_t offset)
{
    size_t low = 0;
    size_t high = c->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->items[middle].start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct hcl_comment_run hcl_comments_between(const struct hcl_comments *c, size_t start, size_t end)
{
    size_t first = first_from(c, start);
    size_t last = first_from(c, end);

    return (struct hcl_comment_run){c->items + first, last > first ? last - first : 0};
}

static size_t blanks_before(const struct hcl_file *file, size_t at)
{
    while (at > file->body->start && (file->bytes[at - 1] == ' ' || file->bytes[at - 1] == '\t'))
        at--;
    return at;
}

static size_t blanks_behind(const struct hcl_file *file, size_t at)
{
    while (at < file->len && (file->bytes[at] == ' ' || file->bytes[at] == '\t'))
        at++;
    return at;
}

static bool starts_line(const struct hcl_file *file, size_t at)
{
    return at <= file->body->start || file->bytes[at - 1] == '\n';
}

/* Takes the comments that stand one behind the other right before *at, from index *first down. */
static void take_line(const struct hcl_comments *c, size_t *at, size_t *first)
{
    *at = blanks_before(c->file, *at);
    while (*first > 0 && c->items[*first - 1].end == *at) {
        (*first)--;
        *at = blanks_before(c->file, c->items[*first].start);
    }
}

/* Does one of the comments first..end (a line of them) belong to the block around instead? */
static bool is_around(const struct hcl_comments *c, const struct hcl_node *node, size_t first,
                      size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct hcl_comment *comment = &c->items[i];
        size_t len = comment->end - comment->start;
        if (!comment->is_in_block || !hcl_comment_is_mark(c->file, comment))
            continue;
        /* Checkov looks anywhere inside a resource; the others right above what they mean. */
        if (node->kind != HCL_BLOCK ||
            memmem(c->file->bytes + comment->start, len, ":skip", strlen(":skip")) != NULL)
            return true;
    }
    return false;
}

struct hcl_comment_run hcl_comments_leading(const struct hcl_comments *c,
                                            const struct hcl_node *node)
{
    const struct hcl_file *file = c->file;
    size_t end = first_from(c, node->start);
    size_t first = end;
    size_t at = node->start;

    take_line(c, &at, &first);
    while (starts_line(file, at) && at > file->body->start) {
        size_t above = at - 1 - (at - 1 > 0 && file->bytes[at - 2] == '\r');
        size_t candidate = first;
        take_line(c, &above, &candidate);
        if (candidate == first || !starts_line(file, above) || is_around(c, node, candidate, first))
            break;
        at = above;
        first = candidate;
    }
    return (struct hcl_comment_run){c->items + first, end - first};
}

/* Takes what stands right behind *at on its line, from index *end up. */
static void take_behind(const struct hcl_comments *c, size_t *at, size_t *end)
{
    *at = blanks_behind(c->file, *at);
    while (*end < c->n && c->items[*end].start == *at) {
        *at = blanks_behind(c->file, c->items[*end].end);
        (*end)++;
    }
}

struct hcl_comment_run hcl_comments_trailing(const struct hcl_comments *c,
                                             const struct hcl_node *node)
{
    const struct hcl_file *file = c->file;
    size_t first = first_from(c, node->end);
    size_t end = first;
    size_t at = node->end;

    take_behind(c, &at, &end);
    if (at < file->len && file->bytes[at] == ',') {
        size_t behind = end;
        at++;
        take_behind(c, &at, &behind);
        if (at >= file->len || strchr("\r\n]})", file->bytes[at]) != NULL)
            end = behind;
    }
    return (struct hcl_comment_run){c->items + first, end - first};
}

size_t hcl_comments_dangling(const struct hcl_comments *c, const struct hcl_node *node,
                             const struct hcl_comment **out, size_t max)
{
    size_t next = first_from(c, node->start);
    size_t n = 0;

    for (const struct hcl_node *child = node->child;; child = child->next) {
        size_t until = child != NULL ? child->start : node->end;
        size_t own = first_from(c, until);
        size_t behind = own;
        if (child != NULL) {
            struct hcl_comment_run leading = hcl_comments_leading(c, child);
            struct hcl_comment_run trailing = hcl_comments_trailing(c, child);
            own -= leading.n;
            behind = (size_t)(trailing.items - c->items) + trailing.n;
        }
        for (; next < own; next++, n++)
            if (n < max)
                out[n] = &c->items[next];
        next = behind > next ? behind : next;
        if (child == NULL)
            return n;
    }
}
