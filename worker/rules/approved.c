#include "worker/rules/approved.h"

#include <ctype.h>

bool approved_is_given(const struct fixer *fixer, const char *input)
{
    struct render quiet = fixer->render;

    return input != NULL && render_input(&quiet, input) != NULL;
}

/* The next "…" of a list; false at its end. *bad: something else stands there. */
static bool next_text(const char **at, char *out, size_t size, bool *bad)
{
    const char *start;
    size_t len;

    while (isspace((unsigned char)**at) || **at == ',' || **at == '[' || **at == ']')
        (*at)++;
    if (**at == '\0')
        return false;
    start = *at;
    len = *start == '"' ? strcspn(start + 1, "\"") + 2 : 0;
    *bad = len < 2 || len >= size || start[len - 1] != '"';
    if (*bad)
        return false;
    memcpy(out, start, len);
    out[len] = '\0';
    *at += len;
    return true;
}

static bool is_range(const char *quoted, bool is_ipv6, struct network *out)
{
    char text[64];

    (void)str_copy(text, sizeof text, quoted + 1);
    text[strlen(text) - 1] = '\0';
    return network_read(text, out) && out->is_ipv6 == is_ipv6;
}

int approved_read(struct fixer *fixer, const char *input, bool is_ipv6, struct approved *out)
{
    const char *at = render_input(&fixer->render, input);
    const char *family = is_ipv6 ? "IPv6" : "IPv4";
    bool bad = false;

    out->n = 0;
    if (at == NULL)
        return 0;
    while (out->n < APPROVED_MAX &&
           next_text(&at, out->texts[out->n], sizeof out->texts[0], &bad)) {
        if (!is_range(out->texts[out->n], is_ipv6, &out->networks[out->n]))
            return fixer_refuse(fixer, "%s names %s, which is no %s range", input,
                                out->texts[out->n], family);
        out->n++;
    }
    if (bad || *at != '\0')
        return fixer_refuse(fixer, "%s must be a list of %s ranges in quotes, at most %d", input,
                            family, APPROVED_MAX);
    if (out->n == 0)
        return fixer_refuse(fixer, "%s is empty: close the port by hand", input);
    if (networks_are_world(out->networks, out->n, is_ipv6))
        return fixer_refuse(fixer, "%s lets the whole world in", input);
    return 0;
}
