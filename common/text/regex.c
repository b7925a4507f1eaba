/* PCRE2 with limits; the story stands in regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "common/text/regex.h"

#include <pcre2.h>

#define STEPS_MAX 100000U
#define HEAP_KIB  8192U

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    struct regex_names names;
};

int regex_new(struct regex **out, const char *pattern, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF((size_t)8 * REGEX_BYTES_MAX);
    CLEANUP(regex_freep) struct regex *regex = calloc(1, sizeof *regex);
    int code;
    PCRE2_SIZE where;

    if (regex == NULL)
        return err_nomem(err);
    if (strlen(pattern) > REGEX_BYTES_MAX || !regex_check(pattern, &text, &regex->names))
        return REGEX_REFUSED;
    regex->code = pcre2_compile((PCRE2_SPTR)buf_str(&text), text.len,
                                PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_POSSESS, &code,
                                &where, NULL);
    if (regex->code == NULL)
        return code == PCRE2_ERROR_NOMEMORY ? err_nomem(err) : REGEX_REFUSED;
    regex->data = pcre2_match_data_create_from_pattern(regex->code, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (regex->data == NULL || regex->limits == NULL)
        return err_nomem(err);
    pcre2_set_match_limit(regex->limits, STEPS_MAX);
    pcre2_set_heap_limit(regex->limits, HEAP_KIB);
    *out = STEAL(regex);
    return 0;
}

void regex_free(struct regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_match_context_free(regex->limits);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    free(regex);
}

size_t regex_groups(const struct regex *regex)
{
    return regex->names.groups;
}

const char *regex_group_name(const struct regex *regex, size_t group)
{
    return regex->names.names[group][0] != '\0' ? regex->names.names[group] : NULL;
}

bool regex_ignores_case(const struct regex *regex)
{
    return regex->names.ignores_case;
}

static void read_spans(const struct regex *regex, struct regex_match *out)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(regex->data);

    out->n = regex->names.groups + 1;
    for (size_t i = 0; i < out->n; i++) {
        out->spans[i].start = ends[2 * i] == PCRE2_UNSET ? SIZE_MAX : ends[2 * i];
        out->spans[i].end = ends[2 * i + 1] == PCRE2_UNSET ? SIZE_MAX : ends[2 * i + 1];
    }
}

static size_t next_letter(const char *subject, size_t at)
{
    at++;
    while (((unsigned char)subject[at] & 0xC0) == 0x80)
        at++;
    return at;
}

int regex_next(const struct regex *regex, const char *subject, size_t *at, size_t *last,
               struct regex_match *out)
{
    size_t len = strlen(subject);

    while (*at <= len) {
        int r = pcre2_match(regex->code, (PCRE2_SPTR)subject, len, *at, PCRE2_NO_UTF_CHECK,
                            regex->data, regex->limits);
        if (r == PCRE2_ERROR_NOMATCH)
            return REGEX_NONE;
        if (r < 0)
            return REGEX_LIMIT;
        read_spans(regex, out);
        bool is_empty = out->spans[0].start == out->spans[0].end;
        size_t end = out->spans[0].end;
        bool counts = !is_empty || end != *last;
        *at = !is_empty ? end : end < len ? next_letter(subject, end) : len + 1;
        if (counts) {
            *last = end;
            return 0;
        }
    }
    return REGEX_NONE;
}
