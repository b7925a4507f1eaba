/*
 * Nodes: what an HCL tree consists of. Part of tree.h, which includes it.
 *
 * A node is a span of the file; its children stand in source order, inside its span.
 */
#ifndef WORKER_HCL_SYNTAX_NODE_H
#define WORKER_HCL_SYNTAX_NODE_H

#include <stdint.h>

/* clang-format off */
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
 *                 INTERPOLATION and DIRECTIVE. Just one INTERPOLATION: it is that value, not its
 *                 text. Span: with the quotes; from "<<" to the end marker and the blanks behind it
 *   LITERAL       raw bytes in a template, in a heredoc at most one line; see hcl_literal_text
 *   INTERPOLATION the expression; a '~' is a flag of the literal beside it
 *   DIRECTIVE     op 'i' (if): condition, PART then, PART else when written
 *                 op 'f' (for): see hcl_for_parts. Span: to the end of its end directive
 *   PART          the content of a directive, as in TEMPLATE
 *   VARIABLE      name: the root of a traversal
 *   GET_ATTR      name: the member; object
 *   INDEX         object, key; the legacy "a.0" too, with a NUMBER key
 *   SPLAT         op '[' for [*], '.' for .*; object, then what to evaluate for each element: a
 *                 chain of GET_ATTR, INDEX, SPLAT down to an EACH_ITEM (or just that)
 *   EACH_ITEM     an empty span: the element of the nearest SPLAT of which it is below the second
 *                 child
 *   CALL          name, "a::b::c" for a provider's; arguments. Flag EXPAND for a last "..."
 *   TUPLE         elements
 *   OBJECT        key, value, key, value …; a key with flag KEY_EXPR is evaluated, one without is a
 *                 VARIABLE whose name is the key (also true, false, null)
 *   FOR_TUPLE     IDENTIFIER (1 or 2), collection, value, condition when written: hcl_for_parts
 *   FOR_OBJECT    IDENTIFIER (1 or 2), collection, key, value, condition. Flag EXPAND for
 *                 grouping "..."
 *   IDENTIFIER    name: a variable that a for introduces
 *   UNARY         op '-' or '!'; operand
 *   BINARY        op; left, right
 *   CONDITIONAL   condition, then, else
 *   PARENTHESES   the expression within
 */
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
    HCL_FLAG_RAW = 128, /* LITERAL: its bytes are its text, "${" and all (from JSON) */
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

#endif
