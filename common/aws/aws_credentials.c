/* The chain and its cache; the story stands in aws_credentials.h. */
#include "common/aws/aws_credentials_internal.h"

#include "common/text/redact.h"

#define MANDATORY_MS                                                                               \
    ((int64_t)10 * 60 * 1000) /* before the end: keys are fetched or the call fails */
#define ADVISORY_MS ((int64_t)15 * 60 * 1000) /* before the end: the old ones will do */

static const char *environment(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

int aws_chain_new(struct aws_chain **out, const struct aws_chain_options *options, struct err *err)
{
    CLEANUP(aws_chain_freep) struct aws_chain *chain = calloc(1, sizeof *chain);

    if (chain == NULL)
        return err_nomem(err);
    pthread_mutex_init(&chain->lock, NULL);
    chain->lookup = options->lookup != NULL ? options->lookup : environment;
    chain->lookup_context = options->lookup_context;
    chain->user_agent = strdup(options->user_agent);
    if (options->profile != NULL && options->profile[0] != '\0') {
        chain->profile = strdup(options->profile);
        if (chain->profile == NULL)
            return err_nomem(err);
    }
    if (chain->user_agent == NULL)
        return err_nomem(err);
    *out = STEAL(chain);
    return 0;
}

void aws_chain_free(struct aws_chain *chain)
{
    if (chain == NULL)
        return;
    http_free(chain->http);
    http_free(chain->sts);
    aws_keys_wipe(&chain->keys);
    pthread_mutex_destroy(&chain->lock);
    free(chain->profile);
    free(chain->user_agent);
    free(chain);
}

const char *aws_variable(const struct aws_chain *chain, const char *name)
{
    const char *value = chain->lookup(chain->lookup_context, name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static int keys_of_environment(const struct aws_chain *chain, struct aws_keys *out, struct err *err)
{
    const char *key_id = aws_variable(chain, "AWS_ACCESS_KEY_ID");
    const char *secret = aws_variable(chain, "AWS_SECRET_ACCESS_KEY");
    const char *token = aws_variable(chain, "AWS_SESSION_TOKEN");

    if (key_id == NULL && secret == NULL)
        return AWS_NOT_HERE;
    if (key_id == NULL || secret == NULL)
        return err_set(err, ERR_REJECT,
                       "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    if (!str_copy(out->key_id, sizeof out->key_id, key_id) ||
        !str_copy(out->secret, sizeof out->secret, secret) ||
        !str_copy(out->token, sizeof out->token, token != NULL ? token : ""))
        return err_set(err, ERR_REJECT, "AWS_ACCESS_KEY_ID or what belongs to it is too long");
    return 0;
}

static int fetch(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                 struct err *err)
{
    int r = AWS_NOT_HERE;

    *out_expires_at = 0;
    if (chain->profile == NULL)
        r = keys_of_environment(chain, out, err);
    if (r == AWS_NOT_HERE && chain->profile == NULL)
        r = aws_keys_of_web_identity(chain, out, out_expires_at, err);
    if (r == AWS_NOT_HERE)
        r = aws_keys_of_file(chain, out, err);
    if (r == AWS_NOT_HERE && chain->profile == NULL)
        r = aws_keys_of_container(chain, out, out_expires_at, err);
    if (r == AWS_NOT_HERE && chain->profile == NULL)
        r = aws_keys_of_metadata(chain, out, out_expires_at, err);
    if (r == AWS_NOT_HERE)
        return err_set(err, ERR_REJECT,
                       "no AWS credentials: neither AWS_ACCESS_KEY_ID, nor a web identity, a "
                       "credentials file, a "
                       "container's role or an instance's role is there");
    return r;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int refresh(struct aws_chain *chain, int64_t now_unix_ms, struct err *err)
{
    struct aws_keys keys = {0};
    int64_t expires_at;
    int r = fetch(chain, &keys, &expires_at, err);

    if (r == 0) {
        redact_register(keys.secret);
        redact_register(keys.token);
        chain->keys = keys;
        chain->has_keys = true;
        chain->expires_at_unix_ms = expires_at;
        /* Keys that live shorter than an hour are not fetched anew all the time. */
        chain->advisory_ms = least(ADVISORY_MS, (expires_at - now_unix_ms) / 4);
        chain->mandatory_ms = least(MANDATORY_MS, (expires_at - now_unix_ms) / 6);
    }
    aws_keys_wipe(&keys);
    return r;
}

int aws_credentials_take(struct aws_chain *chain, int64_t now_unix_ms, struct aws_keys *out,
                         struct err *err)
{
    int r = 0;

    pthread_mutex_lock(&chain->lock);
    int64_t left_ms =
        chain->expires_at_unix_ms == 0 ? INT64_MAX : chain->expires_at_unix_ms - now_unix_ms;
    if (!chain->has_keys || left_ms < chain->advisory_ms)
        r = refresh(chain, now_unix_ms, err);
    if (r < 0 && chain->has_keys && left_ms >= chain->mandatory_ms)
        r = 0;
    if (r == 0)
        *out = chain->keys;
    pthread_mutex_unlock(&chain->lock);
    return r;
}

bool aws_credentials_refused(struct aws_chain *chain, const struct aws_keys *keys)
{
    pthread_mutex_lock(&chain->lock);
    bool same = chain->has_keys && str_eq(chain->keys.key_id, keys->key_id) &&
                str_eq(chain->keys.token, keys->token);
    bool others = !same || chain->expires_at_unix_ms != 0 || keys->token[0] != '\0';
    if (same && others) {
        aws_keys_wipe(&chain->keys);
        chain->has_keys = false;
    }
    pthread_mutex_unlock(&chain->lock);
    return others;
}
