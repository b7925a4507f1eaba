/* What the files behind secret.h share. */
#ifndef COMMON_SECRET_SECRET_INSIDE_H
#define COMMON_SECRET_SECRET_INSIDE_H

#include <pthread.h>

#include "common/http/http.h"
#include "common/secret/secret.h"

#define SECRET_PLACE_BYTES 1024
#define SECRET_FIELD_BYTES 256

struct secret_provider {
    const char *scheme; /* "vault" */
    bool needs_field;
    /* Appends the value of secret->place and ->field. ERR_RETRY, ERR_REJECT. Under the lock. */
    int (*fetch)(struct secret *secret, struct buf *out, struct err *err);
};

struct secret {
    pthread_mutex_t lock; /* guards all that follows */
    char name[80];
    const struct secret_provider *provider; /* NULL: the value stands in the setting */
    char place[SECRET_PLACE_BYTES], field[SECRET_FIELD_BYTES];
    char *user_agent;
    struct aws_chain *chain;
    char region[64];
    bool allow_private;
    aws_lookup_fn lookup;
    void *lookup_context;
    struct buf value; /* secret */
    bool has_value;
    int64_t fetched_at_ms;
    struct http *http;         /* made when first needed */
    struct buf vault_token;    /* secret; "" not logged in */
    int64_t vault_renew_at_ms; /* monotonic; 0: never */
};

extern const struct secret_provider secret_env, secret_file; /* secret_local.c */
extern const struct secret_provider secret_aws;              /* secret_aws.c */
extern const struct secret_provider secret_vault;            /* secret_vault.c */

const char *secret_variable(const struct secret *secret, const char *name); /* NULL when empty */
int secret_http(struct secret *secret, struct err *err) MUST_USE;           /* opens it once */
/* Appends the member of that name of a JSON object. ERR_REJECT without the value in the text. */
int secret_member(const struct secret *secret, const char *json, size_t len, const char *field,
                  struct buf *out, struct err *err) MUST_USE;

#endif
