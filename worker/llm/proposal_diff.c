/*
 * What differs between a block as it was shown and as the model wants it, as edits of the block as
 * it is written. Arguments are known by their names, pairs of an object by their keys, nested
 * blocks by type, labels and order; equal ones are matched first, so that one put in between does
 * not change those behind it. What cannot be told apart any finer is replaced as a whole.
 */
#include <stdio.h>

#include "worker/llm/proposal_inside.h"

#define NESTED_MAX 64 /* nested blocks of one body */

static size_t name_len(const struct hcl_node *node)
{
    return node->name_end - node->name_start;
}

static bool same_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool same_name(const struct hcl_file *a_file, const struct hcl_node *a,
                      const struct hcl_file *b_file, const struct hcl_node *b)
{
    return same_bytes(a_file->bytes + a->name_start, name_len(a), b_file->bytes + b->name_start,
                      name_len(b));
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
bool proposal_same(const struct hcl_file *a_file, const struct hcl_node *a,
                   const struct hcl_file *b_file, const struct hcl_node *b)
{
    if (a->kind != b->kind || a->op != b->op ||
        (a->flags & ~HCL_FLAG_ONE_LINE) != (b->flags & ~HCL_FLAG_ONE_LINE) ||
        !same_name(a_file, a, b_file, b))
        return false;
    if (a->child == NULL && b->child == NULL && a->kind != HCL_BODY &&
        !same_bytes(a_file->bytes + a->start, a->end - a->start, b_file->bytes + b->start,
                    b->end - b->start))
        return false;
    a = a->child;
    b = b->child;
    while (a != NULL && b != NULL && proposal_same(a_file, a, b_file, b)) {
        a = a->next;
        b = b->next;
    }
    return a == NULL && b == NULL;
}

void proposal_text(const struct hcl_file *file, const struct hcl_node *node, struct buf *out)
{
    size_t column = 0;
    bool at_start = false;

    while (column < node->start && file->bytes[node->start - column - 1] != '\n')
        column++;
    for (size_t i = node->start; i < node->end; i++) {
        size_t blanks = 0;

        while (at_start && blanks < column && i + blanks < node->end &&
               (file->bytes[i + blanks] == ' ' || file->bytes[i + blanks] == '\t'))
            blanks++;
        i += blanks;
        if (i >= node->end)
            break;
        buf_char(out, file->bytes[i]);
        at_start = file->bytes[i] == '\n';
    }
}

static void copy_span(const struct hcl_file *file, const struct hcl_node *node, struct buf *out)
{
    buf_bytes(out, file->bytes + node->start, node->end - node->start);
}

/* The wanted text of an expression or block, its hidden values turned back; shown: NULL when it is
 * new. */
static int reveal(const struct proposal_block *block, const struct hcl_node *wanted,
                  const struct hcl_node *shown, bool is_block, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf old = BUF(HCL_FILE_MAX_BYTES);

    if (is_block)
        proposal_text(block->wanted_file, wanted, &text);
    else
        copy_span(block->wanted_file, wanted, &text);
    if (shown != NULL)
        copy_span(block->shown_file, shown, &old);
    int r = prompt_reveal(block->prompt, buf_str(&text), shown != NULL ? buf_str(&old) : NULL, out,
                          err);
    return r == ERR_REJECT ? PROPOSAL_REFUSED : r;
}

static int as_refusal(int r)
{
    return r == ERR_REJECT ? PROPOSAL_REFUSED : r;
}

static void copy_name(const struct hcl_file *file, const struct hcl_node *node, char out[128])
{
    size_t len = name_len(node) < 128 ? name_len(node) : 127;

    memcpy(out, file->bytes + node->name_start, len);
    out[len] = '\0';
}

/* --- expressions --- */

/* An object whose keys are all plain words or plain texts: "a = 1, "b" = 2". */
static bool is_plain_object(const struct hcl_node *node)
{
    if (node->kind != HCL_OBJECT)
        return false;
    for (const struct hcl_node *key = node->child; key != NULL; key = key->next->next) {
        bool text = key->kind == HCL_TEMPLATE && key->child != NULL &&
                    key->child->kind == HCL_LITERAL && key->child->next == NULL;

        if (key->kind != HCL_VARIABLE && !text)
            return false;
    }
    return true;
}

static void key_text(const struct hcl_file *file, const struct hcl_node *key, char out[128])
{
    const struct hcl_node *text = key->kind == HCL_TEMPLATE ? key->child : key;
    size_t len = text->end - text->start < 128 ? text->end - text->start : 127;

    memcpy(out, file->bytes + text->start, len);
    out[len] = '\0';
}

static const struct hcl_node *find_key(const struct hcl_file *file, const struct hcl_node *object,
                                       const char *key)
{
    char text[128];

    for (const struct hcl_node *one = object->child; one != NULL; one = one->next->next) {
        key_text(file, one, text);
        if (str_eq(text, key))
            return one;
    }
    return NULL;
}

static int change_expression(const struct proposal_block *block, const struct hcl_node *written,
                             const struct hcl_node *shown, const struct hcl_node *wanted,
                             struct err *err);

/* The key of the same place in the written object. */
static const struct hcl_node *written_key(const struct hcl_node *written,
                                          const struct hcl_node *shown, const struct hcl_node *key)
{
    const struct hcl_node *other = written->child;

    for (const struct hcl_node *one = shown->child; one != key; one = one->next)
        other = other->next;
    return other;
}

static int change_object(const struct proposal_block *block, const struct hcl_node *written,
                         const struct hcl_node *shown, const struct hcl_node *wanted,
                         struct err *err)
{
    char key[128];
    int r = 0;

    for (const struct hcl_node *one = wanted->child; one != NULL && r == 0; one = one->next->next) {
        CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);

        key_text(block->wanted_file, one, key);
        const struct hcl_node *had = find_key(block->shown_file, shown, key);
        if (had != NULL) {
            r = change_expression(block, written_key(written, shown, had)->next, had->next,
                                  one->next, err);
            continue;
        }
        r = reveal(block, one->next, NULL, false, &text, err);
        if (r == 0)
            r = as_refusal(hcl_edit_set_key(block->edits, block->written_file, written, key,
                                            buf_str(&text), err));
    }
    for (const struct hcl_node *one = shown->child; one != NULL && r == 0; one = one->next->next) {
        key_text(block->shown_file, one, key);
        if (find_key(block->wanted_file, wanted, key) == NULL)
            r = as_refusal(hcl_edit_remove(block->edits, block->written_file,
                                           written_key(written, shown, one), err));
    }
    return r;
}

