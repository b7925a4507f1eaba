/*
 * Buffer: bytes that grow up to a stated maximum.
 *
 *     CLEANUP(buf_done) struct buf b = BUF(64 * 1024);
 *     buf_text(&b, "a"); buf_print(&b, "%d", 1);  ->  buf_check(&b, err)
 *
 * Failure is sticky: past the maximum, or without memory, appends do nothing and buf_check
 * tells. So a page of appends needs one check. bytes is always NUL-terminated after the first
 * append (len does not count the NUL) and NULL before it. Not for sharing between threads.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include "common/base.h"

struct buf {
    char *bytes;
    size_t len;
    size_t cap;
    size_t max_bytes;
    bool too_long;
    bool no_memory;
    bool secret; /* set before the first append: memory is wiped before it is given back */
};

#define BUF(max) ((struct buf){.max_bytes = (max)})

void buf_done(struct buf *b);  /* frees the bytes; b may be used again */
void buf_reset(struct buf *b); /* empties, keeps the memory, clears the failure */
void buf_bytes(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_print(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Each byte that is not part of valid UTF-8 becomes U+FFFD. */
void buf_utf8(struct buf *b, const char *text, size_t len);
/* For a terminal, which what others wrote may not steer: each control character, and those of eight
 * bits that UTF-8 writes as C2 80 to C2 9F, becomes a question mark. */
void buf_shown(struct buf *b, const char *text, size_t len);
/* 0; ERR_REJECT "longer than N bytes"; ERR_FATAL no memory. */
int buf_check(const struct buf *b, struct err *err) MUST_USE;
/* The bytes as an owned string ("" when empty), leaving b empty; NULL without memory. */
char *buf_take(struct buf *b);
/* Never NULL; borrowed until the next append. */
static inline const char *buf_str(const struct buf *b)
{
    return b->bytes != NULL ? b->bytes : "";
}

#endif
