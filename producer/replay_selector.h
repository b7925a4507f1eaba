/*
 * Selector: which records a replay takes, as conditions that all must hold.
 *
 *     FIELD=TEXT   FIELD!=TEXT   FIELD~REGEX   FIELD!~REGEX
 *
 *     selector_new -> selector_add("stage=push") … -> selector_match(selector, &subject)
 *
 * Pure: what a record says comes in as texts. An expression matches anywhere in the text (RE2's
 * syntax, regex.h). What a record does not say equals nothing and matches nothing.
 */
#ifndef PRODUCER_REPLAY_SELECTOR_H
#define PRODUCER_REPLAY_SELECTOR_H

#include "common/base.h"

#define SELECTOR_CONDITIONS_MAX 32

enum selector_field {
    SELECTOR_REPOSITORY,
    SELECTOR_RULE, /* our rule's id; the source's own test id will do as well */
    SELECTOR_CONTROL,
    SELECTOR_STAGE,
    SELECTOR_ERROR,
    SELECTOR_FINGERPRINT,
    SELECTOR_SOURCE,
    SELECTOR_TENANT,
    SELECTOR_KIND,
    SELECTOR_RESOURCE,
    SELECTOR_FIELDS,
};

struct selector_subject {
    const char *values[SELECTOR_FIELDS]; /* UTF-8; NULL: the record does not say */
};

enum selector_answer {
    SELECTOR_NO = 1,
    SELECTOR_UNKNOWN = 2, /* an expression gave up on this text */
};

struct selector;

int selector_new(struct selector **out, struct err *err) MUST_USE;
void selector_free(struct selector *selector);
DEFINE_CLEANUP(struct selector *, selector_free)

/* ERR_REJECT: no condition, and how one looks; ERR_FATAL: no memory. */
int selector_add(struct selector *selector, const char *condition, struct err *err) MUST_USE;
/* 0: all conditions hold (none: everything does). SELECTOR_NO, SELECTOR_UNKNOWN. */
int selector_match(const struct selector *selector, const struct selector_subject *subject);
/* The conditions as they were given, for those who write them down; NULL past the last. */
const char *selector_condition(const struct selector *selector, size_t i);

#endif
