/* GitHub Apps: who shows a right JWT is given tokens for one repository that end. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/json.h"
#include "tests/fakes/fake_github_internal.h"

#define INSTALLATION 4711

/* --- JWT: header.claims.signature --- */

static bool decode(const char *text, size_t len, struct buf *out)
{
    CLEANUP(buf_done) struct buf plain = BUF(16384);
    struct err err;

    for (size_t i = 0; i < len; i++)
        buf_char(&plain, text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    while (plain.len % 4 != 0)
        buf_char(&plain, '=');
    return base64_decode(out, buf_str(&plain), plain.len, &err) == 0;
}

static bool is_signed(const char *key_path, const char *text, size_t len,
                      const struct buf *signature)
{
    FILE *file = fopen(key_path, "re");
    EVP_PKEY *key = file != NULL ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature->bytes, signature->len,
                                 (const unsigned char *)text, len) == 1;

    if (file != NULL)
        fclose(file);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

static const char *jwt_fault(const struct fake_github *github, const char *jwt)
{
    const char *first = jwt != NULL ? strchr(jwt, '.') : NULL;
    const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
    CLEANUP(buf_done) struct buf claims = BUF(4096);
    CLEANUP(buf_done) struct buf signature = BUF(4096);
    CLEANUP(json_freep) struct json *json = NULL;
    int64_t now_s = clock_unix_ms() / 1000;
    struct err err;

    if (second == NULL || !decode(first + 1, (size_t)(second - first) - 1, &claims) ||
        !decode(second + 1, strlen(second + 1), &signature) ||
        json_parse(&json, buf_str(&claims), claims.len, &err) < 0 ||
        !is_signed(github->app_key, jwt, (size_t)(second - jwt), &signature))
        return "A JSON web token could not be decoded";
    if (!str_eq(json_get_text(json, "iss", ""), github->app_id))
        return "'Issuer' claim ('iss') must be an Integer";
    if (json_get_int(json, "iat", now_s + 1) > now_s)
        return "'Issued at' claim ('iat') must be an Integer representing the time";
    if (json_get_int(json, "exp", 0) <= now_s)
        return "'Expiration time' claim ('exp') must be a numeric value";
    if (json_get_int(json, "exp", 0) > now_s + 600)
        return "'Expiration time' claim ('exp') is too far in the future";
    return NULL;
}

/* --- tokens --- */

static void give_token(struct fake_github *github, const struct json *asked,
                       struct fake_reply *reply)
{
    struct app_token *one = &github->app_tokens[github->n_app_tokens++ % APP_TOKENS_MAX];
    const char *repository = json_text(json_at(json_get(asked, "repositories"), 0), "");
    struct json *body = json_object();
    uint8_t bytes[12];
    char hex[25], until[64];
    time_t ends = time(NULL) + (time_t)github->app_token_life_s;
    struct tm parts;

    random_bytes(bytes, sizeof bytes);
    hex_encode(bytes, sizeof bytes, hex);
    snprintf(one->token, sizeof one->token, "ghs_canary%s", hex);
    (void)str_copy(one->repository, sizeof one->repository, repository);
    one->ends_at_ms = clock_mono_ms() + github->app_token_life_s * 1000;
    strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&ends, &parts));
    json_set_text(body, "token", one->token);
    json_set_text(body, "expires_at", until);
    json_set_give(body, "permissions", json_copy(json_get(asked, "permissions")));
    fake_reply_json_give(reply, 201, body);
}

/* Nothing but what our program needs. */
static bool is_narrow(const struct json *asked)
{
    const struct json *permissions = json_get(asked, "permissions");

    return json_count(json_get(asked, "repositories")) == 1 && json_count(permissions) == 3 &&
           str_eq(json_get_text(permissions, "contents", ""), "write") &&
           str_eq(json_get_text(permissions, "pull_requests", ""), "write") &&
           str_eq(json_get_text(permissions, "metadata", ""), "read");
}

bool github_app_wants(const struct fake_request *request)
{
    return str_starts(request->path, "/app/") || str_ends(request->path, "/installation");
}

void github_app_serve(struct fake_github *github, const struct fake_request *request,
                      struct fake_reply *reply)
{
    const char *given = fake_header(request, "Authorization");
    const char *jwt = given != NULL && str_starts(given, "Bearer ") ? given + 7 : NULL;
    const char *fault = github->app_key == NULL ? "no app" : jwt_fault(github, jwt);
    CLEANUP(json_freep) struct json *asked = NULL;
    struct json *body;
    struct err err;

    if (fault != NULL) {
        github_refuse(reply, 401, fault, NULL);
        return;
    }
    if (str_ends(request->path, "/installation")) {
        body = json_object();
        json_set_int(body, "id", INSTALLATION);
        fake_reply_json_give(reply, 200, body);
        return;
    }
    if (json_parse(&asked, request->body, request->body_len, &err) < 0 || !is_narrow(asked)) {
        github_refuse(reply, 422, "Validation Failed: ask for one repository and little else",
                      NULL);
        return;
    }
    pthread_mutex_lock(&github->lock);
    give_token(github, asked, reply);
    pthread_mutex_unlock(&github->lock);
}

/* "/repos/o/r/…" or "/o/r.git/…" */
static bool is_about(const char *path, const char *repository)
{
    char wanted[300];
    const char *at;

    snprintf(wanted, sizeof wanted, "/%s", repository);
    at = strstr(path, wanted);
    return at != NULL && strchr("/.", at[strlen(wanted)]) != NULL;
}

int github_token_judge(const struct fake_github *github, const char *token, const char *path)
{
    if (github->token != NULL && str_eq(token, github->token))
        return 200;
    for (size_t i = 0; i < github->n_app_tokens && i < APP_TOKENS_MAX; i++) {
        const struct app_token *one = &github->app_tokens[i];

        if (str_eq(one->token, token) && clock_mono_ms() < one->ends_at_ms)
            return is_about(path, one->repository) ? 200 : 404;
    }
    return 401;
}
