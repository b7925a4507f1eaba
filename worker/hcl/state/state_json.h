/*
 * State JSON: a cursor over JSON bytes, for files too large and too secret for a tree. What is not
 * asked for is checked and passed over, never copied.
 *
 *     json_cursor(bytes, len) -> cursor_members() -> cursor_seek(), cursor_text(), cursor_skip()
 *
 * Written from RFC 8259. Failure is sticky: after it every call answers false, and why and at say
 * what and where. Depth is capped at CURSOR_DEPTH_MAX; nothing recurses. One thread per cursor.
 */
#ifndef WORKER_HCL_STATE_STATE_JSON_H
#define WORKER_HCL_STATE_STATE_JSON_H

#include "common/base.h"

#define CURSOR_DEPTH_MAX 512
#define CURSOR_KEY_BYTES                                                                           \
    64 /* of a member's name, with the NUL; longer ones are none that we ask for */
#define CURSOR_TEXT_MAX 2048 /* bytes of a text that can name something: AWS's limit for an ARN */

struct cursor {
    const char *bytes;
    size_t len;
    size_t at;
    const char *why; /* static; NULL while all is well */
};

static inline struct cursor json_cursor(const char *bytes, size_t len)
{
    return (struct cursor){.bytes = bytes, .len = len};
}

/* The first byte of what comes next, blanks passed over; '\0' at the end and after a failure. */
char cursor_peek(struct cursor *c);
/* Fails with why, unless it has failed before. Answers false. */
bool cursor_fail(struct cursor *c, const char *why);
bool cursor_skip(struct cursor *c); /* one value of any kind, checked */
bool cursor_end(struct cursor *c);  /* nothing but blanks is left */

/*
 * One element after the other: first is true before the first one and changed by the call. False at
 * the end of the list (passed over), and on failure. open is '[' or '{'.
 */
bool cursor_next(struct cursor *c, char open, bool *first);
/* After cursor_next of an object: the member's name ("" when it is longer than key), and ':'. */
bool cursor_key(struct cursor *c, char key[CURSOR_KEY_BYTES]);

/*
 * Reads a text, escapes resolved. False on failure. *usable is false, and out "", when the value is
 * no text, or one that can name nothing: longer than CURSOR_TEXT_MAX, invalid UTF-8, with a NUL.
 */
bool cursor_text(struct cursor *c, char out[CURSOR_TEXT_MAX + 1], bool *usable);
/* A number without sign, fraction or exponent, up to max (10^15 at most). *usable as above. */
bool cursor_count(struct cursor *c, int64_t max, int64_t *out, bool *usable);

/*
 * Passes over an object and notes where the values of the named members begin (0: absent; no value
 * begins at 0). names is NULL-ended. Fails on something else than an object, and when one of the
 * named members stands there twice.
 */
bool cursor_members(struct cursor *c, const char *const *names, size_t *places);

#endif
