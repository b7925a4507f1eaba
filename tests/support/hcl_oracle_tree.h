/*
 * A tree as lines of text, for comparison with what another parser made of the same bytes.
 *
 * A line for each node: its depth as dots, its kind, its bytes, its name. Written the way
 * HashiCorp's parser sees things (tests/oracles/hclranges/tree.go writes that one): the steps of a
 * traversal stand in a row behind its root, an interpolation has no node of its own, pieces of text
 * side by side are one piece, and texts are given as they are meant, in hexadecimal, or as "-"
 * when not ASCII (HCL normalises those).
 */
#ifndef TESTS_SUPPORT_HCL_ORACLE_TREE_H
#define TESTS_SUPPORT_HCL_ORACLE_TREE_H

#include "worker/hcl/syntax/tree.h"

void oracle_tree(const struct hcl_file *file, struct buf *out);

#endif
