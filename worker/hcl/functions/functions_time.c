/* Moments in RFC 3339, as Terraform's time functions read and write them. */
#include <stdio.h>

#include "worker/hcl/functions/functions.h"

struct moment {
    int64_t seconds; /* since 1970, UTC */
    int64_t nanoseconds;
    int offset;  /* of the clock it was written by, in seconds */
    bool is_utc; /* written with a Z */
};

/* What a calendar shows. */
struct date {
    int64_t year;
    int month, day, weekday; /* weekday: 0 is Sunday */
    int hour, minute, second;
};

/* Days since 1970 of a date in the Gregorian calendar, counted in eras of 400 years. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date date_of(const struct moment *moment)
{
    int64_t local = moment->seconds + moment->offset;
    int64_t days = (local >= 0 ? local : local - 86399) / 86400;
    int64_t rest = local - days * 86400;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    struct date date = {.day = (int)(of_year - (153 * month + 2) / 5 + 1),
                        .month = month < 10 ? month + 3 : month - 9,
                        .hour = (int)(rest / 3600),
                        .minute = (int)(rest / 60 % 60),
                        .second = (int)(rest % 60),
                        .weekday = (int)(((days + 4) % 7 + 7) % 7)};

    date.year = year + era * 400 + (date.month <= 2);
    return date;
}

/* n digits at *at. */
static bool read_digits(const char **at, int n, int *out)
{
    *out = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *out = *out * 10 + (**at - '0');
    }
    return true;
}

static bool read_sign(const char **at, char wanted)
{
    bool is = **at == wanted;

    *at += is;
    return is;
}

