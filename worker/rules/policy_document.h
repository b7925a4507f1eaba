/*
 * Policy document: an IAM policy as data, however it is written, with where it is written.
 *
 *     policy_read() -> document.statements, a list of objects -> policy_match.h, policy_fix.c
 *
 * A text keeps its references: between POLICY_REF and POLICY_REF_END stands a full address and an
 * attribute, "aws_s3_bucket.b[\"x\"].arn". What cannot be known is POLICY_OPEN, and a text of which
 * a part cannot be known has a POLICY_HOLE there.
 *
 * Everything is in the caller's arena.
 */
#ifndef WORKER_RULES_POLICY_DOCUMENT_H
#define WORKER_RULES_POLICY_DOCUMENT_H

#include "common/arena.h"
#include "worker/rules/policy_statement.h"

#define POLICY_REF       '\x01'
#define POLICY_REF_END   '\x02'
#define POLICY_HOLE      '\x03'
#define POLICY_DEPTH_MAX 64
#define POLICY_ARENA_MAX ((size_t)16 * 1024 * 1024)
#define POLICY_TEXT_MAX  ((size_t)1024 * 1024)
#define POLICY_DATA_TYPE "aws_iam_policy_document"
#define POLICY_PARTS_MAX 512 /* elements of one list; AWS takes no policy with so many */

enum policy_kind { POLICY_NULL, POLICY_TEXT, POLICY_LIST, POLICY_OBJECT, POLICY_OPEN };
struct policy_node {
    enum policy_kind kind;
    const char *text; /* POLICY_TEXT; POLICY_OPEN: why */
    size_t n;
    const char **keys; /* POLICY_OBJECT */
    const struct policy_node **items;
    struct hcl_origin at; /* where it is written; node NULL: nowhere in particular */
};

enum policy_form {
    POLICY_ELSEWHERE, /* it is computed, or not in this repository */
    POLICY_ENCODED,   /* jsonencode(…) */
    POLICY_JSON,      /* a heredoc or a quoted text */
    POLICY_BLOCKS,    /* a data source */
};
struct policy_document {
    enum policy_form form;
    const struct policy_node *statements; /* POLICY_LIST or POLICY_OPEN */
    const struct hcl_value *value;        /* of the argument */
    struct hcl_origin owner; /* the call or the text; POLICY_BLOCKS: what names the data source */
    const struct hcl_resource *data;   /* POLICY_BLOCKS */
    const struct policy_node *written; /* POLICY_ENCODED: what stands behind Statement */
};

struct policy_reader {
    struct arena *arena;
    int depth;
};
struct policy_spot { /* an expression, and for which instance it is asked */
    struct hcl_origin at;
    const struct hcl_instance *instance;
};

/* The document that an argument holds. false: the argument is absent or null. */
bool policy_read(struct arena *arena, const struct place *place, const char *argument,
                 const struct hcl_instance *instance, struct policy_document *out);

/* --- inside --- */
const struct policy_node *policy_value(struct policy_reader *reader,
                                       const struct policy_spot *spot);
/* A values file for -var-file with which the value may be another; or NULL. */
const struct hcl_file *policy_told_otherwise(const struct hcl_module *module,
                                             const struct hcl_value *value);
/* The text as it stands between quotes or in a heredoc. */
const struct policy_node *policy_template(struct policy_reader *reader,
                                          const struct policy_spot *spot);
void policy_document_at(struct policy_reader *reader, const struct policy_spot *spot,
                        const struct hcl_value *value, struct policy_document *out);
const struct policy_node *policy_blocks(struct policy_reader *reader,
                                        const struct hcl_resource *data,
                                        const struct hcl_instance *instance);
const struct policy_node *policy_parsed(struct policy_reader *reader, const char *text,
                                        const struct hcl_origin *at);
const struct policy_node *policy_open(struct policy_reader *reader, const char *format, ...)
    PRINTF_LIKE(2, 3);
const struct policy_node *policy_text(struct policy_reader *reader, const char *text);
struct policy_node *policy_collection(struct policy_reader *reader, enum policy_kind kind,
                                      size_t max);
/* NULL is left out; a full collection keeps what it has. */
void policy_add(struct policy_node *collection, size_t max, const char *key,
                const struct policy_node *item);
const struct policy_node *policy_get(const struct policy_node *object, const char *key);
/* A list, or the one thing itself. */
size_t policy_count(const struct policy_node *node);
const struct policy_node *policy_at(const struct policy_node *node, size_t i);

#endif
