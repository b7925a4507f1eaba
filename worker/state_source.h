/*
 * State source: where the policy file says a root module's Terraform state lies, and fetching it.
 *
 *     state_source_check (at start) -> state_source_locate -> state_source_fetch
 *
 * s3://bucket/key, https:// and http:// (Terraform's http backend), file:///path or /path. What is
 * fetched is full of secrets: it goes into a buffer that is wiped, and never into a text. URLs are
 * told without their query.
 *
 * Pure but for fetching; any thread, each with its own http.
 */
#ifndef WORKER_STATE_SOURCE_H
#define WORKER_STATE_SOURCE_H

#include "common/base.h"
#include "common/buf.h"

struct http;
struct aws_chain;

#define STATE_LOCATION_BYTES 2048
#define STATE_ETAG_BYTES     256

/* One entry of terraform_state in the policy file; the texts are the policy's. NULL: not given. */
struct state_source {
    const char *source;                              /* with {repository}, {name} and {directory} */
    const char *region, *endpoint, *profile;         /* s3:// */
    const char *username, *password_env, *token_env; /* http(s)://: names of variables */
    int64_t max_age_ms;
    bool required; /* without it nothing is located */
};

enum state_answer {
    STATE_UNCHANGED = 1, /* as the etag said */
};

/* ERR_REJECT: no source that is known. */
int state_source_check(const char *source, struct err *err) MUST_USE;
/* The source with its placeholders replaced. ERR_REJECT: too long, or a repository or directory
 * that cannot stand in a path ("..", a control character). */
int state_source_locate(const struct state_source *source, const char *repository,
                        const char *directory, char out[STATE_LOCATION_BYTES],
                        struct err *err) MUST_USE;

struct state_fetch {
    const struct state_source *source;
    const char *location; /* from state_source_locate */
    struct http *http;
    struct aws_chain *chain;     /* s3:// only */
    char etag[STATE_ETAG_BYTES]; /* of what is known already, or ""; replaced on 0 */
};
/*
 * 0 and the bytes in out (whose secret is set), STATE_UNCHANGED, ERR_RETRY (network, throttling, a
 * server's failure), or ERR_REJECT: refused or absent, which does not change by asking again soon.
 */
int state_source_fetch(struct state_fetch *fetch, struct buf *out, struct err *err) MUST_USE;

/* --- state_source_s3.c --- */
int state_source_fetch_s3(struct state_fetch *fetch, struct buf *out, struct err *err) MUST_USE;
/* What every HTTP answer means; who is for the text. */
int state_source_answer(const char *who, int status, struct err *err) MUST_USE;

#endif
