/*
 * Any bytes as a replay's conditions and limits, a line each, and the last line as what a record
 * says: what is taken answers, the same for the same text, and a negation is the opposite.
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "producer/replay_selector.h"
#include "producer/replay_span.h"

static void limits_hold_together(const char *text)
{
    struct replay_span *span = malloc(sizeof *span);
    int64_t from = 5, to = 50, ms = 0;
    struct err err;

    assert(span != NULL);
    span_init(span);
    if (span_add_from(span, text, 1796090400000, &err) == 0 &&
        span_add_to(span, text, 1796090400000, &err) == 0) {
        span_narrow(span, 0, &from, &to);
        assert(from >= 5 && to <= 50 && from <= to);
        if (span->from_unix_ms != INT64_MIN) /* from and to are one moment: nothing lies between */
            assert(!span_holds_time(span, span->from_unix_ms));
    }
    if (span_parse_duration(text, &ms))
        assert(ms >= 0);
    free(span);
}

static int ask(const char *condition, const struct selector_subject *subject)
{
    CLEANUP(selector_freep) struct selector *selector = NULL;
    struct err err;

    if (selector_new(&selector, &err) != 0 || selector_add(selector, condition, &err) != 0)
        return -1;
    assert(str_eq(selector_condition(selector, 0), condition));
    int answer = selector_match(selector, subject);
    assert(selector_match(selector, subject) == answer);
    return answer;
}

static void a_negation_is_the_opposite(const char *condition,
                                       const struct selector_subject *subject)
{
    size_t field = strcspn(condition, "=~!");
    char *negated = NULL;

    if (condition[field] == '\0' || condition[field] == '!')
        return;
    int answer = ask(condition, subject);
    int len = asprintf(&negated, "%.*s!%s", (int)field, condition, condition + field);
    assert(len > 0);
    int opposite = ask(negated, subject);
    free(negated);
    if (answer < 0 || answer == SELECTOR_UNKNOWN)
        assert(opposite < 0 || opposite == SELECTOR_UNKNOWN);
    else
        assert(opposite == (answer == 0 ? SELECTOR_NO : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_freep) char *text = fuzz_text(data, size < 4096 ? size : 4096);
    CLEANUP(buf_done) struct buf said = BUF(100000);
    struct selector_subject subject = {.values = {NULL}};
    char *last = strrchr(text, '\n');
    char *rest = text, *line;

    if (last != NULL)
        *last++ = '\0';
    buf_utf8(&said, last != NULL ? last : "", last != NULL ? strlen(last) : 0);
    subject.values[SELECTOR_ERROR] = buf_str(&said);
    subject.values[SELECTOR_RULE] = "aws-s3-versioning";
    subject.values[SELECTOR_CONTROL] = "CKV_AWS_21";
    while ((line = strsep(&rest, "\n")) != NULL) {
        limits_hold_together(line);
        a_negation_is_the_opposite(line, &subject);
    }
    return 0;
}
