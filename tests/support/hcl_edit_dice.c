/* Random verbs at random places; the story stands in hcl_edit_dice.h. */
#include "tests/support/hcl_edit_dice.h"

#include <stdio.h>

static uint32_t roll(const struct dice *dice, uint32_t sides)
{
    return dice->next(dice->context, sides);
}

static const char *const values[] = {
    "true",
    "-12",
    "null",
    "\"a ${b.c} %{ if d }e%{ endif }\"",
    "[\"a\", \"b\"]",
    "[]",
    "{\n  a = 1\n  bcd = x.y\n}",
    "{}",
    "jsonencode({\n  A = [1]\n})",
    "[for k, v in var.m : k if v != null]",
    "x ? y : z",
    "a.b + 1",
    "a || !b",
    "-a * b",
    "a == b",
    "!a.b",
    "a.b[*].c",
    "f(a)[0]",
    "(a + b)",
    "<<-EOT\n  a\n    b ${c}\n  EOT",
    "<<EOT\nplain\n  text\nEOT",
    "\"${var.legacy}\"",
};

#define PLAIN_VALUES (COUNT(values) - 3) /* no heredocs, nothing that terraform fmt rewrites */

static const char *const blocks[] = {
    "zz {}",
    "zz \"label\" {\n  a = 1\n}",
    "zz {\n  a = 1\n  bcd = [\n    2,\n  ]\n\n  inner {\n    x = <<E\ntext\nE\n  }\n}",
    "resource \"aws_zz\" \"zz\" {\n  # why\n  a = 1 # so\n}",
};

/* The n-th node of a kind, counted around; NULL when there is none. */
struct search {
    uint8_t kind;
    size_t wanted, seen;
    const struct hcl_node *found;
};

static void look(struct search *search, const struct hcl_node *node)
{
    if (node->kind == search->kind && search->seen++ == search->wanted)
        search->found = node;
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        look(search, child);
}

static const struct hcl_node *pick(const struct dice *dice, const struct hcl_file *file,
                                   uint8_t kind)
{
    struct search count = {.kind = kind, .wanted = SIZE_MAX};

    look(&count, file->body);
    if (count.seen == 0)
        return NULL;
    struct search search = {.kind = kind, .wanted = roll(dice, (uint32_t)count.seen)};
    look(&search, file->body);
    return search.found;
}

static size_t count_children(const struct hcl_node *node)
{
    size_t n = 0;

    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n++;
    return n;
}

static const struct hcl_node *child_at(const struct hcl_node *node, size_t index)
{
    const struct hcl_node *child = node->child;

    for (; index > 0; index--)
        child = child->next;
    return child;
}

static size_t index_of(const struct hcl_node *parent, const struct hcl_node *node)
{
    size_t i = 0;

    for (const struct hcl_node *child = parent->child; child != node; child = child->next)
        i++;
    return i;
}

static void say(char *out, size_t size, const char *text)
{
    bool fits = str_copy(out, size, text);

    assert(fits);
}

static int set(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
               struct err *err)
{
    static const char *const names[] = {"zz", "zz_a_rather_long_argument_name", "a-b"};
    const struct hcl_node *block = pick(dice, out->file, HCL_BLOCK);
    const struct hcl_node *body = block != NULL ? hcl_block_body(block) : out->file->body;
    const char *name = names[roll(dice, COUNT(names))];
    const struct hcl_node *present = hcl_attribute(out->file, body, name);

    out->verb = "set (new)";
    out->kind = THROWN_ADDED;
    out->target = body;
    out->n = 1;
    say(out->value, sizeof out->value, values[roll(dice, COUNT(values))]);
    say(out->name, sizeof out->name, name);
    if (present != NULL) {
        out->kind = THROWN_SET;
        out->target = present->child;
    }
    return hcl_edit_set(edits, out->file, body, name, out->value, err);
}

static int set_present(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                       struct err *err)
{
    const struct hcl_node *argument = pick(dice, out->file, HCL_ATTRIBUTE);

    out->verb = "replace";
    if (argument == NULL)
        return 0;
    out->kind = THROWN_SET;
    out->target = argument->child;
    say(out->value, sizeof out->value, values[roll(dice, COUNT(values))]);
    return hcl_edit_replace(edits, out->file, argument->child, out->value, err);
}

