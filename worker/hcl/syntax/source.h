/*
 * Sources: files whose bytes are not simply the text of one native file. Part of tree.h, which
 * includes it.
 *
 * A file in Terraform's JSON syntax (json.h) keeps, behind its text, the strings that had to be
 * decoded. A merged block (merge.h) is made of the bytes of several files. Either way a node's
 * span is an offset into file->bytes as ever, and hcl_position says where that really stands.
 *
 *     hcl_written(file, node) -> the file and node that a change would have to go to
 */
#ifndef WORKER_HCL_SYNTAX_SOURCE_H
#define WORKER_HCL_SYNTAX_SOURCE_H

#include "common/base.h"
#include "worker/hcl/syntax/node.h"

struct hcl_file;

/* bytes start..end of a file: the string of the same file whose text begins at from, decoded; or,
 * where file is set, all bytes of that file. */
struct hcl_stretch {
    size_t start, end;
    size_t from;
    const struct hcl_file *file;
};

struct hcl_source {
    bool is_merged;                      /* else: Terraform's JSON syntax */
    size_t all;                          /* bytes, with what stands behind the text */
    const struct hcl_stretch *stretches; /* in order */
    size_t n;
};

/* Of a merged block every node has one of these. */
struct hcl_merged_node {
    struct hcl_node node; /* first, so that one pointer serves */
    const struct hcl_file *file;
    const struct hcl_node *original;
};

struct hcl_place {
    const struct hcl_file *file;
    const struct hcl_node *node;
};
/* Where the node is written: itself but in a merged block. */
struct hcl_place hcl_written(const struct hcl_file *file, const struct hcl_node *node);
/* Is the file in Terraform's JSON syntax (and so not to be edited)? */
bool hcl_is_json(const struct hcl_file *file);
/* Is the block of the file put together from several? */
bool hcl_is_merged(const struct hcl_file *file);
/* ERR_REJECT "path:line: why" for a node of a file that is not edited; 0 for others. */
int hcl_may_edit(const struct hcl_file *file, const struct hcl_node *node,
                 struct err *err) MUST_USE;

/* For hcl_position: the line and column in the file that the bytes are from. */
void hcl_source_position(const struct hcl_file *file, size_t offset, int *line, int *column);

#endif
