/*
 * curl's options, all in one place: what is not set here is curl's default after a reset.
 * Nothing is taken from the environment, netrc or a cookie jar.
 */
#include "common/http/http_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define HEADERS_MAX      64
#define HEADER_MAX_BYTES ((size_t)16 * 1024)

static bool is_token(const char *text)
{
    if (text == NULL || *text == '\0')
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && strchr("!#$%&'*+-.^_`|~", *c) == NULL)
            return false;
    }
    return true;
}

static bool is_header_value(const char *text)
{
    if (text == NULL || strlen(text) > HEADER_MAX_BYTES)
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    }
    return true;
}

int http_request_check(const struct http_request *request, struct err *err)
{
    if (!is_token(request->method))
        return err_set(err, ERR_REJECT, "not an HTTP method");
    if (request->n_headers > HEADERS_MAX)
        return err_set(err, ERR_REJECT, "more than %d request headers", HEADERS_MAX);
    for (size_t i = 0; i < request->n_headers; i++) {
        const struct http_header *header = &request->headers[i];
        if (!is_token(header->name))
            return err_set(err, ERR_REJECT, "request header %zu has no valid name", i);
        if (!is_header_value(header->value)) /* its value may be a secret: only the name is told */
            return err_set(err, ERR_REJECT,
                           "request header %s has a control character or is too long",
                           header->name);
    }
    return 0;
}

bool http_request_is_idempotent(const struct http_request *request)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};

    for (size_t i = 0; i < COUNT(methods); i++) {
        if (str_eq(request->method, methods[i]))
            return true;
    }
    return request->idempotent;
}

static bool append(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer == NULL)
        return false;
    *list = longer;
    return true;
}

static bool append_header(struct curl_slist **list, const struct http_header *header)
{
    CLEANUP(buf_done) struct buf line = BUF(2 * HEADER_MAX_BYTES);

    /* "Name;" is how curl is asked for a header without a value. */
    if (header->value[0] == '\0')
        buf_print(&line, "%s;", header->name);
    else
        buf_print(&line, "%s: %s", header->name, header->value);
    return line.len > 0 && !line.no_memory && append(list, line.bytes);
}

static bool has_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->n_headers; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0)
            return true;
    }
    return false;
}

static bool build_list(const struct http_request *request, struct curl_slist **list)
{
    /* No waiting for "100 Continue", and no content type that nobody chose. */
    if (!append(list, "Expect:"))
        return false;
    if (!has_header(request, "Content-Type") && !append(list, "Content-Type:"))
        return false;
    for (size_t i = 0; i < request->n_headers; i++) {
        if (!append_header(list, &request->headers[i]))
            return false;
    }
    return true;
}

static void set_method(CURL *easy, const struct http_request *request)
{
    bool has_body = request->body != NULL && request->body_len > 0;
    const char *method = request->method;

    if (str_eq(method, "HEAD")) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body || str_eq(method, "POST") || str_eq(method, "PUT") || str_eq(method, "PATCH")) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(has_body ? request->body_len : 0));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, has_body ? request->body : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_connection(const struct http *http, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, http->proxy != NULL ? http->proxy : "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* One exchange at a time per handle: HTTP/2 would bring nothing but its own failures. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)http->options.connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, http_guard_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, (void *)http);
}

static void set_tls(const struct http *http, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, http_ca_use);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, http->ca);
}

int http_setup(struct http *http, const struct http_request *request, const char *url,
               struct curl_slist **out_list, struct err *err)
{
    CURL *easy = http->easy;
    int64_t timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : http->options.timeout_ms;

    if (!build_list(request, out_list))
        return err_nomem(err);
    if (curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent) != CURLE_OK)
        return err_nomem(err);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *out_list);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, request->path_as_is ? 1L : 0L);
    set_method(easy, request);
    set_connection(http, easy);
    set_tls(http, easy);

    /* On a kept connection that turns out dead, curl sends again by itself. That is only right
     * for a request that may be sent twice. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, http_request_is_idempotent(request) ? 0L : 1L);
    return 0;
}
