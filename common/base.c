/* Errors and small strings; the story stands in base.h. */
#include "common/base.h"

#include <stdarg.h>
#include <stdio.h>

void str_drop_half_character(char *text)
{
    size_t len = strlen(text);
    size_t back = 0;

    while (back < len && back < 4 && ((unsigned char)text[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == len)
        return;

    unsigned char lead = (unsigned char)text[len - 1 - back];
    size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (need > back)
        text[len - 1 - back] = '\0';
}

int err_set(struct err *err, int cls, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    str_drop_half_character(err->text); /* the text goes into JSON */
    err->retry_after_ms = 0;
    err->is_failure = false;
    return cls;
}

int err_wrap(struct err *err, int r, const char *format, ...)
{
    char noun[ERR_TEXT_BYTES];
    char whole[2 * ERR_TEXT_BYTES + 4];
    va_list args;

    va_start(args, format);
    vsnprintf(noun, sizeof noun, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", noun, err->text);
    (void)str_copy(err->text, sizeof err->text, whole);
    str_drop_half_character(err->text);
    return r;
}

int err_throttled(struct err *err, int64_t retry_after_ms, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    str_drop_half_character(err->text);
    err->retry_after_ms = retry_after_ms > 0 ? retry_after_ms : 1;
    err->is_failure = false;
    return ERR_RETRY;
}

int err_nomem(struct err *err)
{
    return err_set(err, ERR_FATAL, "out of memory");
}

const char *err_class_name(int cls)
{
    switch (cls) {
    case ERR_RETRY:
        return "retry";
    case ERR_REJECT:
        return "reject";
    case ERR_FATAL:
        return "fatal";
    default:
        return "answer";
    }
}

bool str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s);
    size_t m = strlen(suffix);

    return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool str_copy(char *out, size_t size, const char *s)
{
    size_t len = strlen(s);
    size_t kept = len < size ? len : size - 1;

    memcpy(out, s, kept);
    out[kept] = '\0';
    return kept == len;
}
