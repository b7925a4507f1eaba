/*
 * Owner shared: an element of a map that for_each walks over is written once and read wherever that
 * map goes. Before such an element is changed, everything else that mentions the map is looked at:
 * a block that reads the same member, or that hands the whole map on where we cannot see, keeps the
 * fix from being made.
 */
#include <stdio.h>

#include "worker/rules/owner.h"
#include "worker/rules/links.h"

struct element { /* "member of root.name" */
    const char *root;
    char name[256];
    char member[256]; /* each.value.member; "" where the whole value is read */
};

static const struct hcl_node *item_around(const struct hcl_node *body, const struct hcl_node *node)
{
    const struct hcl_node *item = body->child;

    while (item != NULL && !(item->start <= node->start && node->end <= item->end))
        item = item->next;
    return item;
}

static void name_of(const struct hcl_file *file, const struct hcl_node *node, char *out,
                    size_t size)
{
    size_t len = node->name_end - node->name_start;

    len = len < size ? len : size - 1;
    memcpy(out, file->bytes + node->name_start, len);
    out[len] = '\0';
}

/* The map that holds the owner's node; false when it is written in no local, variable or values
 * file. */
static bool container_of(const struct hcl_origin *owner, struct element *out)
{
    const struct hcl_node *top = item_around(owner->file->body, owner->node);
    const struct hcl_node *inside;

    if (top == NULL)
        return false;
    out->root = "var";
    if (top->kind == HCL_ATTRIBUTE) {
        name_of(owner->file, top, out->name, sizeof out->name);
        return true;
    }
    if (hcl_name_is(owner->file, top, "variable"))
        return hcl_block_label(owner->file, top, 0, out->name, sizeof out->name);
    inside = item_around(hcl_block_body(top), owner->node);
    if (inside == NULL || !hcl_name_is(owner->file, top, "locals"))
        return false;
    out->root = "local";
    name_of(owner->file, inside, out->name, sizeof out->name);
    return true;
}

/* How often a member of that name is read below the node. The parser caps the depth of a tree. */
static size_t reads_of(const struct hcl_file *file, const struct hcl_node *node, const char *member)
{
    size_t n = node->kind == HCL_GET_ATTR && hcl_name_is(file, node, member);

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n += reads_of(file, child, member);
    return n;
}

/* Is the map mentioned only as what for_each or count walks over? */
static bool only_walks(const struct hcl_file *file, const struct hcl_node *block,
                       const struct element *element)
{
    static const char *const walkers[] = {"for_each", "count"};
    size_t walking = 0;

    if (block->kind != HCL_BLOCK || hcl_name_is(file, block, "locals"))
        return false;
    for (size_t i = 0; i < COUNT(walkers); i++) {
        const struct hcl_node *attribute = hcl_attribute(file, block, walkers[i]);

        if (attribute != NULL)
            walking += expr_count_mentions(file, attribute, element->root, element->name);
    }
    return walking == expr_count_mentions(file, block, element->root, element->name);
}

static bool is_shared_by(const struct hcl_file *file, const struct hcl_node *block,
                         const struct element *element, bool is_own)
{
    if (!expr_mentions(file, block, element->root, element->name))
        return false;
    if (element->member[0] == '\0')
        return !is_own;
    if (!only_walks(file, block, element))
        return true;
    return reads_of(file, block, element->member) > (is_own ? 1 : 0);
}

/* --- values that are named, not walked over --- */

static bool is_map_itself(const struct hcl_file *file, const struct hcl_node *node,
                          const char *root, const char *name)
{
    return node->kind == HCL_GET_ATTR && node->child->kind == HCL_VARIABLE &&
           hcl_name_is(file, node, name) && hcl_name_is(file, node->child, root);
}

/* root.name.member counts when member is the one (or ""), root.name alone always. */
static size_t uses_below(const struct hcl_file *file, const struct hcl_node *node, const char *root,
                         const char *name, const char *member)
{
    size_t n = 0;

    if (is_map_itself(file, node, root, name))
        return 1;
    if (node->kind == HCL_GET_ATTR && is_map_itself(file, node->child, root, name))
        return member[0] == '\0' || hcl_name_is(file, node, member);
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n += uses_below(file, child, root, name, member);
    return n;
}

/* A variable's own block may speak of it: that is its validation. */
static bool declares(const struct hcl_file *file, const struct hcl_node *block, const char *root,
                     const char *name)
{
    char label[256];

    return str_eq(root, "var") && block->kind == HCL_BLOCK &&
           hcl_name_is(file, block, "variable") &&
           hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, name);
}

size_t owner_uses(const struct hcl_origin *step, const char *root, const char *name)
{
    char member[256] = "";
    size_t n = 0;

    (void)expr_name(step->file, step->node, 2, member, sizeof member);
    for (size_t i = 0; i < hcl_module_file_count(step->module); i++) {
        const struct hcl_file *file = hcl_module_file(step->module, i);

        for (const struct hcl_node *block = file->body->child; block != NULL; block = block->next)
            n +=
                declares(file, block, root, name) ? 0 : uses_below(file, block, root, name, member);
    }
    return n;
}

/* --- values of a map that for_each walks over --- */

int owner_is_unshared(struct fixer *fixer, const struct hcl_origin *step,
                      const struct hcl_origin *owner, const char *attribute)
{
    const struct hcl_node *own = item_around(step->file->body, step->node);
    struct element element = {.member = ""};
    char address[256];

    if (!container_of(owner, &element))
        return 0; /* written in the for_each itself, or in the module call */
    if (!str_eq(hcl_module_path(step->module), hcl_module_path(owner->module)))
        return fixer_refuse(
            fixer, "%s comes from an element of %s.%s in another module: change it there by hand",
            attribute, element.root, element.name);
    (void)expr_name(step->file, step->node, 2, element.member, sizeof element.member);

    for (size_t i = 0; i < hcl_module_file_count(owner->module); i++) {
        const struct hcl_file *file = hcl_module_file(owner->module, i);

        for (const struct hcl_node *block = file->body->child; block != NULL; block = block->next) {
            bool is_own = file == step->file && block == own;

            if (!is_shared_by(file, block, &element, is_own))
                continue;
            if (!address_of_node(file, block, address, sizeof address))
                address[0] = '\0';
            return fixer_refuse(
                fixer,
                "%s is an element of %s.%s, which %s reads too: change it by hand, or give this "
                "resource a value of its own",
                attribute, element.root, element.name, address);
        }
    }
    return 0;
}
