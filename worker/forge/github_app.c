#include "worker/forge/github_app.h"

#include <pthread.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/jwt.h"
#include "common/text/redact.h"

#define JWT_LIFE_S      540
#define JWT_BACK_S      60 /* our clock may be ahead */
#define EARLY_MS        (5 * 60 * 1000)
#define PAUSE_MS        3000
#define SETTINGS_MS     (5 * 60 * 1000)
#define TOKEN_MAX_BYTES ((size_t)16 * 1024)

struct minted { /* of one repository */
    char repository[256];
    char *token;                                /* wiped */
    int64_t minted_at_ms, ends_at_ms, early_ms; /* monotonic */
    struct minted *next;
};

struct github_app {
    pthread_mutex_t lock; /* guards all that follows */
    char app_id[80], installation_id[40], api_url[512];
    const struct token_source *key;
    struct http *http;
    struct minted *first;
};

int github_app_open(struct github_app **out, const struct github_app_options *options,
                    struct err *err)
{
    CLEANUP(github_app_freep) struct github_app *app = calloc(1, sizeof *app);

    if (app == NULL)
        return err_nomem(err);
    pthread_mutex_init(&app->lock, NULL);
    if (!str_copy(app->app_id, sizeof app->app_id, options->app_id) ||
        !str_copy(app->installation_id, sizeof app->installation_id, options->installation_id) ||
        !str_copy(app->api_url, sizeof app->api_url, options->api_url))
        return err_set(err, ERR_FATAL, "GITHUB_APP_ID or what belongs to it is too long");
    app->key = options->key;
    int r = http_new(&app->http, options->http, err);
    if (r < 0)
        return r;
    *out = STEAL(app);
    return 0;
}

static void drop_token(struct minted *minted)
{
    if (minted->token != NULL)
        explicit_bzero(minted->token, strlen(minted->token));
    free(minted->token);
    minted->token = NULL;
}

void github_app_free(struct github_app *app)
{
    if (app == NULL)
        return;
    while (app->first != NULL) {
        struct minted *one = app->first;

        app->first = one->next;
        drop_token(one);
        free(one);
    }
    http_free(app->http);
    pthread_mutex_destroy(&app->lock);
    free(app);
}

/* --- as the app itself --- */

static int write_jwt(struct github_app *app, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf key = BUF(TOKEN_MAX_BYTES);
    CLEANUP(json_freep) struct json *claims = json_object();
    CLEANUP(buf_done) struct buf text = BUF(1024);
    int64_t now_s = clock_unix_ms() / 1000;

    key.secret = true;
    json_set_int(claims, "iat", now_s - JWT_BACK_S);
    json_set_int(claims, "exp", now_s + JWT_LIFE_S);
    json_set_text(claims, "iss", app->app_id);
    json_write(claims, JSON_COMPACT, &text);
    int r = app->key->take(app->key->context, "", &key, err);
    if (r == 0)
        r = jwt_sign(buf_str(&text), buf_str(&key), out, err);
    return r < 0 ? err_wrap(err, r, "GITHUB_APP_PRIVATE_KEY") : 0;
}

static int ask(struct github_app *app, const char *method, const char *path, const struct buf *body,
               struct http_response *out, struct err *err)
{
    CLEANUP(buf_done) struct buf jwt = BUF(TOKEN_MAX_BYTES);
    char url[1200];

    *out = (struct http_response){0};
    jwt.secret = true;
    buf_text(&jwt, "Bearer ");
    int r = write_jwt(app, &jwt, err);
    if (r < 0)
        return r;
    const struct http_header headers[] = {{"Authorization", buf_str(&jwt)},
                                          {"Accept", "application/vnd.github+json"},
                                          {"X-GitHub-Api-Version", "2022-11-28"},
                                          {"Content-Type", "application/json"}};
    (void)snprintf(url, sizeof url, "%s%s", app->api_url, path);
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = body != NULL ? 4 : 3,
                                         .body = body != NULL ? body->bytes : NULL,
                                         .body_len = body != NULL ? body->len : 0,
                                         .idempotent = true, /* one token more hurts nobody */
                                         .secret_body = true};
    return http_send(app->http, &request, out, err);
}

/* What is wrong with the app is the operator's to mend: items wait. */
static int judge(const struct http_response *response, const char *what, struct err *err)
{
    if (response->status == 200 || response->status == 201)
        return 0;
    if (response->status == 404)
        return err_set(err, ERR_REJECT, "the GitHub App is not installed there, or may not see it");
    return err_throttled(err, SETTINGS_MS,
                         "GitHub App, %s: HTTP %d: see GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY, the "
                         "app's permissions and this machine's clock",
                         what, response->status);
}