static bool read_zone(const char **at, struct moment *out)
{
    int sign = **at == '-' ? -1 : 1;
    int hours;
    int minutes;

    out->is_utc = read_sign(at, 'Z');
    if (out->is_utc)
        return true;
    if ((!read_sign(at, '+') && !read_sign(at, '-')) || !read_digits(at, 2, &hours) ||
        !read_sign(at, ':') || !read_digits(at, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    out->offset = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* "2006-01-02T15:04:05.999Z" or with "+01:00". */
static bool read_moment(const char *at, struct moment *out)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct moment moment = {0};
    int year, month, day, hour, minute, second;

    bool ok = read_digits(&at, 4, &year) && read_sign(&at, '-') && read_digits(&at, 2, &month) &&
              read_sign(&at, '-') && read_digits(&at, 2, &day) && read_sign(&at, 'T') &&
              read_digits(&at, 2, &hour) && read_sign(&at, ':') && read_digits(&at, 2, &minute) &&
              read_sign(&at, ':') && read_digits(&at, 2, &second);
    if (!ok || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
        return false;
    bool leaps = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + leaps)
        return false;
    if (*at == '.') {
        int64_t unit = 100000000;
        for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
            moment.nanoseconds += (*at - '0') * unit;
    }
    if (!read_zone(&at, &moment) || *at != '\0')
        return false;
    moment.seconds =
        days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - moment.offset;
    *out = moment;
    return true;
}

static void print_zone(const struct moment *moment, bool colon, struct buf *out)
{
    int minutes = (moment->offset < 0 ? -moment->offset : moment->offset) / 60;

    buf_print(out, "%c%02d%s%02d", moment->offset < 0 ? '-' : '+', minutes / 60, colon ? ":" : "",
              minutes % 60);
}

/* NULL: read; else what stops it. Some texts Go reads that are not read here. */
static const struct hcl_value *moment_at(const struct arguments *a, size_t i, struct moment *out)
{
    const char *text = text_at(a, i);

    if (read_moment(text, out))
        return NULL;
    return strlen(text) < 18 || strchr(text, 'T') == NULL
               ? refuse(a, "a time like 2006-01-02T15:04:05Z is needed")
               : value_unknown(a->repo, "%s: this time is not read", a->name);
}

/* --- timeadd, timecmp --- */

/* A number with its decimals, over scale: 1.25 is whole 1, parts 25, scale 100. */
struct decimal {
    int64_t whole, parts, scale;
};

static bool read_decimal(const char **at, struct decimal *out)
{
    const char *end = *at + strspn(*at, "0123456789.");
    bool behind = false;

    *out = (struct decimal){.scale = 1};
    if (end == *at || end - *at > 12)
        return false;
    for (; *at < end; (*at)++) {
        int64_t *digits = behind ? &out->parts : &out->whole;
        if (**at == '.' && behind)
            return false;
        if (**at == '.') {
            behind = true;
            continue;
        }
        *digits = *digits * 10 + (**at - '0');
        out->scale *= behind ? 10 : 1;
    }
    return true;
}

/* How many nanoseconds the unit at *at has; 0: it is none. */
static int64_t read_unit(const char **at)
{
    static const struct {
        const char *name;
        int64_t nanoseconds;
    } units[] = {{"ns", 1},         {"us", 1000},       {"ms", 1000000},
                 {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}};
    size_t len = strcspn(*at, "0123456789.");

    for (size_t i = 0; i < COUNT(units); i++)
        if (strlen(units[i].name) == len && strncmp(units[i].name, *at, len) == 0) {
            *at += len;
            return units[i].nanoseconds;
        }
    return 0;
}

/* "1h30m", "-1.5h"; false: not read, or not a whole number of nanoseconds. */
static bool read_duration(const char *at, int64_t *out)
{
    int sign = *at == '-' ? -1 : 1;
    int64_t total = 0;

    at += *at == '-' || *at == '+';
    if (str_eq(at, "0")) {
        *out = 0;
        return true;
    }
    do {
        struct decimal n;
        if (!read_decimal(&at, &n))
            return false;
        int64_t unit = read_unit(&at);
        if (unit == 0 || n.whole > INT64_MAX / 4 / unit || unit % n.scale != 0)
            return false;
        total += n.whole * unit + unit / n.scale * n.parts;
        if (total > INT64_MAX / 4)
            return false;
    } while (*at != '\0');
    *out = sign * total;
    return true;
}

static const struct hcl_value *timeadd(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    struct moment moment;
    int64_t duration;
    const struct hcl_value *stop = moment_at(a, 0, &moment);

    if (stop != NULL)
        return stop;
    if (!read_duration(text_at(a, 1), &duration))
        return value_unknown(a->repo, "this duration is not read");
    int64_t nanoseconds = moment.nanoseconds + duration % 1000000000;
    moment.seconds += duration / 1000000000 + (nanoseconds < 0 ? -1 : nanoseconds / 1000000000);
    struct date date = date_of(&moment);
    if (date.year < 0 || date.year > 9999)
        return value_unknown(a->repo, "a time outside of four-digit years");
    buf_print(&out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)date.year, date.month, date.day,
              date.hour, date.minute, date.second);
    if (moment.offset == 0)
        buf_char(&out, 'Z');
    else
        print_zone(&moment, true, &out);
    return value_from_buf(a->repo, &out);
}

static const struct hcl_value *timecmp(const struct arguments *a)
{
    struct moment x;
    struct moment y;
    const struct hcl_value *stop = moment_at(a, 0, &x);

    if (stop == NULL)
        stop = moment_at(a, 1, &y);
    if (stop != NULL)
        return stop;
    if (x.seconds != y.seconds)
        return value_int(a->repo, x.seconds < y.seconds ? -1 : 1);
    return value_int(a->repo, (x.nanoseconds > y.nanoseconds) - (x.nanoseconds < y.nanoseconds));
}

/* --- formatdate --- */

/* n letters of one kind, as a number: one letter plain, two with a zero. */
static bool put_number(struct buf *out, size_t n, int value)
{
    if (n == 1)
        buf_print(out, "%d", value);
    else if (n == 2)
        buf_print(out, "%02d", value);
    return n <= 2;
}

/* A name in full for four letters, cut to three for three. */
static bool put_name(struct buf *out, size_t n, const char *name)
{
    buf_print(out, "%.*s", n == 3 ? 3 : 20, name);
    return n == 3 || n == 4;
}

static bool put_year(struct buf *out, size_t n, int64_t year)
{
    buf_print(out, n == 2 ? "%02d" : "%04d", (int)(n == 2 ? year % 100 : year));
    return n == 2 || n == 4;
}

static bool put_zone(struct buf *out, size_t n, const struct moment *moment)
{
    if (n == 1 && moment->offset == 0)
        buf_char(out, 'Z');
    else if (n == 3 && moment->offset == 0)
        buf_text(out, "UTC");
    else
        print_zone(moment, n == 1 || n == 5, out);
    return n == 1 || (n >= 3 && n <= 5);
}

/* n times the letter; false: it means nothing. */
static bool put_verb(struct buf *out, char letter, size_t n, const struct moment *moment)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    struct date date = date_of(moment);

    switch (letter) {
    case 'Y':
        return put_year(out, n, date.year);
    case 'M':
        return n > 2 ? put_name(out, n, months[date.month - 1]) : put_number(out, n, date.month);
    case 'D':
        return put_number(out, n, date.day);
    case 'E':
        return put_name(out, n, days[date.weekday]);
    case 'h':
        return put_number(out, n, date.hour);
    case 'H':
        return put_number(out, n, date.hour % 12 == 0 ? 12 : date.hour % 12);
    case 'A':
        buf_text(out, date.hour < 12 ? "AM" : "PM");
        return n == 2;
    case 'a':
        buf_text(out, date.hour < 12 ? "am" : "pm");
        return n == 2;
    case 'm':
        return put_number(out, n, date.minute);
    case 's':
        return put_number(out, n, date.second);
    case 'Z':
        return put_zone(out, n, moment);
    default:
        return false;
    }
}

static const struct hcl_value *formatdate(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    struct moment moment;
    const struct hcl_value *stop = moment_at(a, 1, &moment);

    if (stop != NULL)
        return stop;
    for (const char *at = text_at(a, 0); *at != '\0' && !out.too_long;) {
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (*at == '\'') {
            const char *end = strchr(at + 1, '\'');
            if (end == NULL || end == at + 1 || end[1] == '\'')
                return end == NULL ? refuse(a, "a quote is not closed")
                                   : value_unknown(a->repo, "this format is not evaluated");
            buf_bytes(&out, at + 1, (size_t)(end - at) - 1);
            at = end + 1;
            continue;
        }
        size_t n = 1;
        while (is_letter && at[n] == *at)
            n++;
        if (is_letter && !put_verb(&out, *at, n, &moment))
            return refuse(a, "the format has letters that mean nothing");
        if (!is_letter)
            buf_char(&out, *at);
        at += n;
    }
    return value_from_buf(a->repo, &out);
}

const struct function TIME_FUNCTIONS[] = {
    {"formatdate", "ss", 2, 2, GIVES_TEXT, formatdate},
    {"timeadd", "ss", 2, 2, GIVES_TEXT, timeadd},
    {"timecmp", "ss", 2, 2, GIVES_NUMBER, timecmp},
};
const size_t TIME_FUNCTION_COUNT = COUNT(TIME_FUNCTIONS);
