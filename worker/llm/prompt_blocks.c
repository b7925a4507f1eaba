/* The blocks of a question: as they may be shown, nearest first, as many as there is room for. */
#include <stdio.h>

#include "worker/llm/prompt_inside.h"

#define SHOWN_MAX_BYTES ((size_t)256 * 1024)

void prompt_blocks_done(struct prompt *prompt)
{
    for (size_t i = 0; i < COUNT(prompt->blocks); i++) {
        free(prompt->blocks[i].text);
        hcl_file_free(prompt->blocks[i].file);
        prompt->blocks[i] = (struct prompt_block){0};
    }
}

/* Hiding may only have changed texts and comments: else it cannot be said what an answer changes.
 */
static bool same_shape(const struct hcl_node *a, const struct hcl_node *b)
{
    if (a->kind != b->kind || a->op != b->op)
        return false;
    a = a->child;
    b = b->child;
    while (a != NULL && b != NULL && same_shape(a, b)) {
        a = a->next;
        b = b->next;
    }
    return a == NULL && b == NULL;
}

/* What is secret in one block is not shown in another, whichever comes first. */
static int learn_secrets(struct prompt *prompt, const struct scope *scope, struct err *err)
{
    for (size_t i = 0; i < scope->n; i++) {
        CLEANUP(buf_done) struct buf text = BUF(SHOWN_MAX_BYTES);
        const struct scope_block *block = &scope->blocks[i];

        if (hide_block(prompt->hide, block->file, block->block, &text, err) == ERR_FATAL)
            return ERR_FATAL;
    }
    return 0;
}

/* Without a text, err says why: it is too large, or too secret. */
static int show(struct prompt *prompt, const struct scope_block *block, struct prompt_block *out,
                struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(SHOWN_MAX_BYTES);
    struct err why;
    int r = hide_block(prompt->hide, block->file, block->block, &text, err);

    if (r < 0)
        return r == ERR_FATAL ? r : 0;
    buf_char(&text, '\n');
    out->text = strdup(buf_str(&text));
    if (out->text == NULL)
        return err_nomem(err);
    r = hcl_parse(&out->file, str_ends(block->file->path, ".tfvars") ? "shown.tfvars" : "shown.tf",
                  out->text, strlen(out->text), &why);
    if (r == ERR_FATAL)
        return err_nomem(err);
    out->node = out->file != NULL ? out->file->body->child : NULL;
    if (out->node == NULL || out->node->next != NULL || !same_shape(out->node, block->block)) {
        hcl_file_free(STEAL(out->file));
        out->node = NULL;
    }
    return 0;
}

/* Paths and addresses are the repository's words too. */
static void write_block(struct prompt *prompt, const struct scope_block *block,
                        const struct prompt_block *shown, struct buf *out)
{
    CLEANUP(buf_done) struct buf path = BUF(8192);
    CLEANUP(buf_done) struct buf address = BUF(8192);

    hide_words(prompt->hide, block->file->path, &path);
    hide_words(prompt->hide, block->address, &address);
    const struct template_value values[] = {
        {"file", buf_str(&path)},
        {"address", buf_str(&address)},
        {"why", block->why},
        {"may_change", block->may_change && shown->node != NULL ? "yes" : "no"},
        {"fence", prompt->fence},
        {"code", shown->text},
    };
    template_write(out, "block.md", values, COUNT(values));
}

int prompt_blocks_write(struct prompt *prompt, const struct scope *scope, size_t budget,
                        struct buf *out, struct buf *left_out, struct err *err)
{
    size_t used = 0;
    int r = learn_secrets(prompt, scope, err);

    for (size_t i = 0; i < scope->n && r == 0; i++) {
        struct prompt_block *shown = &prompt->blocks[i];
        r = show(prompt, &scope->blocks[i], shown, err);

        if (r < 0)
            break;
        if (i == 0 && shown->text == NULL)
            return err_wrap(err, ERR_REJECT, "showing the resource to a model");
        size_t len = shown->text != NULL ? strlen(shown->text) : SHOWN_MAX_BYTES;
        if (used + len > budget) {
            if (i == 0)
                return err_set(err, ERR_REJECT, "%s is too large to be shown to a model",
                               scope->blocks[0].address);
            free(shown->text);
            hcl_file_free(shown->file);
            *shown = (struct prompt_block){0};
            buf_text(left_out, left_out->len == 0 ? "Left out for want of room: " : ", ");
            hide_words(prompt->hide, scope->blocks[i].address, left_out);
            continue;
        }
        used += len;
        write_block(prompt, &scope->blocks[i], shown, out);
    }
    if (r < 0)
        return r;
    if (scope->n_left_out > 0)
        buf_print(left_out, "%s%zu more blocks",
                  left_out->len == 0 ? "Left out for want of room: " : ", ", scope->n_left_out);
    if (left_out->len > 0)
        buf_text(left_out, ".\n\n");
    return 0;
}
