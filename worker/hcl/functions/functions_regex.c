/* regex, regexall and replace. */
#include "common/text/regex.h"

#include <ctype.h>

#include "worker/hcl/functions/functions.h"

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* Why not, or NULL with the regex in out. */
static const struct hcl_value *compile(const struct arguments *a, const char *pattern,
                                       const char *subject, struct regex **out)
{
    struct err err;
    int r = regex_new(out, pattern, &err);

    if (r < 0)
        return &VALUE_EXHAUSTED;
    if (r > 0)
        return value_unknown(a->repo, "this regular expression is not evaluated");
    if (regex_ignores_case(*out) && (!is_ascii(pattern) || !is_ascii(subject)))
        return value_unknown(a->repo, "case beyond ASCII is not ignored here");
    return NULL;
}

static const struct hcl_value *too_much(const struct arguments *a)
{
    return value_unknown(a->repo, "%s: a regular expression takes too many steps", a->name);
}

static const struct hcl_value *span_text(const struct arguments *a, const char *subject,
                                         const struct regex_match *match, size_t i)
{
    if (match->spans[i].start == SIZE_MAX)
        return value_null_of(a->repo, &TYPE_OF_TEXT);
    return value_text_n(a->repo, subject + match->spans[i].start,
                        match->spans[i].end - match->spans[i].start);
}

/* The whole match; with groups a tuple of them, with named ones an object. */
static const struct hcl_value *captured(const struct arguments *a, const struct regex *regex,
                                        const struct regex_match *match)
{
    struct gather gather = {.repo = a->repo};
    size_t named = 0;

    if (match->n == 1)
        return span_text(a, text_at(a, 1), match, 0);
    for (size_t i = 1; i < match->n; i++) {
        const char *name = regex_group_name(regex, i);
        named += name != NULL;
        gather_add(&gather, name != NULL ? arena_text(a->repo->arena, name) : NULL,
                   span_text(a, text_at(a, 1), match, i));
    }
    if (named > 0 && named < match->n - 1)
        return refuse(a, "some groups have names and some have none");
    for (size_t i = 0; i < gather.n && named > 0; i++)
        if (gather.keys[i] == NULL)
            return &VALUE_EXHAUSTED;
    return named > 0 ? gather_object(&gather) : gather_tuple(&gather);
}

static const struct hcl_value *regex_first(const struct arguments *a)
{
    CLEANUP(regex_freep) struct regex *regex = NULL;
    struct regex_match match;
    size_t at = 0;
    size_t last = SIZE_MAX;
    const struct hcl_value *stop = compile(a, text_at(a, 0), text_at(a, 1), &regex);

    if (stop != NULL)
        return stop;
    int r = regex_next(regex, text_at(a, 1), &at, &last, &match);
    if (r == REGEX_LIMIT)
        return too_much(a);
    return r == 0 ? captured(a, regex, &match) : refuse(a, "the pattern does not match");
}

static const struct value_type *captured_type(const struct arguments *a, const struct regex *regex)
{
    struct regex_match nothing = {.n = regex_groups(regex) + 1};

    for (size_t i = 0; i < nothing.n; i++)
        nothing.spans[i].start = SIZE_MAX;
    return type_of(captured(a, regex, &nothing));
}

static const struct hcl_value *regex_all(const struct arguments *a)
{
    CLEANUP(regex_freep) struct regex *regex = NULL;
    struct gather gather = {.repo = a->repo};
    struct regex_match match;
    size_t at = 0;
    size_t last = SIZE_MAX;
    int r;
    const struct hcl_value *stop = compile(a, text_at(a, 0), text_at(a, 1), &regex);

    if (stop != NULL)
        return stop;
    while ((r = regex_next(regex, text_at(a, 1), &at, &last, &match)) == 0 && !gather.failed) {
        const struct hcl_value *v = captured(a, regex, &match);
        if (v->kind == HCL_V_UNKNOWN)
            return v;
        gather_add(&gather, NULL, v);
    }
    if (r == REGEX_LIMIT)
        return too_much(a);
    return gather_list(&gather, captured_type(a, regex));
}

