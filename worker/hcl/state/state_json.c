/* The cursor; the story stands in state_json.h. */
#include "worker/hcl/state/state_json.h"

#include <ctype.h>

#include "worker/hcl/syntax/characters.h"

bool cursor_fail(struct cursor *c, const char *why)
{
    if (c->why == NULL)
        c->why = why;
    return false;
}

char cursor_peek(struct cursor *c)
{
    if (c->why != NULL)
        return '\0';
    while (c->at < c->len && strchr(" \t\r\n", c->bytes[c->at]) != NULL && c->bytes[c->at] != '\0')
        c->at++;
    return c->at < c->len ? c->bytes[c->at] : '\0';
}

bool cursor_end(struct cursor *c)
{
    (void)cursor_peek(c);
    if (c->at < c->len)
        return cursor_fail(c, "something follows after the end");
    return c->why == NULL;
}

/* --- scalars --- */

static char byte_at(const struct cursor *c)
{
    return c->at < c->len ? c->bytes[c->at] : '\0';
}

static int hex4(const struct cursor *c, size_t at)
{
    int value = 0;

    for (size_t i = at; i < at + 4; i++) {
        char b = i < c->len ? c->bytes[i] : '\0';
        if (!isxdigit((unsigned char)b))
            return -1;
        value = value * 16 + (isdigit((unsigned char)b) ? b - '0' : tolower(b) - 'a' + 10);
    }
    return value;
}

static bool skip_escape(struct cursor *c)
{
    char b = c->at + 1 < c->len ? c->bytes[c->at + 1] : '\0';

    if (b == 'u' && hex4(c, c->at + 2) >= 0)
        c->at += 6;
    else if (b != '\0' && strchr("\"\\/bfnrt", b) != NULL)
        c->at += 2;
    else
        return cursor_fail(c, "this escape is none of JSON's");
    return true;
}

static bool skip_text(struct cursor *c)
{
    c->at++;
    while (c->at < c->len) {
        unsigned char b = (unsigned char)c->bytes[c->at];
        if (b == '"') {
            c->at++;
            return true;
        }
        if (b < ' ')
            return cursor_fail(c, "a control character stands in a text");
        if (b != '\\')
            c->at++;
        else if (!skip_escape(c))
            return false;
    }
    return cursor_fail(c, "the file ends inside a text");
}

static bool skip_digits(struct cursor *c)
{
    if (!isdigit((unsigned char)byte_at(c)))
        return cursor_fail(c, "this is no number");
    while (isdigit((unsigned char)byte_at(c)))
        c->at++;
    return true;
}

static bool skip_number(struct cursor *c)
{
    if (byte_at(c) == '-')
        c->at++;
    if (byte_at(c) == '0')
        c->at++;
    else if (!skip_digits(c))
        return false;
    if (byte_at(c) == '.') {
        c->at++;
        if (!skip_digits(c))
            return false;
    }
    if (byte_at(c) != 'e' && byte_at(c) != 'E')
        return true;
    c->at++;
    if (byte_at(c) == '+' || byte_at(c) == '-')
        c->at++;
    return skip_digits(c);
}

static bool skip_scalar(struct cursor *c)
{
    static const char *const words[] = {"true", "false", "null"};
    char b = cursor_peek(c);

    if (b == '"')
        return skip_text(c);
    if (b == '-' || isdigit((unsigned char)b))
        return skip_number(c);
    for (size_t i = 0; i < COUNT(words); i++) {
        size_t len = strlen(words[i]);
        if (c->len - c->at >= len && memcmp(c->bytes + c->at, words[i], len) == 0) {
            c->at += len;
            return true;
        }
    }
    return cursor_fail(c, c->at < c->len ? "a value was expected" : "the file ends too early");
}

/* --- structure --- */

static bool skip_name(struct cursor *c)
{
    if (cursor_peek(c) != '"')
        return cursor_fail(c, "the name of a member was expected");
    if (!skip_text(c))
        return false;
    if (cursor_peek(c) != ':')
        return cursor_fail(c, "\":\" was expected");
    c->at++;
    return true;
}

static char closer(char open)
{
    return open == '{' ? '}' : ']';
}

/* After a value: ends what ends here, and goes on to where the next value begins. */
static bool leave(struct cursor *c, const char *open, size_t *depth)
{
    while (*depth > 0) {
        char b = cursor_peek(c);
        if (b == closer(open[*depth - 1])) {
            c->at++;
            --*depth;
            continue;
        }
        if (b != ',')
            return cursor_fail(c, "\",\" or an end was expected");
        c->at++;
        return open[*depth - 1] == '[' || skip_name(c);
    }
    return true;
}

