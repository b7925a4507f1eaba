/*
 * Characters: which may stand in a name, which are blanks, and what counts as UTF-8, exactly as
 * Terraform has it.
 *
 * HashiCorp's scanner carries the ID_Start and ID_Continue of Unicode 9 and has not moved since. A
 * Unicode library answers for the release of the day, which takes some 15,000 characters more, so
 * a file could be fine here and broken there. Hence tables of our own.
 */
#ifndef WORKER_HCL_SYNTAX_CHARACTERS_H
#define WORKER_HCL_SYNTAX_CHARACTERS_H

#include "common/base.h"

/* Code points from U+0080 on; ASCII is the lexer's business. */
bool hcl_starts_identifier(uint32_t code);
bool hcl_continues_identifier(uint32_t code);

/* Decodes the code point at bytes (len > 0); how many bytes it takes, 0 when they are not UTF-8. */
size_t hcl_decode(const char *bytes, size_t len, uint32_t *out);
/* The same for what HashiCorp's scanner takes as one character in a text: the form of UTF-8, but
 * surrogates, overlong forms and code points past the last pass. */
size_t hcl_sequence_length(const char *bytes, size_t len);
/* The offset of the first byte that is not UTF-8, or len. */
size_t hcl_utf8_end(const char *bytes, size_t len);

/* Blanks are what Unicode calls white space, newlines too. How many bytes the blank at bytes takes,
 * 0 when none stands there; the end of those from start on; the start of those before end. */
size_t hcl_blank_length(const char *bytes, size_t len);
size_t hcl_blanks_end(const char *bytes, size_t start, size_t end);
size_t hcl_blanks_start(const char *bytes, size_t start, size_t end);

#endif
