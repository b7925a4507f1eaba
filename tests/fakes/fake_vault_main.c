/*
 * fake_vault: a process that speaks the part of HashiCorp Vault's API that we use, on loopback.
 *
 *     fake_vault [--token-life SECONDS] [--namespace NAME] [--port-file FILE]
 *
 * It takes the token "root-token", the AppRole "role-1" with "secret-1", and the Kubernetes role
 * "plumbline" with any token that is not empty; KV version 2 at "secret/data/…". POST /_fake/secret
 * {"path", "field", "value"} writes a new version, {"path", "deleted": true} deletes it; POST
 * /_fake/sealed {"sealed": true} seals. Tokens that it gave end after --token-life. Further faults:
 * common_faults.h.
 */
#include <getopt.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/json.h"
#include "tests/fakes/common_http.h"

#define TOKENS_MAX 256

struct given {
    char token[64];
    int64_t ends_at_ms;
};

static struct {
    struct given tokens[TOKENS_MAX];
    size_t n;
    int64_t life_seconds;
    const char *namespace;
    struct json *secrets; /* path -> {"data": {…}, "version", "deleted"} */
    bool sealed;
    int64_t logins, renewals;
} vault = {.life_seconds = 1200};

static void refuse(struct fake_reply *reply, int status, const char *what)
{
    struct json *body = json_object();
    struct json *errors = json_array();

    if (what != NULL)
        json_push_text(errors, what);
    json_set_give(body, "errors", errors);
    fake_reply_json_give(reply, status, body);
}

static void give_token(struct fake_reply *reply, const char *token)
{
    struct json *body = json_object();
    struct json *auth = json_object();

    json_set_text(auth, "client_token", token);
    json_set_text(auth, "accessor", "a");
    json_set_int(auth, "lease_duration", vault.life_seconds);
    json_set_bool(auth, "renewable", true);
    json_set_give(body, "auth", auth);
    json_set_text(body, "lease_id", "");
    fake_reply_json_give(reply, 200, body);
}

static void log_in(struct fake_reply *reply)
{
    struct given *given = &vault.tokens[vault.n++ % TOKENS_MAX];
    uint8_t bytes[12];
    char hex[25];

    random_bytes(bytes, sizeof bytes);
    hex_encode(bytes, sizeof bytes, hex);
    snprintf(given->token, sizeof given->token, "hvs.%s", hex);
    given->ends_at_ms = clock_mono_ms() + vault.life_seconds * 1000;
    vault.logins++;
    give_token(reply, given->token);
}

static struct given *find_token(const char *token)
{
    for (size_t i = 0; token != NULL && i < vault.n && i < TOKENS_MAX; i++) {
        if (str_eq(vault.tokens[i].token, token) && clock_mono_ms() < vault.tokens[i].ends_at_ms)
            return &vault.tokens[i];
    }
    return NULL;
}

static bool is_known(const struct fake_request *request)
{
    const char *token = fake_header(request, "X-Vault-Token");

    return token != NULL && (str_eq(token, "root-token") || find_token(token) != NULL);
}

static void answer_login(const struct fake_request *request, struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *asked = NULL;
    struct err err;

    if (json_parse(&asked, request->body, request->body_len, &err) < 0)
        refuse(reply, 400, "error parsing JSON");
    else if (str_eq(request->path, "/v1/auth/approle/login"))
        str_eq(json_get_text(asked, "role_id", ""), "role-1") &&
                str_eq(json_get_text(asked, "secret_id", ""), "secret-1")
            ? log_in(reply)
            : refuse(reply, 400, "invalid role or secret ID");
    else if (str_eq(json_get_text(asked, "role", ""), "plumbline") &&
             json_get_text(asked, "jwt", "")[0] != '\0')
        log_in(reply);
    else
        refuse(reply, 403, "permission denied");
}

