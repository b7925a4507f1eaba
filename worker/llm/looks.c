/* Looks; the story stands in looks.h. */
#include "worker/llm/looks.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#define RANDOM_MIN     24  /* bytes */
#define ENTROPY_BASE64 4.2 /* bits of a byte */
#define ENTROPY_HEX    3.2

bool looks_like_secret_name(const char *name)
{
    static const char *const parts[] = {"password",   "passwd",      "secret",     "private_key",
                                        "access_key", "auth_token",  "api_key",    "apikey",
                                        "api_token",  "token",       "credential", "passphrase",
                                        "client_key", "license_key", "master_key"};
    /* They name a secret, or say where it is, or how long it lives. */
    static const char *const ends[] = {
        "_arn",      "_arns",    "_name", "_id",   "_ids",        "_length",    "_policy", "_ttl",
        "_version",  "_enabled", "_type", "_days", "_validity",   "_hop_limit", "_url",    "_uri",
        "_endpoint", "_source",  "_file", "_path", "http_tokens", "max_tokens"};
    bool is = false;

    for (size_t i = 0; i < COUNT(parts); i++)
        is = is || strcasestr(name, parts[i]) != NULL;
    for (size_t i = 0; i < COUNT(ends); i++)
        is = is && !str_ends(name, ends[i]);
    return is;
}

static double entropy(const char *text, size_t len)
{
    size_t counts[256] = {0};
    double bits = 0;

    for (size_t i = 0; i < len; i++)
        counts[(unsigned char)text[i]]++;
    for (size_t i = 0; i < COUNT(counts); i++) {
        double share = (double)counts[i] / (double)len;

        bits -= counts[i] > 0 ? share * log2(share) : 0;
    }
    return bits;
}

size_t looks_run(const char *text, size_t len, const char *extra)
{
    size_t n = 0;

    while (n < len && (isalnum((unsigned char)text[n]) || strchr(extra, text[n]) != NULL) &&
           text[n] != '\0')
        n++;
    return n;
}

/* Letters of both cases and digits, all through: words joined by dashes or dots are not. */
static bool is_mixed(const char *text, size_t len)
{
    size_t upper = 0;
    size_t lower = 0;
    size_t digits = 0;

    for (size_t i = 0; i < len; i++) {
        upper += isupper((unsigned char)text[i]) != 0;
        lower += islower((unsigned char)text[i]) != 0;
        digits += isdigit((unsigned char)text[i]) != 0;
    }
    return digits >= 3 && (upper == 0 || lower == 0 ? false : upper >= 3 && lower >= 3);
}

static bool is_hex(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return false;
    }
    return true;
}

static bool run_is_random(const char *text, size_t len)
{
    if (len < RANDOM_MIN)
        return false;
    if (is_hex(text, len))
        return len >= 32 && entropy(text, len) >= ENTROPY_HEX;
    return is_mixed(text, len) && entropy(text, len) >= ENTROPY_BASE64;
}

bool looks_random(const char *text, size_t len)
{
    static const char *const known[] = {"arn:", "sha256:", "https://", "s3://", "/aws/"};

    for (size_t i = 0; i < COUNT(known); i++) {
        if (len >= strlen(known[i]) && memcmp(text, known[i], strlen(known[i])) == 0)
            return false;
    }
    for (size_t i = 0; i < len;) {
        size_t n = looks_run(text + i, len - i, "+/=_");

        if (run_is_random(text + i, n))
            return true;
        i += n > 0 ? n : 1;
    }
    return false;
}

bool looks_like_userinfo(const char *text, size_t len)
{
    const char *scheme = memmem(text, len, "://", 3);
    const char *end = text + len;

    if (scheme == NULL)
        return false;
    for (const char *at = scheme + 3; at < end && *at != '/' && *at != '?' && *at != ' '; at++) {
        if (*at == '@')
            return memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) != NULL;
    }
    return false;
}
