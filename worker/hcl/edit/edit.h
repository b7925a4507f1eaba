/*
 * Edits: surgical splices in files. A file that terraform fmt would leave alone stays such a file:
 * what an edit disturbs (the alignment of the group it joins) is laid out again, and nothing else.
 * In any other file the bytes around stay as they are. Line ends (LF, CRLF), a BOM, indentation,
 * separators, a trailing comma or none, quoted keys or bare ones are kept as the file has them.
 * What goes takes its own comments along and nobody else's (comments.h); nothing put in comes
 * between a comment and what that is about.
 *
 *     hcl_edits_new -> hcl_edit_set, hcl_edit_append … -> hcl_edits_apply -> new bytes, spans
 *
 * Texts that go in are checked (one value is one value, blocks are blocks) and laid out. Edits
 * compose; the same edit twice is one. Two that contradict each other are refused (ERR_REJECT,
 * naming both): another value for the same thing at once, an edit inside what another replaces or
 * removes at apply. So is a result that does not parse. Nothing is changed until apply; files and
 * nodes must live as long as the edits, and stay valid. One thread per set.
 *
 * Every verb: ERR_REJECT or ERR_FATAL (no memory), and nothing is noted then. A heredoc goes in
 * only where nothing follows in its last line, and into no list.
 */
#ifndef WORKER_HCL_EDIT_EDIT_H
#define WORKER_HCL_EDIT_EDIT_H

#include "common/base.h"
#include "common/buf.h"
#include "worker/hcl/syntax/tree.h"

struct hcl_edits;

int hcl_edits_new(struct hcl_edits **out, struct err *err) MUST_USE;
void hcl_edits_free(struct hcl_edits *edits);
DEFINE_CLEANUP(struct hcl_edits *, hcl_edits_free)
size_t hcl_edits_count(const struct hcl_edits *edits); /* different ones */

/* Replaces an expression by text, one expression too, in parentheses where the operators around
 * would part it; a block by exactly one block. */
int hcl_edit_replace(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *node, const char *text, struct err *err) MUST_USE;
/* Removes an argument, a block, an element of a tuple, or a pair of an object (given its key). */
int hcl_edit_remove(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *node, struct err *err) MUST_USE;

/* --- arguments and blocks; body: HCL_BLOCK or HCL_BODY --- */
/* name = expression: replaces the value, or adds the argument to the last group before the first
 * nested block. */
int hcl_edit_set(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *body,
                 const char *name, const char *expression, struct err *err) MUST_USE;
/* Adds nested blocks at the end of the body: text is "type {\n  a = 1\n}" at indentation 0,
 * indented to fit. */
int hcl_edit_add_block(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *body, const char *text, struct err *err) MUST_USE;
/* Adds top-level blocks after the block sibling (NULL: at the end of the file), blank lines
 * between. */
int hcl_edit_add_top(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *sibling, const char *text, struct err *err) MUST_USE;
enum hcl_side { HCL_BEFORE, HCL_AFTER };
/* Adds blocks beside any block, nested or not, blank lines between. */
int hcl_edit_add_beside(struct hcl_edits *edits, const struct hcl_file *file,
                        const struct hcl_node *block, enum hcl_side side, const char *text,
                        struct err *err) MUST_USE;
/* A whole new file, which must parse when it ends in .tf or .tfvars. */
int hcl_edit_new_file(struct hcl_edits *edits, const char *path, const char *text,
                      struct err *err) MUST_USE;

/* --- elements of an HCL_TUPLE; text is one element or several: "1, 2" --- */
int hcl_edit_append(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *tuple, const char *text, struct err *err) MUST_USE;
int hcl_edit_insert(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *element, enum hcl_side side, const char *text,
                    struct err *err) MUST_USE;
/* The element becomes one or several: the first in its place, the others behind it. */
int hcl_edit_exchange(struct hcl_edits *edits, const struct hcl_file *file,
                      const struct hcl_node *element, const char *text, struct err *err) MUST_USE;
/* No edit: appends to out what the tuple would say with these elements at its end. */
int hcl_list_extended(const struct hcl_file *file, const struct hcl_node *tuple, const char *text,
                      struct buf *out, struct err *err) MUST_USE;

/* --- pairs of an HCL_OBJECT --- */
/* The key's node (its value is ->next), or NULL. Keys that are computed match nothing. */
const struct hcl_node *hcl_object_key(const struct hcl_file *file, const struct hcl_node *object,
                                      const char *key);
/* Replaces the value, or adds the pair at the end. key as meant: quotes come by themselves. */
int hcl_edit_set_key(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *object, const char *key, const char *expression,
                     struct err *err) MUST_USE;

/* --- names --- */
/* The i-th label of a block. ERR_REJECT when there is none. */
int hcl_edit_set_label(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *block, size_t i, const char *label,
                       struct err *err) MUST_USE;
/* Everything in the file that refers to from ("aws_s3_bucket.a", "var.x", "module.m") refers to to,
 * which has as many parts. *n counts them; may be NULL. Definitions stay: see hcl_edit_set_label.
 */
int hcl_edit_rename(struct hcl_edits *edits, const struct hcl_file *file, const char *from,
                    const char *to, size_t *n, struct err *err) MUST_USE;

/* --- the result --- */
/* Bytes old_start..old_end became new_start..new_end. Never both empty, sorted, never touching. */
struct hcl_edit_span {
    size_t old_start, old_end;
    size_t new_start, new_end;
};
struct hcl_edited {
    const char *path;
    const char *bytes; /* the new text; owned by the edits */
    size_t len;
    bool is_new;
    const struct hcl_edit_span *spans; /* all that differs: outside of them every byte is kept */
    size_t n_spans;                    /* 0: nothing changed */
    const char *old_bytes;             /* the file's; NULL when it is new */
    size_t old_len;
};
/* One entry per touched file, sorted by path. May be called once; further edits are refused after
 * it. */
int hcl_edits_apply(struct hcl_edits *edits, const struct hcl_edited **out, size_t *n,
                    struct err *err) MUST_USE;
/* Appends the bytes of before the edit: the new ones, and the old bytes of the spans only. */
int hcl_edited_undo(const struct hcl_edited *edited, struct buf *out, struct err *err) MUST_USE;

#endif
