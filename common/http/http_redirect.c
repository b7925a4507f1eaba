/* Which answers lead on, and where to: the same scheme, host and port only. */
#include "common/http/http_internal.h"

static bool leads_on(const struct http_request *request, int status)
{
    static const int statuses[] = {301, 302, 303, 307, 308};

    if (!str_eq(request->method, "GET") && !str_eq(request->method, "HEAD"))
        return false;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        if (status == statuses[i])
            return true;
    }
    return false;
}

int http_redirect(const struct http_request *request, int status, const struct buf *headers,
                  struct buf *url, struct err *err)
{
    char location[HTTP_URL_MAX_BYTES];
    CLEANUP(buf_done) struct buf next = BUF(HTTP_URL_MAX_BYTES);
    struct http_url from;
    struct http_url to;
    int r;

    if (!leads_on(request, status) ||
        http_headers_find(headers, "location", location, sizeof location) == NULL)
        return HTTP_NO_REDIRECT;
    r = http_url_join(buf_str(url), location, &next, err);
    if (r == 0)
        r = http_url_parse(buf_str(url), &from, err);
    if (r < 0)
        return r;
    /* Elsewhere, or something that is no plain http URL: the caller gets the 3xx as it is. */
    if (http_url_parse(buf_str(&next), &to, err) < 0 || !http_url_same_origin(&from, &to))
        return HTTP_NO_REDIRECT;
    buf_reset(url);
    buf_text(url, buf_str(&next));
    return buf_check(url, err);
}