/* Is it part of what a splat asks of each element, or the number in "a.0"? */
static bool is_bound(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *root = node;

    while (root->kind == HCL_GET_ATTR || root->kind == HCL_INDEX || root->kind == HCL_SPLAT)
        root = root->child;
    return root->kind == HCL_EACH_ITEM || (node->start > 0 && file->bytes[node->start - 1] == '.');
}

/* Anything within an expression: what stands around it still means the same. */
static int replace_inside(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                          struct err *err)
{
    static const uint8_t kinds[] = {
        HCL_NUMBER, HCL_BOOL,   HCL_TEMPLATE, HCL_VARIABLE,    HCL_GET_ATTR,   HCL_INDEX,
        HCL_SPLAT,  HCL_CALL,   HCL_TUPLE,    HCL_OBJECT,      HCL_FOR_TUPLE,  HCL_FOR_OBJECT,
        HCL_UNARY,  HCL_BINARY, HCL_NULL,     HCL_CONDITIONAL, HCL_PARENTHESES};
    const struct hcl_node *node = pick(dice, out->file, kinds[roll(dice, COUNT(kinds))]);

    out->verb = "replace inside";
    if (node == NULL || is_bound(out->file, node))
        return 0;
    out->kind = THROWN_SET;
    out->target = node;
    say(out->value, sizeof out->value, values[roll(dice, PLAIN_VALUES)]);
    return hcl_edit_replace(edits, out->file, node, out->value, err);
}

static int remove_any(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                      struct err *err)
{
    static const uint8_t kinds[] = {HCL_ATTRIBUTE, HCL_BLOCK, HCL_TUPLE, HCL_OBJECT};
    uint8_t kind = kinds[roll(dice, COUNT(kinds))];
    const struct hcl_node *node = pick(dice, out->file, kind);

    out->verb = kind == HCL_TUPLE    ? "remove element"
                : kind == HCL_OBJECT ? "remove key"
                : kind == HCL_BLOCK  ? "remove block"
                                     : "remove argument";
    if (node != NULL && (kind == HCL_TUPLE || kind == HCL_OBJECT)) {
        size_t n = count_children(node) / (kind == HCL_OBJECT ? 2 : 1);
        node =
            n == 0 ? NULL : child_at(node, roll(dice, (uint32_t)n) * (kind == HCL_OBJECT ? 2 : 1));
    }
    if (node == NULL)
        return 0;
    out->kind = THROWN_REMOVED;
    out->target = node;
    out->n = kind == HCL_OBJECT ? 2 : 1;
    return hcl_edit_remove(edits, out->file, node, err);
}

static int add_block(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                     struct err *err)
{
    const struct hcl_node *block = pick(dice, out->file, HCL_BLOCK);
    const struct hcl_node *body = block != NULL ? hcl_block_body(block) : out->file->body;

    out->verb = "add_block";
    out->kind = THROWN_ADDED;
    out->target = body;
    out->index = count_children(body);
    out->n = 1;
    say(out->value, sizeof out->value, blocks[roll(dice, COUNT(blocks))]);
    return hcl_edit_add_block(edits, out->file, body, out->value, err);
}

static const struct hcl_node *parent_of(const struct hcl_node *from, const struct hcl_node *node)
{
    for (const struct hcl_node *child = from->child; child != NULL; child = child->next) {
        if (child == node)
            return from;
        if (child->start <= node->start && node->end <= child->end)
            return parent_of(child, node);
    }
    return NULL;
}

static int add_beside(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                      struct err *err)
{
    const struct hcl_node *block = pick(dice, out->file, HCL_BLOCK);
    enum hcl_side side = roll(dice, 2) == 0 ? HCL_BEFORE : HCL_AFTER;

    out->verb = block == NULL ? "add_top" : side == HCL_BEFORE ? "add before" : "add after";
    out->kind = THROWN_ADDED;
    out->n = 1;
    out->target = block != NULL ? parent_of(out->file->body, block) : out->file->body;
    out->index = block != NULL ? index_of(out->target, block) + (side == HCL_AFTER)
                               : count_children(out->target);
    say(out->value, sizeof out->value, blocks[roll(dice, COUNT(blocks))]);
    if (block == NULL)
        return hcl_edit_add_top(edits, out->file, NULL, out->value, err);
    return hcl_edit_add_beside(edits, out->file, block, side, out->value, err);
}

