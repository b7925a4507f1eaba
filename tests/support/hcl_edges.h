/*
 * Edge cases: small odd files, and what terraform said about each, kept as data.
 *
 *     hcl_edges_load() -> edges->items[i] … -> hcl_edges_free()
 *
 * tests/data/hcl/edges/X.txt tells the format on its first lines. A file that does not follow it
 * ends the test.
 */
#ifndef TESTS_SUPPORT_HCL_EDGES_H
#define TESTS_SUPPORT_HCL_EDGES_H

#include "common/buf.h"

struct hcl_edge {
    char *name;
    struct buf text;
    char *terraform; /* "taken", or "line:column summary" */
    char *ours;      /* the same as terraform, unless we differ on purpose */
};

struct hcl_edges {
    struct hcl_edge *items;
    size_t n;
};

struct hcl_edges *hcl_edges_load(void);
void hcl_edges_free(struct hcl_edges *edges);
DEFINE_CLEANUP(struct hcl_edges *, hcl_edges_free)

/* What our parser says, in the same form; freed by the caller. */
char *hcl_edge_ask_us(const struct hcl_edge *edge);

#endif
