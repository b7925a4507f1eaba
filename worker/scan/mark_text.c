#include "worker/scan/mark_text.h"

#include <ctype.h>
#include <strings.h>

#include "worker/scan/rule_words.h"

struct reader { /* a comment's text, one line of it at a time */
    const char *at, *end;
    struct mark_text *out;
    size_t n;
};

const char *mark_kind_name(enum mark_kind kind)
{
    static const char *const names[] = {"checkov:skip", "tfsec:ignore", "trivy:ignore",
                                        "plumb:ignore"};

    return names[kind];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && is_blank(*reader->at))
        reader->at++;
}

/* Moves behind the word where it stands next. */
static bool take(struct reader *reader, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
        return false;
    reader->at += len;
    return true;
}

/* Moves behind the next place of the word on the line. */
static bool seek(struct reader *reader, const char *word)
{
    const char *found = memmem(reader->at, (size_t)(reader->end - reader->at), word, strlen(word));

    if (found == NULL)
        return false;
    reader->at = found + strlen(word);
    return true;
}

static void copy(char *out, size_t size, const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    size_t len = (size_t)(end - start) < size ? (size_t)(end - start) : size - 1;
    memcpy(out, start, len);
    out[len] = '\0';
}

/* The characters up to one of stops, a blank or the end. */
static void take_until(struct reader *reader, const char *stops, char *out, size_t size)
{
    const char *start = reader->at;

    while (reader->at < reader->end && !is_blank(*reader->at) && strchr(stops, *reader->at) == NULL)
        reader->at++;
    copy(out, size, start, reader->at);
}

static struct mark_text *add(struct reader *reader, enum mark_kind kind)
{
    if (reader->n == MARKS_IN_COMMENT)
        return NULL;
    struct mark_text *mark = &reader->out[reader->n++];
    *mark = (struct mark_text){.kind = kind};
    return mark;
}

/* One mark for each id of "A,B". */
static void add_ids(struct reader *reader, enum mark_kind kind, const char *stops)
{
    do {
        char id[MARK_ID_BYTES];
        take_until(reader, stops, id, sizeof id);
        struct mark_text *mark = id[0] != '\0' ? add(reader, kind) : NULL;
        if (mark != NULL)
            memcpy(mark->id, id, sizeof id);
    } while (take(reader, ","));
}

static void reason_for_all(struct reader *reader, size_t first)
{
    const char *start = reader->at;

    while (start < reader->end && (is_blank(*start) || *start == '-' || *start == ':'))
        start++;
    for (size_t i = first; i < reader->n; i++)
        copy(reader->out[i].reason, sizeof reader->out[i].reason, start, reader->end);
    reader->at = reader->end;
}

static bool is_date(const char *text)
{
    static const char shape[] = "0000-00-00";

    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    int month = (text[5] - '0') * 10 + text[6] - '0';
    int day = (text[8] - '0') * 10 + text[9] - '0';
    return text[10] == '\0' && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static void take_date(struct reader *reader, struct mark_text *mark)
{
    char text[32];

    take_until(reader, ":[", text, sizeof text);
    if (is_date(text))
        memcpy(mark->until, text, MARK_DATE_BYTES);
    else
        mark->problem = "its date is not of the form 2026-12-31";
}

/* --- each kind --- */

static void read_checkov(struct reader *reader, const char *word)
{
    size_t first = reader->n;

    if (!seek(reader, word))
        return;
    skip_blanks(reader);
    add_ids(reader, MARK_CHECKOV, ",:");
    if (take(reader, ":"))
        reason_for_all(reader, first);
}

static void read_tfsec_one(struct reader *reader, enum mark_kind kind)
{
    struct mark_text *mark = add(reader, kind);
    char unused[MARK_ID_BYTES];

    if (mark == NULL)
        return;
    take_until(reader, ":[", mark->id, sizeof mark->id);
    for (;;) {
        if (take(reader, ":exp:")) {
            take_date(reader, mark);
        } else if (take(reader, ":ws:")) {
            take_until(reader, ":[", unused, sizeof unused);
            mark->problem = "it counts in one workspace only, and a scan knows of none";
        } else if (take(reader, "[")) {
            take_until(reader, "]", unused, sizeof unused);
            (void)take(reader, "]");
        } else {
            return;
        }
    }
}

static void read_tfsec(struct reader *reader, enum mark_kind kind, const char *word)
{
    size_t first = reader->n;

    while (seek(reader, word))
        read_tfsec_one(reader, kind);
    if (reader->n > first)
        reason_for_all(reader, first);
}

static void read_plumb(struct reader *reader)
{
    size_t first = reader->n;

    if (!seek(reader, "plumb:ignore"))
        return;
    skip_blanks(reader);
    add_ids(reader, MARK_PLUMB, ",");
    if (reader->n == first && add(reader, MARK_PLUMB) != NULL)
        reader->out[first].problem = "it names no rule";
    skip_blanks(reader);
    if (take(reader, "until=")) {
        struct mark_text until = {0};
        take_date(reader, &until);
        for (size_t i = first; i < reader->n; i++) {
            memcpy(reader->out[i].until, until.until, sizeof until.until);
            reader->out[i].problem = until.problem != NULL ? until.problem : reader->out[i].problem;
        }
    }
    reason_for_all(reader, first);
}

static void read_line(struct reader *reader, const char *start, const char *end)
{
    reader->end = end;
    reader->at = start;
    read_checkov(reader, "checkov:skip=");
    reader->at = start;
    read_checkov(reader, "bridgecrew:skip=");
    reader->at = start;
    read_tfsec(reader, MARK_TFSEC, "tfsec:ignore:");
    reader->at = start;
    read_tfsec(reader, MARK_TRIVY, "trivy:ignore:");
    reader->at = start;
    read_plumb(reader);
}

size_t mark_texts(const char *comment, size_t len, struct mark_text out[MARKS_IN_COMMENT])
{
    struct reader reader = {.out = out};
    const char *end = comment + len;

    if (len >= 4 && comment[0] == '/' && comment[1] == '*')
        end -= 2;
    while (comment < end) {
        const char *newline = memchr(comment, '\n', (size_t)(end - comment));
        const char *line_end = newline != NULL ? newline : end;
        read_line(&reader, comment, line_end);
        comment = line_end + 1;
    }
    return reader.n;
}

bool mark_is_expired(const struct mark_text *mark, const char *today)
{
    int order = mark->until[0] != '\0' ? strcmp(today, mark->until) : -1;

    return mark->kind == MARK_PLUMB ? order > 0 : order >= 0;
}

/* --- rules --- */

static bool has_alias(const struct rule *rule, const char *source, const char *id)
{
    size_t len = strlen(source);

    for (const char *const *alias = rule->aliases; *alias != NULL; alias++) {
        const char *tail = strchr(*alias, ':');
        if (tail != NULL && (size_t)(tail - *alias) == len && memcmp(*alias, source, len) == 0 &&
            strcasecmp(tail + 1, id) == 0)
            return true;
    }
    return false;
}

bool mark_names_rule(const struct mark_text *mark, const struct rule *rule)
{
    const char *checkov;

    switch (mark->kind) {
    case MARK_CHECKOV:
        return has_alias(rule, "checkov", mark->id);
    case MARK_TFSEC:
    case MARK_TRIVY:
        if (str_eq(mark->id, "*"))
            return true;
        for (size_t i = 0; (checkov = mark_checkov_id(mark->id, i)) != NULL; i++)
            if (has_alias(rule, "checkov", checkov))
                return true;
        return false;
    case MARK_PLUMB:
        return rule_is_named(rule, mark->id);
    }
    return false;
}
