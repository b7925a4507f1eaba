/*
 * Literals: from the raw bytes of a template to the text they stand for. The story stands in
 * tree.h.
 *
 * The rules for "<<-" count like Terraform's own parser does, oddities included: the '~' marks trim
 * first and only their own line, a blank line neither counts nor loses its blanks, and a line whose
 * newline was trimmed away makes the next one no line of its own.
 */
#include "worker/hcl/syntax/literal.h"

#include "worker/hcl/syntax/characters.h"
#include "worker/hcl/syntax/parse.h"

/* A heredoc literal's bytes after trimming. */
struct span {
    size_t start, end;
};

static struct span trimmed(const struct hcl_file *file, const struct hcl_node *literal)
{
    struct span s = {literal->start, literal->end};

    if ((literal->flags & HCL_FLAG_TRIM_LEFT) != 0)
        s.start = hcl_blanks_end(file->bytes, s.start, s.end);
    if ((literal->flags & HCL_FLAG_TRIM_RIGHT) != 0)
        s.end = hcl_blanks_start(file->bytes, s.start, s.end);
    return s;
}

struct flush {
    bool line_start;
    bool apply;      /* the second walk: write it down */
    size_t smallest; /* in characters: a blank may take three bytes */
};

/* How many blanks s begins with, at most limit; *end is where they end. */
static size_t count_blanks(const struct hcl_file *file, struct span s, size_t limit, size_t *end)
{
    size_t count = 0;
    size_t n;

    *end = s.start;
    while (count < limit && (n = hcl_blank_length(file->bytes + *end, s.end - *end)) > 0) {
        *end += n;
        count++;
    }
    return count;
}

static void flush_literal(const struct hcl_file *file, struct hcl_node *literal, struct flush *f)
{
    struct span s = trimmed(file, literal);
    bool ends_line = s.end > s.start && file->bytes[s.end - 1] == '\n';
    size_t text;

    if (f->line_start && !(ends_line && hcl_blanks_end(file->bytes, s.start, s.end) == s.end)) {
        size_t blanks = count_blanks(file, s, f->smallest, &text);
        if (f->apply)
            literal->name_start = (uint32_t)(text - s.start);
        else
            f->smallest = blanks;
    }
    f->line_start = ends_line;
}

/* Directives' contents are part of the same lines. */
static void flush_parts(const struct hcl_file *file, struct hcl_node *parent, struct flush *f)
{
    for (struct hcl_node *part = parent->child; part != NULL; part = part->next) {
        if (part->kind == HCL_LITERAL) {
            flush_literal(file, part, f);
            continue;
        }
        if (f->line_start)
            f->smallest = 0;
        f->line_start = false;
        for (struct hcl_node *inner = part->child; inner != NULL && part->kind == HCL_DIRECTIVE;
             inner = inner->next)
            if (inner->kind == HCL_PART)
                flush_parts(file, inner, f);
    }
}

void parse_flush(const struct hcl_file *file, struct hcl_node *heredoc)
{
    struct flush f = {.line_start = true, .smallest = SIZE_MAX};

    flush_parts(file, heredoc, &f);
    if (f.smallest == 0 || f.smallest == SIZE_MAX)
        return;
    f.line_start = true;
    f.apply = true;
    flush_parts(file, heredoc, &f);
}

static void put_code_point(struct buf *out, uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        buf_char(out, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    buf_char(out, (char)(leads[more] | (code >> (6 * more))));
    while (more-- > 0)
        buf_char(out, (char)(0x80 | ((code >> (6 * more)) & 0x3F)));
}

/* The escape at s; returns its length. The parser has checked it. */
static size_t put_escape(struct buf *out, const char *s)
{
    size_t digits = s[1] == 'u' ? 4 : s[1] == 'U' ? 8 : 0;
    uint32_t code = 0;

    for (size_t i = 0; i < digits; i++) {
        char c = s[2 + i];
        uint32_t value = c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)c & 0xDFU) - 'A' + 10;
        code = code << 4 | value;
    }
    if (digits > 0)
        put_code_point(out, code);
    else
        buf_char(out, s[1] == 'n' ? '\n' : s[1] == 'r' ? '\r' : s[1] == 't' ? '\t' : s[1]);
    return 2 + digits;
}

/* In quotes the '~' marks trim what the bytes stand for: an escaped newline goes as well. */
static void trim_text(const struct hcl_node *literal, struct buf *out, size_t start)
{
    if (out->len <= start)
        return;
    if ((literal->flags & HCL_FLAG_TRIM_RIGHT) != 0)
        out->len = hcl_blanks_start(out->bytes, start, out->len);
    if ((literal->flags & HCL_FLAG_TRIM_LEFT) != 0) {
        size_t kept = hcl_blanks_end(out->bytes, start, out->len);
        memmove(out->bytes + start, out->bytes + kept, out->len - kept);
        out->len -= kept - start;
    }
    out->bytes[out->len] = '\0';
}

void hcl_literal_text(const struct hcl_file *file, const struct hcl_node *literal, struct buf *out)
{
    bool quoted = (literal->flags & HCL_FLAG_HEREDOC) == 0;
    struct span whole = {literal->start, literal->end};
    struct span s = quoted ? whole : trimmed(file, literal);
    size_t before = out->len;
    size_t at = s.start + literal->name_start;

    size_t plain = at; /* from here to at, text is as written */

    if ((literal->flags & HCL_FLAG_RAW) != 0) {
        buf_bytes(out, file->bytes + s.start, s.end - s.start);
        return;
    }
    while (at < s.end) {
        const char *c = file->bytes + at;
        bool doubled = (*c == '$' || *c == '%') && s.end - at >= 3 && c[1] == *c && c[2] == '{';

        if (!doubled && !(quoted && *c == '\\')) {
            at++;
            continue;
        }
        buf_utf8(out, file->bytes + plain, at - plain);
        if (doubled)
            buf_char(out, *c); /* "$${" stands for "${" */
        at += doubled ? 2 : put_escape(out, c);
        plain = at;
    }
    buf_utf8(out, file->bytes + plain, s.end - plain);
    if (quoted)
        trim_text(literal, out, before);
}

bool hcl_constant_text(const struct hcl_file *file, const struct hcl_node *node, struct buf *out)
{
    if (node->kind != HCL_TEMPLATE)
        return false;
    for (const struct hcl_node *part = node->child; part != NULL; part = part->next)
        if (part->kind != HCL_LITERAL)
            return false;
    for (const struct hcl_node *part = node->child; part != NULL; part = part->next)
        hcl_literal_text(file, part, out);
    return true;
}
