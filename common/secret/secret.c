/* The holder; the story stands in secret.h. */
#include "common/secret/secret_inside.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/text/redact.h"

static const struct secret_provider *const providers[] = {&secret_env, &secret_file, &secret_aws,
                                                          &secret_vault};

/* --- references --- */

static const struct secret_provider *provider_of(const char *text, const char **out_rest)
{
    for (size_t i = 0; i < COUNT(providers); i++) {
        size_t len = strlen(providers[i]->scheme);

        if (strncmp(text, providers[i]->scheme, len) == 0 && str_starts(text + len, "://")) {
            *out_rest = text + len + strlen("://");
            return providers[i];
        }
    }
    return NULL;
}

static int parse(const char *text, const struct secret_provider **out, char *place, char *field,
                 struct err *err)
{
    const char *rest = NULL;
    const struct secret_provider *provider = provider_of(text, &rest);

    *out = provider;
    if (provider == NULL)
        return 0;
    const char *hash = strrchr(rest, '#');
    size_t len = hash != NULL ? (size_t)(hash - rest) : strlen(rest);
    if (len == 0 || len >= SECRET_PLACE_BYTES)
        return err_set(err, ERR_FATAL, "%s:// names no place, or too long a one", provider->scheme);
    if (provider->needs_field && (hash == NULL || hash[1] == '\0'))
        return err_set(err, ERR_FATAL, "%s://%.200s lacks \"#\" and the name of a field in it",
                       provider->scheme, rest);
    if (hash != NULL && !str_copy(field, SECRET_FIELD_BYTES, hash + 1))
        return err_set(err, ERR_FATAL, "%s://: the field's name is too long", provider->scheme);
    memcpy(place, rest, len);
    place[len] = '\0';
    return 0;
}

int secret_check(const char *text, bool *out_is_reference, struct err *err)
{
    const struct secret_provider *provider = NULL;
    char place[SECRET_PLACE_BYTES], field[SECRET_FIELD_BYTES];
    int r = parse(text, &provider, place, field, err);

    *out_is_reference = provider != NULL;
    return r;
}

/* --- life --- */

int secret_open(struct secret **out, const struct secret_options *options, struct err *err)
{
    CLEANUP(secret_freep) struct secret *secret = calloc(1, sizeof *secret);

    if (secret == NULL)
        return err_nomem(err);
    pthread_mutex_init(&secret->lock, NULL);
    secret->value = secret->vault_token = BUF(SECRET_MAX_BYTES);
    secret->value.secret = secret->vault_token.secret = true;
    (void)str_copy(secret->name, sizeof secret->name, options->name);
    (void)str_copy(secret->region, sizeof secret->region,
                   options->region != NULL ? options->region : "");
    secret->chain = options->chain;
    secret->allow_private = options->allow_private;
    secret->lookup = options->lookup;
    secret->lookup_context = options->lookup_context;
    secret->user_agent = strdup(options->user_agent);
    if (secret->user_agent == NULL)
        return err_nomem(err);
    int r = parse(options->text, &secret->provider, secret->place, secret->field, err);
    if (r < 0)
        return err_wrap(err, r, "%s", options->name);
    if (secret->provider == NULL) {
        buf_text(&secret->value, options->text);
        secret->has_value = true;
        redact_register(options->text);
    }
    *out = STEAL(secret);
    return 0;
}

void secret_free(struct secret *secret)
{
    if (secret == NULL)
        return;
    http_free(secret->http);
    buf_done(&secret->value);
    buf_done(&secret->vault_token);
    free(secret->user_agent);
    pthread_mutex_destroy(&secret->lock);
    free(secret);
}

const char *secret_variable(const struct secret *secret, const char *name)
{
    const char *value =
        secret->lookup != NULL ? secret->lookup(secret->lookup_context, name) : getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

int secret_http(struct secret *secret, struct err *err)
{
    struct http_options options = {.user_agent = secret->user_agent,
                                   .ca_file = secret_variable(secret, "VAULT_CACERT"),
                                   .timeout_ms = 10000,
                                   .allow_private = secret->allow_private};

    return secret->http != NULL ? 0 : http_new(&secret->http, &options, err);
}

int secret_member(const struct secret *secret, const char *json, size_t len, const char *field,
                  struct buf *out, struct err *err)
{
    CLEANUP(json_freep) struct json *tree = NULL;
    struct err why; /* it may quote what it read */

    if (json_parse(&tree, json, len, &why) < 0 || !json_is_object(tree))
        return err_set(err, ERR_REJECT, "what lies at %.200s is no JSON object", secret->place);
    const char *value = json_get_text(tree, field, NULL);
    if (value == NULL)
        return err_set(err, ERR_REJECT, "%.200s has no text called %.100s", secret->place, field);
    buf_text(out, value);
    return 0;
}

/* --- taking --- */

/* Under the lock. The present value stays when there is no other. */
static int fetch(struct secret *secret, int64_t now_mono_ms, struct err *err)
{
    CLEANUP(buf_done) struct buf fresh = BUF(SECRET_MAX_BYTES);

    fresh.secret = true;
    int r = secret->provider->fetch(secret, &fresh, err);
    if (r == 0)
        r = buf_check(&fresh, err);
    if (r == 0 && fresh.len == 0)
        r = err_set(err, ERR_REJECT, "it is empty");
    secret->fetched_at_ms = now_mono_ms;
    if (r < 0)
        return err_wrap(err, r, "%s from %s://%.200s", secret->name, secret->provider->scheme,
                        secret->place);
    buf_reset(&secret->value);
    buf_bytes(&secret->value, fresh.bytes, fresh.len);
    secret->has_value = true;
    redact_register(buf_str(&secret->value));
    return 0;
}

int secret_take(struct secret *secret, int64_t now_mono_ms, struct buf *out, struct err *err)
{
    int r = 0;

    pthread_mutex_lock(&secret->lock);
    bool is_old = secret->provider != NULL && now_mono_ms - secret->fetched_at_ms >= SECRET_KEEP_MS;
    if (!secret->has_value || is_old) {
        r = fetch(secret, now_mono_ms, err);
        if (r == ERR_RETRY && secret->has_value)
            r = 0;
    }
    if (r == 0)
        buf_bytes(out, buf_str(&secret->value), secret->value.len);
    pthread_mutex_unlock(&secret->lock);
    return r;
}

bool secret_refused(struct secret *secret, int64_t now_mono_ms, const char *value)
{
    struct err err;

    pthread_mutex_lock(&secret->lock);
    bool same = secret->has_value && str_eq(buf_str(&secret->value), value);
    bool may_ask =
        secret->provider != NULL && now_mono_ms - secret->fetched_at_ms >= SECRET_PAUSE_MS;
    if (same && may_ask && fetch(secret, now_mono_ms, &err) == 0)
        same = str_eq(buf_str(&secret->value), value);
    pthread_mutex_unlock(&secret->lock);
    return !same;
}

/* --- as a source --- */

static int take_for(void *context, const char *repository, struct buf *out, struct err *err)
{
    (void)repository;
    return secret_take(context, clock_mono_ms(), out, err);
}

static bool refused_for(void *context, const char *repository, const char *token)
{
    (void)repository;
    return secret_refused(context, clock_mono_ms(), token);
}

struct token_source secret_source(struct secret *secret)
{
    return (struct token_source){take_for, refused_for, secret};
}
