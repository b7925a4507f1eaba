/*
 * Terraform: the one way the gate runs it. No registry, no update check, no credentials, no
 * network; as many at a time as there is memory for (pool.h).
 */
#ifndef WORKER_GATE_TERRAFORM_H
#define WORKER_GATE_TERRAFORM_H

#include "worker/gate/cage.h"
#include "worker/gate/gate_inside.h"

#define TERRAFORM_OUTPUT_MAX ((size_t)16 * 1024 * 1024) /* a plan as JSON */
#define TERRAFORM_ENV_MAX    64

/* The binary: a path, or a name to be found in PATH. false: there is none. */
bool terraform_find(const struct gate_run *run, char *out, size_t size);
bool terraform_is_there(const struct gate_run *run);
/* Writes the CLI configuration: providers come from the mirror, or from nowhere. */
int terraform_configure(const struct gate_run *run, const struct scratch *scratch,
                        struct err *err) MUST_USE;
/* What terraform may have beyond that, for one layer. */
struct terraform_leave {
    const char *const *environment; /* "NAME=value", NULL-ended; NULL: nothing more */
    bool network;
};
/* As terraform_run; leave: NULL, none. */
int terraform_run_with(const struct gate_run *run, const struct scratch *scratch,
                       const char *directory, const char *const *arguments, int64_t deadline_ms,
                       size_t memory_max_bytes, const struct terraform_leave *leave,
                       struct cage_result *result, struct err *err) MUST_USE;
/* arguments: NULL-ended, without the program. directory: absolute, or below the scratch. */
int terraform_run(const struct gate_run *run, const struct scratch *scratch, const char *directory,
                  const char *const *arguments, int64_t deadline_ms, size_t memory_max_bytes,
                  struct cage_result *result, struct err *err) MUST_USE;
/* The repository before the fix below root, and the fix over it. false: it is too large to copy. */
bool terraform_may_copy(const struct gate_run *run);
int terraform_write_before(const struct gate_run *run, const char *root, struct err *err) MUST_USE;
int terraform_write_after(const struct gate_run *run, const char *root, struct err *err) MUST_USE;
/* The first line of text that says something, without colours and box lines. */
void terraform_first_line(const char *text, char *out, size_t size);

#endif
