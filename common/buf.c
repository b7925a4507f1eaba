/* Growable bytes with a maximum; the story stands in buf.h. */
#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>

static void wipe(struct buf *b)
{
    if (b->secret && b->bytes != NULL)
        explicit_bzero(b->bytes, b->cap);
}

/* realloc would leave a copy behind where it moves. */
static char *resize(struct buf *b, size_t cap)
{
    if (!b->secret)
        return realloc(b->bytes, cap);
    char *bytes = malloc(cap);
    if (bytes == NULL || b->bytes == NULL)
        return bytes;
    memcpy(bytes, b->bytes, b->len + 1);
    wipe(b);
    free(b->bytes);
    return bytes;
}

static bool reserve(struct buf *b, size_t more)
{
    if (b->too_long || b->no_memory)
        return false;
    if (more > b->max_bytes - b->len) {
        b->too_long = true;
        return false;
    }
    if (b->len + more + 1 <= b->cap)
        return true;

    size_t cap = b->cap != 0 ? b->cap * 2 : 64;
    while (cap < b->len + more + 1)
        cap *= 2;
    char *bytes = resize(b, cap);
    if (bytes == NULL) {
        b->no_memory = true;
        return false;
    }
    b->bytes = bytes;
    b->cap = cap;
    return true;
}

void buf_done(struct buf *b)
{
    wipe(b);
    free(b->bytes);
    *b = (struct buf){.max_bytes = b->max_bytes, .secret = b->secret};
}

void buf_reset(struct buf *b)
{
    wipe(b);
    b->len = 0;
    b->too_long = false;
    b->no_memory = false;
    if (b->bytes != NULL)
        b->bytes[0] = '\0';
}

void buf_bytes(struct buf *b, const void *bytes, size_t len)
{
    if (!reserve(b, len))
        return;
    if (len > 0)
        memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
    b->bytes[b->len] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
    buf_bytes(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
    buf_bytes(b, &c, 1);
}

void buf_print(struct buf *b, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0 && reserve(b, (size_t)len)) {
        vsnprintf(b->bytes + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

/* Length of the well-formed sequence at s (RFC 3629: no overlong forms, no surrogates), else 0. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
    unsigned char lead = s[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (lead > 0xF4 || len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((lead == 0xE0 && s[1] < 0xA0) || (lead == 0xED && s[1] > 0x9F) ||
        (lead == 0xF0 && s[1] < 0x90) || (lead == 0xF4 && s[1] > 0x8F))
        return 0;
    return len;
}

void buf_utf8(struct buf *b, const char *text, size_t len)
{
    size_t start = 0; /* of the valid run not yet appended */
    size_t i = 0;

    while (i < len) {
        size_t n = utf8_sequence((const unsigned char *)text + i, len - i);
        if (n > 0) {
            i += n;
            continue;
        }
        buf_bytes(b, text + start, i - start);
        buf_text(b, "\xEF\xBF\xBD");
        start = ++i;
    }
    buf_bytes(b, text + start, len - start);
}

int buf_check(const struct buf *b, struct err *err)
{
    if (b->too_long)
        return err_set(err, ERR_REJECT, "longer than %zu bytes", b->max_bytes);
    if (b->no_memory)
        return err_nomem(err);
    return 0;
}

char *buf_take(struct buf *b)
{
    char *bytes = b->bytes != NULL ? STEAL(b->bytes) : calloc(1, 1);

    *b = BUF(b->max_bytes);
    return bytes;
}

void buf_shown(struct buf *b, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_wide = c == 0xC2 && i + 1 < len && ((unsigned char)text[i + 1] & 0xE0) == 0x80;
        buf_char(b, c < 0x20 || c == 0x7F || is_wide ? '?' : (char)c);
        i += is_wide;
    }
}
