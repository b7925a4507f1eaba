/*
 * Fix words: what plumb fix did, what an input would unlock, what is left to people. Short: by rule
 * and by input, on standard error, where the diff is not.
 */
#ifndef CLI_FIX_WORDS_H
#define CLI_FIX_WORDS_H

#include "worker/fix/repair.h"

enum fix_detail { FIX_COUNTS, FIX_BY_RULE, FIX_EACH };

struct fix_telling {
    const char *directory; /* as it was given: paths begin with it, as plumb scan's do */
    enum fix_detail detail;
    bool is_written;
};

/* 0 or an error class: the text may be too long, or memory lack. */
int fix_tell(const struct repair *repair, const struct fix_telling *how, struct err *err) MUST_USE;

#endif