static int replace_block(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                         struct err *err)
{
    const struct hcl_node *block = pick(dice, out->file, HCL_BLOCK);

    out->verb = "replace block";
    if (block == NULL)
        return 0;
    out->kind = THROWN_SET;
    out->target = block;
    say(out->value, sizeof out->value, blocks[roll(dice, COUNT(blocks))]);
    return hcl_edit_replace(edits, out->file, block, out->value, err);
}

static int add_element(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                       struct err *err)
{
    const struct hcl_node *tuple = pick(dice, out->file, HCL_TUPLE);
    size_t n = tuple != NULL ? count_children(tuple) : 0;

    out->verb = "append";
    if (tuple == NULL)
        return 0;
    out->kind = THROWN_ADDED;
    out->target = tuple;
    out->index = n;
    out->n = 1;
    say(out->value, sizeof out->value, values[roll(dice, PLAIN_VALUES)]);
    if (n == 0 || roll(dice, 2) == 0)
        return hcl_edit_append(edits, out->file, tuple, out->value, err);
    size_t at = roll(dice, (uint32_t)n);
    enum hcl_side side = roll(dice, 2) == 0 ? HCL_BEFORE : HCL_AFTER;
    out->verb = side == HCL_BEFORE ? "insert before" : "insert after";
    out->index = at + (side == HCL_AFTER);
    return hcl_edit_insert(edits, out->file, child_at(tuple, at), side, out->value, err);
}

static int set_key(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                   struct err *err)
{
    static const char *const keys[] = {"zz", "Name", "zz_a_rather_long_key", "a key / b"};
    const struct hcl_node *object = pick(dice, out->file, HCL_OBJECT);
    const char *key = keys[roll(dice, COUNT(keys))];

    out->verb = "set_key";
    if (object == NULL)
        return 0;
    const struct hcl_node *present = hcl_object_key(out->file, object, key);
    out->kind = present != NULL ? THROWN_SET : THROWN_ADDED;
    out->target = present != NULL ? present->next : object;
    out->index = count_children(object) + 1; /* the value */
    out->n = 2;
    say(out->name, sizeof out->name, key);
    say(out->value, sizeof out->value, values[roll(dice, PLAIN_VALUES)]);
    return hcl_edit_set_key(edits, out->file, object, key, out->value, err);
}

static int set_label(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                     struct err *err)
{
    const struct hcl_node *node = pick(dice, out->file, HCL_LABEL);

    out->verb = "set_label";
    if (node == NULL)
        return 0;
    out->kind = THROWN_LABEL;
    out->target = node;
    say(out->value, sizeof out->value, "zz_label");
    const struct hcl_node *block = parent_of(out->file->body, node);
    return hcl_edit_set_label(edits, out->file, block, index_of(block, node), out->value, err);
}

static int rename_references(const struct dice *dice, struct hcl_edits *edits, struct thrown *out,
                             struct err *err)
{
    const struct hcl_node *node = pick(dice, out->file, HCL_GET_ATTR);
    char from[200];
    size_t n = 0;

    out->verb = "rename";
    if (node == NULL || node->child->kind != HCL_VARIABLE ||
        node->name_end - node->name_start > 60 ||
        node->child->name_end - node->child->name_start > 60)
        return 0;
    out->kind = THROWN_RENAMED;
    (void)snprintf(from, sizeof from, "%.*s.%.*s",
                   (int)(node->child->name_end - node->child->name_start),
                   out->file->bytes + node->child->name_start,
                   (int)(node->name_end - node->name_start), out->file->bytes + node->name_start);
    (void)snprintf(out->value, sizeof out->value, "%s", from);
    return hcl_edit_rename(edits, out->file, from, "zz_root.zz_name", &n, err);
}

int edit_dice_throw(const struct dice *dice, const struct hcl_file *file, struct hcl_edits *edits,
                    struct thrown *out, struct err *err)
{
    static int (*const verbs[])(const struct dice *, struct hcl_edits *, struct thrown *,
                                struct err *) = {
        set,           set_present, remove_any,        remove_any,     add_block,
        add_beside,    add_element, add_element,       set_key,        set_key,
        replace_block, set_label,   rename_references, replace_inside, replace_inside,
    };

    *out = (struct thrown){.file = file, .kind = THROWN_NOTHING};
    int r = verbs[roll(dice, COUNT(verbs))](dice, edits, out, err);
    if (r == ERR_REJECT)
        out->kind = THROWN_REFUSED;
    return r == ERR_REJECT ? 0 : r;
}
