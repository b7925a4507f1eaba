/* Damaged files; the story stands in hcl_oracle_mutate.h. */
#include "tests/support/hcl_oracle_mutate.h"

#include "worker/hcl/syntax/characters.h"
#include "worker/hcl/syntax/lexer.h"

struct piece {
    size_t start, end;
};

static const char *const strangers[] = {
    "\n",       "}",         "{",   "\"",  "=",     "]",   "(",    ",",  "${",
    "#",        ".",         "-",   "?",   ":",     "/*",  "a",    " ",  "~}",
    "\\",       "%{ if x }", "[*]", ".*",  "for",   "0.1", "=>",   "'",  "`",
    ";",        "&",         "||",  "...", "<<E\n", "\r",  "\r\n", "$",  "%{",
    "!",        "*/",        "a=1", "b{}", "::",    "if",  "1e5",  "\t", "\xEF\xBB\xBF",
    "\xC3\xA9", "a.0.1",
};

/* The token at a random place, or the blanks there. */
static struct piece token(const struct corpus_file *source, uint64_t *seed)
{
    size_t at = hcl_dice(seed, (uint32_t)source->len);

    /* Lexing needs valid bytes, and a beginning that is none amid a character may not be. */
    if (hcl_utf8_end(source->bytes + at, source->len - at) != source->len - at)
        return (struct piece){at, at + 1};
    struct hcl_token found = hcl_lex(source->bytes, source->len, at, true);
    if (found.end == found.start)
        return (struct piece){at, source->len};
    return (struct piece){found.start, found.end};
}

static struct piece line(const struct corpus_file *source, uint64_t *seed)
{
    size_t at = hcl_dice(seed, (uint32_t)source->len);
    const char *before = memrchr(source->bytes, '\n', at);
    const char *behind = memchr(source->bytes + at, '\n', source->len - at);

    return (struct piece){before != NULL ? (size_t)(before - source->bytes) + 1 : 0,
                          behind != NULL ? (size_t)(behind - source->bytes) + 1 : source->len};
}

static struct piece some_bytes(const struct corpus_file *source, uint64_t *seed)
{
    size_t at = hcl_dice(seed, (uint32_t)source->len);
    size_t end = at + 1 + hcl_dice(seed, 3);

    return (struct piece){at, end < source->len ? end : source->len};
}

/* Joins what the piece ends with to what follows: no newline, no blanks between. */
static void join(const struct corpus_file *source, struct piece p, struct buf *out)
{
    size_t stop = p.end > p.start && source->bytes[p.end - 1] == '\n' ? p.end - 1 : p.end;
    size_t start = stop;

    while (start < source->len && memchr(" \t\r\n", source->bytes[start], 4) != NULL)
        start++;
    buf_bytes(out, source->bytes, stop);
    buf_bytes(out, source->bytes + start, source->len - start);
}

void oracle_mutate(const struct corpus_file *source, uint64_t *seed, struct buf *out)
{
    static struct piece (*const pick[])(const struct corpus_file *, uint64_t *) = {line, token,
                                                                                   some_bytes};
    struct piece p = pick[hcl_dice(seed, COUNT(pick))](source, seed);
    const char *rest = source->bytes + p.end;

    switch (hcl_dice(seed, 4)) {
    case 0: /* lost */
        buf_bytes(out, source->bytes, p.start);
        break;
    case 1: /* doubled */
        buf_bytes(out, source->bytes, p.end);
        rest = source->bytes + p.start;
        break;
    case 2:
        join(source, p, out);
        return;
    default:
        buf_bytes(out, source->bytes, p.start);
        buf_text(out, strangers[hcl_dice(seed, COUNT(strangers))]);
        rest = source->bytes + p.start;
    }
    buf_bytes(out, rest, (size_t)(source->bytes + source->len - rest));
}

static const char *const pieces[] = {
    "a",
    "b",
    "1",
    "1.5",
    ".5",
    ".",
    "..",
    "...",
    ",",
    "=",
    "==",
    "=>",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"x\"",
    "\"${a}\"",
    "${a}",
    "${~ a ~}",
    "\"${",
    "}\"",
    "${",
    "%{",
    "%{if a}",
    "%{else}",
    "%{endif}",
    "%{for a in b}",
    "%{endfor}",
    "~}",
    "~",
    "${~",
    "$${",
    "%%{",
    "$",
    "%",
    "\n",
    " ",
    "\t",
    "\r",
    "\r\n",
    "<<E\n",
    "<<-E\n",
    "E\n",
    "\nE\n",
    "  E\n",
    "E",
    "for",
    "in",
    "if",
    "else",
    "null",
    "true",
    "*",
    "[*]",
    ".*",
    ".a",
    "[0]",
    ".0",
    "?",
    ":",
    "::",
    "+",
    "-",
    "!",
    "!=",
    "&&",
    "||",
    "&",
    "|",
    "^",
    ";",
    "'",
    "`",
    "@",
    "#",
    "# c\n",
    "//",
    "/*",
    "*/",
    "/* c */",
    "\\",
    "\\n",
    "\\\"",
    "\\u00e9",
    "\\u12",
    "\\U0001F600",
    "\xEF\xBB\xBF",
    "\xC3\xA9",
    "e\xCC\x81",
    "\xFF",
    "e5",
    "1e5",
    "1e",
    "f(",
    "f::g(",
    "a = ",
    "\na = ",
    "b {\n",
    "\n}\n",
    "b \"c\" {\n",
    "<",
    "<<",
    ">",
    ">=",
    "<=",
    "/",
    "<<E \n",
    "_",
    "-a",
    "\x0B",
    "\x0C",
    "\xC2\xA0",
    "\xE2\x80\xA8",
};

void oracle_token_row(uint64_t *seed, struct buf *out)
{
    static const char *const around[][2] = {
        {"a = ", "\n"},     {"a = ", "\n"},          {"a = ", "\n"},
        {"a = \"", "\"\n"}, {"a = <<-E\n", "\nE\n"}, {"b \"c\" {", "}\n"},
        {"a = [", "]\n"},   {"a = {", "}\n"},        {"a = \"${", "}\"\n"},
        {"", ""},
    };
    static const uint32_t lengths[] = {4, 8, 14};
    const char *const *frame = around[hcl_dice(seed, COUNT(around))];
    uint32_t n = 1 + hcl_dice(seed, lengths[hcl_dice(seed, COUNT(lengths))]);

    buf_text(out, frame[0]);
    while (n-- > 0) {
        uint32_t piece = hcl_dice(seed, COUNT(pieces) + 1);
        if (piece < COUNT(pieces))
            buf_text(out, pieces[piece]);
        else
            buf_char(out, '\0');
        if (hcl_dice(seed, 10) < 3)
            buf_char(out, ' ');
    }
    buf_text(out, frame[1]);
}
