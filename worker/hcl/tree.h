/*
 * HCL tree: Terraform's native syntax, lossless. The source bytes are the tree's text; a node is a span
 * in them, so an edit is a splice (edit.h) and nothing else changes.
 *
 *     hcl_parse() -> hcl_file_body(), hcl_attribute(), hcl_block_next() … -> hcl_file_free()
 *
 * A hand-written on-demand lexer and recursive descent over the bytes; newline significance is a mode (on in
 * bodies and object braces, off in parentheses, brackets, interpolations and calls). Nesting is capped at
 * HCL_DEPTH_MAX. Written from HashiCorp's HCL native syntax specification (hcl/hclsyntax/spec.md).
 * Refuses, as terraform does: invalid UTF-8, duplicate attributes, a value on the next line.
 * Read-only after parsing, so any thread may read it.
 */
#ifndef WORKER_HCL_TREE_H
#define WORKER_HCL_TREE_H

#include "common/base.h"

#define HCL_DEPTH_MAX      256
#define HCL_FILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

enum hcl_kind {
    HCL_BODY,      /* children: HCL_ATTRIBUTE and HCL_BLOCK, in order */
    HCL_ATTRIBUTE, /* name span; child: the value expression */
    HCL_BLOCK,     /* name span = type; children: HCL_LABEL*, then one HCL_BODY (span between the braces) */
    HCL_LABEL,     /* an identifier or quoted literal; span includes quotes */
    /* expressions */
    HCL_NUMBER, HCL_BOOL, HCL_NULL,
    HCL_TEMPLATE,  /* quoted string or heredoc; children: HCL_LITERAL, HCL_INTERPOLATION, HCL_DIRECTIVE */
    HCL_LITERAL,   /* raw bytes inside a template */
    HCL_INTERPOLATION, /* ${ child } */
    HCL_DIRECTIVE, /* %{ if/for … } */
    HCL_VARIABLE,  /* the root name of a traversal */
    HCL_GET_ATTR,  /* child: object; name span: member */
    HCL_INDEX,     /* children: object, key */
    HCL_SPLAT,     /* child: object, then the HCL_GET_ATTR/HCL_INDEX steps hang below each_item */
    HCL_CALL,      /* name span; children: arguments; flag expand for "..." */
    HCL_TUPLE, HCL_OBJECT, /* children: elements; HCL_OBJECT: key, value, key, value … */
    HCL_FOR_TUPLE, HCL_FOR_OBJECT,
    HCL_UNARY, HCL_BINARY, HCL_CONDITIONAL, HCL_PARENTHESES,
};

struct hcl_node {
    uint32_t start, end; /* byte span in the file, half open */
    uint32_t name_start, name_end; /* where the kind has a name */
    uint8_t kind;        /* enum hcl_kind */
    uint8_t op;          /* operators: first byte; "==" 'e', "!=" 'n', "<=" 'l', ">=" 'g', "&&" '&', "||" '|' */
    uint8_t flags;       /* HCL_FLAG_* */
    struct hcl_node *child; /* first */
    struct hcl_node *next;  /* sibling */
};
enum { HCL_FLAG_EXPAND = 1, HCL_FLAG_HEREDOC = 2, HCL_FLAG_HEREDOC_INDENT = 4, HCL_FLAG_ONE_LINE = 8, HCL_FLAG_KEY_EXPR = 16 };

struct hcl_file {
    const char *path;  /* in the repository; owned */
    const char *bytes; /* owned copy */
    size_t len;
    struct hcl_node *body;
    struct arena *arena;
};

/* ERR_REJECT "path:line:column: what", in terraform's words; ERR_FATAL. The bytes are copied. */
int hcl_parse(struct hcl_file **out, const char *path, const char *bytes, size_t len,
              struct err *err) MUST_USE;
void hcl_file_free(struct hcl_file *file);
DEFINE_CLEANUP(struct hcl_file *, hcl_file_free)

/* The attribute or NULL; its value is attribute->child. body: an HCL_BODY, or an HCL_BLOCK (its body is meant). */
const struct hcl_node *hcl_attribute(const struct hcl_file *file, const struct hcl_node *body,
                                     const char *name);
/* The next child block of that type after previous (NULL: the first); type NULL: any. NULL at the end. */
const struct hcl_node *hcl_block_next(const struct hcl_file *file, const struct hcl_node *body,
                                      const char *type, const struct hcl_node *previous);
const struct hcl_node *hcl_block_body(const struct hcl_node *block);
/* The i-th label without quotes, copied and cut to size; false when there is none. */
bool hcl_block_label(const struct hcl_file *file, const struct hcl_node *block, size_t i, char *out,
                     size_t size);
bool hcl_name_is(const struct hcl_file *file, const struct hcl_node *node, const char *name);
/* 1-based line and column (in bytes) of an offset. */
void hcl_position(const struct hcl_file *file, size_t offset, int *line, int *column);

#endif
