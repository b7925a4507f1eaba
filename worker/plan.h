/*
 * Plan: a fix that passed the gate, as it is written ahead of any effect. A retry after a crash
 * reads it back and repeats exactly the same commit and pull request, and pays for nothing twice.
 *
 *     plan_new -> plan_add_file … -> plan_seal -> plan_encode        plan_decode -> read ->
 * plan_free
 *
 * digest = SHA-256 over base commit and every path and content; it stands in the PR's marker.
 * Stored as JSON; "v" first. A version that this build does not know counts as no plan.
 */
#ifndef WORKER_PLAN_H
#define WORKER_PLAN_H

#include "common/base.h"
#include "common/buf.h"
#include "common/digest.h"

#define PLAN_MAX_BYTES ((size_t)8 * 1024 * 1024)
#define PLAN_FILES_MAX 16

struct plan_file {
    char *path;
    char *bytes;
    size_t len;
};

struct plan {
    char *base_branch, *base_commit;
    char *message; /* of the commit */
    int64_t when_unix_s;
    char *title, *body;
    char *patch;        /* unified diff */
    char *details_json; /* for the audit event */
    char *labels;       /* comma separated */
    char digest[SHA256_HEX_BYTES];
    struct plan_file files[PLAN_FILES_MAX];
    size_t n_files;
};

int plan_new(struct plan **out, struct err *err) MUST_USE;
void plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan *, plan_free)
/* Copies text into *field, freeing what was there. */
int plan_set(char **field, const char *text, struct err *err) MUST_USE;
int plan_add_file(struct plan *plan, const char *path, const char *bytes, size_t len,
                  struct err *err) MUST_USE; /* ERR_REJECT past PLAN_FILES_MAX */
void plan_seal(struct plan *plan); /* computes the digest; base_commit and files are final */
int plan_encode(const struct plan *plan, struct buf *out, struct err *err) MUST_USE;
int plan_decode(struct plan **out, const char *bytes, size_t len, struct err *err) MUST_USE;

#endif
