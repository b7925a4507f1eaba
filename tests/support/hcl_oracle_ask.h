/*
 * HashiCorp's own parsers as judges, asked about many files in one run.
 *
 *     oracle_judge() -> oracle_ask_add(ask, …) … -> oracle_ask() -> oracle_ask_next(ask, &text) …
 *
 * ./tests/oracles/setup puts the judges into build/oracles: hclranges (Go; trees with byte ranges,
 * every diagnostic) and hcl2json (WASM on node; verdict and outline). A test skips loudly without.
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_ASK_H
#define TESTS_SUPPORT_HCL_ORACLE_ASK_H

#include "tests/support/hcl_oracle.h"

/* The command line of "hclranges" or "hcl2json"; NULL when it is not set up. */
const char *oracle_judge(const char *name);
/* Was everything asked for (PLUMB_FULL=1), or is a sample enough? */
bool oracle_wants_all(void);

struct oracle_ask {
    struct buf questions, answers;
    size_t n, read_at;
};
#define ORACLE_ASK                                                                                 \
    {                                                                                              \
        .questions = BUF(ORACLE_OUTPUT_MAX * 4), .answers = BUF(ORACLE_OUTPUT_MAX * 16)            \
    }

void oracle_ask_add(struct oracle_ask *ask, const char *bytes, size_t len);
/* Asks all that was added; a judge that fails, fails the test. */
void oracle_ask(struct oracle_ask *ask, const char *judge);
/* The next answer, borrowed; its bytes end with a NUL. */
char *oracle_ask_next(struct oracle_ask *ask);
/* Empties it for the next batch. */
void oracle_ask_reset(struct oracle_ask *ask);
void oracle_ask_done(struct oracle_ask *ask);

/* Does an answer refuse the file? */
bool oracle_refuses(const char *answer);
/* Is the error "path:line:column: summary: …" the answer's number'th diagnostic (0: the one that
 * terraform shows first; -1: any), by line and summary? */
bool oracle_says(const char *answer, int number, const char *error);

#endif
