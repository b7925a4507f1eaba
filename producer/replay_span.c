/* From where to where; the story stands in replay_span.h. */
#include "producer/replay_span.h"

#include "common/clock.h"

#define DURATION_MAX_MS (3660LL * 24 * 3600 * 1000) /* ten years; nothing is kept so long */

void span_init(struct replay_span *out)
{
    memset(out, 0, sizeof *out);
    out->from_unix_ms = INT64_MIN;
    out->to_unix_ms = INT64_MAX;
}

/* Digits alone, at most max. */
static bool read_number(const char **at, int64_t max, int64_t *out)
{
    int64_t n = 0;
    const char *c = *at;

    if (*c < '0' || *c > '9')
        return false;
    for (; *c >= '0' && *c <= '9'; c++) {
        if (n > (max - (*c - '0')) / 10)
            return false;
        n = n * 10 + (*c - '0');
    }
    *at = c;
    *out = n;
    return true;
}

static bool read_unit(const char **at, int64_t *out_ms)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};

    for (size_t i = 0; i < COUNT(units); i++)
        if (**at == units[i].letter) {
            (*at)++;
            *out_ms = units[i].ms;
            return true;
        }
    return false;
}

bool span_parse_duration(const char *text, int64_t *out_ms)
{
    const char *at = text;
    int64_t sum = 0;

    do {
        int64_t n, unit;
        if (!read_number(&at, DURATION_MAX_MS, &n) || !read_unit(&at, &unit) ||
            n > (DURATION_MAX_MS - sum) / unit)
            return false;
        sum += n * unit;
    } while (*at != '\0' && *at != ' ');
    if (*at != '\0' && !str_eq(at, " ago"))
        return false;
    *out_ms = sum;
    return true;
}

static int read_offsets(const char *text, struct span_offsets *out, struct err *err)
{
    const char *at = text;

    out->given = true;
    out->n = 0;
    for (;;) {
        int64_t partition, offset;
        if (!read_number(&at, INT32_MAX, &partition) || *at++ != ':' ||
            !read_number(&at, INT64_MAX, &offset) || (*at != '\0' && *at != ','))
            return err_set(err, ERR_REJECT,
                           "\"%.100s\": offsets are PARTITION:OFFSET,…, like 0:1500,3:99", text);
        for (size_t i = 0; i < out->n; i++)
            if (out->list[i].partition == partition)
                return err_set(err, ERR_REJECT, "\"%.100s\" names partition %lld twice", text,
                               (long long)partition);
        if (out->n == SPAN_PARTITIONS_MAX)
            return err_set(err, ERR_REJECT, "offsets of more than %d partitions",
                           SPAN_PARTITIONS_MAX);
        out->list[out->n].partition = (int32_t)partition;
        out->list[out->n++].offset = offset;
        if (*at++ == '\0')
            return 0;
    }
}

static bool looks_like_offsets(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && text[digits] == ':';
}

static int read_moment(const char *text, int64_t now_unix_ms, int64_t *out, struct err *err)
{
    int64_t ago_ms;

    if (str_eq(text, "now"))
        *out = now_unix_ms;
    else if (span_parse_duration(text, &ago_ms))
        *out = now_unix_ms - ago_ms;
    else if (!clock_parse_rfc3339(text, out))
        return err_set(err, ERR_REJECT,
                       "\"%.100s\" is no moment: 2026-12-01T02:00:00Z, 2h (ago), or offsets like "
                       "0:1500,3:99",
                       text);
    return 0;
}

/* Offsets are given anew as a whole, so they are read aside. */
static int add_offsets(struct span_offsets *out, const char *text, struct err *err)
{
    struct span_offsets *read = calloc(1, sizeof *read);

    if (read == NULL)
        return err_nomem(err);
    int r = read_offsets(text, read, err);
    if (r == 0)
        *out = *read;
    free(read);
    return r;
}

int span_add_from(struct replay_span *span, const char *text, int64_t now_unix_ms, struct err *err)
{
    int64_t moment = 0;

    if (looks_like_offsets(text))
        return add_offsets(&span->from, text, err);
    int r = read_moment(text, now_unix_ms, &moment, err);
    if (r == 0 && moment > span->from_unix_ms)
        span->from_unix_ms = moment;
    return r;
}

int span_add_to(struct replay_span *span, const char *text, int64_t now_unix_ms, struct err *err)
{
    int64_t moment = 0;

    if (looks_like_offsets(text))
        return add_offsets(&span->to, text, err);
    int r = read_moment(text, now_unix_ms, &moment, err);
    if (r == 0 && moment < span->to_unix_ms)
        span->to_unix_ms = moment;
    return r;
}

/* False: offsets were given, and none of this partition. */
static bool find_offset(const struct span_offsets *offsets, int32_t partition, int64_t *out)
{
    for (size_t i = 0; i < offsets->n; i++)
        if (offsets->list[i].partition == partition) {
            *out = offsets->list[i].offset;
            return true;
        }
    return !offsets->given;
}

void span_narrow(const struct replay_span *span, int32_t partition, int64_t *from, int64_t *to)
{
    int64_t first = *from, end = *to;
    bool named =
        find_offset(&span->from, partition, &first) && find_offset(&span->to, partition, &end);

    first = first > *from ? first : *from;
    end = end < *to ? end : *to;
    bool empty = !named || end < first;
    *to = empty ? *from : end;
    *from = empty ? *from : first;
}

bool span_holds_time(const struct replay_span *span, int64_t unix_ms)
{
    return unix_ms >= span->from_unix_ms && unix_ms < span->to_unix_ms;
}

bool span_has_time(const struct replay_span *span)
{
    return span->from_unix_ms != INT64_MIN || span->to_unix_ms != INT64_MAX;
}