/* --- replace --- */

static const struct hcl_value *replace_text(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const char *text = text_at(a, 0);
    const char *from = text_at(a, 1);
    size_t len = strlen(from);

    for (const char *hit; (hit = strstr(text, from)) != NULL && !out.too_long; text = hit + len) {
        buf_bytes(&out, text, (size_t)(hit - text));
        buf_text(&out, text_at(a, 2));
        if (len > 0)
            continue;
        /* Nothing stands before, between and behind all letters. */
        if (*hit == '\0')
            break;
        do
            buf_char(&out, *hit++);
        while (((unsigned char)*hit & 0xC0) == 0x80);
    }
    buf_text(&out, text);
    return value_from_buf(a->repo, &out);
}

/* "$1", "${1}", "$name" or "$$" at a '$': appends its text and answers its length. */
static size_t put_reference(const char *at, const char *subject, const struct regex *regex,
                            const struct regex_match *match, struct buf *out)
{
    bool braced = at[1] == '{';
    const char *name = at + 1 + braced;
    size_t len = 0;
    size_t group = SIZE_MAX;

    if (at[1] == '$') {
        buf_char(out, '$');
        return 2;
    }
    while (isalnum((unsigned char)name[len]) || name[len] == '_')
        len++;
    if (len == 0 || (braced && name[len] != '}')) {
        buf_char(out, '$');
        return 1;
    }
    if (strspn(name, "0123456789") >= len && len < 4)
        group = strtoul(name, NULL, 10);
    for (size_t i = 1; group == SIZE_MAX && i < match->n; i++) {
        const char *known = regex_group_name(regex, i);
        if (known != NULL && strlen(known) == len && strncmp(known, name, len) == 0)
            group = i;
    }
    if (group < match->n && match->spans[group].start != SIZE_MAX)
        buf_bytes(out, subject + match->spans[group].start,
                  match->spans[group].end - match->spans[group].start);
    return 1 + (size_t)braced * 2 + len;
}

static void put_replacement(const char *text, const char *subject, const struct regex *regex,
                            const struct regex_match *match, struct buf *out)
{
    while (*text != '\0' && !out->too_long) {
        if (*text == '$')
            text += put_reference(text, subject, regex, match, out);
        else
            buf_char(out, *text++);
    }
}

static const struct hcl_value *replace(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    CLEANUP(regex_freep) struct regex *regex = NULL;
    const char *subject = text_at(a, 0);
    const char *from = text_at(a, 1);
    size_t len = strlen(from);
    size_t at = 0;
    size_t last = SIZE_MAX;
    size_t copied = 0;
    struct regex_match match;
    int r;

    if (len < 2 || from[0] != '/' || from[len - 1] != '/')
        return replace_text(a);
    const char *pattern = arena_copy(a->repo->arena, from + 1, len - 2);
    const struct hcl_value *stop =
        pattern == NULL ? &VALUE_EXHAUSTED : compile(a, pattern, subject, &regex);
    if (stop != NULL)
        return stop;
    while ((r = regex_next(regex, subject, &at, &last, &match)) == 0 && !out.too_long) {
        buf_bytes(&out, subject + copied, match.spans[0].start - copied);
        put_replacement(text_at(a, 2), subject, regex, &match, &out);
        copied = match.spans[0].end;
    }
    buf_text(&out, subject + copied);
    return r == REGEX_LIMIT ? too_much(a) : value_from_buf(a->repo, &out);
}

const struct function REGEX_FUNCTIONS[] = {
    {"regex", "ss", 2, 2, 0, regex_first},
    {"regexall", "ss", 2, 2, 0, regex_all},
    {"replace", "sss", 3, 3, GIVES_TEXT, replace},
};
const size_t REGEX_FUNCTION_COUNT = COUNT(REGEX_FUNCTIONS);
