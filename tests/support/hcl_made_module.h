/*
 * Modules to ask about: one written down, and those made by chance: locals in layers, each an
 * expression over literals and the layers before, with most operators and functions in it. The same
 * seed gives the same module.
 */
#ifndef TESTS_SUPPORT_HCL_MADE_MODULE_H
#define TESTS_SUPPORT_HCL_MADE_MODULE_H

#include <stdint.h>

#include "common/buf.h"
#include "tests/support/hcl_make.h"

/* A root with variables, values, locals, a module with count, and what resources and outputs make
 * of them: each way a value can take, at least once. Opened as "". */
extern const struct made_file HCL_SHOP[];
extern const size_t HCL_SHOP_COUNT;

/* The text of its one file, a locals block. */
void hcl_made_module(uint32_t seed, struct buf *out);

#endif
