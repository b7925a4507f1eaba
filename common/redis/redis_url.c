/* Redis URL; the story stands in redis_url.h. */
#include "common/redis/redis_url.h"

#include <stdio.h>

#define DB_MAX 65535

struct span {
    const char *at;
    size_t len;
};

static int bad(struct err *err, const char *what)
{
    return err_set(err, ERR_FATAL,
                   "redis URL: %s; expected redis://[user[:password]@]host[:port][/db], "
                   "rediss://… or unix:///path[?db=N&user=U&password=P]",
                   what);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* False: a broken %XX, a NUL, or more than fits. */
static bool percent_decode(struct span text, char *out, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        int c = (unsigned char)text.at[i];

        if (c == '%') {
            int high = text.len - i > 2 ? hex_digit(text.at[i + 1]) : -1;
            int low = text.len - i > 2 ? hex_digit(text.at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return false;
            c = high * 16 + low;
            i += 2;
        }
        if (c == 0 || n + 1 >= size)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return true;
}

static bool copy_span(struct span text, char *out, size_t size)
{
    if (text.len >= size)
        return false;
    memcpy(out, text.at, text.len);
    out[text.len] = '\0';
    return true;
}

/* Digits only; false past max. */
static bool read_number(struct span text, int64_t max, int64_t *out)
{
    int64_t value = 0;

    if (text.len == 0 || text.len > 9)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (text.at[i] - '0');
    }
    *out = value;
    return value <= max;
}

/* The part before the first c, which is taken off rest together with c; all of it when c is absent.
 */
static struct span cut_at(struct span *rest, char c)
{
    const char *found = memchr(rest->at, c, rest->len);
    struct span part = *rest;

    if (found == NULL) {
        *rest = (struct span){rest->at + rest->len, 0};
        return part;
    }
    part.len = (size_t)(found - rest->at);
    *rest = (struct span){found + 1, rest->len - part.len - 1};
    return part;
}

static int parse_credentials(struct redis_target *target, struct span text, struct err *err)
{
    struct span user = cut_at(&text, ':');

    if (!percent_decode(user, target->user, sizeof target->user))
        return bad(err, "the user is too long or has a broken %XX");
    if (!percent_decode(text, target->password, sizeof target->password))
        return bad(err, "the password is too long or has a broken %XX");
    if (target->user[0] != '\0' && target->password[0] == '\0')
        return bad(err, "a user without a password");
    return 0;
}

/* host, host:port, [v6], [v6]:port; the port keeps its default when absent. */
static int parse_host(struct redis_target *target, struct span text, struct err *err)
{
    struct span host = text;
    struct span port = {text.at, 0};
    int64_t number = 0;

    if (text.len > 0 && text.at[0] == '[') {
        if (memchr(text.at, ']', text.len) == NULL)
            return bad(err, "the address in brackets does not end");
        text = (struct span){text.at + 1, text.len - 1};
        host = cut_at(&text, ']');
        if (text.len > 0 && text.at[0] != ':')
            return bad(err, "something follows the address in brackets");
        if (text.len > 0)
            port = (struct span){text.at + 1, text.len - 1};
    } else {
        host = cut_at(&text, ':');
        port = text;
    }
    if (host.len == 0 || !copy_span(host, target->host, sizeof target->host))
        return bad(err, "no host, or too long a one");
    if (port.len == 0)
        return 0;
    if (!read_number(port, 65535, &number) || number == 0)
        return bad(err, "the port is not a number from 1 to 65535");
    snprintf(target->port, sizeof target->port, "%lld", (long long)number);
    return 0;
}

static int parse_tcp(struct redis_target *target, struct span text, struct err *err)
{
    struct span query = text;
    struct span before = cut_at(&query, '?');
    struct span path = before;
    struct span authority = cut_at(&path, '/');
    const char *at = memrchr(authority.at, '@', authority.len);
    int r;

    if (query.len > 0)
        return bad(err, "a query is understood for unix:// only");
    if (at != NULL) {
        struct span credentials = {authority.at, (size_t)(at - authority.at)};

        r = parse_credentials(target, credentials, err);
        if (r < 0)
            return r;
        authority = (struct span){at + 1, authority.len - credentials.len - 1};
    }

    (void)str_copy(target->port, sizeof target->port, "6379");
    r = parse_host(target, authority, err);
    if (r < 0)
        return r;
    if (path.len > 0 && !read_number(path, DB_MAX, &target->db))
        return bad(err, "the path is not a database number");

    const char *format =
        strchr(target->host, ':') != NULL ? "%s://[%s]:%s/%lld" : "%s://%s:%s/%lld";
    snprintf(target->name, sizeof target->name, format, target->tls ? "rediss" : "redis",
             target->host, target->port, (long long)target->db);
    return 0;
}

static int parse_option(struct redis_target *target, struct span option, struct err *err)
{
    struct span value = option;
    struct span key = cut_at(&value, '=');

    if (key.len == 2 && memcmp(key.at, "db", 2) == 0)
        return read_number(value, DB_MAX, &target->db) ? 0 : bad(err, "db is not a number");
    if (key.len == 4 && memcmp(key.at, "user", 4) == 0)
        return percent_decode(value, target->user, sizeof target->user)
                   ? 0
                   : bad(err, "the user is too long or has a broken %XX");
    if (key.len == 8 && memcmp(key.at, "password", 8) == 0)
        return percent_decode(value, target->password, sizeof target->password)
                   ? 0
                   : bad(err, "the password is too long or has a broken %XX");
    return bad(err, "an unknown option after '?'");
}

static int parse_unix(struct redis_target *target, struct span text, struct err *err)
{
    struct span query = text;
    struct span path = cut_at(&query, '?');

    target->is_unix = true;
    if (path.len == 0 || path.at[0] != '/' ||
        !percent_decode(path, target->host, sizeof target->host))
        return bad(err, "the socket's path is not absolute, too long or has a broken %XX");
    while (query.len > 0) {
        int r = parse_option(target, cut_at(&query, '&'), err);
        if (r < 0)
            return r;
    }
    if (target->user[0] != '\0' && target->password[0] == '\0')
        return bad(err, "a user without a password");
    snprintf(target->name, sizeof target->name, "unix://%s", target->host);
    return 0;
}

int redis_url_parse(struct redis_target *out, const char *url, struct err *err)
{
    struct redis_target target = {0};
    const char *rest = strstr(url, "://");
    int r;

    if (rest == NULL)
        return bad(err, "no scheme");
    rest += 3;

    struct span text = {rest, strlen(rest)};
    target.tls = str_starts(url, "rediss://");
    if (target.tls || str_starts(url, "redis://"))
        r = parse_tcp(&target, text, err);
    else if (str_starts(url, "unix://"))
        r = parse_unix(&target, text, err);
    else
        r = bad(err, "unknown scheme");
    if (r < 0)
        return r;
    *out = target;
    return 0;
}
