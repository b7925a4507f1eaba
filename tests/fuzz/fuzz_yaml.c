/* Any bytes as YAML: refused with a text, or a tree whose every part can be read. */
#include "common/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Depth is capped by the reader, so this recursion is too. */
static size_t count(const struct yaml_node *node)
{
    size_t n = 1;

    if (node->kind == YAML_SCALAR)
        return strlen(node->text);
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YAML_MAP)
            n += strlen(node->keys[i]);
        n += count(node->children[i]);
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct yaml *yaml = NULL;
    struct err err = {.text = ""};

    if (yaml_parse(&yaml, "fuzz.yaml", (const char *)bytes, len, &err) == 0)
        (void)count(yaml_root(yaml));
    else
        assert(err.text[0] != '\0');
    yaml_free(yaml);
    return 0;
}
