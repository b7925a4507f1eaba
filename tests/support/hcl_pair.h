/*
 * Pairs: what a module means, as text or held against terraform's plan, so that two ways to write
 * one module can be compared.
 */
#ifndef TESTS_SUPPORT_HCL_PAIR_H
#define TESTS_SUPPORT_HCL_PAIR_H

#include "common/buf.h"
#include "common/json.h"
#include "worker/hcl/module/module.h"

/* Every variable, local and output of the root, and every resource below it with its instances and
 * what its arguments evaluate to, one a line. Blocks that only a provider knows are left out. */
void hcl_pair_show(const struct hcl_module *root, struct buf *out);
/* Does everything that planned ({"outputs": {name: value}, "resources": {address: {argument:
 * value}}}) names evaluate to what stands there? Fails the test with the place where not. */
void hcl_pair_check(const struct hcl_module *root, const struct json *planned);
/* terraform's own plan of the module in directory, in that shape; it runs in a copy. NULL where
 * terraform refuses, with what it said in said. */
struct json *hcl_pair_plan(const char *directory, struct buf *said);
bool hcl_pair_has_terraform(void);

#endif
