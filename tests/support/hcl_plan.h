/*
 * What a real `terraform plan` of the sample repository shows (tests/data/sample/plan.tsv), beside
 * what the evaluator makes of the same arguments.
 *
 *     repo = plan_repo() -> plan_write_rows(root, "envs/prod", plan, &out)   the rows of a plan
 *     plan_compare(root, address, argument, planned, &why)                   one row, evaluated
 *
 * A row is: root, address with keys, argument, planned value; each top-level argument that the
 * configuration writes has one. "?" is what terraform knows only after apply. A scalar is written
 * as its text, since the provider's schema converts ("7" for 7); a list's elements are sorted,
 * since the schema may make a set of it.
 */
#ifndef TESTS_SUPPORT_HCL_PLAN_H
#define TESTS_SUPPORT_HCL_PLAN_H

#include "common/buf.h"
#include "common/json.h"
#include "worker/hcl/module/module.h"

#define PLAN_ROOTS 2

struct plan_root {
    const char *directory;
    const char *given; /* the values that its pipeline sets, as a values file */
};
extern const struct plan_root plan_roots[PLAN_ROOTS];

/* The file of the sample's data directory; out holds size bytes. */
const char *plan_path(const char *name, char *out, size_t size);
/* The sample repository with the given values in it. */
struct hcl_repo *plan_repo(void);
/* The rows of `terraform show -json` of a plan. Fails the test when an instance is not planned, or
 * something planned is no instance; ignored is an address that the test itself added. */
void plan_write_rows(const struct hcl_module *root, const char *directory, const struct json *plan,
                     const char *ignored, struct buf *out);

enum plan_verdict {
    PLAN_SAME,    /* equal; or known after apply there and open here */
    PLAN_UNKNOWN, /* known there, open here */
    PLAN_WRONG,
};
enum plan_verdict plan_compare(const struct hcl_module *root, const char *address,
                               const char *argument, const char *planned, struct buf *why);

#endif
