/* Sources of states but S3; the story stands in state_source.h. */
#include "worker/state_source.h"

#include <stdio.h>
#include <sys/stat.h>

#include "common/digest.h"
#include "common/files.h"
#include "common/http/http.h"
#include "common/text/redact.h"
#include "worker/hcl/state/state.h"

#define SECRET_BYTES 4096

static bool is_http(const char *source)
{
    return str_starts(source, "https://") || str_starts(source, "http://");
}

static const char *file_path(const char *source)
{
    const char *path = str_starts(source, "file://") ? source + 7 : source;

    return path[0] == '/' && path[1] != '\0' ? path : NULL;
}

int state_source_check(const char *source, struct err *err)
{
    if (str_starts(source, "s3://")) {
        const char *key = strchr(source + 5, '/');
        if (key == NULL || key == source + 5 || key[1] == '\0')
            return err_set(err, ERR_REJECT, "an S3 source is s3://BUCKET/KEY");
        return 0;
    }
    if (is_http(source)) {
        const char *host = strstr(source, "://") + 3;
        /* Whoever names a repository must not say where passwords go. */
        if (memchr(host, '{', strcspn(host, "/?#")) != NULL)
            return err_set(err, ERR_REJECT, "the host of a source is fixed: no {…} in it");
        return http_url_check(source, err);
    }
    if (file_path(source) == NULL)
        return err_set(err, ERR_REJECT,
                       "a source is s3://BUCKET/KEY, https://…, or an absolute path");
    return 0;
}

/* --- placeholders --- */

static bool may_stand_in_path(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\' || *c == '?' || *c == '#')
            return false;
    for (const char *part = text;; part++) {
        size_t len = strcspn(part, "/");
        if ((len == 2 && memcmp(part, "..", 2) == 0) || (len == 1 && *part == '.'))
            return false;
        part += len;
        if (*part == '\0')
            return true;
    }
}

static const char *meaning(const char *at, size_t len, const char *repository,
                           const char *directory)
{
    const char *slash = strrchr(repository, '/');

    if (len == 10 && memcmp(at, "repository", len) == 0)
        return repository;
    if (len == 4 && memcmp(at, "name", len) == 0)
        return slash != NULL ? slash + 1 : repository;
    return len == 9 && memcmp(at, "directory", len) == 0 ? directory : NULL;
}

int state_source_locate(const struct state_source *source, const char *repository,
                        const char *directory, char out[STATE_LOCATION_BYTES], struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(STATE_LOCATION_BYTES - 1);

    if (!may_stand_in_path(repository) || !may_stand_in_path(directory))
        return err_set(err, ERR_REJECT,
                       "the repository's or directory's name cannot stand in a path");
    for (const char *at = source->source; *at != '\0'; at++) {
        size_t len = *at == '{' ? strcspn(at + 1, "}") : 0;
        bool closed = len > 0 && at[1 + len] == '}';
        const char *means = closed ? meaning(at + 1, len, repository, directory) : NULL;
        if (means == NULL) {
            buf_char(&text, *at);
            continue;
        }
        if (is_http(source->source))
            for (const char *c = means; *c != '\0'; c++)
                *c == '/' ? buf_char(&text, '/') : http_url_escape(&text, (char[]){*c, '\0'});
        else
            buf_text(&text, means);
        at += len + 1;
        if (means[0] == '\0' && at[1] == '/') /* the top of the repository */
            at++;
    }
    int r = buf_check(&text, err);
    if (r < 0)
        return err_wrap(err, r, "the place of the state");
    (void)str_copy(out, STATE_LOCATION_BYTES, buf_str(&text));
    return 0;
}

/* --- fetching --- */

int state_source_answer(const char *who, int status, struct err *err)
{
    if (status == 200)
        return 0;
    if (status == 304)
        return STATE_UNCHANGED;
    if (status == 404 || status == 204)
        return err_set(err, ERR_REJECT, "%s: there is no state (HTTP %d)", who, status);
    if (status == 401 || status == 403)
        return err_set(err, ERR_REJECT, "%s: access is refused (HTTP %d)", who, status);
    return err_set(err, ERR_REJECT, "%s: HTTP %d", who, status);
}

