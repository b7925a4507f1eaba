/*
 * Policy JSON: a statement is put into JSON text as it stands in the file, in the text's own
 * indentation. Where the text is quoted, its quotes and line ends are escaped.
 */
#include <stdio.h>

#include "worker/rules/policy_text.h"

#define LETTERS_MAX (256 * 1024)

struct letters { /* the template's text, and where each letter stands in the file */
    char *text;
    uint32_t *from;
    size_t n;
    bool is_quoted;
};

static void letters_done(struct letters *letters)
{
    free(letters->text);
    free(letters->from);
}

/* What is interpolated counts as one letter that is no JSON of its own. */
static void read_part(const struct hcl_file *file, const struct hcl_node *part,
                      struct letters *letters)
{
    const char *bytes = file->bytes;

    if (part->kind != HCL_LITERAL) {
        letters->text[letters->n] = 'x';
        letters->from[letters->n++] = part->start;
        return;
    }
    for (uint32_t at = part->start; at < part->end; at++) {
        letters->from[letters->n] = at;
        if (letters->is_quoted && bytes[at] == '\\' && at + 1 < part->end) {
            at++;
            letters->text[letters->n++] = bytes[at] == 'n'   ? '\n'
                                          : bytes[at] == 't' ? '\t'
                                                             : bytes[at];
        } else {
            letters->text[letters->n++] = bytes[at];
        }
    }
}

static int read_letters(const struct hcl_file *file, const struct hcl_node *node,
                        struct letters *out, struct err *err)
{
    size_t max = node->end - node->start;

    *out = (struct letters){.is_quoted = (node->flags & HCL_FLAG_HEREDOC) == 0};
    if (max > LETTERS_MAX)
        return err_set(err, ERR_REJECT, "a policy is longer than %d bytes", LETTERS_MAX);
    out->text = calloc(max + 2, 1);
    out->from = calloc(max + 2, sizeof *out->from);
    if (out->text == NULL || out->from == NULL)
        return err_nomem(err);
    for (const struct hcl_node *part = node->child; part != NULL; part = part->next)
        read_part(file, part, out);
    out->from[out->n] = node->end;
    return 0;
}

/* --- finding the place --- */

static size_t blanks(const struct letters *letters, size_t at)
{
    return at + strspn(letters->text + at, " \t\r\n");
}

static size_t text_end(const struct letters *letters, size_t at)
{
    for (at++; at < letters->n && letters->text[at] != '"'; at++)
        at += letters->text[at] == '\\';
    return at + 1;
}

