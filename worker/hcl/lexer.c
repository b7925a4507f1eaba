/* Tokens on demand; the story stands in lexer.h. */
#include "worker/hcl/lexer.h"

#include "worker/hcl/identifier.h"

/* Decodes one code point; 0 bytes when the bytes there are not valid UTF-8. */
static size_t decode(const char *bytes, size_t len, uint32_t *out)
{
    const unsigned char *b = (const unsigned char *)bytes;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = b[0] < 0x80 ? 1 : b[0] < 0xC2 ? 0 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;

    if (n == 0 || n > len || b[0] > 0xF4)
        return 0;
    if (n == 1) {
        *out = b[0];
        return 1;
    }
    uint32_t code = b[0] & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (b[i] & 0x3FU);
    }
    if (code < smallest[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *out = code;
    return n;
}

size_t hcl_utf8_end(const char *bytes, size_t len)
{
    size_t at = 0;
    uint32_t code;

    while (at < len) {
        size_t n = (unsigned char)bytes[at] < 0x80 ? 1 : decode(bytes + at, len - at, &code);
        if (n == 0)
            return at;
        at += n;
    }
    return len;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t hcl_identifier_end(const char *bytes, size_t len, size_t at)
{
    size_t begin = at;

    while (at < len) {
        char c = bytes[at];
        uint32_t code;
        size_t n = 1;

        if (is_letter(c) || (at > begin && (is_digit(c) || c == '-'))) {
            at++;
            continue;
        }
        if ((unsigned char)c < 0x80)
            break;
        n = decode(bytes + at, len - at, &code);
        if (n == 0 ||
            !(at > begin ? hcl_continues_identifier(code) : hcl_starts_identifier(code)))
            break;
        at += n;
    }
    return at;
}

/* What follows at `at`, or NUL past the end; a NUL in the file is an invalid token anyway. */
static char byte_at(const char *bytes, size_t len, size_t at)
{
    return at < len ? bytes[at] : '\0';
}

static size_t digits_end(const char *bytes, size_t len, size_t at)
{
    while (at < len && is_digit(bytes[at]))
        at++;
    return at;
}

static size_t number_end(const char *bytes, size_t len, size_t at)
{
    at = digits_end(bytes, len, at);
    if (byte_at(bytes, len, at) == '.' && is_digit(byte_at(bytes, len, at + 1)))
        at = digits_end(bytes, len, at + 1);
    char c = byte_at(bytes, len, at);
    if (c == 'e' || c == 'E') {
        char sign = byte_at(bytes, len, at + 1);
        size_t digits = at + (sign == '+' || sign == '-' ? 2 : 1);
        size_t end = digits_end(bytes, len, digits);
        if (end > digits)
            at = end;
    }
    return at;
}

/* The end of the heredoc opening at at ("<<EOT\n"), or at when there is none. */
static size_t heredoc_end(const char *bytes, size_t len, size_t at)
{
    size_t marker = at + 2 + (byte_at(bytes, len, at + 2) == '-');
    size_t end = hcl_identifier_end(bytes, len, marker);

    if (end == marker)
        return at;
    if (byte_at(bytes, len, end) == '\r')
        end++;
    return byte_at(bytes, len, end) == '\n' ? end + 1 : at;
}

/* The end of the comment at at (a line comment stops before its newline), or at. */
static size_t comment_end(const char *bytes, size_t len, size_t at)
{
    char second = byte_at(bytes, len, at + 1);

    if (bytes[at] == '#' || (bytes[at] == '/' && second == '/')) {
        const char *end = memchr(bytes + at, '\n', len - at);
        return end != NULL ? (size_t)(end - bytes) : len;
    }
    if (bytes[at] == '/' && second == '*') {
        const char *end = memmem(bytes + at + 2, len - at - 2, "*/", 2);
        return end != NULL ? (size_t)(end - bytes) + 2 : at;
    }
    return at;
}

static struct hcl_token token(int kind, size_t start, size_t end)
{
    return (struct hcl_token){.kind = kind, .start = (uint32_t)start, .end = (uint32_t)end};
}

static struct hcl_token operator_token(const char *bytes, size_t len, size_t at)
{
    static const struct {
        char text[4];
        int kind;
    } longer[] = {
        {"...", HCL_T_ELLIPSIS}, {"==", HCL_T_EQUAL},      {"=>", HCL_T_ARROW},
        {"!=", HCL_T_NOT_EQUAL}, {"<=", HCL_T_LESS_EQUAL}, {">=", HCL_T_GREATER_EQUAL},
        {"&&", HCL_T_AND},       {"||", HCL_T_OR},         {"::", HCL_T_COLONS},
        {"~}", HCL_T_STRIP_END}, {"\r\n", HCL_T_NEWLINE},
    };

    for (size_t i = 0; i < COUNT(longer); i++) {
        size_t n = strlen(longer[i].text);
        if (len - at >= n && memcmp(bytes + at, longer[i].text, n) == 0)
            return token(longer[i].kind, at, at + n);
    }
    if (bytes[at] != '\0' && strchr("\n\"(){}[].,:?=<>!+-*/%", bytes[at]) != NULL)
        return token(bytes[at], at, at + 1);
    return token(HCL_T_INVALID, at, at + 1);
}

static struct hcl_token token_at(const char *bytes, size_t len, size_t at)
{
    char c = bytes[at];

    if (is_digit(c))
        return token(HCL_T_NUMBER, at, number_end(bytes, len, at));
    size_t end = hcl_identifier_end(bytes, len, at);
    if (end > at)
        return token(HCL_T_IDENTIFIER, at, end);
    if (c == '<' && byte_at(bytes, len, at + 1) == '<') {
        end = heredoc_end(bytes, len, at);
        if (end > at)
            return token(HCL_T_HEREDOC, at, end);
    }
    return operator_token(bytes, len, at);
}

struct hcl_token hcl_lex(const char *bytes, size_t len, size_t at, bool newlines)
{
    while (at < len) {
        char c = bytes[at];
        if (c == ' ' || c == '\t' || (c == '\n' && !newlines)) {
            at++;
            continue;
        }
        if (c == '\r' && !newlines && byte_at(bytes, len, at + 1) == '\n') {
            at += 2;
            continue;
        }
        size_t end = comment_end(bytes, len, at);
        if (end == at)
            return token_at(bytes, len, at);
        at = end;
    }
    return token(HCL_T_EOF, len, len);
}

struct hcl_token hcl_lex_raw(const char *bytes, size_t len, size_t at)
{
    while (at < len && (bytes[at] == ' ' || bytes[at] == '\t'))
        at++;
    if (at >= len)
        return token(HCL_T_EOF, len, len);
    size_t end = comment_end(bytes, len, at);
    if (end == at)
        return token_at(bytes, len, at);
    if (byte_at(bytes, len, end) == '\n' && byte_at(bytes, len, at + 1) != '*')
        end++;
    return token(HCL_T_COMMENT, at, end);
}
