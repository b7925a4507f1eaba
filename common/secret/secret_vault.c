/*
 * HashiCorp Vault, KV version 2. A token of ours is renewed after two thirds of its life, or logged
 * in for anew; a refusal (403) may mean that it ran out, so it is logged in for once more.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"
#include "common/secret/secret_inside.h"
#include "common/text/redact.h"

#define ANSWER_MAX_BYTES ((size_t)256 * 1024)
#define URL_BYTES        2048
#define K8S_TOKEN_FILE   "/var/run/secrets/kubernetes.io/serviceaccount/token"

/* --- one request --- */

static int make_url(const struct secret *secret, const char *path, char out[URL_BYTES],
                    struct err *err)
{
    const char *address = secret_variable(secret, "VAULT_ADDR");
    size_t len = address != NULL ? strlen(address) : 0;

    if (address == NULL)
        return err_set(err, ERR_REJECT, "VAULT_ADDR is not set");
    while (len > 0 && address[len - 1] == '/')
        len--;
    if (snprintf(out, URL_BYTES, "%.*s/v1/%s", (int)len, address, path) >= URL_BYTES)
        return err_set(err, ERR_REJECT, "the URL in Vault is too long");
    return 0;
}

static int ask(struct secret *secret, const char *method, const char *path, const struct buf *body,
               struct http_response *out, struct err *err)
{
    const char *space = secret_variable(secret, "VAULT_NAMESPACE");
    struct http_header headers[4] = {{"Accept", "application/json"}};
    size_t n = 1;
    char url[URL_BYTES];
    int r = make_url(secret, path, url, err);

    *out = (struct http_response){0};
    if (r == 0)
        r = secret_http(secret, err);
    if (r < 0)
        return r;
    if (body != NULL)
        headers[n++] = (struct http_header){"Content-Type", "application/json"};
    if (space != NULL)
        headers[n++] = (struct http_header){"X-Vault-Namespace", space};
    if (secret->vault_token.len > 0)
        headers[n++] = (struct http_header){"X-Vault-Token", buf_str(&secret->vault_token)};
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = n,
                                         .body = body != NULL ? body->bytes : NULL,
                                         .body_len = body != NULL ? body->len : 0,
                                         .max_body_bytes = ANSWER_MAX_BYTES,
                                         .idempotent = true,
                                         .secret_body = true};
    return http_send(secret->http, &request, out, err);
}

/* 429: a standby, or a quota; 472, 473: standbys of another cluster; 503: sealed. */
static int judge(const char *what, const struct http_response *response, struct err *err)
{
    int status = response->status;

    if (status == 200 || status == 204)
        return 0;
    if (status >= 500 || status == 429 || status == 472 || status == 473)
        return err_set(err, ERR_RETRY, "Vault, %s: HTTP %d%s", what, status,
                       status == 503 ? ": it is sealed, or in maintenance" : "");
    return err_set(err, ERR_REJECT, "Vault, %s: HTTP %d%s", what, status,
                   status == 403 ? ": the token's policy does not allow it" : "");
}

/* --- logging in --- */

/* {"auth": {"client_token", "lease_duration" (seconds), "renewable"}} */
static int take_token(struct secret *secret, const struct http_response *response, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct err why;

    if (json_parse(&json, buf_str(&response->body), response->body.len, &why) < 0)
        return err_set(err, ERR_RETRY, "Vault's answer is no JSON");
    const struct json *auth = json_get(json, "auth");
    const char *token = json_get_text(auth, "client_token", "");
    int64_t seconds = json_get_int(auth, "lease_duration", 0);
    if (token[0] == '\0')
        return err_set(err, ERR_RETRY, "Vault's answer has no token");
    buf_reset(&secret->vault_token);
    buf_text(&secret->vault_token, token);
    redact_register(token);
    secret->vault_renew_at_ms = seconds > 0 ? clock_mono_ms() + seconds * 1000 * 2 / 3 : 0;
    return 0;
}

static int log_in_at(struct secret *secret, const char *mount, const struct json *proof,
                     struct err *err)
{
    CLEANUP(buf_done) struct buf body = BUF((size_t)64 * 1024);
    struct http_response response = {0};
    char path[300];

    body.secret = true;
    json_write(proof, JSON_COMPACT, &body);
    buf_reset(&secret->vault_token);
    (void)snprintf(path, sizeof path, "auth/%.200s/login", mount);
    int r = ask(secret, "POST", path, &body, &response, err);
    if (r == 0)
        r = judge("login", &response, err);
    if (r == 0)
        r = take_token(secret, &response, err);
    http_response_done(&response);
    return r;
}

static int log_in_by_role(struct secret *secret, const char *role_id, struct err *err)
{
    const char *secret_id = secret_variable(secret, "VAULT_SECRET_ID");
    CLEANUP(json_freep) struct json *proof = json_object();

    if (secret_id == NULL)
        return err_set(err, ERR_REJECT, "VAULT_ROLE_ID is set, and VAULT_SECRET_ID is not");
    redact_register(secret_id);
    json_set_text(proof, "role_id", role_id);
    json_set_text(proof, "secret_id", secret_id);
    return log_in_at(secret, "approle", proof, err);
}

