/*
 * Format: the layout that `terraform fmt` gives a file, computed here so that an edit can keep it.
 *
 *     hcl_is_formatted(before)  ->  edit  ->  hcl_format(after)
 *
 * In a file that was laid out so before, formatting after an edit changes only what the edit
 * disturbed: the alignment of the group that got a longer name, the indentation of what was put in.
 * Only blanks change, never the inside of strings, heredocs and comments. What terraform fmt
 * rewrites beyond blanks is listed apart (format_rewrite.c), and a BOM, which it takes away, stays;
 * a file that has any of it is not formatted.
 *
 * The rules, found by comparing with terraform fmt on a corpus: two blanks for each line that
 * leaves brackets open; one blank between most tokens; the "=" of neighbouring lines that hold a
 * whole argument stand in one column, and so do the comments behind neighbouring lines.
 */
#ifndef WORKER_HCL_FORMAT_FORMAT_H
#define WORKER_HCL_FORMAT_FORMAT_H

#include "common/buf.h"
#include "worker/hcl/syntax/tree.h"

/* Appends the whole file; ERR_FATAL no memory, ERR_REJECT past out's maximum. */
int hcl_format(const struct hcl_file *file, struct buf *out, struct err *err) MUST_USE;
/* *out: terraform fmt would change nothing. ERR_FATAL. */
int hcl_is_formatted(const struct hcl_file *file, bool *out, struct err *err) MUST_USE;

/* What terraform fmt would rewrite beyond blanks, before it lays out: bytes and their new text. */
struct hcl_rewrite {
    uint32_t start, end;
    const char *text; /* static */
};
struct hcl_rewrites {
    struct hcl_rewrite *items; /* owned, in source order; free() */
    size_t n, cap;
};
/* ERR_FATAL: no memory. */
int hcl_format_rewrites(const struct hcl_file *file, struct hcl_rewrites *out,
                        struct err *err) MUST_USE;

/* --- between format.c and format_scan.c --- */

/* Kinds beyond those of lexer.h: the parts of templates. */
enum {
    HCL_F_OPEN_QUOTE = 1000,
    HCL_F_CLOSE_QUOTE,
    HCL_F_LITERAL,
    HCL_F_OPEN_HEREDOC,
    HCL_F_CLOSE_HEREDOC,
    HCL_F_OPEN_SEQUENCE, /* ${ or %{ */
    HCL_F_CLOSE_SEQUENCE,
};

struct hcl_format_token {
    int kind;
    uint32_t start, end;
    uint32_t blanks; /* before it */
};

struct hcl_format_tokens {
    struct hcl_format_token *items; /* owned; free() */
    size_t n, cap;
};
/* How many brackets a token of that kind opens: 1, 0 or -1; a template's sequences count. */
int hcl_format_depth(int kind);
/* Every token of the file in order, comments and newlines too; blanks are those in the source. */
int hcl_format_scan(const struct hcl_file *file, struct hcl_format_tokens *out,
                    struct err *err) MUST_USE;

#endif
