/*
 * HCL tree: Terraform's native syntax, lossless. The source bytes are the tree's text; a node is a
 * span in them, so an edit is a splice (edit.h) and nothing else changes.
 *
 *     hcl_parse() -> file->body, hcl_attribute(), hcl_block_next() … -> hcl_file_free()
 *
 * A hand-written on-demand lexer and recursive descent over the bytes; newline significance is a
 * mode (on in bodies and object braces, off in parentheses, brackets, interpolations and calls).
 * Written from HashiCorp's HCL native syntax specification (hcl/hclsyntax/spec.md) and held against
 * HashiCorp's parser of terraform 1.11 (HCL 2.23): the same verdict, the same spans, and nearly
 * always the same words at the same line. Stricter only in nesting above HCL_DEPTH_MAX and in the
 * limits on size below, with which a file never takes more than some 110 MiB. What terraform takes
 * need not be UTF-8: comments are any bytes.
 * No node is more than HCL_HEIGHT_MAX levels above its deepest descendant (a chain of operators
 * leans left, so it counts), so walkers may recurse.
 *
 * Every child's span lies inside its parent's, and children stand in source order.
 * Read-only after parsing, so any thread may read it.
 */
#ifndef WORKER_HCL_SYNTAX_TREE_H
#define WORKER_HCL_SYNTAX_TREE_H

#include "common/base.h"
#include "worker/hcl/syntax/literal.h" /* what nodes say as text */
#include "worker/hcl/syntax/node.h"
#include "worker/hcl/syntax/source.h"

#define HCL_DEPTH_MAX      256
#define HCL_HEIGHT_MAX     1024
#define HCL_NODES_MAX      (2 * 1024 * 1024) /* 40 bytes each; real files have one for 16 bytes */
#define HCL_FILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

struct hcl_file {
    const char *path;  /* in the repository; owned */
    const char *bytes; /* owned copy, and a NUL */
    size_t len;        /* of the text; decoded strings of JSON stand behind it */
    struct hcl_node *body;
    struct arena *arena;
    const struct hcl_source *source; /* NULL: native syntax, all bytes its own */
};

/* ERR_REJECT "path:line:column: what", in terraform's words; ERR_FATAL. The bytes are copied. */
int hcl_parse(struct hcl_file **out, const char *path, const char *bytes, size_t len,
              struct err *err) MUST_USE;
void hcl_file_free(struct hcl_file *file);
DEFINE_CLEANUP(struct hcl_file *, hcl_file_free)

/* The attribute or NULL; its value is attribute->child. body: an HCL_BODY, or an HCL_BLOCK (its
 * body is meant). */
const struct hcl_node *hcl_attribute(const struct hcl_file *file, const struct hcl_node *body,
                                     const char *name);
/* The next child block of that type after previous (NULL: the first); type NULL: any. NULL at the
 * end. */
const struct hcl_node *hcl_block_next(const struct hcl_file *file, const struct hcl_node *body,
                                      const char *type, const struct hcl_node *previous);
const struct hcl_node *hcl_block_body(const struct hcl_node *block);
/* The i-th label without quotes, copied and cut to size; false when there is none. */
bool hcl_block_label(const struct hcl_file *file, const struct hcl_node *block, size_t i, char *out,
                     size_t size);
bool hcl_name_is(const struct hcl_file *file, const struct hcl_node *node, const char *name);
bool hcl_has_bom(const struct hcl_file *file); /* it stays, before the body's span */
/* 1-based line and column (in characters, not counting a BOM) of an offset. */
void hcl_position(const struct hcl_file *file, size_t offset, int *line, int *column);

/* The parts of an HCL_FOR_TUPLE, HCL_FOR_OBJECT or HCL_DIRECTIVE 'f'. */
struct hcl_for {
    const struct hcl_node *key_name; /* HCL_IDENTIFIER; NULL when only the value has a name */
    const struct hcl_node *value_name;
    const struct hcl_node *collection;
    const struct hcl_node *key;       /* HCL_FOR_OBJECT only, else NULL */
    const struct hcl_node *value;     /* an HCL_PART for a directive */
    const struct hcl_node *condition; /* NULL: every element */
};
void hcl_for_parts(const struct hcl_node *node, struct hcl_for *out);

#endif