static int find_installation(struct github_app *app, const char *repository, char out[40],
                             struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct http_response response = {0};
    char path[400];
    struct err why;

    if (app->installation_id[0] != '\0') {
        (void)str_copy(out, 40, app->installation_id);
        return 0;
    }
    (void)snprintf(path, sizeof path, "/repos/%.300s/installation", repository);
    int r = ask(app, "GET", path, NULL, &response, err);
    if (r == 0)
        r = judge(&response, "installation", err);
    if (r == 0 && (json_parse(&json, buf_str(&response.body), response.body.len, &why) < 0 ||
                   json_get_int(json, "id", 0) <= 0))
        r = err_set(err, ERR_RETRY, "GitHub App: the installation cannot be read");
    if (r == 0)
        (void)snprintf(out, 40, "%lld", (long long)json_get_int(json, "id", 0));
    http_response_done(&response);
    return r;
}

/* --- minting --- */

static void write_wish(const char *repository, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *repositories = json_array();
    struct json *permissions = json_object();
    const char *slash = strchr(repository, '/');

    json_push_text(repositories, slash != NULL ? slash + 1 : repository);
    json_set_give(json, "repositories", repositories);
    json_set_text(permissions, "contents", "write");
    json_set_text(permissions, "pull_requests", "write");
    json_set_text(permissions, "metadata", "read");
    json_set_give(json, "permissions", permissions);
    json_write(json, JSON_COMPACT, out);
}

static int read_token(struct minted *minted, const struct http_response *response, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int64_t ends_unix_ms;
    struct err why;

    if (json_parse(&json, buf_str(&response->body), response->body.len, &why) < 0 ||
        json_get_text(json, "token", "")[0] == '\0' ||
        !clock_parse_rfc3339(json_get_text(json, "expires_at", ""), &ends_unix_ms))
        return err_set(err, ERR_RETRY, "GitHub App: the token cannot be read");
    int64_t life_ms = ends_unix_ms - clock_unix_ms();
    drop_token(minted);
    minted->token = strdup(json_get_text(json, "token", ""));
    if (minted->token == NULL)
        return err_nomem(err);
    redact_register(minted->token);
    minted->minted_at_ms = clock_mono_ms();
    minted->ends_at_ms = minted->minted_at_ms + life_ms;
    minted->early_ms = life_ms / 12 < EARLY_MS ? life_ms / 12 : EARLY_MS;
    return 0;
}

static int mint(struct github_app *app, struct minted *minted, struct err *err)
{
    CLEANUP(buf_done) struct buf wish = BUF(4096);
    struct http_response response = {0};
    char installation[40], path[120];
    int r = find_installation(app, minted->repository, installation, err);

    if (r < 0)
        return r;
    write_wish(minted->repository, &wish);
    (void)snprintf(path, sizeof path, "/app/installations/%s/access_tokens", installation);
    r = ask(app, "POST", path, &wish, &response, err);
    if (r == 0)
        r = judge(&response, "access token", err);
    if (r == 0)
        r = read_token(minted, &response, err);
    http_response_done(&response);
    return r;
}

/* NULL without memory. */
static struct minted *find(struct github_app *app, const char *repository)
{
    struct minted *one = app->first;

    while (one != NULL && !str_eq(one->repository, repository))
        one = one->next;
    if (one != NULL)
        return one;
    one = calloc(1, sizeof *one);
    if (one == NULL)
        return NULL;
    (void)str_copy(one->repository, sizeof one->repository, repository);
    one->next = app->first;
    app->first = one;
    return one;
}

static int take(void *context, const char *repository, struct buf *out, struct err *err)
{
    struct github_app *app = context;
    int r = 0;

    pthread_mutex_lock(&app->lock);
    struct minted *minted = find(app, repository);
    if (minted == NULL)
        r = err_nomem(err);
    else if (minted->token == NULL || clock_mono_ms() >= minted->ends_at_ms - minted->early_ms)
        r = mint(app, minted, err);
    if (r == 0)
        buf_text(out, minted->token);
    pthread_mutex_unlock(&app->lock);
    return r < 0 ? r : buf_check(out, err);
}

static bool refused(void *context, const char *repository, const char *token)
{
    struct github_app *app = context;
    bool another = true;

    pthread_mutex_lock(&app->lock);
    struct minted *minted = find(app, repository);
    if (minted != NULL && minted->token != NULL && str_eq(minted->token, token)) {
        another = clock_mono_ms() - minted->minted_at_ms >= PAUSE_MS ||
                  clock_mono_ms() >= minted->ends_at_ms - minted->early_ms;
        if (another)
            drop_token(minted);
    }
    pthread_mutex_unlock(&app->lock);
    return another;
}

struct token_source github_app_source(struct github_app *app)
{
    return (struct token_source){take, refused, app};
}
