/* What the files behind aws_credentials.h share, and nobody else sees. */
#ifndef COMMON_AWS_AWS_CREDENTIALS_INTERNAL_H
#define COMMON_AWS_AWS_CREDENTIALS_INTERNAL_H

#include <pthread.h>

#include "common/aws/aws_credentials.h"

enum aws_answer {
    AWS_NOT_HERE = 1, /* this way is not configured: try the next */
};

struct aws_chain {
    pthread_mutex_t lock; /* guards all that follows */
    char *profile;        /* NULL: none was asked for */
    char *user_agent;
    aws_lookup_fn lookup;
    void *lookup_context;
    struct http *http; /* for the endpoints; made when first needed */
    struct http *sts;  /* for STS, likewise: it may not reach the endpoints */
    struct aws_keys keys;
    bool has_keys;
    bool from_metadata;                /* the instance's metadata has answered in this process */
    int64_t expires_at_unix_ms;        /* 0: never */
    int64_t advisory_ms, mandatory_ms; /* before the end, of the present keys */
};

/* The value of a variable; NULL when unset or empty. */
const char *aws_variable(const struct aws_chain *chain, const char *name);

/* Each: 0 and *out filled, AWS_NOT_HERE, ERR_REJECT or ERR_RETRY. */
/* --- aws_credentials_file.c --- */
int aws_keys_of_file(const struct aws_chain *chain, struct aws_keys *out, struct err *err) MUST_USE;
/* --- aws_credentials_sts.c --- */
int aws_keys_of_web_identity(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                             struct err *err) MUST_USE;
/* --- aws_credentials_http.c --- */
int aws_keys_of_container(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                          struct err *err) MUST_USE;
int aws_keys_of_metadata(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                         struct err *err) MUST_USE;

#endif
