/*
 * A fix made by hand, put before the gate: the files before, the files after, what was predicted.
 *
 *     gate_try_open() -> gate_try_stopped(&attempt, layer, detail), gate_try_passed(&attempt) ->
 * gate_try_close()
 */
#ifndef TESTS_SUPPORT_GATE_TRY_H
#define TESTS_SUPPORT_GATE_TRY_H

#include "tests/support/hcl_make.h"
#include "worker/gate/gate.h"

#define KEY "resource \"aws_kms_key\" \"k\" {\n  description = \"logs\"\n}\n"
#define ROTATES                                                                                    \
    "resource \"aws_kms_key\" \"k\" {\n  description         = \"logs\"\n  enable_key_rotation = " \
    "true\n}\n"

struct attempt {
    struct made_file before[3];
    struct hcl_edited edited[6]; /* len is filled in */
    const char *rule;
    const char *address; /* NULL: aws_kms_key.k */
    char predicted[4][256];
    const struct rules *rules; /* NULL: the built-in ones */
};

/* Group fixtures: the built-in rules. */
int gate_try_open(void **state);
int gate_try_close(void **state);

void gate_try(const struct attempt *attempt, struct gate_report *report);
/* The layer fails with the detail, and the later ones are not run. */
void gate_try_stopped(const struct attempt *attempt, const char *layer, const char *detail);
void gate_try_passed(const struct attempt *attempt);
/* main.tf becomes after; aws_kms_key.k is predicted. */
void gate_try_key_stopped(const char *before, const char *after, const char *layer,
                          const char *detail);

#endif