static int log_in_by_cluster(struct secret *secret, const char *role, struct err *err)
{
    const char *mount = secret_variable(secret, "VAULT_K8S_MOUNT");
    const char *path = secret_variable(secret, "VAULT_K8S_TOKEN_FILE");
    CLEANUP(json_freep) struct json *proof = json_object();
    CLEANUP(buf_done) struct buf token = BUF((size_t)32 * 1024);

    token.secret = true;
    if (files_read(path != NULL ? path : K8S_TOKEN_FILE, &token, err) < 0)
        return err_wrap(err, ERR_RETRY, "the service account's token");
    token.bytes[strcspn(buf_str(&token), "\r\n")] = '\0';
    json_set_text(proof, "role", role);
    json_set_text(proof, "jwt", buf_str(&token));
    return log_in_at(secret, mount != NULL ? mount : "kubernetes", proof, err);
}

static int log_in(struct secret *secret, struct err *err)
{
    const char *token = secret_variable(secret, "VAULT_TOKEN");
    const char *role_id = secret_variable(secret, "VAULT_ROLE_ID");
    const char *k8s_role = secret_variable(secret, "VAULT_K8S_ROLE");

    if (token != NULL) {
        buf_reset(&secret->vault_token);
        buf_text(&secret->vault_token, token);
        redact_register(token);
        secret->vault_renew_at_ms = 0;
        return 0;
    }
    if (role_id != NULL)
        return log_in_by_role(secret, role_id, err);
    if (k8s_role != NULL)
        return log_in_by_cluster(secret, k8s_role, err);
    return err_set(err, ERR_REJECT,
                   "neither VAULT_TOKEN, nor VAULT_ROLE_ID with VAULT_SECRET_ID, nor "
                   "VAULT_K8S_ROLE is set");
}

static bool renew(struct secret *secret)
{
    CLEANUP(buf_done) struct buf body = BUF(64);
    struct http_response response = {0};
    struct err err;

    buf_text(&body, "{}");
    int r = ask(secret, "POST", "auth/token/renew-self", &body, &response, &err);
    if (r == 0)
        r = judge("renew", &response, &err);
    if (r == 0)
        r = take_token(secret, &response, &err);
    http_response_done(&response);
    return r == 0;
}

static int have_token(struct secret *secret, struct err *err)
{
    bool is_due = secret->vault_renew_at_ms != 0 && clock_mono_ms() >= secret->vault_renew_at_ms;

    if (secret->vault_token.len > 0 && (!is_due || renew(secret)))
        return 0;
    return log_in(secret, err);
}

/* --- reading --- */

/* "mount/some/path" -> "mount/data/some/path" */
static int data_path(const struct secret *secret, char out[URL_BYTES], struct err *err)
{
    size_t mount = strcspn(secret->place, "/");

    if (secret->place[mount] == '\0' || mount == 0)
        return err_set(err, ERR_REJECT, "it has no mount and path");
    (void)snprintf(out, URL_BYTES, "%.*s/data/%s", (int)mount, secret->place,
                   secret->place + mount + 1);
    return 0;
}

/* A version that was deleted is answered too, without data. */
static int read_value(struct secret *secret, const struct http_response *response, struct buf *out,
                      struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct err why;

    if (json_parse(&json, buf_str(&response->body), response->body.len, &why) < 0)
        return err_set(err, ERR_RETRY, "Vault's answer is no JSON");
    const struct json *metadata = json_find(json, "data.metadata");
    const char *value = json_get_text(json_find(json, "data.data"), secret->field, NULL);
    if (json_get_bool(metadata, "destroyed", false) ||
        json_get_text(metadata, "deletion_time", "")[0] != '\0')
        return err_set(err, ERR_REJECT, "its newest version is deleted");
    if (value == NULL)
        return err_set(err, ERR_REJECT, "it has no text called %.100s", secret->field);
    buf_text(out, value);
    return 0;
}

static int read_once(struct secret *secret, const char *path, struct buf *out, bool *out_denied,
                     struct err *err)
{
    struct http_response response = {0};
    int r = have_token(secret, err);

    *out_denied = false;
    if (r == 0)
        r = ask(secret, "GET", path, NULL, &response, err);
    *out_denied = r == 0 && response.status == 403;
    if (r == 0)
        r = response.status == 404 ? err_set(err, ERR_REJECT, "it is not there, or deleted")
                                   : judge("read", &response, err);
    if (r == 0)
        r = read_value(secret, &response, out, err);
    http_response_done(&response);
    return r;
}

static int fetch(struct secret *secret, struct buf *out, struct err *err)
{
    char path[URL_BYTES];
    bool denied = false;
    int r = data_path(secret, path, err);

    if (r == 0)
        r = read_once(secret, path, out, &denied, err);
    if (!denied)
        return r;
    buf_reset(&secret->vault_token); /* it may have run out */
    return read_once(secret, path, out, &denied, err);
}

const struct secret_provider secret_vault = {"vault", true, fetch};
