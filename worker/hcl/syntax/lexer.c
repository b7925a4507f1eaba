/* Tokens on demand; the story stands in lexer.h. */
#include "worker/hcl/syntax/lexer.h"

#include "worker/hcl/syntax/characters.h"

/* What an ASCII byte may be. */
enum { NAME_START = 1, NAME_MORE = 2, DIGIT = 4, TOKEN = 8 /* on its own */ };

/* clang-format off */
static const uint8_t CLASS[256] = {
    ['a' ... 'z'] = NAME_START | NAME_MORE, ['A' ... 'Z'] = NAME_START | NAME_MORE,
    ['_'] = NAME_START | NAME_MORE, ['0' ... '9'] = NAME_MORE | DIGIT, ['-'] = NAME_MORE | TOKEN,
    ['\n'] = TOKEN, ['"'] = TOKEN, ['('] = TOKEN, [')'] = TOKEN, ['{'] = TOKEN, ['}'] = TOKEN,
    ['['] = TOKEN, [']'] = TOKEN, ['.'] = TOKEN, [','] = TOKEN, [':'] = TOKEN, ['?'] = TOKEN,
    ['='] = TOKEN, ['<'] = TOKEN, ['>'] = TOKEN, ['!'] = TOKEN, ['+'] = TOKEN, ['*'] = TOKEN,
    ['/'] = TOKEN, ['%'] = TOKEN,
};
/* clang-format on */

static uint8_t class_of(char c)
{
    return CLASS[(unsigned char)c];
}

static bool is_digit(char c)
{
    return (class_of(c) & DIGIT) != 0;
}

size_t hcl_identifier_end(const char *bytes, size_t len, size_t at)
{
    size_t begin = at;

    while (at < len) {
        uint32_t code;

        if ((class_of(bytes[at]) & (at > begin ? NAME_MORE : NAME_START)) != 0) {
            at++;
            continue;
        }
        if ((unsigned char)bytes[at] < 0x80)
            break;
        size_t n = hcl_decode(bytes + at, len - at, &code);
        if (n == 0 || !(at > begin ? hcl_continues_identifier(code) : hcl_starts_identifier(code)))
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

/* The length of an exponent's "e", "e+" or "e-" at at, its digits behind it; else 0. */
static size_t exponent_mark(const char *bytes, size_t len, size_t at)
{
    char sign = byte_at(bytes, len, at + 1);
    size_t n = sign == '+' || sign == '-' ? 2 : 1;

    return (bytes[at] == 'e' || bytes[at] == 'E') && is_digit(byte_at(bytes, len, at + n)) ? n : 0;
}

/* Digits, dots and exponents in any order, a digit last: so HashiCorp's scanner cuts. Whether it is
 * a number shows later. */
static size_t number_end(const char *bytes, size_t len, size_t at)
{
    size_t end = at;

    while (at < len) {
        if (is_digit(bytes[at])) {
            end = ++at;
            continue;
        }
        size_t n = bytes[at] == '.' ? 1 : exponent_mark(bytes, len, at);
        if (n == 0)
            break;
        at += n;
    }
    return end;
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

/* Of the two kinds of comment, which begins at at? */
static bool is_line_comment(const char *bytes, size_t at)
{
    return bytes[at] == '#' || bytes[at + 1] == '/';
}

static struct hcl_token token(int kind, size_t start, size_t end)
{
    return (struct hcl_token){.kind = kind, .start = (uint32_t)start, .end = (uint32_t)end};
}

/* The kind of a token of two bytes; 0 when they are none. */
static int pair_kind(char first, char second)
{
    switch (first) {
    case '=':
        return second == '=' ? HCL_T_EQUAL : second == '>' ? HCL_T_ARROW : 0;
    case '!':
        return second == '=' ? HCL_T_NOT_EQUAL : 0;
    case '<':
        return second == '=' ? HCL_T_LESS_EQUAL : 0;
    case '>':
        return second == '=' ? HCL_T_GREATER_EQUAL : 0;
    case '&':
        return second == '&' ? HCL_T_AND : 0;
    case '|':
        return second == '|' ? HCL_T_OR : 0;
    case ':':
        return second == ':' ? HCL_T_COLONS : 0;
    case '~':
        return second == '}' ? HCL_T_STRIP_END : 0;
    case '\r':
        return second == '\n' ? HCL_T_NEWLINE : 0;
    default:
        return 0;
    }
}

static struct hcl_token operator_token(const char *bytes, size_t len, size_t at)
{
    char next = byte_at(bytes, len, at + 1);
    int pair = pair_kind(bytes[at], next);

    if (pair != 0)
        return token(pair, at, at + 2);
    if (bytes[at] == '.' && next == '.' && byte_at(bytes, len, at + 2) == '.')
        return token(HCL_T_ELLIPSIS, at, at + 3);
    return token((class_of(bytes[at]) & TOKEN) != 0 ? bytes[at] : HCL_T_INVALID, at, at + 1);
}

static struct hcl_token token_at(const char *bytes, size_t len, size_t at)
{
    char c = bytes[at];

    if (is_digit(c))
        return token(HCL_T_NUMBER, at, number_end(bytes, len, at));
    if ((class_of(c) & NAME_START) != 0 || (unsigned char)c >= 0x80) {
        size_t end = hcl_identifier_end(bytes, len, at);
        return end > at ? token(HCL_T_IDENTIFIER, at, end) : token(HCL_T_INVALID, at, at + 1);
    }
    if (c == '<' && byte_at(bytes, len, at + 1) == '<') {
        size_t end = heredoc_end(bytes, len, at);
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
        size_t end = c == '#' || c == '/' ? comment_end(bytes, len, at) : at;
        if (end == at)
            return token_at(bytes, len, at);
        if (newlines && end < len && is_line_comment(bytes, at))
            return token(HCL_T_NEWLINE, at, end + 1);
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
    if (end < len && is_line_comment(bytes, at))
        end++;
    return token(HCL_T_COMMENT, at, end);
}
