/*
 * Text, character by character: what may stand in strings, labels and heredocs. The story stands in
 * parse.h.
 */
#include "worker/hcl/syntax/characters.h"
#include "worker/hcl/syntax/parse.h"

int parse_sequence(const struct parser *p, size_t at)
{
    char c = p->bytes[at];

    if ((c != '$' && c != '%') || at + 1 >= p->len)
        return 0;
    if (p->bytes[at + 1] == c && at + 2 < p->len && p->bytes[at + 2] == '{')
        return -3;
    if (p->bytes[at + 1] != '{')
        return 0;
    return at + 2 < p->len && p->bytes[at + 2] == '~' ? 3 : 2;
}

static size_t escape(struct parser *p, size_t at)
{
    size_t left = p->len - at - 1;
    char c = left > 0 ? p->bytes[at + 1] : '\n';
    size_t digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;

    if (c == '\n' || c == '\r' || hcl_sequence_length(p->bytes + at + 1, left) == 0) {
        parse_fail(p, at, "Invalid character: nothing follows the backslash");
        return 0;
    }
    if (digits == 0 && (c == '\0' || strchr("nrt\"\\", c) == NULL)) {
        parse_fail(p, at,
                   "Invalid escape sequence: a backslash stands before one of n r t \" \\ "
                   "u U");
        return 0;
    }
    uint32_t code = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = at + 2 + i < p->len ? p->bytes[at + 2 + i] : '\0';
        if (digit == '\0' || strchr("0123456789abcdefABCDEF", digit) == NULL) {
            parse_fail(p, at, "Invalid escape sequence: \\%c takes %zu hexadecimal digits", c,
                       digits);
            return 0;
        }
        uint32_t value =
            digit <= '9' ? (uint32_t)(digit - '0') : ((uint32_t)digit & 0xDFU) - 'A' + 10;
        code = code << 4 | value;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        parse_fail(p, at, "Invalid escape sequence: it stands for no character");
        return 0;
    }
    return 2 + digits;
}

/* The length of a character that is neither a backslash nor a newline. */
static size_t plain(struct parser *p, size_t at)
{
    char c = p->bytes[at];
    size_t n = hcl_sequence_length(p->bytes + at, p->len - at);

    if ((c == '$' || c == '%') && at + 1 == p->len)
        parse_fail(p, at, "Invalid character: the file ends in the middle of a text");
    else if (c == '$' || c == '%')
        return parse_sequence(p, at) < 0 ? 3 : 1;
    else if (n == 0)
        parse_fail(p, at, "Invalid character encoding: the file is not UTF-8 here");
    return p->r == 0 ? n : 0;
}

static size_t quoted_character(struct parser *p, size_t at)
{
    char c = p->bytes[at];

    if (c == '\\')
        return escape(p, at);
    if (c != '\n' && c != '\r')
        return plain(p, at);
    parse_fail(p, at, "Invalid multi-line string: quoted text must end on its line");
    return 0;
}

/* The same in a heredoc, where a newline is as good as any character. */
static size_t heredoc_character(struct parser *p, size_t at)
{
    char c = p->bytes[at];
    bool cr = c == '\r';

    if (cr && at + 1 < p->len && p->bytes[at + 1] == '\n')
        return 2;
    /* An oddity of HashiCorp's scanner: any one byte may stand between these and the newline. */
    if ((c == '$' || c == '%') && at + 2 < p->len && p->bytes[at + 2] == '\n' &&
        p->bytes[at + 1] != '\r' && p->bytes[at + 1] != '\n')
        return 2;
    if (!cr)
        return plain(p, at);
    parse_fail(p, at, "Invalid character: a carriage return without a newline");
    return 0;
}

size_t parse_character(struct parser *p, size_t at, bool in_heredoc)
{
    return in_heredoc ? heredoc_character(p, at) : quoted_character(p, at);
}
