/*
 * Which patterns mean the same to RE2 and to PCRE2. Written from RE2's syntax page and PCRE2's
 * manual: only what both document alike passes. A repeated group that can match nothing is refused:
 * the two leave such loops differently.
 */
#include <stdio.h>

#include "common/text/regex.h"

#define GROUP_DEPTH_MAX 32
#define REPEAT_MAX      1000 /* RE2's own */

struct checker {
    const char *at;
    struct buf *out;
    struct regex_names *names;
    int depth;
    long repeats; /* the largest product of nested counts, bounded as RE2 bounds it */
};

static bool alternatives(struct checker *c, bool *nullable);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* \x41 or \x{1F600}. */
static bool hex_escape(struct checker *c)
{
    const char *end = c->at + 2;

    if (*end == '{') {
        const char *first = ++end;
        while (is_hex(*end))
            end++;
        if (*end != '}' || end == first || end - first > 6)
            return false;
        end++;
    } else {
        if (!is_hex(end[0]) || !is_hex(end[1]))
            return false;
        end += 2;
    }
    buf_bytes(c->out, c->at, (size_t)(end - c->at));
    c->at = end;
    return true;
}

/* A backslash and what follows. nullable: it is an assertion. */
static bool escape(struct checker *c, bool in_class, bool *nullable)
{
    char what = c->at[1];
    const char *text = NULL;

    *nullable = !in_class && what != '\0' && strchr("bBAz", what) != NULL;
    if (what == 'x')
        return hex_escape(c);
    if (what == 's')
        text = in_class ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]";
    else if (what == 'S' && !in_class)
        text = "[^\\t\\n\\f\\r ]";
    else if (what == 'v')
        text = "\\x0b";
    if (text != NULL) {
        buf_text(c->out, text);
        c->at += 2;
        return true;
    }
    bool is_punctuation = what > ' ' && what < 0x7F && !is_word(what);
    if (what == '\0' ||
        (!is_punctuation && strchr(in_class ? "dDwWtnfra" : "dDwWtnfrabBAz", what) == NULL))
        return false;
    buf_bytes(c->out, c->at, 2);
    c->at += 2;
    return true;
}

/* "[:alpha:]" inside a class. */
static bool named_class(struct checker *c)
{
    static const char *const names[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                        "digit", "graph", "lower", "print", "punct",
                                        "space", "upper", "word",  "xdigit"};
    const char *name = c->at + 2 + (c->at[2] == '^');

    for (size_t i = 0; i < COUNT(names); i++) {
        size_t len = strlen(names[i]);
        if (strncmp(name, names[i], len) != 0 || name[len] != ':' || name[len + 1] != ']')
            continue;
        if (str_eq(names[i], "space") || c->names->ignores_case)
            return false;
        buf_bytes(c->out, c->at, (size_t)(name + len + 2 - c->at));
        c->at = name + len + 2;
        return true;
    }
    return false;
}

/* One element of a class; is_set: it stands for several letters, so it can be no end of a range. */
static bool class_item(struct checker *c, bool *is_set)
{
    bool nullable;

    *is_set = false;
    if (*c->at == '[') {
        *is_set = true;
        if (c->at[1] == ':')
            return named_class(c);
        if (c->at[1] == '.' || c->at[1] == '=')
            return false;
        *is_set = false;
        buf_text(c->out, "\\[");
        c->at++;
        return true;
    }
    if (*c->at == '\\') {
        *is_set = c->at[1] != '\0' && strchr("dDwWsS", c->at[1]) != NULL;
        return escape(c, true, &nullable);
    }
    if (*c->at == '\0')
        return false;
    buf_char(c->out, *c->at++);
    while (((unsigned char)*c->at & 0xC0) == 0x80)
        buf_char(c->out, *c->at++);
    return true;
}

static bool class(struct checker *c)
{
    bool first = true;

    buf_char(c->out, *c->at++);
    if (*c->at == '^')
        buf_char(c->out, *c->at++);
    for (; *c->at != ']' || first; first = false) {
        bool is_set;
        bool leads = *c->at == '-' && !first && c->at[1] != ']';
        if (leads || !class_item(c, &is_set))
            return false;
        if (*c->at != '-' || c->at[1] == ']' || c->at[1] == '\0')
            continue;
        if (is_set)
            return false;
        buf_char(c->out, *c->at++);
        if (!class_item(c, &is_set) || is_set)
            return false;
    }
    buf_char(c->out, *c->at++);
    return true;
}

/* "(?P<name>" or "(?<name>": copies the name as group n. */
static bool group_name(struct checker *c)
{
    const char *name = c->at + (c->at[2] == 'P' ? 4 : 3);
    size_t len = 0;

    while (is_word(name[len]))
        len++;
    if (name[len] != '>' || len == 0 || len > 31 || is_digit(name[0]))
        return false;
    for (size_t i = 1; i <= c->names->groups; i++)
        if (strlen(c->names->names[i]) == len && strncmp(c->names->names[i], name, len) == 0)
            return false;
    if (++c->names->groups > REGEX_GROUPS_MAX)
        return false;
    snprintf(c->names->names[c->names->groups], 64, "%.*s", (int)len, name);
    buf_char(c->out, '(');
    c->at = name + len + 1;
    return true;
}

