/*
 * Local store: the pull requests of one repository as files, written by many processes at once.
 *
 *     local_store_reserve(dir, branch) -> number    local_store_publish(dir, "7.json", …)
 *
 *     dir/.heads/<SHA-256 of the branch>   "7\n": the one decision, which number this branch has
 *     dir/.numbers/7                       empty: 7 is given away (a loser's number stays unused)
 *     dir/7.md, dir/7.patch, dir/7.json    each written once; the last makes it a pull request
 *
 * A file appears whole or not at all (a temporary, synced, then linked under its name, which fails
 * when the name is there). So no locks: a process may stop or die anywhere, and the next one that
 * reserves the same branch gets the same number and writes what is missing.
 */
#ifndef WORKER_FORGE_LOCAL_STORE_H
#define WORKER_FORGE_LOCAL_STORE_H

#include "common/base.h"
#include "common/buf.h"

enum local_store_answer {
    LOCAL_STORE_ABSENT = 1, /* nothing under this name */
    LOCAL_STORE_EXISTS = 2, /* somebody wrote it before; theirs stays */
};

/* The number reserved for the branch: 0 or LOCAL_STORE_ABSENT. */
int local_store_number(const char *dir, const char *branch, int64_t *out, struct err *err) MUST_USE;
/* The same, reserving one when there is none. Makes the directories. */
int local_store_reserve(const char *dir, const char *branch, int64_t *out,
                        struct err *err) MUST_USE;
/* 0 or LOCAL_STORE_EXISTS. */
int local_store_publish(const char *dir, const char *name, const void *bytes, size_t len,
                        struct err *err) MUST_USE;
/* 0 or LOCAL_STORE_ABSENT. */
int local_store_read(const char *dir, const char *name, struct buf *out, struct err *err) MUST_USE;

#endif
