/* URLs: taken apart by curl's own parser, so that what is checked is what is called. */
#include "common/http/http_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

DEFINE_CLEANUP(CURLU *, curl_url_cleanup)

static void curl_textp(char **text)
{
    curl_free(*text);
}

static bool part(CURLU *url, CURLUPart what, unsigned flags, char *out, size_t size)
{
    CLEANUP(curl_textp) char *text = NULL;

    return curl_url_get(url, what, &text, flags) == CURLUE_OK && str_copy(out, size, text);
}

/* curl forgives "http:///host" and "http:host"; we do not guess. */
static bool has_authority(const char *url)
{
    const char *slashes = strstr(url, "://");

    return slashes != NULL && slashes[3] != '\0' && strchr("/?#", slashes[3]) == NULL;
}

static bool is_clean(const char *url)
{
    for (const char *c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return false;
    }
    return true;
}

/* "[::1]" -> "::1", a zone id cut off with its bracket. */
static void strip_brackets(char *host)
{
    size_t len = strlen(host);

    if (host[0] != '[' || len < 2)
        return;
    memmove(host, host + 1, len - 2);
    host[len - 2] = '\0';
}

int http_url_parse(const char *url, struct http_url *out, struct err *err)
{
    struct http_url parsed;

    if (strlen(url) > HTTP_URL_MAX_BYTES)
        return err_set(err, ERR_REJECT, "URL longer than %zu bytes", HTTP_URL_MAX_BYTES);
    if (!is_clean(url))
        return err_set(err, ERR_REJECT, "URL with a space or control character in it");

    if (!has_authority(url))
        return err_set(err, ERR_REJECT, "not an absolute http(s) URL");

    CLEANUP(curl_url_cleanupp) CURLU *parts = curl_url();
    if (parts == NULL)
        return err_nomem(err);
    CURLUcode code = curl_url_set(parts, CURLUPART_URL, url, CURLU_DISALLOW_USER);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return err_set(err, ERR_REJECT, "URL with credentials in it: configure the token instead");
    if (code != CURLUE_OK)
        return err_set(err, ERR_REJECT, "not an absolute http(s) URL: %s", curl_url_strerror(code));

    if (!part(parts, CURLUPART_SCHEME, 0, parsed.scheme, sizeof parsed.scheme) ||
        (!str_eq(parsed.scheme, "http") && !str_eq(parsed.scheme, "https")))
        return err_set(err, ERR_REJECT, "URL is neither http:// nor https://");
    if (!part(parts, CURLUPART_HOST, 0, parsed.host, sizeof parsed.host) ||
        !part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT, parsed.port, sizeof parsed.port))
        return err_set(err, ERR_REJECT, "URL without a usable host or port");
    strip_brackets(parsed.host);
    for (char *c = parsed.host; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    *out = parsed;
    return 0;
}

int http_url_check(const char *url, struct err *err)
{
    struct http_url parsed;

    return http_url_parse(url, &parsed, err);
}

bool http_url_same_origin(const struct http_url *a, const struct http_url *b)
{
    return str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) && str_eq(a->port, b->port);
}

int http_url_join(const char *base, const char *location, struct buf *out, struct err *err)
{
    CLEANUP(curl_url_cleanupp) CURLU *parts = curl_url();
    CLEANUP(curl_textp) char *text = NULL;

    if (parts == NULL)
        return err_nomem(err);
    if (curl_url_set(parts, CURLUPART_URL, base, 0) != CURLUE_OK ||
        curl_url_set(parts, CURLUPART_URL, location, 0) != CURLUE_OK ||
        curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_URL, &text, 0) != CURLUE_OK)
        return err_set(err, ERR_REJECT, "redirected to something that is no URL");
    buf_reset(out);
    buf_text(out, text);
    return buf_check(out, err);
}

void http_url_escape(struct buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        bool plain = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
                     (*c >= '0' && *c <= '9') || strchr("-._~", *c) != NULL;
        if (plain)
            buf_char(out, (char)*c);
        else
            buf_print(out, "%%%02X", *c);
    }
}
