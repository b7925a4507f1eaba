/*
 * Lexer: the next token of Terraform's native syntax, on demand, straight from the bytes.
 *
 *     token = hcl_lex(bytes, len, at, newlines)  ->  at = token.end
 *
 * It keeps no state: whether a newline is a token is the parser's mode, and the inside of a string
 * or heredoc is never lexed here (parse_template.c and format_scan.c walk it themselves). Comments
 * and blanks are skipped; a line comment is a part of the newline token behind it. Any bytes will
 * do.
 *
 * Identifiers: the letters, digits, '_' and '-' of ASCII, and what characters.h knows beyond it.
 */
#ifndef WORKER_HCL_SYNTAX_LEXER_H
#define WORKER_HCL_SYNTAX_LEXER_H

#include "common/base.h"

/* A one-character token's kind is that character; the others follow. */
enum hcl_token_kind {
    HCL_T_EOF = 0,
    HCL_T_NEWLINE = '\n',
    HCL_T_QUOTE = '"',
    HCL_T_IDENTIFIER = 256,
    HCL_T_NUMBER,
    HCL_T_HEREDOC, /* "<<" or "<<-", the marker and the newline after it */
    HCL_T_EQUAL,   /* == */
    HCL_T_NOT_EQUAL,
    HCL_T_LESS_EQUAL,
    HCL_T_GREATER_EQUAL,
    HCL_T_AND,
    HCL_T_OR,
    HCL_T_ARROW,     /* => */
    HCL_T_ELLIPSIS,  /* ... */
    HCL_T_COLONS,    /* :: */
    HCL_T_STRIP_END, /* ~} */
    HCL_T_COMMENT,   /* only from hcl_lex_raw */
    HCL_T_INVALID,
};

struct hcl_token {
    int64_t kind; /* enum hcl_token_kind; so wide, a token travels in two registers */
    uint32_t start, end;
};

struct hcl_token hcl_lex(const char *bytes, size_t len, size_t at, bool newlines);
/* The same, but comments are tokens too (a line comment includes its newline), and newlines always
 * are. */
struct hcl_token hcl_lex_raw(const char *bytes, size_t len, size_t at);
/* The end of the identifier that starts at at; at itself when none does. */
size_t hcl_identifier_end(const char *bytes, size_t len, size_t at);

#endif
