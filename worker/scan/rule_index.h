/*
 * Rule index: which rules speak of a Terraform type, so that only those are asked.
 *
 *     rule_index_new -> rule_index_of -> rule_index_free
 *
 * Read-only once made; borrows the rules.
 */
#ifndef WORKER_SCAN_RULE_INDEX_H
#define WORKER_SCAN_RULE_INDEX_H

#include "worker/rules/rules.h"

struct rule_index;

int rule_index_new(struct rule_index **out, const struct rule *const *rules, size_t n,
                   struct err *err) MUST_USE;
void rule_index_free(struct rule_index *index);
DEFINE_CLEANUP(struct rule_index *, rule_index_free)
/* The rules of a type, in the order they were given; answers how many. */
size_t rule_index_of(const struct rule_index *index, const char *type,
                     const struct rule *const **out);

#endif
