/*
 * Write back: a repair's files in place of those that it was made from.
 *
 * Every file is looked at before the first is written: one that is no regular file any more (a
 * symlink least of all), that says something else than the repair has read, or that may not be
 * written, is a refusal, and nothing has changed. Each file is replaced whole, with the mode and
 * the owner that it had. The way to it may not lead through a symlink.
 *
 * Does not: take back what is written when a later file fails, which is told with its name.
 */
#ifndef WORKER_FIX_WRITE_BACK_H
#define WORKER_FIX_WRITE_BACK_H

#include "worker/fix/repair.h"

/* ERR_REJECT: a file is not what it was; ERR_RETRY: it cannot be read or written; with its path. */
int write_back(const struct repair *repair, const char *directory, struct err *err) MUST_USE;

#endif
