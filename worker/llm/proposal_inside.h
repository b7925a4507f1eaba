/* What the files of a proposal share. */
#ifndef WORKER_LLM_PROPOSAL_INSIDE_H
#define WORKER_LLM_PROPOSAL_INSIDE_H

#include "worker/llm/prompt_inside.h"
#include "worker/llm/proposal.h"

#define PROPOSAL_TEXT_MAX_BYTES ((size_t)64 * 1024) /* of one block */

/* One block in its three versions: as it is written, as it was shown, as it shall be. The first two
 * are of one shape. */
struct proposal_block {
    const struct prompt *prompt;
    struct hcl_edits *edits;
    const struct hcl_file *written_file, *shown_file, *wanted_file;
    const struct hcl_node *written, *shown, *wanted;
};

/* Edits what differs, and nothing else (proposal_diff.c). 0, PROPOSAL_REFUSED, an error class. */
int proposal_diff(const struct proposal_block *block, struct err *err) MUST_USE;

/* Do two trees say the same, whatever their layout? */
bool proposal_same(const struct hcl_file *a_file, const struct hcl_node *a,
                   const struct hcl_file *b_file, const struct hcl_node *b);
/* The node's bytes, moved to the left by as many blanks as stand before it in its line. */
void proposal_text(const struct hcl_file *file, const struct hcl_node *node, struct buf *out);

#endif
