/*
 * Comments: which node each comment of a file belongs to, so that an edit takes a node's own
 * comments along and leaves everybody else's.
 *
 *     hcl_comments_new -> hcl_comments_leading, _trailing, _dangling … -> hcl_comments_free
 *
 * Leading: the comments right before the node on its line, and the lines of nothing but comments
 * right above that line; a blank line ends them. Trailing: those that follow on the line where the
 * node ends, behind its comma too when nothing else stands there. What is left inside a node
 * (behind its opening bracket, between blank lines, before its closing bracket) dangles there.
 *
 * A scanner's mark on a line of its own ("checkov:skip=…", "tfsec:ignore:…" and the like) belongs
 * to the block around it, or to the block right below; never to the argument below.
 *
 * For a pair of an object ask for the comments leading its key and those trailing its value.
 * Read-only once made, so any thread may read it. It lives no longer than its file.
 */
#ifndef WORKER_HCL_EDIT_COMMENTS_H
#define WORKER_HCL_EDIT_COMMENTS_H

#include "worker/hcl/syntax/tree.h"

struct hcl_comment {
    uint32_t start, end; /* bytes; a line comment's newline is not its own */
    bool is_line;        /* "#" or "//" */
    bool is_in_block;    /* brackets are open around it */
};

struct hcl_comments;

/* ERR_FATAL: no memory. */
int hcl_comments_new(struct hcl_comments **out, const struct hcl_file *file,
                     struct err *err) MUST_USE;
void hcl_comments_free(struct hcl_comments *comments);
DEFINE_CLEANUP(struct hcl_comments *, hcl_comments_free)

/* Comments that follow each other in the file; borrowed from the comments. */
struct hcl_comment_run {
    const struct hcl_comment *items;
    size_t n;
};
struct hcl_comment_run hcl_comments_leading(const struct hcl_comments *comments,
                                            const struct hcl_node *node);
struct hcl_comment_run hcl_comments_trailing(const struct hcl_comments *comments,
                                             const struct hcl_node *node);
/* Those inside the node that belong to none of its children. Fills at most max, returns how many
 * there are. For a block ask its body. */
size_t hcl_comments_dangling(const struct hcl_comments *comments, const struct hcl_node *node,
                             const struct hcl_comment **out, size_t max);
/* Those between two offsets. */
struct hcl_comment_run hcl_comments_between(const struct hcl_comments *comments, size_t start,
                                            size_t end);
/* Does it tell a scanner to look away? */
bool hcl_comment_is_mark(const struct hcl_file *file, const struct hcl_comment *comment);

#endif
