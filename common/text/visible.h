/*
 * Visible: which characters a reader sees. What nobody sees (controls, formatting, fillers,
 * variation selectors, tags, private use) can hide words from a person that a machine reads.
 *
 * Pure; any thread.
 */
#ifndef COMMON_TEXT_VISIBLE_H
#define COMMON_TEXT_VISIBLE_H

#include "common/base.h"

/* The bytes of the character at text (NUL-terminated), and its value; a byte that begins none is 1
 * long and worth 0. */
size_t visible_decode(const char *text, uint32_t *out);
/* Neither white space nor seen. Tab, newline and the rest of white space are not. */
bool visible_is_hidden(uint32_t c);

#endif
