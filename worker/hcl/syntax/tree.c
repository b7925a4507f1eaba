/* Questions to the tree; the story stands in tree.h. */
#include "worker/hcl/syntax/tree.h"

static const struct hcl_node *body_of(const struct hcl_node *node)
{
    return node->kind == HCL_BLOCK ? hcl_block_body(node) : node;
}

bool hcl_name_is(const struct hcl_file *file, const struct hcl_node *node, const char *name)
{
    size_t n = strlen(name);

    return node->name_end - node->name_start == n &&
           memcmp(file->bytes + node->name_start, name, n) == 0;
}

const struct hcl_node *hcl_attribute(const struct hcl_file *file, const struct hcl_node *body,
                                     const char *name)
{
    for (const struct hcl_node *node = body_of(body)->child; node != NULL; node = node->next)
        if (node->kind == HCL_ATTRIBUTE && hcl_name_is(file, node, name))
            return node;
    return NULL;
}

const struct hcl_node *hcl_block_next(const struct hcl_file *file, const struct hcl_node *body,
                                      const char *type, const struct hcl_node *previous)
{
    const struct hcl_node *node = previous != NULL ? previous->next : body_of(body)->child;

    for (; node != NULL; node = node->next)
        if (node->kind == HCL_BLOCK && (type == NULL || hcl_name_is(file, node, type)))
            return node;
    return NULL;
}

const struct hcl_node *hcl_block_body(const struct hcl_node *block)
{
    const struct hcl_node *node = block->child;

    while (node->kind != HCL_BODY)
        node = node->next;
    return node;
}

bool hcl_block_label(const struct hcl_file *file, const struct hcl_node *block, size_t i, char *out,
                     size_t size)
{
    const struct hcl_node *label = block->child;

    while (i > 0 && label->kind == HCL_LABEL) {
        label = label->next;
        i--;
    }
    if (label->kind != HCL_LABEL || size == 0)
        return false;
    size_t n = label->name_end - label->name_start;
    if (n >= size)
        n = size - 1;
    memcpy(out, file->bytes + label->name_start, n);
    out[n] = '\0';
    return true;
}

bool hcl_has_bom(const struct hcl_file *file)
{
    return file->len >= 3 && memcmp(file->bytes, "\xEF\xBB\xBF", 3) == 0;
}

void hcl_position(const struct hcl_file *file, size_t offset, int *line, int *column)
{
    size_t start = hcl_has_bom(file) ? 3 : 0;

    if (file->source != NULL && (file->source->is_merged || offset > file->len)) {
        hcl_source_position(file, offset, line, column);
        return;
    }
    *line = 1;
    *column = 1;
    if (offset > file->len)
        offset = file->len;
    for (size_t i = 0; i < offset; i++) {
        if (file->bytes[i] == '\n') {
            (*line)++;
            start = i + 1;
        }
    }
    for (size_t i = start; i < offset; i++)
        *column += ((unsigned char)file->bytes[i] & 0xC0) != 0x80;
}

void hcl_for_parts(const struct hcl_node *node, struct hcl_for *out)
{
    const struct hcl_node *part = node->child;

    *out = (struct hcl_for){.value_name = part};
    part = part->next;
    if (part->kind == HCL_IDENTIFIER) {
        out->key_name = out->value_name;
        out->value_name = part;
        part = part->next;
    }
    out->collection = part;
    part = part->next;
    if (node->kind == HCL_FOR_OBJECT) {
        out->key = part;
        part = part->next;
    }
    out->value = part;
    out->condition = part->next;
}
