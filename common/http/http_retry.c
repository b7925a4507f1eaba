/* When to try again, and how long to wait before. The story stands in http.h. */
#include "common/clock.h"
#include "common/digest.h"
#include "common/http/http_internal.h"

#include <poll.h>
#include <strings.h>
#include <time.h>

#define BACKOFF_BASE_MS     500
#define RETRY_AFTER_MAX_MS  ((int64_t)2 * 3600 * 1000) /* all that waits behind it waits as long */
#define RETRY_AFTER_MAX_LEN 64

bool http_status_is_retryable(int status)
{
    static const int retryable[] = {408, 425, 429, 500, 502, 503, 504, 529};

    for (size_t i = 0; i < COUNT(retryable); i++) {
        if (status == retryable[i])
            return true;
    }
    return false;
}

bool http_status_is_unprocessed(int status)
{
    return status == 425 || status == 429 || status == 503 || status == 529;
}

static int64_t clamp(int64_t ms)
{
    if (ms < 0)
        return 0;
    return ms < RETRY_AFTER_MAX_MS ? ms : RETRY_AFTER_MAX_MS;
}

int64_t http_retry_after_ms(const char *value, int64_t now_unix_ms)
{
    size_t digits = strspn(value, "0123456789");

    if (value[0] == '\0' || strlen(value) > RETRY_AFTER_MAX_LEN)
        return -1;
    if (value[digits] == '\0') /* nine digits are 31 years; more need not be read exactly */
        return digits > 9 ? RETRY_AFTER_MAX_MS : clamp(atoll(value) * 1000);

    time_t when = curl_getdate(value, NULL);
    if (when == (time_t)-1)
        return -1;
    return clamp((int64_t)when * 1000 - now_unix_ms);
}

const char *http_headers_find(const struct buf *headers, const char *name, char *scratch,
                              size_t scratch_size)
{
    size_t name_len = strlen(name);

    for (const char *line = buf_str(headers); *line != '\0'; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
            continue;
        const char *value = line + name_len + 2;
        size_t len = strcspn(value, "\n");
        if (len >= scratch_size)
            return NULL;
        memcpy(scratch, value, len);
        scratch[len] = '\0';
        return scratch;
    }
    return NULL;
}

int http_status_error(const char *who, int status, const struct buf *headers, struct err *err)
{
    char scratch[RETRY_AFTER_MAX_LEN + 1];
    const char *value = http_headers_find(headers, "retry-after", scratch, sizeof scratch);
    int64_t patience_ms = value != NULL ? http_retry_after_ms(value, clock_unix_ms()) : -1;

    if (patience_ms < 0)
        return err_set(err, ERR_RETRY, "%s: HTTP %d", who, status);
    (void)err_throttled(err, patience_ms, "%s: HTTP %d, try again in %lld ms", who, status,
                        (long long)patience_ms);
    err->is_failure = status >= 500; /* less is a limit */
    return ERR_RETRY;
}

int64_t http_backoff_ms(int attempt)
{
    int64_t ceiling = BACKOFF_BASE_MS;
    uint32_t random;

    for (int i = 0; i < attempt && ceiling < HTTP_WAIT_MAX_MS; i++)
        ceiling *= 2;
    if (ceiling > HTTP_WAIT_MAX_MS)
        ceiling = HTTP_WAIT_MAX_MS;
    random_bytes(&random, sizeof random);
    return (int64_t)(random % (uint32_t)(ceiling + 1));
}

bool http_stopped(const struct http *http)
{
    return http->options.should_stop != NULL &&
           http->options.should_stop(http->options.stop_context);
}

enum breaker_outcome http_outcome(const struct http *http, int r, int status)
{
    if (r == 0)
        return status >= 500 && status != 501 && status != 505 ? BREAKER_FAILED : BREAKER_WORKED;
    return r == ERR_RETRY && !http_stopped(http) ? BREAKER_FAILED : BREAKER_UNKNOWN;
}

bool http_wait(const struct http *http, int64_t ms)
{
    int64_t until_ms = clock_mono_ms() + ms;

    for (;;) {
        int64_t left = until_ms - clock_mono_ms();
        if (http_stopped(http))
            return false;
        if (left <= 0)
            return true;
        poll(NULL, 0, (int)(left < HTTP_SLICE_MS ? left : HTTP_SLICE_MS));
    }
}
