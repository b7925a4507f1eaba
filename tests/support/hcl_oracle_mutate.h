/*
 * Damage to Terraform files as hands, merges and careless tools do it: lines, tokens or bytes are
 * lost, doubled, joined, or get a stranger in between. Repeatable: the seed decides.
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_MUTATE_H
#define TESTS_SUPPORT_HCL_ORACLE_MUTATE_H

#include "tests/support/hcl_corpus.h"

/* Appends a damaged copy of source (not empty) to out. */
void oracle_mutate(const struct corpus_file *source, uint64_t *seed, struct buf *out);

#endif
