/*
 * A tree against the JSON that hcl2json makes of the same bytes: the same arguments and blocks in
 * the same nesting, labels, and the text of traversals and calls. JSON keeps neither the order nor
 * spans; hcl_oracle_tree.h compares those.
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_JSON_H
#define TESTS_SUPPORT_HCL_ORACLE_JSON_H

#include "worker/hcl/syntax/tree.h"

/* Fails the test where the two differ. */
void oracle_compare_json(const struct hcl_file *file, const char *json);

#endif
