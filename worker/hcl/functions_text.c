/* Functions over texts. Case is changed in ASCII only; other letters make the result unknown. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>

#include "worker/hcl/functions.h"

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static const char *text_of(const struct arguments *a, size_t i)
{
    const struct hcl_value *v = value_to_text(a->repo, a->items[i]);

    return v->kind == HCL_V_TEXT ? v->text : NULL;
}

static const struct hcl_value *no_text(const struct arguments *a)
{
    return value_invalid(a->repo, "a text is needed");
}

static const struct hcl_value *from_buf(const struct arguments *a, struct buf *text)
{
    struct err err;

    if (buf_check(text, &err) < 0)
        return value_unknown(a->repo, "a text is %s", err.text);
    return value_text_n(a->repo, buf_str(text), text->len);
}

static const struct hcl_value *change_case(const struct arguments *a, int (*change)(int))
{
    const char *text = text_of(a, 0);
    char *copy = text != NULL ? arena_text(a->repo->arena, text) : NULL;

    if (copy == NULL)
        return no_text(a);
    if (!is_ascii(copy))
        return value_unknown(a->repo, "letters beyond ASCII do not change case here");
    for (char *at = copy; *at != '\0'; at++)
        *at = (char)change((unsigned char)*at);
    return value_text(a->repo, copy);
}

static const struct hcl_value *lower(const struct arguments *a)
{
    return change_case(a, tolower);
}

static const struct hcl_value *upper(const struct arguments *a)
{
    return change_case(a, toupper);
}

static const struct hcl_value *title(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    char *copy = text != NULL ? arena_text(a->repo->arena, text) : NULL;

    if (copy == NULL)
        return no_text(a);
    if (!is_ascii(copy))
        return value_unknown(a->repo, "letters beyond ASCII do not change case here");
    for (char *at = copy; *at != '\0'; at++)
        if (at == copy || (!isalnum((unsigned char)at[-1]) && at[-1] != '_' && at[-1] != '\''))
            *at = (char)toupper((unsigned char)*at);
    return value_text(a->repo, copy);
}

static const struct hcl_value *trimspace(const struct arguments *a)
{
    const char *text = text_of(a, 0);

    if (text == NULL)
        return no_text(a);
    size_t len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    size_t skip = 0;
    while (skip < len && isspace((unsigned char)text[skip]))
        skip++;
    return value_text_n(a->repo, text + skip, len - skip);
}

static const struct hcl_value *trimprefix(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    const char *end = text_of(a, 1);

    if (text == NULL || end == NULL)
        return no_text(a);
    return value_text(a->repo, text + (str_starts(text, end) ? strlen(end) : 0));
}

static const struct hcl_value *trimsuffix(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    const char *end = text_of(a, 1);

    if (text == NULL || end == NULL)
        return no_text(a);
    return value_text_n(a->repo, text, strlen(text) - (str_ends(text, end) ? strlen(end) : 0));
}

static const struct hcl_value *startswith(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    const char *part = text_of(a, 1);

    return text != NULL && part != NULL ? value_bool(str_starts(text, part)) : no_text(a);
}

static const struct hcl_value *endswith(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    const char *part = text_of(a, 1);

    return text != NULL && part != NULL ? value_bool(str_ends(text, part)) : no_text(a);
}

static const struct hcl_value *replace(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const char *text = text_of(a, 0);
    const char *from = text_of(a, 1);
    const char *to = text_of(a, 2);

    if (text == NULL || from == NULL || to == NULL)
        return no_text(a);
    size_t len = strlen(from);
    if (len == 0 || (len > 1 && from[0] == '/' && from[len - 1] == '/'))
        return value_unknown(a->repo, "replace with a pattern is not evaluated");
    for (const char *hit; (hit = strstr(text, from)) != NULL && !out.too_long; text = hit + len) {
        buf_bytes(&out, text, (size_t)(hit - text));
        buf_text(&out, to);
    }
    buf_text(&out, text);
    return from_buf(a, &out);
}

static const struct hcl_value *substr(const struct arguments *a)
{
    const char *text = text_of(a, 0);
    const struct hcl_value *offset = value_to_number(a->repo, a->items[1]);
    const struct hcl_value *length = value_to_number(a->repo, a->items[2]);

    if (text == NULL || offset->kind != HCL_V_NUMBER || length->kind != HCL_V_NUMBER)
        return no_text(a);
    if (!is_ascii(text))
        return value_unknown(a->repo, "substr counts characters, which is not done beyond ASCII");
    double len = (double)strlen(text);
    double from = offset->number < 0 ? offset->number + len : offset->number;
    if (from < 0 || from != floor(from) || length->number != floor(length->number))
        return value_invalid(a->repo, "substr starts before the text");
    from = fmin(from, len);
    double take = length->number < 0 ? len - from : fmin(length->number, len - from);
    return value_text_n(a->repo, text + (size_t)from, (size_t)take);
}

static const struct hcl_value *split(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const char *by = text_of(a, 0);
    const char *text = text_of(a, 1);

    if (by == NULL || text == NULL)
        return no_text(a);
    if (by[0] == '\0')
        return value_unknown(a->repo, "split into characters is not evaluated");
    for (const char *hit; (hit = strstr(text, by)) != NULL && !gather.failed;
         text = hit + strlen(by))
        gather_add(&gather, NULL, value_text_n(a->repo, text, (size_t)(hit - text)));
    gather_add(&gather, NULL, value_text(a->repo, text));
    return gather_list(&gather);
}

/* One list's items; false when one of them is open, which then stands in *open. */
static bool join_list(const struct arguments *a, const char *by, const struct hcl_value *list,
                      bool *first, struct buf *out, const struct hcl_value **open)
{
    for (size_t i = 0; i < list->n && !out->too_long; i++) {
        const struct hcl_value *text = value_to_text(a->repo, list->items[i]);
        if (!*first)
            buf_text(out, by);
        *first = false;
        if (text->kind != HCL_V_TEXT) {
            *open = value_is_open(text) ? text : value_invalid(a->repo, "join does not take null");
            return false;
        }
        buf_text(out, text->text);
    }
    return true;
}