static void answer_renewal(const struct fake_request *request, struct fake_reply *reply)
{
    struct given *given = find_token(fake_header(request, "X-Vault-Token"));

    if (given == NULL) {
        refuse(reply, 403, "permission denied");
        return;
    }
    given->ends_at_ms = clock_mono_ms() + vault.life_seconds * 1000;
    vault.renewals++;
    give_token(reply, given->token);
}

static void answer_read(const char *path, struct fake_reply *reply)
{
    const struct json *secret = json_get(vault.secrets, path);
    struct json *body = json_object();
    struct json *data = json_object();
    struct json *metadata = json_object();
    bool deleted = json_get_bool(secret, "deleted", false);

    json_set_int(metadata, "version", json_get_int(secret, "version", 1));
    json_set_bool(metadata, "destroyed", false);
    json_set_text(metadata, "deletion_time", deleted ? "2026-01-15T12:30:45Z" : "");
    json_set_give(data, "data",
                  deleted || secret == NULL ? NULL : json_copy(json_get(secret, "data")));
    json_set_give(data, "metadata", metadata);
    json_set_give(body, "data", data);
    if (secret != NULL) {
        fake_reply_json_give(reply, deleted ? 404 : 200, body);
        return;
    }
    json_free(body);
    refuse(reply, 404, NULL);
}

static void write_secret(const struct fake_request *request, struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *asked = NULL;
    struct json *secret = json_object();
    struct json *data = json_object();
    struct err err;

    if (json_parse(&asked, request->body, request->body_len, &err) < 0)
        asked = json_object();
    const char *path = json_get_text(asked, "path", "");
    json_set_text(data, json_get_text(asked, "field", "value"), json_get_text(asked, "value", ""));
    json_set_give(secret, "data", data);
    json_set_bool(secret, "deleted", json_get_bool(asked, "deleted", false));
    json_set_int(secret, "version", json_get_int(json_get(vault.secrets, path), "version", 0) + 1);
    json_set_give(vault.secrets, path, secret);
    fake_reply_json_give(reply, 200, json_object());
}

static void set_sealed(const struct fake_request *request, struct fake_reply *reply)
{
    vault.sealed = strstr(request->body, "true") != NULL;
    fake_reply_json_give(reply, 200, json_object());
}

static void handle(void *context, const struct fake_request *request, struct fake_reply *reply)
{
    const char *space = fake_header(request, "X-Vault-Namespace");

    (void)context;
    if (str_eq(request->path, "/_fake/secret"))
        write_secret(request, reply);
    else if (str_eq(request->path, "/_fake/sealed"))
        set_sealed(request, reply);
    else if (vault.sealed)
        refuse(reply, 503, "Vault is sealed");
    else if (vault.namespace != NULL && (space == NULL || !str_eq(space, vault.namespace)))
        refuse(reply, 404, NULL);
    else if (str_ends(request->path, "/login"))
        answer_login(request, reply);
    else if (str_eq(request->path, "/v1/auth/token/renew-self"))
        answer_renewal(request, reply);
    else if (!is_known(request))
        refuse(reply, 403, "permission denied");
    else if (str_starts(request->path, "/v1/secret/data/"))
        answer_read(request->path + strlen("/v1/secret/data/"), reply);
    else
        refuse(reply, 404, NULL);
}

static struct json *state(void *context)
{
    struct json *body = json_object();

    (void)context;
    json_set_int(body, "logins", vault.logins);
    json_set_int(body, "renewals", vault.renewals);
    return body;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"token-life", required_argument, NULL, 't'},
                                          {"namespace", required_argument, NULL, 'n'},
                                          {"port-file", required_argument, NULL, 'p'},
                                          {NULL, 0, NULL, 0}};
    struct fake_options options = {.handler = handle, .state = state};
    int c;

    vault.secrets = json_object();
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 't')
            vault.life_seconds = strtoll(optarg, NULL, 10);
        else if (c == 'n')
            vault.namespace = optarg;
        else if (c == 'p')
            options.port_file = optarg;
        else
            return 2;
    }
    int r = fake_serve(&options);
    json_free(vault.secrets);
    return r;
}
