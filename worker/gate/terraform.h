/*
 * Terraform: the one way the gate runs it. No registry, no update check, no credentials, no
 * network.
 */
#ifndef WORKER_GATE_TERRAFORM_H
#define WORKER_GATE_TERRAFORM_H

#include "worker/gate/cage.h"
#include "worker/gate/gate_inside.h"

#define TERRAFORM_OUTPUT_MAX ((size_t)4 * 1024 * 1024)

/* The binary: a path, or a name to be found in PATH. false: there is none. */
bool terraform_find(const struct gate_run *run, char *out, size_t size);
bool terraform_is_there(const struct gate_run *run);
/* Writes the CLI configuration: providers come from the mirror, or from nowhere. */
int terraform_configure(const struct gate_run *run, const struct scratch *scratch,
                        struct err *err) MUST_USE;
/* arguments: NULL-ended, without the program. directory: absolute, or below the scratch. */
int terraform_run(const struct gate_run *run, const struct scratch *scratch, const char *directory,
                  const char *const *arguments, int64_t deadline_ms, size_t memory_max_bytes,
                  struct cage_result *result, struct err *err) MUST_USE;
/* The first line of text that says something, without colours and box lines. */
void terraform_first_line(const char *text, char *out, size_t size);

#endif
