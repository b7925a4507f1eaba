/*
 * Clean: text from outside as a person would see it. Characters that nobody sees and HTML comments
 * could carry words to the model that no reviewer reads.
 *
 * Pure; any thread.
 */
#ifndef WORKER_LLM_CLEAN_H
#define WORKER_LLM_CLEAN_H

#include "common/base.h"
#include "common/buf.h"

#define CLEAN_MARK "[hidden text removed]"

/* Appends len bytes of text (which needs a NUL behind them): hidden characters are dropped, and an
 * HTML comment becomes CLEAN_MARK. Answers whether anything was changed. */
bool clean_text(struct buf *out, const char *text, size_t len);

#endif
