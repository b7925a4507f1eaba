/* What prompt*.c and proposal*.c share: the question as it was asked. */
#ifndef WORKER_LLM_PROMPT_INSIDE_H
#define WORKER_LLM_PROMPT_INSIDE_H

#include "worker/llm/hide.h"
#include "worker/llm/prompt.h"

struct prompt_block {      /* of the scope's block of the same number, as it was shown */
    char *text;            /* NULL: it was left out */
    struct hcl_file *file; /* text parsed; NULL: it is not of the same shape, and may not change */
    const struct hcl_node *node;
};

struct prompt {
    struct hide *hide;
    struct prompt_block blocks[SCOPE_BLOCKS_MAX];
    struct buf system, user;
    char sha256[SHA256_HEX_BYTES];
    char version[96];
    char fence[32];
};

struct template_value {
    const char *key; /* without braces */
    const char *text;
};
/* Appends the template of that name with every {{key}} replaced; what is put in is not looked at
 * again. A template or key that is not known is our own mistake. */
void template_write(struct buf *out, const char *name, const struct template_value *values,
                    size_t n);
/* "fix/1 sha256:…", over all templates and the tool. */
void template_version(char *out, size_t size);

/* Writes the shown texts of the scope, nearest first, at most budget bytes (prompt_blocks.c). The
 * target alone over it: ERR_REJECT. */
int prompt_blocks_write(struct prompt *prompt, const struct scope *scope, size_t budget,
                        struct buf *out, struct buf *left_out, struct err *err) MUST_USE;
void prompt_blocks_done(struct prompt *prompt);

#endif
