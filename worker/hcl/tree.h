/*
 * HCL tree: Terraform's native syntax, lossless. The source bytes are the tree's text; a node is a
 * span in them, so an edit is a splice (edit.h) and nothing else changes.
 *
 *     hcl_parse() -> file->body, hcl_attribute(), hcl_block_next() … -> hcl_file_free()
 *
 * A hand-written on-demand lexer and recursive descent over the bytes; newline significance is a
 * mode (on in bodies and object braces, off in parentheses, brackets, interpolations and calls).
 * Written from HashiCorp's HCL native syntax specification (hcl/hclsyntax/spec.md). Refuses, as
 * terraform does: duplicate attributes, a value on the next line, and so on; stricter than
 * terraform only in invalid UTF-8 inside comments, in nesting above HCL_DEPTH_MAX and in the size.
 * No node is more than HCL_HEIGHT_MAX levels above its deepest descendant (a chain of operators
 * leans left, so it counts), so walkers may recurse.
 *
 * Every child's span lies inside its parent's, and children stand in source order.
 * Read-only after parsing, so any thread may read it.
 */
#ifndef WORKER_HCL_TREE_H
#define WORKER_HCL_TREE_H

#include "common/base.h"
#include "worker/hcl/literal.h" /* what nodes say as text */

#define HCL_DEPTH_MAX      256
#define HCL_HEIGHT_MAX     1024
#define HCL_FILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

/*
 * Children stand in order; "name" is name_start..name_end. What has no children listed has none.
 *
 *   BODY          ATTRIBUTE and BLOCK. Span: the file after a BOM, or between the braces
 *   ATTRIBUTE     name; the value. Span: from the name to the end of the value
 *   BLOCK         name = type; LABEL*, then one BODY. Span: to the '}'. Flag ONE_LINE
 *   LABEL         identifier or quoted literal; span with quotes, name without
 *   NUMBER        as written: "12", "1.5E-3" (a minus sign is a UNARY)
 *   BOOL          name: "true" or "false"
 *   TEMPLATE      quoted string or heredoc (flags HEREDOC, HEREDOC_INDENT for "<<-"); LITERAL,
 * INTERPOLATION and DIRECTIVE. Just one INTERPOLATION: it is that value, not its text. Span: with
 *                 the quotes; from "<<" to the end marker and the blanks behind it
 *   LITERAL       raw bytes in a template, in a heredoc at most one line; see hcl_literal_text
 *   INTERPOLATION the expression; a '~' is a flag of the literal beside it
 *   DIRECTIVE     op 'i' (if): condition, PART then, PART else when written
 *                 op 'f' (for): see hcl_for_parts. Span: to the end of its end directive
 *   PART          the content of a directive, as in TEMPLATE
 *   VARIABLE      name: the root of a traversal
 *   GET_ATTR      name: the member; object
 *   INDEX         object, key; the legacy "a.0" too, with a NUMBER key
 *   SPLAT         op '[' for [*], '.' for .*; object, then what to evaluate for each element: a
 * chain of GET_ATTR, INDEX, SPLAT down to an EACH_ITEM (or just that) EACH_ITEM     an empty span:
 * the element of the nearest SPLAT of which it is below the second child CALL          name,
 * "a::b::c" for a provider's; arguments. Flag EXPAND for a last "..." TUPLE         elements OBJECT
 * key, value, key, value …; a key with flag KEY_EXPR is evaluated, one without is a VARIABLE whose
 * name is the key (also true, false, null) FOR_TUPLE     IDENTIFIER (1 or 2), collection, value,
 * condition when written: hcl_for_parts FOR_OBJECT    IDENTIFIER (1 or 2), collection, key, value,
 * condition. Flag EXPAND for grouping "..." IDENTIFIER    name: a variable that a for introduces
 *   UNARY         op '-' or '!'; operand      BINARY       op; left, right
 *   CONDITIONAL   condition, then, else       PARENTHESES  the expression within
 */
/* clang-format off */
enum hcl_kind {
    HCL_BODY, HCL_ATTRIBUTE, HCL_BLOCK, HCL_LABEL,
    HCL_NUMBER, HCL_BOOL, HCL_NULL,
    HCL_TEMPLATE, HCL_LITERAL, HCL_INTERPOLATION, HCL_DIRECTIVE,
    HCL_VARIABLE, HCL_GET_ATTR, HCL_INDEX, HCL_SPLAT, HCL_CALL,
    HCL_TUPLE, HCL_OBJECT, HCL_FOR_TUPLE, HCL_FOR_OBJECT,
    HCL_UNARY, HCL_BINARY, HCL_CONDITIONAL, HCL_PARENTHESES,
    HCL_IDENTIFIER, HCL_EACH_ITEM, HCL_PART,
};

enum {
    HCL_FLAG_EXPAND = 1, HCL_FLAG_HEREDOC = 2, HCL_FLAG_HEREDOC_INDENT = 4, HCL_FLAG_ONE_LINE = 8,
    HCL_FLAG_KEY_EXPR = 16, HCL_FLAG_TRIM_LEFT = 32, HCL_FLAG_TRIM_RIGHT = 64, /* LITERAL: '~' beside */
};
/* clang-format on */

/* op: the operator's byte; == 'e', != 'n', <= 'l', >= 'g', && '&', || '|'. */
struct hcl_node {
    uint32_t start, end;           /* byte span in the file, half open */
    uint32_t name_start, name_end; /* where the kind has a name */
    uint8_t kind;                  /* enum hcl_kind */
    uint8_t op;                    /* as above */
    uint8_t flags;                 /* HCL_FLAG_* */
    uint16_t height;               /* levels below this node */
    struct hcl_node *child;        /* first */
    struct hcl_node *next;         /* sibling */
};

struct hcl_file {
    const char *path;  /* in the repository; owned */
    const char *bytes; /* owned copy, and a NUL */
    size_t len;
    struct hcl_node *body;
    struct arena *arena;
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
/* 1-based line and column (in bytes) of an offset. */
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