/* Behind the value that begins at at: the text has been read as JSON before, so brackets match. */
static size_t value_end(const struct letters *letters, size_t at)
{
    int depth = 0;

    while (at < letters->n) {
        char c = letters->text[at];

        if (c == '"') {
            at = text_end(letters, at);
        } else {
            depth += c == '{' || c == '[';
            if ((c == '}' || c == ']') && --depth < 0)
                return at;
            if (c == ',' && depth == 0)
                return at;
            at++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            return at;
    }
    return at;
}

/* Where the value of the member begins in the object that begins at at; 0: there is none. */
static size_t member(const struct letters *letters, size_t at, const char *key)
{
    size_t len = strlen(key);

    at = blanks(letters, at + 1);
    while (at < letters->n && letters->text[at] == '"') {
        size_t end = text_end(letters, at);
        bool is_it = end - at == len + 2 && memcmp(letters->text + at + 1, key, len) == 0;

        at = blanks(letters, end);
        if (at >= letters->n || letters->text[at] != ':')
            return 0;
        at = blanks(letters, at + 1);
        if (is_it)
            return at;
        at = blanks(letters, value_end(letters, at));
        if (at >= letters->n || letters->text[at] != ',')
            return 0;
        at = blanks(letters, at + 1);
    }
    return 0;
}

/* --- its layout --- */

struct found {
    size_t list, last, last_end; /* the list or the one object; its last element */
    char indent[256], step[64], colon[8];
};

/* The blanks before at, where it is the first in its line. */
static bool line_indent(const struct letters *letters, size_t at, char *out, size_t size)
{
    size_t start = at;

    while (start > 0 && (letters->text[start - 1] == ' ' || letters->text[start - 1] == '\t'))
        start--;
    if (start > 0 && letters->text[start - 1] != '\n')
        return false;
    if (at - start >= size)
        return false;
    memcpy(out, letters->text + start, at - start);
    out[at - start] = '\0';
    return true;
}

/* Takes the look of the last statement: its keys' indentation beyond its own. */
static void read_layout(const struct letters *letters, struct found *found)
{
    size_t key = blanks(letters, found->last + 1);
    size_t line = found->last;
    char inner[256];
    size_t colon = text_end(letters, key);

    (void)snprintf(found->colon, sizeof found->colon, "%s",
                   letters->text[blanks(letters, colon) + 1] == ' ' ? ": " : ":");
    while (line > 0 && letters->text[line - 1] != '\n')
        line--;
    line += strspn(letters->text + line, " \t");
    found->step[0] = '\0';
    if (!line_indent(letters, key, inner, sizeof inner) ||
        !line_indent(letters, line, found->indent, sizeof found->indent))
        return;
    if (strlen(inner) <= strlen(found->indent) ||
        !str_copy(found->step, sizeof found->step, inner + strlen(found->indent)))
        found->step[0] = '\0';
}

static const char *find_place(const struct letters *letters, struct found *found)
{
    size_t at = blanks(letters, 0);

    if (letters->text[at] != '{' || (found->list = member(letters, at, "Statement")) == 0)
        return "its Statement cannot be found in the text";
    found->last = found->list;
    if (letters->text[found->list] == '[') {
        at = blanks(letters, found->list + 1);
        while (at < letters->n && letters->text[at] == '{') {
            found->last = at;
            found->last_end = value_end(letters, at);
            at = blanks(letters, found->last_end);
            if (letters->text[at] != ',')
                break;
            at = blanks(letters, at + 1);
        }
        if (letters->text[at] != ']' || found->last == found->list)
            return "its Statement is not a plain list of objects";
    } else if (letters->text[found->list] == '{') {
        found->last_end = value_end(letters, found->list);
    } else {
        return "its Statement is put together in the text";
    }
    read_layout(letters, found);
    return NULL;
}

/* --- writing --- */

static void escaped(const struct letters *letters, const char *text, struct buf *out)
{
    bool in_reference = false;

    for (; *text != '\0'; text++) {
        in_reference = (in_reference && *text != '}') || (text[0] == '$' && text[1] == '{');
        if (letters->is_quoted && *text == '"' && !in_reference)
            buf_text(out, "\\\"");
        else if (letters->is_quoted && *text == '\n')
            buf_text(out, "\\n");
        else
            buf_char(out, *text);
    }
}

static void add_statement(const struct letters *letters, const struct found *found,
                          const struct policy_words *words, const char *indent, struct buf *out)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    struct policy_layout layout = {indent, found->step, found->colon};

    if (found->step[0] != '\0')
        buf_print(&text, ",\n%s", indent);
    else
        buf_text(&text, found->colon[1] != '\0' ? ", " : ",");
    policy_text_json(words, &layout, &text);
    escaped(letters, buf_str(&text), out);
}

/* The one statement becomes the first of a list, one step further in. */
static void make_list(const struct hcl_file *file, const struct letters *letters,
                      const struct found *found, const struct policy_words *words, struct buf *out)
{
    uint32_t end = letters->from[found->last_end];
    char deeper[sizeof found->indent + sizeof found->step];

    (void)snprintf(deeper, sizeof deeper, "%s%s", found->indent, found->step);
    buf_char(out, '[');
    if (found->step[0] != '\0')
        escaped(letters, "\n", out);
    buf_text(out, found->step[0] != '\0' ? deeper : "");
    for (uint32_t at = letters->from[found->list]; at < end; at++) {
        buf_char(out, file->bytes[at]);
        if (file->bytes[at] == '\n')
            buf_text(out, found->step);
    }
    add_statement(letters, found, words, deeper, out);
    if (found->step[0] != '\0') {
        escaped(letters, "\n", out);
        buf_text(out, found->indent);
    }
    buf_char(out, ']');
}

int policy_json_extend(const struct hcl_file *file, const struct hcl_node *node,
                       const struct policy_words *words, const char **why, struct buf *out,
                       struct err *err)
{
    CLEANUP(letters_done) struct letters letters = {0};
    struct found found = {.list = 0};
    int r = read_letters(file, node, &letters, err);
    uint32_t start;
    uint32_t end;

    if (r < 0)
        return r;
    *why = find_place(&letters, &found);
    if (*why != NULL)
        return 1;
    end = letters.from[found.last_end];
    start = letters.text[found.list] == '[' ? end : letters.from[found.list];
    buf_bytes(out, file->bytes + node->start, start - node->start);
    if (start == end)
        add_statement(&letters, &found, words, found.indent, out);
    else
        make_list(file, &letters, &found, words, out);
    buf_bytes(out, file->bytes + end, node->end - end);
    return buf_check(out, err);
}