static int change_expression(const struct proposal_block *block, const struct hcl_node *written,
                             const struct hcl_node *shown, const struct hcl_node *wanted,
                             struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);

    if (proposal_same(block->shown_file, shown, block->wanted_file, wanted))
        return 0;
    if (is_plain_object(shown) && is_plain_object(wanted) && wanted->child != NULL)
        return change_object(block, written, shown, wanted, err);
    int r = reveal(block, wanted, shown, false, &text, err);
    return r != 0 ? r
                  : as_refusal(hcl_edit_replace(block->edits, block->written_file, written,
                                                buf_str(&text), err));
}

/* --- bodies --- */

static int change_body(const struct proposal_block *block, const struct hcl_node *written,
                       const struct hcl_node *shown, const struct hcl_node *wanted,
                       struct err *err);

static const struct hcl_node *find_argument(const struct hcl_file *file,
                                            const struct hcl_node *body, const char *name,
                                            const struct hcl_node *written_body,
                                            const struct hcl_node **out_written)
{
    const struct hcl_node *other = written_body != NULL ? written_body->child : NULL;

    for (const struct hcl_node *one = body->child; one != NULL; one = one->next) {
        if (one->kind == HCL_ATTRIBUTE && hcl_name_is(file, one, name)) {
            if (out_written != NULL)
                *out_written = other;
            return one;
        }
        other = other != NULL ? other->next : NULL;
    }
    return NULL;
}

static int set_argument(const struct proposal_block *block, const struct hcl_node *written,
                        const struct hcl_node *argument, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);
    char name[128];
    int r = reveal(block, argument->child, NULL, false, &text, err);

    copy_name(block->wanted_file, argument, name);
    return r != 0 ? r
                  : as_refusal(hcl_edit_set(block->edits, block->written_file, written, name,
                                            buf_str(&text), err));
}

static int change_arguments(const struct proposal_block *block, const struct hcl_node *written,
                            const struct hcl_node *shown, const struct hcl_node *wanted,
                            struct err *err)
{
    char name[128];
    int r = 0;

    for (const struct hcl_node *one = wanted->child; one != NULL && r == 0; one = one->next) {
        const struct hcl_node *to_change = NULL;

        if (one->kind != HCL_ATTRIBUTE)
            continue;
        copy_name(block->wanted_file, one, name);
        const struct hcl_node *had =
            find_argument(block->shown_file, shown, name, written, &to_change);
        r = had == NULL ? set_argument(block, written, one, err)
                        : change_expression(block, to_change->child, had->child, one->child, err);
    }
    for (const struct hcl_node *one = shown->child, *same = written->child; one != NULL && r == 0;
         one = one->next, same = same->next) {
        if (one->kind != HCL_ATTRIBUTE)
            continue;
        copy_name(block->shown_file, one, name);
        if (find_argument(block->wanted_file, wanted, name, NULL, NULL) == NULL)
            r = as_refusal(hcl_edit_remove(block->edits, block->written_file, same, err));
    }
    return r;
}

