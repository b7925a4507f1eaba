/* Labels, and the references to what they name; the story stands in edit.h. */
#include "worker/hcl/edit/edit_claim.h"

#include "worker/hcl/syntax/lexer.h"

#define PARTS_MAX 3 /* data.aws_ami.x */

static int set_text(struct hcl_edits *edits, struct touched *t, const struct hcl_node *node,
                    size_t start, size_t end, const char *text, struct err *err)
{
    const struct claim claim = {.node = node,
                                .slot = CLAIM_TEXT,
                                .text = text,
                                .verb = "rename to",
                                .start = (uint32_t)start,
                                .end = (uint32_t)end};
    int r = edit_claim(edits, t, &claim, err);

    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return edit_splice(edits, t, start, end, text, 0, err);
}

static bool is_identifier(const char *text, size_t len)
{
    return len > 0 && hcl_identifier_end(text, len, 0) == len;
}

int hcl_edit_set_label(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *block, size_t i, const char *label, struct err *err)
{
    const struct hcl_node *node = block->kind == HCL_BLOCK ? block->child : NULL;
    struct touched *t;
    int r = edit_touch(edits, file, block, &t, err);

    for (size_t k = 0; k < i && node != NULL && node->kind == HCL_LABEL; k++)
        node = node->next;
    if (r != 0)
        return r;
    if (node == NULL || node->kind != HCL_LABEL)
        return err_set(err, ERR_REJECT, "%s: the block has no label %zu", file->path, i);
    if (!is_identifier(label, strlen(label)))
        return err_set(err, ERR_REJECT, "%s: not a name: %.100s", file->path, label);
    return set_text(edits, t, node, node->name_start, node->name_end, label, err);
}

struct reference {
    const char *parts[PARTS_MAX];
    size_t lens[PARTS_MAX];
    size_t n;
};

static int split(const char *text, struct reference *out, struct err *err)
{
    const char *at = text;

    *out = (struct reference){.n = 0};
    while (out->n < PARTS_MAX) {
        size_t len = strcspn(at, ".");
        if (!is_identifier(at, len))
            break;
        out->parts[out->n] = at;
        out->lens[out->n++] = len;
        at += len;
        if (*at == '\0' && out->n > 1)
            return 0;
        at += *at == '.';
    }
    return err_set(err, ERR_REJECT, "not a reference: %.100s", text);
}

static bool part_is(const struct hcl_file *file, const struct hcl_node *node,
                    const struct reference *r, size_t i)
{
    return node->name_end - node->name_start == r->lens[i] &&
           memcmp(file->bytes + node->name_start, r->parts[i], r->lens[i]) == 0;
}

/* Does the chain that ends at node say the reference, no less and no more? */
static bool is_reference(const struct hcl_file *file, const struct hcl_node *node,
                         const struct reference *from)
{
    for (size_t i = from->n - 1; i > 0; i--) {
        if (node->kind != HCL_GET_ATTR || !part_is(file, node, from, i))
            return false;
        node = node->child;
    }
    return node->kind == HCL_VARIABLE && (node->flags & HCL_FLAG_KEY_EXPR) == 0 &&
           part_is(file, node, from, 0);
}

struct renaming {
    struct hcl_edits *edits;
    struct touched *t;
    struct reference from, to;
    size_t n;
    struct err *err;
};

static int rename_chain(struct renaming *w, const struct hcl_node *node)
{
    int r = 0;

    for (size_t i = w->from.n; i-- > 0 && r == 0; node = node->child) {
        const char *part = arena_copy(w->edits->arena, w->to.parts[i], w->to.lens[i]);
        if (part == NULL)
            return err_nomem(w->err);
        if (!part_is(w->t->file, node, &w->to, i))
            r = set_text(w->edits, w->t, node, node->name_start, node->name_end, part, w->err);
    }
    w->n += r == 0;
    return r;
}

/* Of a for that gives the name another meaning, the collection, where it does not yet; else NULL.
 */
static const struct hcl_node *hidden_but_in(const struct renaming *w, const struct hcl_node *node)
{
    const struct hcl_file *file = w->t->file;
    struct hcl_for parts;

    if (node->kind != HCL_FOR_TUPLE && node->kind != HCL_FOR_OBJECT &&
        (node->kind != HCL_DIRECTIVE || node->op != 'f'))
        return NULL;
    hcl_for_parts(node, &parts);
    if (part_is(file, parts.value_name, &w->from, 0) ||
        (parts.key_name != NULL && part_is(file, parts.key_name, &w->from, 0)))
        return parts.collection;
    return NULL;
}

static int rename_below(struct renaming *w, const struct hcl_node *node)
{
    const struct hcl_file *file = w->t->file;
    const struct hcl_node *open = hidden_but_in(w, node);
    int r = 0;

    if (open != NULL)
        return rename_below(w, open);

    /* They say what a thing was called before. */
    if (node->kind == HCL_BLOCK &&
        (hcl_name_is(file, node, "moved") || hcl_name_is(file, node, "removed")))
        return 0;
    if (is_reference(file, node, &w->from))
        return rename_chain(w, node);
    for (const struct hcl_node *child = node->child; child != NULL && r == 0; child = child->next)
        r = rename_below(w, child);
    return r;
}

int hcl_edit_rename(struct hcl_edits *edits, const struct hcl_file *file, const char *from,
                    const char *to, size_t *n, struct err *err)
{
    struct renaming w = {.edits = edits, .err = err};
    int r = split(from, &w.from, err);

    if (r == 0)
        r = split(to, &w.to, err);
    if (r == 0 && w.from.n != w.to.n)
        r = err_set(err, ERR_REJECT, "%.100s has not as many parts as %.100s", to, from);
    if (r == 0)
        r = edit_touch(edits, file, file->body, &w.t, err);
    if (r == 0)
        r = rename_below(&w, file->body);
    if (r == 0 && n != NULL)
        *n = w.n;
    return r;
}
