/*
 * Approved: the ranges that an input of the policy file names, as the elements of a list. They must
 * be written out there: a fix that brought the world back under another name would be none.
 */
#ifndef WORKER_RULES_APPROVED_H
#define WORKER_RULES_APPROVED_H

#include "worker/rules/fixer.h"
#include "worker/rules/network.h"

#define APPROVED_MAX 32

struct approved {
    size_t n;                     /* 0: the input is not given, and noted as missing */
    char texts[APPROVED_MAX][64]; /* quoted */
    struct network networks[APPROVED_MAX];
};
bool approved_is_given(const struct fixer *fixer, const char *input);
/* 0 or RULE_REFUSED: the input says something else than ranges of that family. */
int approved_read(struct fixer *fixer, const char *input, bool is_ipv6, struct approved *out);

#endif
