#include "worker/rules/pack_text.h"

/* Where a line (1-based) begins; the end of the text past the last. */
static const char *line_start(const char *bytes, int line)
{
    while (--line > 0) {
        const char *newline = strchr(bytes, '\n');
        if (newline == NULL)
            return bytes + strlen(bytes);
        bytes = newline + 1;
    }
    return bytes;
}

static const char *line_end(const char *at)
{
    const char *newline = strchr(at, '\n');

    return newline != NULL ? newline + 1 : at + strlen(at);
}

/* Behind the last line that says something. */
static const char *without_trailer(const char *start, const char *end)
{
    const char *last = start;

    for (const char *at = start; at < end; at = line_end(at)) {
        size_t blanks = strspn(at, " \t\r");
        if (at[blanks] != '#' && at[blanks] != '\n' && at[blanks] != '\0')
            last = line_end(at);
    }
    return last;
}

int pack_rule_text(struct arena *arena, const char *bytes, const struct yaml_node *list, size_t i,
                   const char **out, struct err *err)
{
    const char *start = line_start(bytes, list->children[i]->line);
    const char *end =
        i + 1 < list->n ? line_start(bytes, list->children[i + 1]->line) : start + strlen(start);
    size_t indent = strspn(start, " ");
    size_t len = 0;

    end = without_trailer(start, end);
    char *text = arena_alloc(arena, (size_t)(end - start) + 1);
    if (text == NULL)
        return err_nomem(err);
    for (const char *at = start; at < end; at = line_end(at)) {
        size_t shared = strspn(at, " ");
        const char *from = at + (shared < indent ? shared : indent);
        memcpy(text + len, from, (size_t)(line_end(at) - from));
        len += (size_t)(line_end(at) - from);
    }
    *out = text;
    return 0;
}
