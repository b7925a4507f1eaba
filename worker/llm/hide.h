/*
 * Hide: a block as it may be shown to a model. Secrets become marks, PLUMB_HIDDEN_1 and on; what a
 * reader cannot see goes. Code keeps its shape: only the insides of texts and comments change.
 *
 *     hide_new -> hide_block (source -> shown text) -> hide_reveal (answer -> source) -> hide_free
 *
 * A secret is: what redact() knows or finds; a text under a name that holds secrets (password,
 * token, private_key …); the default or the value of a variable that is sensitive or is named so;
 * and a long text that looks random; and what holds one that is known already.
 *
 * Holds:    the same secret has the same mark wherever it stands, so a model may keep it; a mark
 *           in an answer is turned back only where it stood before (hide_place.h).
 * Does not: find a secret that looks like a word.
 *
 * One thread.
 */
#ifndef WORKER_LLM_HIDE_H
#define WORKER_LLM_HIDE_H

#include "common/base.h"
#include "common/buf.h"
#include "worker/hcl/syntax/tree.h"

#define HIDE_MAX 400 /* different secrets of one question */

struct hide;

int hide_new(struct hide **out, struct err *err) MUST_USE;
void hide_free(struct hide *hide);
DEFINE_CLEANUP(struct hide *, hide_free)

/* Appends the shown text of a top-level block, or of an argument of a values file. ERR_REJECT: more
 * secrets than HIDE_MAX, or it has marks of its own; ERR_FATAL. */
int hide_block(struct hide *hide, const struct hcl_file *file, const struct hcl_node *node,
               struct buf *out, struct err *err) MUST_USE;
/* Appends text that is no Terraform, as a reader may see it: redacted, cleaned, known secrets
 * replaced. */
void hide_words(struct hide *hide, const char *text, struct buf *out);
/* Appends text with its marks turned back. old: what was shown of the same argument; NULL: it is
 * new, and may have none. ERR_REJECT: a mark that old has not, or that never was. */
int hide_reveal(const struct hide *hide, const char *text, const char *old, struct buf *out,
                struct err *err) MUST_USE;
size_t hide_count(const struct hide *hide);

#endif
