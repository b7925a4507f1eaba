/* Any bytes as YAML: every node of what parses knows its place and its kind. */
#include "tests/fuzz/fuzz.h"

#include "common/yaml.h"

#define DEPTH_MAX 64

static void walk(const struct yaml_node *node, int depth)
{
    assert(depth <= DEPTH_MAX && node->line >= 1 && node->column >= 1);
    assert(node->kind != YAML_SCALAR || (node->text != NULL && node->n == 0));
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YAML_MAP)
            assert(yaml_get(node, node->keys[i]) == node->children[i]);
        walk(node->children[i], depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(yaml_freep) struct yaml *yaml = NULL;
    struct err err;

    if (yaml_parse(&yaml, "fuzz.yaml", (const char *)data, size, &err) == 0)
        walk(yaml_root(yaml), 0);
    return 0;
}
