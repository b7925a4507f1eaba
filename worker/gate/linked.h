/* Linked, inside: which names a block mentions, for the layers that ask what belongs together. */
#ifndef WORKER_GATE_LINKED_H
#define WORKER_GATE_LINKED_H

#include "worker/hcl/module/module.h"

#define LINKED_NAME_BYTES 128

/* root.first.second: var.x, local.x, data.T.N, T.N; what is not written is "". */
struct mention {
    char root[LINKED_NAME_BYTES], first[LINKED_NAME_BYTES], second[LINKED_NAME_BYTES];
};
typedef bool (*mention_fn)(void *context, const struct mention *mention);

/* Every traversal below the node; false as soon as visit says so. */
bool each_mention(const struct hcl_file *file, const struct hcl_node *node, mention_fn visit,
                  void *context);
/* "aws_s3_bucket.a", "data.T.N", "variable.x", "local.x", "module.m": what it is called where it is
 * declared; "" of each, count, self, path and terraform. */
void mention_address(const struct mention *mention, char out[4 * LINKED_NAME_BYTES]);
/* Does the block mention what is called so? */
bool block_mentions(const struct hcl_file *file, const struct hcl_node *block, const char *address);

#endif
