/*
 * Vanta, between its files: vanta.c polls, vanta_entities.c makes items, vanta_enrich.c finds the
 * resource behind an entity, vanta_api.c asks within the limits, vanta_token.c keeps the one token
 * that may live.
 *
 * Vanta allows one active token per application (a new one revokes the old at once) and, per
 * minute, 5 token requests, 50 management requests and 20 integration requests. Token and budgets
 * are therefore shared by all replicas through Redis. Source: Vanta's OpenAPI and developer guides.
 */
#ifndef PRODUCER_SOURCES_VANTA_H
#define PRODUCER_SOURCES_VANTA_H

#include "producer/source.h"

struct json;
struct vanta_inventory;

enum vanta_class { VANTA_OAUTH, VANTA_MANAGEMENT, VANTA_INTEGRATIONS, VANTA_CLASS_COUNT };

enum vanta_answer {
    VANTA_INCOMPLETE = 1, /* the pages went in a circle: what came is true but not all */
};

struct vanta { /* one poll */
    const struct source_context *context;
    char base[512];                      /* without the last slash */
    char provider[96];                   /* the shared token's name: this base URL and client */
    char scopes[VANTA_CLASS_COUNT][128]; /* rate limit scopes of the same */
    char owner[40];                      /* of the token lock */
    struct vanta_inventory *inventory;   /* owned by vanta.c's poll; filled on demand */
};

/* --- vanta_api.c --- */
/* Sleeps; ERR_RETRY "stopped" when a stop is asked for meanwhile. */
int vanta_wait(const struct vanta *vanta, int64_t ms, struct err *err) MUST_USE;
/* Waits until the class' budget has room, and takes one from it. */
int vanta_take(const struct vanta *vanta, enum vanta_class class, struct err *err) MUST_USE;
/* The server said 429: nobody asks again for so long (0: attempt decides, doubling from 1 s). */
int vanta_hold_back(const struct vanta *vanta, enum vanta_class class, int64_t asked_ms,
                    int attempt, struct err *err) MUST_USE;
/* GET base + path as JSON. ERR_REJECT: refused for good (4xx). */
int vanta_get(const struct vanta *vanta, enum vanta_class class, const char *path,
              struct json **out, struct err *err) MUST_USE;

typedef int (*vanta_each_fn)(void *context, const struct json *element, struct err *err);
/* Every element of every page. 0, VANTA_INCOMPLETE, or what each answered below 0. */
int vanta_pages(const struct vanta *vanta, enum vanta_class class, const char *path,
                vanta_each_fn each, void *context, struct err *err) MUST_USE;

/* --- vanta_token.c --- */
int vanta_token(const struct vanta *vanta, struct buf *out, struct err *err) MUST_USE;
/* The server answered 401 to it. ERR_REJECT when there is no way to a new one. */
int vanta_token_refused(const struct vanta *vanta, const char *token, struct err *err) MUST_USE;

/* --- vanta_enrich.c --- */
enum vanta_confidence { VANTA_BY_NOTHING, VANTA_BY_NAME, VANTA_BY_ID };

struct vanta_match {
    const struct json *resource; /* NULL when none; borrowed from the inventory */
    char kind[96];               /* Vanta's resource kind, or the entity's own word */
    enum vanta_confidence confidence;
};
struct vanta_inventory *vanta_inventory_new(void); /* NULL without memory */
void vanta_inventory_free(struct vanta_inventory *inventory);
DEFINE_CLEANUP(struct vanta_inventory *, vanta_inventory_free)
/* Loads what it needs, once a poll. A part of Vanta's inventory that may not be read counts as
 * empty. */
int vanta_find_resource(const struct vanta *vanta, const struct json *test,
                        const struct json *entity, struct vanta_match *out,
                        struct err *err) MUST_USE;
/* Lower case letters and digits without a leading "aws" or "amazon": "AWS S3 bucket" -> "s3bucket".
 */
void vanta_normalise(const char *word, char *out, size_t size);

/* --- vanta_arn.c --- */
/* The ARN where the kind makes it certain; "" otherwise. account and region may be NULL. */
void vanta_arn(const char *kind, const char *name, const char *account, const char *region,
               char *out, size_t size);
/* Is there a rule for this (normalised) kind? */
bool vanta_arn_knows(const char *normalised_kind);

/* --- vanta_entities.c --- */
/* Emits every failing entity of the test. 0, VANTA_INCOMPLETE, or an error. */
int vanta_emit_entities(const struct vanta *vanta, const struct json *test,
                        struct err *err) MUST_USE;

#endif