struct nested {
    const struct hcl_node *node;
    const struct hcl_node *written; /* of a shown one */
    const struct hcl_node *partner;
};

static bool same_head(const struct hcl_file *a_file, const struct hcl_node *a,
                      const struct hcl_file *b_file, const struct hcl_node *b)
{
    const struct hcl_node *one = a->child;
    const struct hcl_node *other = b->child;

    if (!same_name(a_file, a, b_file, b))
        return false;
    while (one->kind == HCL_LABEL && other->kind == HCL_LABEL &&
           same_name(a_file, one, b_file, other)) {
        one = one->next;
        other = other->next;
    }
    return one->kind != HCL_LABEL && other->kind != HCL_LABEL;
}

/* SIZE_MAX: more than there is room for. */
static size_t collect(const struct hcl_node *body, const struct hcl_node *written_body,
                      struct nested out[NESTED_MAX])
{
    const struct hcl_node *same = written_body != NULL ? written_body->child : NULL;
    size_t n = 0;

    for (const struct hcl_node *one = body->child; one != NULL; one = one->next) {
        if (one->kind == HCL_BLOCK && n == NESTED_MAX)
            return SIZE_MAX;
        if (one->kind == HCL_BLOCK)
            out[n++] = (struct nested){one, same, NULL};
        same = same != NULL ? same->next : NULL;
    }
    return n;
}

/* Equal ones first, then those of the same head in their order. */
static void pair_up(const struct proposal_block *block, struct nested *shown, size_t n_shown,
                    struct nested *wanted, size_t n_wanted, bool equal)
{
    for (size_t i = 0; i < n_shown; i++) {
        for (size_t k = 0; k < n_wanted && shown[i].partner == NULL; k++) {
            bool fits = equal ? proposal_same(block->shown_file, shown[i].node, block->wanted_file,
                                              wanted[k].node)
                              : same_head(block->shown_file, shown[i].node, block->wanted_file,
                                          wanted[k].node);

            if (wanted[k].partner != NULL || !fits)
                continue;
            shown[i].partner = wanted[k].node;
            wanted[k].partner = shown[i].node;
        }
    }
}

static int add_block(const struct proposal_block *block, const struct hcl_node *written,
                     const struct hcl_node *wanted, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(PROPOSAL_TEXT_MAX_BYTES);
    int r = reveal(block, wanted, NULL, true, &text, err);

    return r != 0 ? r
                  : as_refusal(hcl_edit_add_block(block->edits, block->written_file, written,
                                                  buf_str(&text), err));
}

static int change_blocks(const struct proposal_block *block, const struct hcl_node *written,
                         const struct hcl_node *shown, const struct hcl_node *wanted,
                         struct err *err)
{
    struct nested had[NESTED_MAX];
    struct nested wants[NESTED_MAX];
    size_t n_had = collect(shown, written, had);
    size_t n_wants = collect(wanted, NULL, wants);
    int r = 0;

    if (n_had == SIZE_MAX || n_wants == SIZE_MAX) {
        (void)err_set(err, ERR_REJECT, "a body with more than %d nested blocks", NESTED_MAX);
        return PROPOSAL_REFUSED;
    }
    pair_up(block, had, n_had, wants, n_wants, true);
    pair_up(block, had, n_had, wants, n_wants, false);
    for (size_t i = 0; i < n_had && r == 0; i++)
        r = had[i].partner != NULL
                ? change_body(block, hcl_block_body(had[i].written), hcl_block_body(had[i].node),
                              hcl_block_body(had[i].partner), err)
                : as_refusal(
                      hcl_edit_remove(block->edits, block->written_file, had[i].written, err));
    for (size_t i = 0; i < n_wants && r == 0; i++) {
        if (wants[i].partner == NULL)
            r = add_block(block, written, wants[i].node, err);
    }
    return r;
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static int change_body(const struct proposal_block *block, const struct hcl_node *written,
                       const struct hcl_node *shown, const struct hcl_node *wanted, struct err *err)
{
    int r = change_arguments(block, written, shown, wanted, err);

    return r != 0 ? r : change_blocks(block, written, shown, wanted, err);
}

int proposal_diff(const struct proposal_block *block, struct err *err)
{
    if (block->shown->kind == HCL_ATTRIBUTE)
        return change_expression(block, block->written->child, block->shown->child,
                                 block->wanted->child, err);
    return change_body(block, hcl_block_body(block->written), hcl_block_body(block->shown),
                       hcl_block_body(block->wanted), err);
}
