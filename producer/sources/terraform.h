/*
 * The terraform source, between its files: terraform.c goes through the directories,
 * terraform_run.c runs the program, terraform_plan.c reads drift out of a plan, terraform_mask.c
 * takes the secrets out.
 */
#ifndef PRODUCER_SOURCES_TERRAFORM_H
#define PRODUCER_SOURCES_TERRAFORM_H

#include "producer/source.h"

struct json;

/* --- terraform_run.c --- */
/*
 * Plans the directory and gives the plan as JSON; NULL when nothing would change. Writes nothing
 * into the directory: data and plan lie in a private one that is gone afterwards (plans hold
 * secrets in clear). ERR_RETRY with what terraform said; "stopped".
 */
int terraform_plan(const struct source_context *context, const char *directory, struct json **out,
                   struct err *err) MUST_USE;

/* --- terraform_plan.c --- */
struct drift {
    const char *address; /* borrowed from the plan, as are type, provider's words */
    const char *type;
    const char *action;          /* update, delete, create */
    bool happened_outside;       /* something changed the resource; else the code is ahead */
    char arn[512];               /* "" unknown */
    struct buf expected, actual; /* JSON, masked; "null" where there is none */
    struct buf attributes;       /* names of what differs, "ingress, tags" */
};
typedef int (*drift_each_fn)(void *context, const struct drift *drift, struct err *err);
/* Every address of the plan that would change. ERR_RETRY: no plan of a format that we know. */
int terraform_drifts(const struct json *plan, drift_each_fn each, void *context,
                     struct err *err) MUST_USE;

/* --- terraform_mask.c --- */
struct mask_set;
struct mask_set *mask_set_new(void); /* NULL without memory */
void mask_set_free(struct mask_set *set);
DEFINE_CLEANUP(struct mask_set *, mask_set_free)
/* Learns the texts below value that mask marks (true, or trees of it). */
void mask_learn(struct mask_set *set, const struct json *value, const struct json *mask);
/* A copy of value in which marked leaves, and texts learned anywhere, are "(sensitive)", and what
 * unknown marks is
 * "(known after apply)". mask and unknown may be NULL. */
struct json *mask_apply(const struct mask_set *set, const struct json *value,
                        const struct json *mask, const struct json *unknown);

#endif
