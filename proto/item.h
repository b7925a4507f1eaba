/*
 * Item: what travels on plumb.findings.v1 and plumb.drift.v1. A finding says that a resource fails
 * a compliance test; a drift event says that what runs is not what the code says. Both share
 * identity, repository and resource, so both walk the same path.
 *
 *     item_new() -> fill -> item_encode()        item_decode() -> read -> item_free()
 *
 * On the wire: one msgpack map, "v" (major*1000+minor) first; see SCHEMA.md. Every text is valid
 * UTF-8, at most ITEM_TEXT_MAX bytes; NULL means absent. Texts belong to the item's arena
 * (item_set_text copies).
 *
 * Change recipe: add the field here and in item.c's table, raise the minor version, add a golden
 * folder tests/data/item/vN/, keep every old one. Fields unknown to this version are skipped; a
 * later major is refused (ERR_REJECT), and so goes to the dead-letter queue with its bytes
 * untouched.
 */
#ifndef PROTO_ITEM_H
#define PROTO_ITEM_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"

#define ITEM_VERSION_MAJOR 1
#define ITEM_VERSION_MINOR 0
#define ITEM_TEXT_MAX      16384
#define ITEM_MAX_BYTES     262144

enum item_kind { ITEM_FINDING, ITEM_DRIFT };

struct arena;

struct item {
    struct arena *arena;
    enum item_kind kind;
    int64_t wire_kind; /* kind as it travels; for item.c alone */

    /* identity */
    const char *event_id;     /* unique per occurrence at the source; ce_id */
    const char *tenant;       /* required */
    const char *source;       /* required: vanta securityhub checkov sarif plumb terraform */
    const char *control;      /* required: the source's own test id; for drift "terraform-drift" */
    const char *repository;   /* required: owner/name */
    const char *base_branch;  /* NULL: the repository's default */
    const char *run_id;       /* the poll or request that brought it; bounds PRs per run */
    int64_t generation;       /* 1 at first; a failure after a fix is the next */
    int64_t detected_unix_ms; /* when the source saw it; commit dates come from it */

    /* the resource; at least one of arn, address, name is required */
    const char *arn;
    const char *address;       /* Terraform address, e.g. module.a.aws_s3_bucket.b["k"] */
    const char *resource_name; /* display name where the source knows no more */
    const char *resource_type; /* the source's word: AwsS3Bucket, S3Bucket, aws_s3_bucket */
    const char *account;
    const char *region;
    const char *file;   /* path in the repository, where the source names it */
    int64_t line_start; /* 0: unknown */
    int64_t line_end;
    const char *terraform_path; /* root module's directory; NULL: configuration decides */

    /* for people */
    const char *title;
    const char *description;
    const char *severity; /* critical high medium low info; NULL unknown */
    const char *framework;
    const char *reason; /* why it fails */
    const char *url;    /* where to read more; never fetched */

    /* drift only: JSON texts, sensitive values already replaced */
    const char *drift_action; /* update, delete, create */
    const char *expected_json;
    const char *actual_json;
};

int item_new(struct item **out, enum item_kind kind, struct err *err) MUST_USE;
void item_free(struct item *item);
DEFINE_CLEANUP(struct item *, item_free)
/* Copies text into the arena; false when it is too long, not UTF-8, or memory ran out. NULL is
 * fine. */
bool item_set_text(struct item *item, const char **field, const char *text) MUST_USE;

/* ERR_REJECT naming the missing or malformed field; repository must be owner/name of
 * [A-Za-z0-9._-]. */
int item_check(const struct item *item, struct err *err) MUST_USE;
int item_encode(const struct item *item, struct buf *out, struct err *err) MUST_USE;
/* Pre-scans the bytes (counts against what is left, depth) before any allocation. ERR_REJECT,
 * ERR_FATAL. */
int item_decode(struct item **out, const void *bytes, size_t len, struct err *err) MUST_USE;

struct json;
/* The same fields as a flat JSON object, names as in the struct (kind: "finding"/"drift"): the
 * JSON-lines intake and what people read. Unknown members are ignored on the way in. item_from_json
 * ends with item_check. */
int item_from_json(struct item **out, const struct json *json, enum item_kind kind,
                   struct err *err) MUST_USE;
struct json *item_to_json(const struct item *item);

/* Identity. control is the canonical rule id where the worker knows one, else "source:control".
 * SHA-256 over the list ("1", tenant, control, resource key, repository, base branch). */
void item_fingerprint(const struct item *item, const char *control, char out[SHA256_HEX_BYTES]);
/* What the claim of a generation is called: fp for the first, a digest of both for each later one,
 * to which the end of the one before is no answer. */
void item_claim_name(const char *fp, int64_t generation, char out[SHA256_HEX_BYTES]);
/* arn, else address (with its file's directory), else "type:name"; the resource's key. */
void item_resource_key(const struct item *item, char *out, size_t size);

#endif
