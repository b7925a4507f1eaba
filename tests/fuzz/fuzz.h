/*
 * Fuzz targets: any bytes into one door each, and what must hold of the answer.
 *
 * fuzz_X.c defines LLVMFuzzerTestOneInput. Built by clang it is a libFuzzer executable (./dev
 * fuzz); in every other build replay.c runs it over the kept inputs of tests/data/fuzz/fuzz_X, so
 * what once broke stays mended. A property that does not hold is an assert: the input is the
 * report.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "common/base.h"
#include "common/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a text: up to its first NUL. Freed by the caller. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = strndup(size > 0 ? (const char *)data : "", size);

    assert(text != NULL);
    return text;
}

#endif
