/* Growable bytes with a maximum; the story stands in buf.h. */
#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>

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
    char *bytes = realloc(b->bytes, cap);
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
    free(b->bytes);
    *b = BUF(b->max_bytes);
}

void buf_reset(struct buf *b)
{
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
