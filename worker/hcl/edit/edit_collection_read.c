/* How a tuple or object stands in its file; the story stands in edit_collection.c. */
#include "worker/hcl/edit/edit_collection.h"

#include "worker/hcl/syntax/lexer.h"

bool collection_same_line(const struct collection *c, size_t from, size_t to)
{
    return from >= to || memchr(c->t->file->bytes + from, '\n', to - from) == NULL;
}

bool collection_ends_in_heredoc(const struct hcl_node *value)
{
    const struct hcl_node *node = value;

    while (node != NULL) {
        const struct hcl_node *last = node->child;
        if (node->kind == HCL_TEMPLATE)
            return (node->flags & HCL_FLAG_HEREDOC) != 0;
        while (last != NULL && last->next != NULL)
            last = last->next;
        if (last == NULL || last->end != node->end)
            return false;
        node = last;
    }
    return false;
}

static size_t skip_blanks(const struct hcl_file *file, size_t at)
{
    return at + strspn(file->bytes + at, " \t");
}

static void read_item(struct collection *c, struct item *item)
{
    const struct hcl_file *file = c->t->file;
    struct hcl_comment_run above = hcl_comments_leading(c->comments, item->key);
    struct hcl_comment_run behind = hcl_comments_trailing(c->comments, item->value);
    struct hcl_token next = hcl_lex(file->bytes, file->len, item->value->end, c->is_object);
    size_t line;

    item->lead = above.n > 0 ? above.items[0].start : item->key->start;
    item->own_end = item->value->end;
    if (next.kind == ',') {
        item->comma = next.start;
        item->own_end = next.end;
    }
    if (behind.n > 0) {
        size_t end = behind.items[behind.n - 1].end;
        item->own_end = end > item->own_end ? end : item->own_end;
        item->has_line_comment = behind.items[behind.n - 1].is_line;
    }
    line = edit_line_start(file, item->lead);
    item->is_first_on_line = skip_blanks(file, line) == item->lead && line > c->node->start;
    line = skip_blanks(file, item->own_end);
    item->ends_line = line >= file->len || strchr("\r\n", file->bytes[line]) != NULL;
}

int collection_read(struct collection *c, struct err *err)
{
    size_t room = 0;
    int r = edit_comments(c->t, &c->comments, err);

    if (r != 0)
        return r;
    for (const struct hcl_node *node = c->node->child; node != NULL; node = node->next)
        room++;
    c->is_object = c->node->kind == HCL_OBJECT;
    c->items = calloc(room + 1, sizeof *c->items);
    if (c->items == NULL)
        return err_nomem(err);
    for (const struct hcl_node *node = c->node->child; node != NULL; node = node->next) {
        struct item *item = &c->items[c->n++];
        item->key = node;
        if (c->is_object)
            node = node->next;
        item->value = node;
        read_item(c, item);
        c->uses_commas = c->uses_commas || item->comma != 0;
    }
    c->uses_commas = c->uses_commas || !c->is_object;
    c->ends_in_comma = c->n > 0 && c->items[c->n - 1].comma != 0;
    return 0;
}

static bool is_bare_key(const char *key)
{
    size_t len = strlen(key);

    return len > 0 && hcl_identifier_end(key, len, 0) == len && !str_eq(key, "for");
}

static void put_quoted(const char *key, struct buf *out)
{
    buf_char(out, '"');
    for (const char *c = key; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            buf_char(out, '\\');
        else if ((*c == '$' || *c == '%') && c[1] == '{')
            buf_char(out, *c);
        if (*c == '\n')
            buf_text(out, "\\n");
        else if (*c == '\r')
            buf_text(out, "\\r");
        else if (*c == '\t')
            buf_text(out, "\\t");
        else
            buf_char(out, *c);
    }
    buf_char(out, '"');
}

void collection_key(const struct collection *c, const struct item *like, const char *key,
                    struct buf *out)
{
    const char *bytes = c->t->file->bytes;
    bool quoted = (like != NULL && like->key->kind == HCL_TEMPLATE) || !is_bare_key(key);
    size_t start = out->len;

    if (quoted)
        put_quoted(key, out);
    else
        buf_text(out, key);
    if (like == NULL) {
        buf_text(out, " = ");
        return;
    }
    const char *between = bytes + like->key->end;
    size_t len = like->value->start - like->key->end;
    size_t blanks = strspn(between, " \t");
    if (blanks >= len || (between[blanks] != '=' && between[blanks] != ':') ||
        memchr(between, '#', len) != NULL || memchr(between, '/', len) != NULL) {
        buf_text(out, " = ");
        return;
    }
    /* The sign stands below that of the pair above where it fits. */
    size_t column = like->key->end - like->key->start + blanks;
    size_t width = out->len - start;
    if (between[blanks] == '=' && blanks > 0)
        blanks = column > width ? column - width : 1;
    for (; blanks > 0; blanks--)
        buf_char(out, ' ');
    between += strspn(between, " \t");
    buf_bytes(out, between, (size_t)(bytes + like->value->start - between));
}

static bool only_blanks(const struct collection *c, size_t from, size_t to)
{
    return hcl_comments_between(c->comments, from, to).n == 0;
}

/* One that shares its lines with others, or with a bracket. */
static int remove_inline(const struct collection *c, size_t i, struct err *err)
{
    const struct item *item = &c->items[i];
    const struct item *prev = i > 0 ? &c->items[i - 1] : NULL;
    const struct item *next = i + 1 < c->n ? &c->items[i + 1] : NULL;
    size_t start = item->lead;
    size_t end = item->own_end;

    bool before_next = next != NULL && collection_same_line(c, item->own_end, next->lead);
    bool behind_prev = prev != NULL && collection_same_line(c, prev->own_end, item->lead);
    if (prev == NULL && next != NULL && !item->has_line_comment)
        before_next = before_next || only_blanks(c, item->own_end, next->lead);
    if (prev != NULL && next == NULL && !prev->has_line_comment)
        behind_prev = behind_prev || only_blanks(c, prev->own_end, item->lead);
    if (before_next)
        end = next->lead;
    else if (behind_prev)
        start = prev->own_end;
    return edit_splice(c->edits, c->t, start, end, "", 0, err);
}

int collection_remove(const struct collection *c, struct err *err)
{
    const struct hcl_file *file = c->t->file;
    size_t gone = 0;
    int r = 0;

    for (size_t i = 0; i < c->n; i++)
        gone += c->items[i].is_removed;
    if (gone == 0)
        return 0;
    bool adds = false;
    for (size_t i = 0; i < c->n; i++)
        adds = adds || c->items[i].before != NULL || c->items[i].after != NULL;
    if (gone == c->n && !adds && hcl_comments_dangling(c->comments, c->node, NULL, 0) == 0)
        return edit_splice(c->edits, c->t, c->node->start + 1, c->node->end - 1, "", 0, err);
    for (size_t i = 0; i < c->n && r == 0; i++) {
        const struct item *item = &c->items[i];
        size_t floor = i > 0 ? c->items[i - 1].own_end : c->node->start + 1;
        if (!item->is_removed)
            continue;
        r = item->is_first_on_line && item->ends_line
                ? edit_remove_lines(c->edits, c->t, edit_line_start(file, item->lead),
                                    edit_line_end(file, item->own_end), floor, i == 0, err)
                : remove_inline(c, i, err);
    }
    return r;
}
