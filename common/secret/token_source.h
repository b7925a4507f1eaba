/* Token source: by which token a request shows who sends it; the token may change while we run. */
#ifndef COMMON_SECRET_TOKEN_SOURCE_H
#define COMMON_SECRET_TOKEN_SOURCE_H

#include "common/buf.h"

struct token_source {
    /* Appends the token for a repository ("" where that does not matter); out is to be secret. 0,
     * ERR_RETRY or ERR_REJECT. */
    int (*take)(void *context, const char *repository, struct buf *out, struct err *err);
    /* The other side refuses this token (401). True: take gives another one now. */
    bool (*refused)(void *context, const char *repository, const char *token);
    void *context;
};

#endif
