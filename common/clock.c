/* Reading and writing time; the story stands in clock.h. */
#include "common/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#include "common/fault.h"

#define MS_MIN (-62167219200000LL) /* 0000-01-01T00:00:00Z */
#define MS_MAX 253402300799999LL   /* 9999-12-31T23:59:59.999Z: RFC 3339 has four-digit years */

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_unix_ms(void)
{
    return read_ms(CLOCK_REALTIME) + FAULT_CLOCK();
}

void clock_format_rfc3339(int64_t unix_ms, char out[CLOCK_RFC3339_BYTES])
{
    if (unix_ms < MS_MIN)
        unix_ms = MS_MIN;
    if (unix_ms > MS_MAX)
        unix_ms = MS_MAX;

    int64_t ms = ((unix_ms % 1000) + 1000) % 1000;
    time_t seconds = (time_t)((unix_ms - ms) / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);

    size_t len = strftime(out, CLOCK_RFC3339_BYTES, "%Y-%m-%dT%H:%M:%S", &t);
    /* glibc's %Y does not pad years before 1000. */
    if (t.tm_year < 1000 - 1900) {
        char rest[24];
        strftime(rest, sizeof rest, "-%m-%dT%H:%M:%S", &t);
        len = (size_t)snprintf(out, CLOCK_RFC3339_BYTES, "%04d%s", t.tm_year + 1900, rest);
    }
    snprintf(out + len, CLOCK_RFC3339_BYTES - len, ".%03dZ", (int)ms);
}

/* Exactly n digits, in lowest..highest; moves *at behind them. */
static bool take_number(const char **at, int n, int lowest, int highest, int *out)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)(*at)[i]))
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    if (value < lowest || value > highest)
        return false;
    *at += n;
    *out = value;
    return true;
}

static bool take_char(const char **at, const char *accepted)
{
    if (**at == '\0' || strchr(accepted, **at) == NULL)
        return false;
    (*at)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(const char **at, struct tm *t)
{
    if (!take_number(at, 4, 0, 9999, &t->tm_year) || !take_char(at, "-") ||
        !take_number(at, 2, 1, 12, &t->tm_mon) || !take_char(at, "-") ||
        !take_number(at, 2, 1, days_in_month(t->tm_year, t->tm_mon), &t->tm_mday))
        return false;
    t->tm_year -= 1900;
    t->tm_mon -= 1;
    return true;
}

/* A leap second (:60) is the first moment of the next minute for timegm. */
static bool take_time(const char **at, struct tm *t)
{
    return take_number(at, 2, 0, 23, &t->tm_hour) && take_char(at, ":") &&
           take_number(at, 2, 0, 59, &t->tm_min) && take_char(at, ":") &&
           take_number(at, 2, 0, 60, &t->tm_sec);
}

/* ".123456" in milliseconds; digits past the third are dropped. */
static bool take_fraction(const char **at, int64_t *out_ms)
{
    int scale = 100;

    if (!take_char(at, "."))
        return true;
    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); (*at)++) {
        *out_ms += (**at - '0') * scale;
        scale /= 10;
    }
    return true;
}

static bool take_offset(const char **at, int64_t *out_seconds)
{
    int hours;
    int minutes;

    if (take_char(at, "Zz"))
        return true;
    int sign = **at == '-' ? -1 : 1;
    if (!take_char(at, "+-") || !take_number(at, 2, 0, 23, &hours) || !take_char(at, ":") ||
        !take_number(at, 2, 0, 59, &minutes))
        return false;
    *out_seconds = sign * (hours * 3600LL + minutes * 60LL);
    return true;
}

bool clock_parse_rfc3339(const char *text, int64_t *out_unix_ms)
{
    struct tm t = {0};
    int64_t ms = 0;
    int64_t offset_seconds = 0;
    const char *at = text;

    if (text == NULL || !take_date(&at, &t) || !take_char(&at, "Tt ") || !take_time(&at, &t) ||
        !take_fraction(&at, &ms) || !take_offset(&at, &offset_seconds) || *at != '\0')
        return false;

    *out_unix_ms = ((int64_t)timegm(&t) - offset_seconds) * 1000 + ms;
    return true;
}
