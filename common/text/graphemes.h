/*
 * Graphemes: texts as a reader counts them, and the case of letters (libunistring behind one door).
 *
 *     grapheme_end() steps over what a reader takes for one character
 *
 * All texts are valid UTF-8 with a NUL. Case is changed letter by letter, never one for two.
 * Pure; safe from every thread.
 */
#ifndef COMMON_TEXT_GRAPHEMES_H
#define COMMON_TEXT_GRAPHEMES_H

#include "common/base.h"
#include "common/buf.h"

/* The end of the grapheme cluster that starts at text; text itself at the end. */
const char *grapheme_end(const char *text);
size_t grapheme_count(const char *text);

enum letter_case { CASE_LOWER, CASE_UPPER, CASE_TITLE };
uint32_t letter_to_case(uint32_t letter, enum letter_case wanted);
bool is_letter_or_digit(uint32_t letter);
bool is_white_space(uint32_t letter); /* Unicode's White_Space */

/* The code point at text and its length in bytes (1 … 4; 0 at the NUL). */
size_t utf8_read(const char *text, uint32_t *out);
void utf8_write(struct buf *out, uint32_t code);
/* Appends the text in normal form C. false: no memory. */
bool utf8_normalise(struct buf *out, const char *text, size_t len) MUST_USE;
bool text_is_utf8(const char *text, size_t len);

#endif
