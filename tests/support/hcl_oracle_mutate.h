/*
 * Damage to Terraform files as hands, merges and careless tools do it: lines, tokens or bytes are
 * lost, doubled, joined, or get a stranger in between; and files of nothing but chance. Repeatable:
 * the seed decides.
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_MUTATE_H
#define TESTS_SUPPORT_HCL_ORACLE_MUTATE_H

#include "tests/support/hcl_corpus.h"

/* Appends a small file of a few tokens in a row that no hand would write: what corpora never hold.
 */
void oracle_token_row(uint64_t *seed, struct buf *out);
/* Appends a damaged copy of source (not empty) to out. */
void oracle_mutate(const struct corpus_file *source, uint64_t *seed, struct buf *out);

#endif
