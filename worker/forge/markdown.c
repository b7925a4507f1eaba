/*
 * Markdown: text from outside, made harmless inside a pull request's body.
 *
 * A finding's title, a resource's tag or a tool's message is written by whoever can name a bucket.
 * It may stand in a table cell, a list or a paragraph, and must stay text there. So it becomes one
 * line, and every character that Markdown, HTML or GitHub's own rules (mentions, references, bare
 * links, closing keywords, mathematics) could act on is escaped. Two ways, because GitHub looks for
 * mentions and references in the rendered text, where a backslash is gone: those are broken by an
 * invisible space of our own.
 *
 * Invisible characters of theirs are dropped: they could hide what a reviewer should read.
 */
#include "worker/forge/forge.h"

#include "common/buf.h"
#include "common/text/visible.h"

#define BREAK    "&#8203;" /* a space without width */
#define ELLIPSIS "…"

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000 || c == 0x2800;
}

/* What a reader would see, in one line: so that nothing invisible stands between "http:" and "//"
 * later on. */
static void keep_visible(struct buf *out, const char *text, size_t enough)
{
    bool space = false;

    while (*text != '\0' && out->len < enough) {
        uint32_t c;
        size_t n = visible_decode(text, &c);

        if (is_space(c)) {
            space = out->len > 0;
        } else if (!visible_is_hidden(c)) {
            if (space)
                buf_char(out, ' ');
            buf_bytes(out, text, n);
            space = false;
        }
        text += n;
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What the character at `at` becomes; NULL when it may stay. line is where the text began. */
static const char *harmless(const char *line, const char *at)
{
    static const struct {
        char c;
        const char *text;
    } always[] = {{'<', "&lt;"},      {'>', "&gt;"},  {'&', "&amp;"},  {'|', "&#124;"},
                  {'$', "&#36;"},     {'`', "&#96;"}, {'~', "&#126;"}, {'@', "@" BREAK},
                  {'#', "\\#" BREAK}, {'\\', "\\\\"}, {'*', "\\*"},    {'[', "\\["},
                  {']', "\\]"}};
    char before = at > line ? at[-1] : '\0';

    for (size_t i = 0; i < COUNT(always); i++)
        if (*at == always[i].c)
            return always[i].text;
    if (str_starts(at, "://"))
        return ":" BREAK;
    if (*at == '-' && (before == 'h' || before == 'H')) /* GH-12 is a reference */
        return "-" BREAK;
    if (*at == '.' && (before == 'w' || before == 'W')) /* www.x is a link */
        return BREAK ".";
    /* between letters an underscore is nothing else, and aws_s3_bucket stays readable */
    if (*at == '_')
        return is_word(before) && is_word(at[1]) ? NULL : "\\_";
    if (at == line && *at == '-')
        return "\\-"; /* here and below: no list, rule, underline or table may begin */
    if (at == line && *at == '+')
        return "\\+";
    if (at == line && *at == '=')
        return "\\=";
    if (at == line && *at == ':')
        return "\\:";
    if ((*at == '.' || *at == ')') && at > line &&
        strspn(line, "0123456789") == (size_t)(at - line))
        return *at == '.' ? "\\." : "\\)";
    return NULL;
}

void markdown_escape(struct buf *out, const char *text, size_t max)
{
    CLEANUP(buf_done) struct buf line = BUF(max + 16);
    size_t room = max > strlen(ELLIPSIS) ? max - strlen(ELLIPSIS) : 0;

    keep_visible(&line, text, max + 8);
    if (line.no_memory) {
        out->no_memory = true;
        return;
    }
    for (const char *at = buf_str(&line); *at != '\0';) {
        uint32_t c;
        size_t n = visible_decode(at, &c);
        const char *instead = n == 1 ? harmless(buf_str(&line), at) : NULL;
        size_t len = instead != NULL ? strlen(instead) : n;

        if (len > room) {
            buf_text(out, max >= strlen(ELLIPSIS) ? ELLIPSIS : "");
            return;
        }
        buf_bytes(out, instead != NULL ? instead : at, len);
        room -= len;
        at += n;
    }
}

/* Does what GitHub would act on end here, so that a blank behind it breaks it? */
static bool begins_something(const char *line, const char *at)
{
    char before = at > line ? at[-1] : '\0';

    return *at == '@' || *at == '#' || str_starts(at, "://") ||
           (*at == '-' && (before == 'h' || before == 'H')); /* GH-12 */
}

void plain_escape(struct buf *out, const char *text, size_t max)
{
    CLEANUP(buf_done) struct buf line = BUF(max + 16);
    uint32_t c;
    size_t room = max;

    keep_visible(&line, text, max + 8);
    if (line.no_memory) {
        out->no_memory = true;
        return;
    }
    for (const char *at = buf_str(&line); *at != '\0';) {
        size_t n = visible_decode(at, &c);
        bool blank = begins_something(buf_str(&line), at);

        if (n + blank > room)
            return;
        buf_bytes(out, at, n);
        if (blank)
            buf_char(out, ' ');
        room -= n + blank;
        at += n;
    }
}
