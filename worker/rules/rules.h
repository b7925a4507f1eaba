/*
 * Rules: a rule states what must hold; the check and the fix are both derived from that one
 * statement, so a fix is by construction what its check accepts. Rules are data: YAML packs, the
 * default one built in.
 *
 *     rules_load -> rules_for_control / rules_get -> rule_check, rule_fix -> rules_free
 *
 * A check has three answers and a reason: unknown never becomes a fix and never counts as
 * compliant. Read-only after loading: any thread.
 */
#ifndef WORKER_RULES_RULES_H
#define WORKER_RULES_RULES_H

#include "common/base.h"
#include "common/buf.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/eval/evaluate.h"

struct rules;

enum rule_class { RULE_SAFE, RULE_INPUT, RULE_CARE, RULE_BREAK };

struct rule {       /* plain facts, borrowed from the pack; the statement itself is opaque */
    const char *id; /* canonical: "aws-s3-versioning" */
    const char *title;
    const char *severity;
    enum rule_class class;
    bool
        is_off; /* default: off. Only where a finding or a person names the rule: no scan asks it */
    const char *reviewer;          /* what a reviewer must know */
    const char *warning;           /* CARE and BREAK: what may break, or the migration plan */
    const char *const *references; /* URLs; NULL-ended */
    const char *const *types;      /* Terraform types it speaks of; NULL-ended */
    const char *const
        *aliases; /* "vanta:…", "fsbp:S3.14", "checkov:CKV_AWS_21", "cis:…"; NULL-ended */
    const void *statement;
    const char *pack; /* the name of the file it is in */
    const char *text; /* its YAML, as it is written there */
};

/* The built-in pack, then each file of path (colon-separated; NULL or "" none). ERR_FATAL with
 * file:line:column. */
int rules_load(struct rules **out, const char *path, struct err *err) MUST_USE;
/* One pack alone, from its text; the name is for messages. ERR_FATAL. */
int rules_load_text(struct rules **out, const char *name, const char *bytes, size_t len,
                    struct err *err) MUST_USE;
void rules_free(struct rules *rules);
DEFINE_CLEANUP(struct rules *, rules_free)
size_t rules_count(const struct rules *rules);
const struct rule *rules_at(const struct rules *rules, size_t i);
const struct rule *rules_get(const struct rules *rules, const char *id); /* may be NULL */
/* By the source's own name for the test: source "vanta" + "aws-s3-…", "checkov" + "CKV_AWS_21",
 * "securityhub" + "S3.14" (also tries fsbp), or our own id under any source. resource_type
 * (Terraform) picks where one test has several rules; NULL any. */
const struct rule *rules_for_control(const struct rules *rules, const char *source,
                                     const char *control, const char *resource_type);

enum rule_verdict { RULE_HOLDS, RULE_FAILS, RULE_UNKNOWN, RULE_NOT_APPLICABLE };
const char *rule_verdict_name(enum rule_verdict verdict);

/* Does the statement hold for the resource (any type of rule->types, or the subject of a companion
 * rule)? why gets a sentence. */
enum rule_verdict rule_check(const struct rule *rule, const struct hcl_module *root,
                             const struct hcl_resource *resource, char *why, size_t why_size);

/* Does it cut an open range of ports into pieces? Then the open network of before stands in each of
 * the pieces that stay open. */
bool rule_splits_ports(const struct rule *rule);

/* The same for one instance of count or for_each (instance: from hcl_match or hcl_instances; NULL:
 * all). */
struct rule_target {
    const struct hcl_module *root;
    const struct hcl_resource *resource;
    const struct hcl_instance *instance;
    /* The finding fits the block under several roots alike and does not tell which: a default that
     * they share may change for all of them. */
    bool in_any_root;
};
enum rule_verdict rule_check_at(const struct rule *rule, const struct rule_target *target,
                                char *why, size_t why_size);

/* Does the rule demand that a resource of this type does not set the argument? */
bool rule_wants_absent(const struct rule *rule, const char *type, const char *name);

struct rule_input { /* from policies.yaml: kms_key_arn, log_bucket, approved_cidrs … */
    const char *name;
    const char *value; /* HCL expression text */
};
/* Is the value an expression? ERR_REJECT, with what to write. */
int rule_input_check(const char *name, const char *value, struct err *err) MUST_USE;

enum rule_answer {
    RULE_NO_CHANGE = 1,   /* it holds already */
    RULE_NEEDS_INPUT = 2, /* outcome->text names the input */
    RULE_REFUSED = 3, /* BREAK, unknown, an owner outside this repository …: outcome->text says why
                         and what to do */
};
struct rule_outcome {
    char text[1024];
    char predicted[16][256]; /* addresses (hcl_change form) whose blocks this edit may touch */
    size_t n_predicted;
    const char *lacks; /* RULE_NEEDS_INPUT: the input's name, as long as the rules live */
};
/* Adds the edits that make the statement hold. 0 or an answer above (no edits then); ERR_REJECT,
 * ERR_FATAL. */
int rule_fix(const struct rule *rule, const struct hcl_module *root,
             const struct hcl_resource *resource, const struct rule_input *inputs, size_t n_inputs,
             struct hcl_edits *edits, struct rule_outcome *outcome, struct err *err) MUST_USE;
int rule_fix_at(const struct rule *rule, const struct rule_target *target,
                const struct rule_input *inputs, size_t n_inputs, struct hcl_edits *edits,
                struct rule_outcome *outcome, struct err *err) MUST_USE;

#endif
