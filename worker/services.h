/*
 * Services: the doors one item thread works through, and what all threads share.
 *
 *     shared_open (once) -> services_open (per thread) … services_close -> shared_close
 *
 * Shared things are read-only (config, rules, policy) or made for all threads (producer, lease
 * keeper).
 */
#ifndef WORKER_SERVICES_H
#define WORKER_SERVICES_H

#include <stdio.h>

#include "common/base.h"
#include "common/buf.h"
#include "common/secret/token_source.h"
#include "worker/scratch.h"

struct config;
struct rules;
struct policy;
struct state_cache;
struct queue_producer;
struct lease_keeper;
struct github_app;
struct github_floor;
struct http_hosts;
struct retry_budget;
struct alone;
struct plan_leave;
struct aws_chain;
struct secret;
struct llm;
struct settle_desk;
struct settling;
struct lease;
struct redis;
struct claim_store;
struct http;
struct forge;

struct shared {
    const struct config *config;
    struct rules *rules;
    struct policy *policy;
    struct state_cache *states; /* of Terraform */
    struct queue_producer *producer;
    struct lease_keeper *leases;
    struct github_floor *github_floor;
    struct http_hosts *hosts;
    struct retry_budget *retries; /* of items */
    struct alone *alone;          /* who is walked beside whom */
    struct aws_chain *aws;
    struct secret *github_secret, *llm_secret; /* of the app: its private key */
    struct github_app *github_app;             /* NULL: a person's token is used */
    struct token_source github_key, github_tokens, llm_tokens;
    char worker_id[96]; /* host:pid */
    char mirror_dir[1024];
    struct scratch scratch;        /* terraform's copies */
    struct plan_leave *plan_leave; /* what terraform plan is let out for; NULL: there is no plan */
    bool dry_run; /* DRY_RUN, or remediation is off, or ENVIRONMENT opens no pull requests */
    const char *dry_run_why; /* for the record; static */
};

struct services {
    struct shared *shared;
    struct redis *redis;
    struct claim_store *claims;
    struct http *http;
    struct forge *forge;
    struct llm *llm;          /* NULL: no model is configured */
    FILE *explain;            /* tell here what is done on the way (explain.h); NULL: nobody asks */
    struct lease *lease;      /* of the item under way; NULL between two */
    struct settle_desk *desk; /* NULL: the last event of an item is waited for */
    struct settling *settling; /* that event, sent and not waited for; item_thread.c takes it */
};

/* ERR_FATAL: bad rules, policy or paths. Kafka and Redis are not waited for. */
int shared_open(struct shared *out, const struct config *config, struct err *err) MUST_USE;
void shared_close(struct shared *shared);
int services_open(struct services *out, struct shared *shared, struct err *err) MUST_USE;
void services_close(struct services *services);
/* For whatever waits for the outside on behalf of an item (HTTP, git): true when a stop was asked
 * or the item's lease is gone. context is the struct services. */
bool services_should_stop(void *context);

/* production opens pull requests on GitHub; development and staging on the local forge; the rest
 * none. */
bool environment_is_github(const struct config *config);
bool environment_is_local(const struct config *config);

#endif