bool cursor_skip(struct cursor *c)
{
    char open[CURSOR_DEPTH_MAX];
    size_t depth = 0;

    do {
        char b = cursor_peek(c);
        if (b != '{' && b != '[') {
            if (!skip_scalar(c) || !leave(c, open, &depth))
                return false;
            continue;
        }
        if (depth == CURSOR_DEPTH_MAX)
            return cursor_fail(c, "it nests deeper than 512 levels");
        c->at++;
        open[depth++] = b;
        bool ok = cursor_peek(c) == closer(b) ? leave(c, open, &depth) : b == '[' || skip_name(c);
        if (!ok)
            return false;
    } while (depth > 0);
    return c->why == NULL;
}

bool cursor_next(struct cursor *c, char open, bool *first)
{
    char b = cursor_peek(c);

    if (*first && b != open)
        return cursor_fail(c, open == '{' ? "an object was expected" : "a list was expected");
    if (*first) {
        c->at++;
        b = cursor_peek(c);
    }
    if (b == closer(open)) {
        c->at++;
        return false;
    }
    if (!*first && b != ',')
        return cursor_fail(c, "\",\" or an end was expected");
    if (!*first)
        c->at++;
    *first = false;
    return c->why == NULL;
}

/* --- texts --- */

static size_t put_utf8(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(leads[n] | code);
    return n;
}

/* The escape at c->at (it was checked): its bytes, or 0 for a NUL or half a pair. */
static size_t read_escape(struct cursor *c, char out[4])
{
    static const char plain[] = "bfnrt", means[] = "\b\f\n\r\t";
    char b = c->bytes[c->at + 1];
    const char *known = strchr(plain, b);

    if (b != 'u') {
        c->at += 2;
        out[0] = known != NULL ? means[known - plain] : b;
        return 1;
    }
    uint32_t code = (uint32_t)hex4(c, c->at + 2);
    c->at += 6;
    if (code >= 0xD800 && code < 0xDC00 && byte_at(c) == '\\' && c->bytes[c->at + 1] == 'u') {
        uint32_t low = (uint32_t)hex4(c, c->at + 2);
        if (low < 0xDC00 || low > 0xDFFF)
            return 0;
        c->at += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return code == 0 || (code >= 0xD800 && code < 0xE000) ? 0 : put_utf8(code, out);
}

/* The text at c, which must be one, into out; false when it cannot be said there. */
static bool decode(struct cursor *c, char *out, size_t size)
{
    struct cursor end = *c;
    size_t n = 0;
    bool fits = true;

    if (!skip_text(&end)) {
        *c = end;
        return false;
    }
    c->at++;
    while (fits && c->bytes[c->at] != '"') {
        char piece[4] = {c->bytes[c->at]};
        size_t len = 1;
        if (piece[0] == '\\')
            len = read_escape(c, piece);
        else
            c->at++;
        fits = len > 0 && n + len < size;
        if (fits)
            memcpy(out + n, piece, len);
        n += len;
    }
    *c = end;
    if (fits && hcl_utf8_end(out, n) == n) {
        out[n] = '\0';
        return true;
    }
    out[0] = '\0';
    return false;
}

bool cursor_key(struct cursor *c, char key[CURSOR_KEY_BYTES])
{
    struct cursor start = *c;

    key[0] = '\0';
    if (!skip_name(c))
        return false;
    (void)cursor_peek(&start);
    (void)decode(&start, key, CURSOR_KEY_BYTES);
    return true;
}

bool cursor_text(struct cursor *c, char out[CURSOR_TEXT_MAX + 1], bool *usable)
{
    out[0] = '\0';
    *usable = false;
    if (cursor_peek(c) != '"')
        return cursor_skip(c);
    *usable = decode(c, out, CURSOR_TEXT_MAX + 1);
    return c->why == NULL;
}

bool cursor_count(struct cursor *c, int64_t max, int64_t *out, bool *usable)
{
    int64_t value = 0;

    *usable = false;
    if (!isdigit((unsigned char)cursor_peek(c)))
        return cursor_skip(c);
    size_t at = c->at;
    if (!skip_number(c))
        return false;
    bool fits = true;
    for (; at < c->at && fits; at++) {
        fits = isdigit((unsigned char)c->bytes[at]) && value <= max;
        value = fits ? value * 10 + (c->bytes[at] - '0') : 0;
    }
    *usable = fits && value <= max;
    if (*usable)
        *out = value;
    return true;
}

bool cursor_members(struct cursor *c, const char *const *names, size_t *places)
{
    char key[CURSOR_KEY_BYTES];
    bool first = true;

    for (size_t i = 0; names[i] != NULL; i++)
        places[i] = 0;
    while (cursor_next(c, '{', &first)) {
        (void)cursor_peek(c);
        size_t key_at = c->at;
        if (!cursor_key(c, key))
            return false;
        for (size_t i = 0; names[i] != NULL; i++) {
            if (!str_eq(key, names[i]))
                continue;
            if (places[i] != 0) {
                c->at = key_at;
                return cursor_fail(c, "a member stands here for the second time");
            }
            places[i] = c->at;
        }
        if (!cursor_skip(c))
            return false;
    }
    return c->why == NULL;
}