/* "(?i)" or "(?i:": what follows the flags; the group stands open after the second. */
static bool group_flags(struct checker *c, bool *ended)
{
    const char *end = c->at + 2;

    while (*end != '\0' && strchr("imsU-", *end) != NULL) {
        c->names->ignores_case = c->names->ignores_case || *end == 'i';
        end++;
    }
    const char *minus = memchr(c->at, '-', (size_t)(end - c->at));
    bool odd =
        minus != NULL && (minus + 1 == end || memchr(minus + 1, '-', (size_t)(end - minus - 1)));
    if (odd || (*end != ')' && *end != ':') || (*end == ')' && end == c->at + 2))
        return false;
    buf_bytes(c->out, c->at, (size_t)(end + 1 - c->at));
    *ended = *end == ')';
    c->at = end + 1;
    return true;
}

static bool group(struct checker *c, bool *nullable, bool *is_flags)
{
    *is_flags = false;
    *nullable = true;
    if (c->at[1] == '?' && (strncmp(c->at + 2, "P<", 2) == 0 ||
                            (c->at[2] == '<' && c->at[3] != '=' && c->at[3] != '!'))) {
        if (!group_name(c))
            return false;
    } else if (c->at[1] == '?') {
        if (!group_flags(c, is_flags))
            return false;
        if (*is_flags)
            return true;
    } else {
        if (c->at[1] == '*' || ++c->names->groups > REGEX_GROUPS_MAX)
            return false;
        buf_char(c->out, *c->at++);
    }
    if (++c->depth > GROUP_DEPTH_MAX || !alternatives(c, nullable) || *c->at != ')')
        return false;
    c->depth--;
    buf_char(c->out, *c->at++);
    return true;
}

/* "{2}", "{2,}" or "{2,5}"; anything else between braces is refused. */
static bool counted(struct checker *c, long *low)
{
    char *end;
    long high;

    if (!is_digit(c->at[1]))
        return false;
    *low = strtol(c->at + 1, &end, 10);
    high = *low;
    if (*end == ',') {
        end++;
        if (is_digit(*end))
            high = strtol(end, &end, 10);
    }
    if (*end != '}' || *low > REPEAT_MAX || high > REPEAT_MAX || high < *low)
        return false;
    c->repeats *= high > 1 ? high : 1;
    if (c->repeats > REPEAT_MAX)
        return false;
    buf_bytes(c->out, c->at, (size_t)(end + 1 - c->at));
    c->at = end + 1;
    return true;
}

static bool quantifier(struct checker *c, bool can_repeat, bool *nullable)
{
    long low = *c->at == '+' ? 1 : 0;

    if (*c->at == '\0' || strchr("*+?{", *c->at) == NULL)
        return true;
    if (!can_repeat || *nullable)
        return false;
    if (*c->at == '{') {
        if (!counted(c, &low))
            return false;
    } else {
        buf_char(c->out, *c->at++);
    }
    *nullable = low == 0;
    if (*c->at == '?')
        buf_char(c->out, *c->at++);
    return *c->at == '\0' || strchr("*+?{", *c->at) == NULL;
}

static bool piece(struct checker *c, bool *nullable)
{
    bool is_flags = false;

    *nullable = false;
    switch (*c->at) {
    case '(':
        if (!group(c, nullable, &is_flags))
            return false;
        break;
    case '[':
        if (!class(c))
            return false;
        break;
    case '\\':
        if (!escape(c, false, nullable))
            return false;
        break;
    case '^':
    case '$':
        *nullable = true;
        buf_char(c->out, *c->at++);
        break;
    case '*':
    case '+':
    case '?':
    case '{':
        return false;
    case '}':
    case ']':
        buf_char(c->out, '\\');
        buf_char(c->out, *c->at++);
        break;
    default:
        buf_char(c->out, *c->at++);
        while (((unsigned char)*c->at & 0xC0) == 0x80)
            buf_char(c->out, *c->at++);
    }
    return quantifier(c, !is_flags, nullable);
}

static bool alternatives(struct checker *c, bool *nullable)
{
    bool all = true; /* of this alternative can be nothing */
    long most = 1;

    *nullable = false;
    while (*c->at != '\0' && *c->at != ')') {
        bool one;
        if (*c->at == '|') {
            *nullable = *nullable || all;
            all = true;
            buf_char(c->out, *c->at++);
            continue;
        }
        c->repeats = 1;
        if (!piece(c, &one))
            return false;
        most = c->repeats > most ? c->repeats : most;
        all = all && one;
    }
    c->repeats = most;
    *nullable = *nullable || all;
    return true;
}

bool regex_check(const char *pattern, struct buf *out, struct regex_names *names)
{
    struct checker c = {.at = pattern, .out = out, .names = names, .repeats = 1};
    struct err err;
    bool nullable;

    return alternatives(&c, &nullable) && *c.at == '\0' && buf_check(out, &err) == 0;
}
