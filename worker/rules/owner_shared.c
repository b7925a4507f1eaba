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
    char member[256]; /* each.value.member; "" where the whole value is read, or the key */
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

static bool is_named(const struct hcl_file *file, const struct hcl_node *node, const char *root,
                     const char *name)
{
    return node->kind == HCL_GET_ATTR && node->child->kind == HCL_VARIABLE &&
           hcl_name_is(file, node, name) && hcl_name_is(file, node->child, root);
}

/* each.value.x, each.value["x"], lookup(each.value, "x", …): the member that is taken. */
static bool takes_member(const struct hcl_file *file, const struct hcl_node *node, char *out,
                         size_t size)
{
    CLEANUP(buf_done) struct buf text = BUF(256);
    const struct hcl_node *object = node->child;

    if (object == NULL || !is_named(file, object, "each", "value"))
        return false;
    if (node->kind == HCL_GET_ATTR) {
        name_of(file, node, out, size);
        return true;
    }
    if (node->kind != HCL_INDEX && (node->kind != HCL_CALL || !hcl_name_is(file, node, "lookup")))
        return false;
    return object->next != NULL && hcl_constant_text(file, object->next, &text) &&
           str_copy(out, size, buf_str(&text));
}

/* How often the element's member is read below the node. The whole element handed on counts: the
 * member is in it. The parser caps the depth of a tree. */
static size_t reads_of(const struct hcl_file *file, const struct hcl_node *node, const char *member)
{
    char taken[256];
    bool takes = takes_member(file, node, taken, sizeof taken);
    size_t n = takes && (member[0] == '\0' || str_eq(taken, member));

    if (is_named(file, node, "each", "value"))
        return 1;
    for (const struct hcl_node *child = takes ? node->child->next : node->child; child != NULL;
         child = child->next)
        n += reads_of(file, child, member);
    return n;
}

static bool says(const struct hcl_file *file, const struct hcl_node *node, const char *text)
{
    CLEANUP(buf_done) struct buf constant = BUF(256);

    return hcl_constant_text(file, node, &constant) && str_eq(buf_str(&constant), text);
}

/* In what for_each or count walks over, an element goes by any name: v.member, v["member"] or
 * lookup(v, "member", …), of a for. */
static size_t members_of(const struct hcl_file *file, const struct hcl_node *node,
                         const char *member)
{
    size_t n = (node->kind == HCL_GET_ATTR && hcl_name_is(file, node, member)) ||
               (member[0] != '\0' && says(file, node, member));

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n += members_of(file, child, member);
    return n;
}

static bool is_walker(const struct hcl_file *file, const struct hcl_node *item)
{
    return item->kind == HCL_ATTRIBUTE &&
           (hcl_name_is(file, item, "for_each") || hcl_name_is(file, item, "count"));
}

static size_t reads_in(const struct hcl_file *file, const struct hcl_node *block,
                       const char *member)
{
    size_t n = 0;

    for (const struct hcl_node *item = hcl_block_body(block)->child; item != NULL;
         item = item->next)
        n += is_walker(file, item) ? members_of(file, item, member) : reads_of(file, item, member);
    return n;
}

/* Is the map mentioned only as what for_each or count walks over? */
static bool only_walks(const struct hcl_file *file, const struct hcl_node *block,
                       const struct element *element)
{
    size_t walking = 0;

    if (block->kind != HCL_BLOCK || hcl_name_is(file, block, "locals"))
        return false;
    for (const struct hcl_node *item = hcl_block_body(block)->child; item != NULL;
         item = item->next)
        if (is_walker(file, item))
            walking += expr_count_mentions(file, item, element->root, element->name);
    return walking == expr_count_mentions(file, block, element->root, element->name);
}

static bool is_shared_by(const struct hcl_file *file, const struct hcl_node *block,
                         const struct element *element, bool is_own)
{
    if (!expr_mentions(file, block, element->root, element->name))
        return false;
    if (element->member[0] == '\0' && !is_own)
        return true;
    if (!only_walks(file, block, element))
        return true;
    return reads_in(file, block, element->member) > (is_own ? 1 : 0);
}

/* --- values that are named, not walked over --- */

/* root.name.member counts when member is the one (or ""), root.name alone always. */
static size_t uses_below(const struct hcl_file *file, const struct hcl_node *node, const char *root,
                         const char *name, const char *member)
{
    size_t n = 0;

    if (is_named(file, node, root, name))
        return 1;
    if (node->kind == HCL_GET_ATTR && is_named(file, node->child, root, name))
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

static const struct hcl_node *parent_of(const struct hcl_node *node, const struct hcl_node *top)
{
    const struct hcl_node *parent = NULL;

    while (top != NULL && top != node) {
        parent = top;
        top = item_around(top, node);
    }
    return top != NULL ? parent : NULL;
}

/* The elements of a set are the keys of its instances, and so may be what a for takes from a list:
 * another value would be another instance. */
static bool may_be_key(const struct hcl_node *own, const struct hcl_origin *step,
                       const struct hcl_origin *owner)
{
    const struct hcl_node *walked = hcl_attribute(step->file, own, "for_each");
    const struct hcl_node *parent = parent_of(owner->node, owner->file->body);

    if (walked == NULL || (walked->child->kind != HCL_OBJECT && !expr_is_traversal(walked->child)))
        return true;
    return parent == NULL || parent->kind != HCL_OBJECT;
}

int owner_is_unshared(struct fixer *fixer, const struct hcl_origin *step,
                      const struct hcl_origin *owner, const char *attribute)
{
    const struct hcl_node *own = item_around(step->file->body, step->node);
    struct element element = {.member = ""};
    char address[256];

    for (const struct hcl_node *node = step->node; node != NULL; node = node->child)
        if (takes_member(step->file, node, element.member, sizeof element.member))
            break;
    if (element.member[0] == '\0' && may_be_key(own, step, owner))
        return fixer_refuse(fixer,
                            "%s is what for_each makes the instances of: another value would "
                            "replace them, so change it by hand",
                            attribute);
    if (!container_of(owner, &element))
        return 0; /* written in the for_each itself, or in the module call */
    if (!str_eq(hcl_module_path(step->module), hcl_module_path(owner->module)))
        return fixer_refuse(
            fixer, "%s comes from an element of %s.%s in another module: change it there by hand",
            attribute, element.root, element.name);

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
