/*
 * AWS credentials: whose keys a request is signed with. One chain for each process and profile.
 *
 *     aws_chain_new -> aws_credentials_take … aws_credentials_refused -> aws_chain_free
 *
 * Asked in this order, and the first that is configured answers alone:
 *     1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *     2. a web identity (EKS IRSA): AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, by STS; the file
 *        is read anew each time
 *     3. the shared credentials file (AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials), the
 *        profile of the options, of AWS_PROFILE, or "default"
 *     4. the container endpoint of ECS and of EKS Pod Identity (AWS_CONTAINER_CREDENTIALS_*)
 *     5. the instance's metadata (IMDSv2), unless AWS_EC2_METADATA_DISABLED is true
 * A profile in the options is looked for in the file alone.
 *
 * Holds:    keys that run out are fetched anew 15 minutes before (kept when that fails) and at the
 *           latest 10 minutes before, or a quarter and a sixth of their life where that is less;
 * one thread fetches, the others wait. Keys are registered with redact(). Does not: assume roles by
 * role_arn and sso of ~/.aws/config.
 *
 * Any thread.
 */
#ifndef COMMON_AWS_AWS_CREDENTIALS_H
#define COMMON_AWS_AWS_CREDENTIALS_H

#include "common/aws/aws_sign.h"

struct aws_chain;

typedef const char *(*aws_lookup_fn)(void *context, const char *name); /* NULL when unset */

struct aws_chain_options {
    const char *profile;    /* NULL or "": as above; copied */
    const char *user_agent; /* required; copied */
    aws_lookup_fn lookup;   /* of variables; NULL: the environment */
    void *lookup_context;
};

int aws_chain_new(struct aws_chain **out, const struct aws_chain_options *options,
                  struct err *err) MUST_USE;
void aws_chain_free(struct aws_chain *chain); /* NULL is fine */
DEFINE_CLEANUP(struct aws_chain *, aws_chain_free)

/*
 * A copy of the keys; wipe it with aws_keys_wipe. ERR_REJECT: none are configured, or what is
 * configured cannot be read (the text says which, and never a value); ERR_RETRY: the endpoint that
 * is configured, or answered before, does not answer.
 */
int aws_credentials_take(struct aws_chain *chain, int64_t now_unix_ms, struct aws_keys *out,
                         struct err *err) MUST_USE;
/* A service calls these keys expired: the next take fetches others. Once is enough, so it answers
 * false when the chain has none but these. */
bool aws_credentials_refused(struct aws_chain *chain, const struct aws_keys *keys);

#endif