/* Changed when the file was written: mtime, size and inode, as an etag. */
static int fetch_file(struct state_fetch *fetch, struct buf *out, struct err *err)
{
    const char *path = file_path(fetch->location);
    char etag[STATE_ETAG_BYTES];
    struct stat info;

    if (path == NULL) /* "/{directory}" of the top */
        return err_set(err, ERR_REJECT, "%s names no file", fetch->location);
    if (stat(path, &info) != 0)
        return err_set(err, ERR_REJECT, "%s: there is no state, or it may not be read", path);
    if (!S_ISREG(info.st_mode)) /* to open a pipe would be to wait for ever */
        return err_set(err, ERR_REJECT, "%s is not a regular file", path);
    snprintf(etag, sizeof etag, "%lld.%09ld-%lld-%llu", (long long)info.st_mtim.tv_sec,
             info.st_mtim.tv_nsec, (long long)info.st_size, (unsigned long long)info.st_ino);
    if (str_eq(etag, fetch->etag))
        return STATE_UNCHANGED;
    int r = files_read(path, out, err);
    if (r == 0)
        (void)str_copy(fetch->etag, sizeof fetch->etag, etag);
    return r;
}

/* The value of a variable, or the first line of the file that NAME_FILE names. */
static int read_secret(const char *name, char out[SECRET_BYTES], struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(SECRET_BYTES - 1);
    char file_name[160];
    const char *value = getenv(name);

    text.secret = true;
    snprintf(file_name, sizeof file_name, "%.120s_FILE", name);
    const char *path = getenv(file_name);
    if (value == NULL && path != NULL) {
        int r = files_read(path, &text, err);
        if (r < 0)
            return err_wrap(err, r, "%s", file_name);
        value = buf_str(&text);
    }
    if (value == NULL || value[0] == '\0')
        return err_set(err, ERR_REJECT, "the variable %.120s is not set", name);
    if (!str_copy(out, SECRET_BYTES, value))
        return err_set(err, ERR_REJECT, "the variable %.120s is too long", name);
    out[strcspn(out, "\r\n")] = '\0';
    redact_register(out);
    return 0;
}

static int write_authorization(const struct state_source *source, struct buf *out, struct err *err)
{
    char secret[SECRET_BYTES];
    int r = 0;

    if (source->token_env != NULL) {
        r = read_secret(source->token_env, secret, err);
        if (r == 0)
            buf_print(out, "Bearer %s", secret);
    } else if (source->password_env != NULL) {
        CLEANUP(buf_done) struct buf pair = BUF((size_t)2 * SECRET_BYTES);
        pair.secret = true;
        r = read_secret(source->password_env, secret, err);
        if (r == 0) {
            buf_print(&pair, "%s:%s", source->username != NULL ? source->username : "", secret);
            buf_text(out, "Basic ");
            base64_encode(out, buf_str(&pair), pair.len);
            redact_register(buf_str(out) + 6);
        }
    }
    explicit_bzero(secret, sizeof secret);
    return r < 0 ? r : buf_check(out, err);
}

static int fetch_http(struct state_fetch *fetch, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf authorization = BUF((size_t)4 * SECRET_BYTES);
    struct http_response response = {0};
    struct http_header headers[2];
    struct http_request request = {.method = "GET",
                                   .url = fetch->location,
                                   .headers = headers,
                                   .max_body_bytes = HCL_STATE_MAX_BYTES,
                                   .secret_body = true};
    char who[300], etag[STATE_ETAG_BYTES];

    authorization.secret = true;
    snprintf(who, sizeof who, "%.*s", (int)strcspn(fetch->location, "?#"), fetch->location);
    int r = write_authorization(fetch->source, &authorization, err);
    if (r < 0)
        return err_wrap(err, r, "%s", who);
    if (authorization.len > 0)
        headers[request.n_headers++] = (struct http_header){"Authorization", authorization.bytes};
    if (fetch->etag[0] != '\0')
        headers[request.n_headers++] = (struct http_header){"If-None-Match", fetch->etag};
    r = http_send(fetch->http, &request, &response, err);
    if (r == 0)
        r = state_source_answer(who, response.status, err);
    if (r == 0) {
        const char *tag = http_response_header(&response, "etag", etag, sizeof etag);
        (void)str_copy(fetch->etag, sizeof fetch->etag, tag != NULL ? tag : "");
        struct buf swap = *out;
        *out = response.body;
        response.body = swap;
    }
    http_response_done(&response);
    return r;
}

int state_source_fetch(struct state_fetch *fetch, struct buf *out, struct err *err)
{
    assert(out->secret);
    if (str_starts(fetch->location, "s3://"))
        return state_source_fetch_s3(fetch, out, err);
    return is_http(fetch->location) ? fetch_http(fetch, out, err) : fetch_file(fetch, out, err);
}
