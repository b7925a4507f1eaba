/*
 * Real Terraform files, and the real `terraform fmt` as the judge of what became of them.
 *
 *     hcl_corpus_load() -> corpus->items[i] … -> hcl_corpus_free();  hcl_fmt(dir, "-check",
 * &output)
 *
 * The corpus is the directory $PLUMB_CORPUS, or ../shared/corpus beside the source. Tests skip
 * loudly without it, or without terraform on the PATH. One thread.
 */
#ifndef TESTS_SUPPORT_HCL_CORPUS_H
#define TESTS_SUPPORT_HCL_CORPUS_H

#include "common/buf.h"

struct corpus_file {
    char *path; /* relative to the corpus */
    char *bytes;
    size_t len;
};

struct hcl_corpus {
    struct corpus_file *items; /* the .tf files, sorted by path */
    size_t n, cap;
};

struct hcl_corpus *hcl_corpus_load(void); /* NULL: there is none */
/* The .tf files of any directory. */
struct hcl_corpus *hcl_corpus_of(const char *directory);
void hcl_corpus_free(struct hcl_corpus *corpus);
DEFINE_CLEANUP(struct hcl_corpus *, hcl_corpus_free)

bool hcl_fmt_available(void);
/* `terraform fmt` with options over all of dir; its exit status. What it says goes into output. */
int hcl_fmt(const char *dir, const char *options, struct buf *output);

/* Repeatable dice: the same seed gives the same throws. */
uint32_t hcl_dice(uint64_t *seed, uint32_t sides); /* 0 .. sides - 1 */

#endif
