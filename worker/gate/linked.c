#include "worker/gate/linked.h"

#include <stdio.h>

static void copy_name(const struct hcl_file *file, const struct hcl_node *node, char *out)
{
    size_t len = node->name_end - node->name_start;

    len = len < LINKED_NAME_BYTES ? len : LINKED_NAME_BYTES - 1;
    memcpy(out, file->bytes + node->name_start, len);
    out[len] = '\0';
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static bool walk(const struct hcl_file *file, const struct hcl_node *node,
                 const struct hcl_node *parent, mention_fn visit, void *context)
{
    if (node->kind == HCL_GET_ATTR && node->child->kind == HCL_VARIABLE) {
        struct mention mention = {0};

        copy_name(file, node->child, mention.root);
        copy_name(file, node, mention.first);
        if (parent != NULL && parent->kind == HCL_GET_ATTR && parent->child == node)
            copy_name(file, parent, mention.second);
        if (!visit(context, &mention))
            return false;
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        if (!walk(file, child, node, visit, context))
            return false;
    }
    return true;
}

bool each_mention(const struct hcl_file *file, const struct hcl_node *node, mention_fn visit,
                  void *context)
{
    return walk(file, node, NULL, visit, context);
}

void mention_address(const struct mention *mention, char out[4 * LINKED_NAME_BYTES])
{
    static const char *const language[] = {"each", "count", "self", "path", "terraform"};
    const char *root = mention->root;

    out[0] = '\0';
    for (size_t i = 0; i < COUNT(language); i++) {
        if (str_eq(language[i], root))
            return;
    }
    if (str_eq(root, "data"))
        (void)snprintf(out, 4 * LINKED_NAME_BYTES, "data.%s.%s", mention->first, mention->second);
    else
        (void)snprintf(out, 4 * LINKED_NAME_BYTES, "%s.%s", str_eq(root, "var") ? "variable" : root,
                       mention->first);
}

struct search {
    const char *address;
    bool found;
};

static bool look(void *context, const struct mention *mention)
{
    struct search *search = context;
    char address[4 * LINKED_NAME_BYTES];

    mention_address(mention, address);
    search->found = search->found || str_eq(address, search->address);
    return !search->found;
}

bool block_mentions(const struct hcl_file *file, const struct hcl_node *block, const char *address)
{
    struct search search = {address, false};

    (void)each_mention(file, block, look, &search);
    return search.found;
}
