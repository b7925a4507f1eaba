/*
 * Secret: a value that is written in a setting, or lies where the setting says, and may be replaced
 * there while we run.
 *
 *     secret_open -> secret_take … secret_refused (the other side said 401) … -> secret_free
 *
 *     the value itself
 *     env://NAME                          an environment variable
 *     file:///run/secrets/x               a file's first line, or all of its PEM
 *     aws-secretsmanager://name#key       AWS Secrets Manager: a name or an ARN; with #key, that
 *                                         member of the JSON in it
 *     vault://mount/path#field            HashiCorp Vault, KV version 2
 *
 * Vault is told of by VAULT_ADDR, VAULT_NAMESPACE and one of VAULT_TOKEN, VAULT_ROLE_ID with
 * VAULT_SECRET_ID (AppRole), or VAULT_K8S_ROLE (Kubernetes; VAULT_K8S_MOUNT and
 * VAULT_K8S_TOKEN_FILE may be set). Its API is written from HashiCorp's API documentation.
 *
 * Holds:    a value is kept for SECRET_KEEP_MS; one that was refused is fetched anew, by one thread
 *           and at most once in SECRET_PAUSE_MS, however many hear the refusal; the old one stays
 *           when it cannot be fetched. Every value is registered with redact() and wiped.
 * Does not: tell a value in any error.
 *
 * Any thread.
 */
#ifndef COMMON_SECRET_SECRET_H
#define COMMON_SECRET_SECRET_H

#include "common/aws/aws_credentials.h"
#include "common/buf.h"
#include "common/secret/token_source.h"

#define SECRET_MAX_BYTES ((size_t)64 * 1024)
#define SECRET_KEEP_MS   (5 * 60 * 1000)
#define SECRET_PAUSE_MS  3000

struct secret;

struct secret_options {
    const char *text;        /* the setting; "": there is none, and take answers "" */
    const char *name;        /* of the setting, for texts; copied */
    const char *user_agent;  /* copied */
    struct aws_chain *chain; /* for Secrets Manager; borrowed; NULL: it is refused */
    const char *region;      /* likewise; copied */
    bool allow_private;      /* Vault on a private address */
    aws_lookup_fn lookup;    /* of variables; NULL: the environment */
    void *lookup_context;
};

/* ERR_FATAL: a reference that cannot be read. Nothing is fetched yet. */
int secret_open(struct secret **out, const struct secret_options *options,
                struct err *err) MUST_USE;
void secret_free(struct secret *secret);
DEFINE_CLEANUP(struct secret *, secret_free)

/* Appends the value; out->secret is to be set. ERR_RETRY: where it lies does not answer, and none
 * is known; ERR_REJECT: it is not there. */
int secret_take(struct secret *secret, int64_t now_mono_ms, struct buf *out,
                struct err *err) MUST_USE;
/* This value was refused. True: take gives another one. */
bool secret_refused(struct secret *secret, int64_t now_mono_ms, const char *value);
/* A source that gives the secret for every repository. Borrows it. */
struct token_source secret_source(struct secret *secret);

/* Is it a reference, rather than the value? ERR_FATAL: it begins like one, and is none. */
int secret_check(const char *text, bool *out_is_reference, struct err *err) MUST_USE;

#endif
