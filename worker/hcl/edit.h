/*
 * Edits: surgical splices in files. A file that terraform fmt would leave alone stays such a file:
 * what an edit disturbs (the alignment of the group it joins) is laid out again, and nothing else.
 * In any other file the bytes around stay as they are. Line ends (LF, CRLF), a BOM and indentation
 * are kept.
 *
 *     hcl_edits_new -> hcl_edit_set, hcl_edit_add_block … -> hcl_edits_apply -> new bytes
 *
 * Texts that go in are checked (one value is one value, blocks are blocks) and laid out. Edits of
 * one body compose; two that overlap are refused (ERR_REJECT), and so is a result that does not
 * parse. Nothing is changed until apply; files and nodes must live until then, and stay valid. One
 * thread per set.
 */
#ifndef WORKER_HCL_EDIT_H
#define WORKER_HCL_EDIT_H

#include "common/base.h"
#include "common/buf.h"
#include "worker/hcl/tree.h"

struct hcl_edits;

int hcl_edits_new(struct hcl_edits **out, struct err *err) MUST_USE;
void hcl_edits_free(struct hcl_edits *edits);
DEFINE_CLEANUP(struct hcl_edits *, hcl_edits_free)
size_t hcl_edits_count(const struct hcl_edits *edits);

/* Replaces the node's span by text. */
int hcl_edit_replace(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *node, const char *text, struct err *err) MUST_USE;
/* name = expression in the body (HCL_BLOCK or HCL_BODY): replaces the value, or adds the argument.
 */
int hcl_edit_set(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *body,
                 const char *name, const char *expression, struct err *err) MUST_USE;
/* Removes an argument or a nested block with its own line(s) and the comments right above it. */
int hcl_edit_remove(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *node, struct err *err) MUST_USE;
/* Adds a nested block at the end of the body: text is "type {\n  a = 1\n}" at indentation 0,
 * indented to fit. */
int hcl_edit_add_block(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *body, const char *text, struct err *err) MUST_USE;
/* Adds a top-level block after the block sibling (NULL: at the end), a blank line between. */
int hcl_edit_add_top(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *sibling, const char *text, struct err *err) MUST_USE;
/* A whole new file. ERR_REJECT when it exists in this set. */
int hcl_edit_new_file(struct hcl_edits *edits, const char *path, const char *text,
                      struct err *err) MUST_USE;

struct hcl_edited {
    const char *path;
    const char *bytes; /* the new text; owned by the edits */
    size_t len;
    bool is_new;
};
/* One entry per touched file, sorted by path. May be called once; further edits are refused after
 * it. */
int hcl_edits_apply(struct hcl_edits *edits, const struct hcl_edited **out, size_t *n,
                    struct err *err) MUST_USE;

#endif
