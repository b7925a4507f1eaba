/*
 * Many edits by dice over many files, each judged at once.
 *
 *     struct edit_rounds rounds = {.seed = 1, .files = corpus};
 *     edit_rounds_run(&rounds, 2000); edit_rounds_report(&rounds);
 *
 * Files are taken as they are, with CRLF, with a BOM, without a newline at the end, and in the
 * format of terraform fmt as far as we know it. Most rounds are one throw, judged in full; some are
 * several, judged by their bytes. What does not hold fails the test with the text before and after.
 */
#ifndef TESTS_SUPPORT_HCL_EDIT_ROUNDS_H
#define TESTS_SUPPORT_HCL_EDIT_ROUNDS_H

#include "tests/support/hcl_corpus.h"
#include "worker/hcl/edit/edit.h"

struct edit_rounds {
    uint64_t seed;
    const struct hcl_corpus *files;
    /* Told of every result whose file was formatted before; may be NULL. */
    void (*keep)(void *context, const char *bytes, size_t len);
    void *context;
    size_t made, refused, refused_alone, formatted, several, unchanged;
    size_t by_verb[64];
    const char *verbs[64];
};

/* Until that many edits were made and judged. */
void edit_rounds_run(struct edit_rounds *rounds, size_t edits);
void edit_rounds_report(const struct edit_rounds *rounds);
/* full with PLUMB_FULL=1 in the environment, else sample. */
size_t edit_rounds_count(size_t sample, size_t full);

#endif