static const struct hcl_value *join(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    const char *by = text_of(a, 0);
    const struct hcl_value *open = NULL;
    bool first = true;

    if (by == NULL)
        return no_text(a);
    for (size_t i = 1; i < a->n && open == NULL; i++) {
        if (a->items[i]->kind != HCL_V_LIST)
            return value_invalid(a->repo, "join takes lists");
        if (!join_list(a, by, a->items[i], &first, &out, &open) &&
            !(open->kind == HCL_V_UNKNOWN && open->invalid))
            return value_partial(a->repo, value_why(open), buf_str(&out), NULL);
    }
    return open != NULL ? open : from_buf(a, &out);
}

/* --- format --- */

/* The verb after a '%': "%-5s", "%03d". Returns what follows, or NULL when it is not evaluated. */
static const char *read_verb(const char *at, char spec[16])
{
    size_t len = strspn(at, "+-# 0123456789.");

    if (len > 10 || at[len] == '\0' || strchr("sdvqtf", at[len]) == NULL)
        return NULL;
    spec[0] = '%';
    memcpy(spec + 1, at, len + 1);
    spec[len + 2] = '\0';
    return at + len + 1;
}

/* Width and precision beyond two digits are nobody's, and would let a short text ask for a long
 * one. */
static bool is_modest(const char *spec)
{
    size_t digits = 0;

    for (; *spec != '\0'; spec++) {
        digits = isdigit((unsigned char)*spec) ? digits + 1 : 0;
        if (digits > 2)
            return false;
    }
    return true;
}

static bool write_verb(const struct arguments *a, char *spec, const struct hcl_value *v,
                       struct buf *out)
{
    char number[64];
    char *verb = spec + strlen(spec) - 1;

    if (*verb == 'd' || *verb == 'f') {
        v = value_to_number(a->repo, v);
        if (v->kind != HCL_V_NUMBER || (*verb == 'd' && v->number != floor(v->number)))
            return false;
        char kept = *verb;
        if (kept == 'd') { /* printed as a double, so that no integer type can overflow */
            memmove(verb, ".0f", 4);
        }
        snprintf(number, sizeof number, spec, v->number);
        buf_text(out, number);
        return strlen(number) + 1 < sizeof number;
    }
    v = value_to_text(a->repo, v);
    if (v->kind != HCL_V_TEXT || (*verb == 'q' && strpbrk(v->text, "\"\\\n\r\t") != NULL))
        return false;
    if (*verb == 'q') {
        buf_print(out, "\"%s\"", v->text);
        return true;
    }
    if (spec[2] != '\0' && (!is_ascii(v->text) || strlen(v->text) > 100))
        return false;
    *verb = 's';
    char padded[256];
    if (spec[2] == '\0') {
        buf_text(out, v->text);
        return true;
    }
    snprintf(padded, sizeof padded, spec, v->text);
    buf_text(out, padded);
    return true;
}

/* From the first open argument on only an end is known. */
static const struct hcl_value *format_rest(const struct arguments *a, const struct hcl_value *open,
                                           const struct buf *head, const char *rest)
{
    const char *tail = strrchr(rest, '%');
    const char *after = tail == NULL ? rest : NULL;
    char why[400];

    snprintf(why, sizeof why, "%s%s", value_why(open),
             open->kind == HCL_V_REFERENCE ? " is known only after apply" : "");
    return value_partial(a->repo, why, buf_str(head), after);
}

static const struct hcl_value *format(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    size_t next = 1;

    if (value_is_open(a->items[0]))
        return value_blocked(a->repo, a->items[0]);
    const char *at = text_of(a, 0);
    while (at != NULL && *at != '\0') {
        char spec[20];
        size_t plain = strcspn(at, "%");
        buf_bytes(&out, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        if (at[1] == '%') {
            buf_char(&out, '%');
            at += 2;
            continue;
        }
        at = read_verb(at + 1, spec);
        if (at == NULL || next >= a->n || !is_modest(spec))
            return value_unknown(a->repo, "this format is not evaluated");
        const struct hcl_value *v = a->items[next++];
        if (value_is_open(v))
            return format_rest(a, v, &out, at);
        if (!write_verb(a, spec, v, &out))
            return value_unknown(a->repo, "this format is not evaluated");
    }
    return at != NULL ? from_buf(a, &out) : no_text(a);
}

const struct function TEXT_FUNCTIONS[] = {
    {"endswith", 2, 2, true, endswith},     {"format", 1, ANY_COUNT, false, format},
    {"join", 2, ANY_COUNT, true, join},     {"lower", 1, 1, true, lower},
    {"replace", 3, 3, true, replace},       {"split", 2, 2, true, split},
    {"startswith", 2, 2, true, startswith}, {"substr", 3, 3, true, substr},
    {"title", 1, 1, true, title},           {"trimprefix", 2, 2, true, trimprefix},
    {"trimspace", 1, 1, true, trimspace},   {"trimsuffix", 2, 2, true, trimsuffix},
    {"upper", 1, 1, true, upper},
};
const size_t TEXT_FUNCTION_COUNT = COUNT(TEXT_FUNCTIONS);
