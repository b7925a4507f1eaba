/*
 * Owner member: a key is set in the object that the map is, or in the last one that merge() takes,
 * which wins over all others. A key that is there already and gets its value from elsewhere is
 * changed there, like every other value.
 */
#include "worker/rules/owner.h"

/* The object written out that the expression is, or that decides its keys; NULL: there is none. */
static const struct hcl_node *object_in(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *last;

    while (node->kind == HCL_PARENTHESES)
        node = node->child;
    if (node->kind != HCL_CALL || !hcl_name_is(file, node, "merge") || node->child == NULL ||
        (node->flags & HCL_FLAG_EXPAND) != 0)
        return node->kind == HCL_OBJECT ? node : NULL;
    for (last = node->child; last->next != NULL; last = last->next)
        ;
    return last->kind == HCL_OBJECT ? last : NULL;
}

static int set_key(struct fixer *fixer, const struct hcl_origin *owner,
                   const struct hcl_node *object, const struct statement *statement,
                   struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    char address[256] = "";
    int r;

    render_literals(&fixer->render, &statement->set, &text);
    r = buf_check(&text, err);
    if (r == 0)
        r = fixer_set_key(fixer, owner->file, object, statement->key, buf_str(&text), err);
    if (r != 0)
        return r;
    (void)address_of_node(owner->file, object, address, sizeof address);
    fixer_did(fixer, owner->file, object, "set %s = %s in %s", statement->name, buf_str(&text),
              address);
    return 0;
}

/* A map that is null becomes one with the key. */
static int set_null(struct fixer *fixer, const struct place *place, const struct hcl_origin *owner,
                    const struct statement *statement, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    char address[256] = "";
    int r = member_map_text(fixer, place, statement, &text, err);

    if (r == 0)
        r = fixer_replace(fixer, owner->file, owner->node, buf_str(&text), err);
    if (r != 0)
        return r;
    (void)address_of_node(owner->file, owner->node, address, sizeof address);
    fixer_did(fixer, owner->file, owner->node, "set %s in %s", statement->name, address);
    return 0;
}

static int remove_key(struct fixer *fixer, const struct hcl_origin *owner,
                      const struct hcl_node *object, const struct statement *statement,
                      struct err *err)
{
    char address[256] = "";
    int r;

    if (hcl_object_key(owner->file, object, statement->key) == NULL)
        return owner_refuse_computed(fixer, owner, statement->name);
    r = fixer_set_key(fixer, owner->file, object, statement->key, NULL, err);
    if (r != 0)
        return r;
    (void)address_of_node(owner->file, object, address, sizeof address);
    fixer_did(fixer, owner->file, object, "removed %s from %s", statement->name, address);
    return 0;
}

static int object_write(struct fixer *fixer, const struct place *place,
                        const struct hcl_origin *owner, const struct hcl_node *object,
                        const struct hcl_value *value, const struct statement *statement,
                        struct err *err)
{
    const struct hcl_node *key = hcl_object_key(owner->file, object, statement->key);
    const struct hcl_origin here = {owner->module, owner->file, key != NULL ? key->next : NULL,
                                    owner->what};

    if (statement->test.kind == TEST_ABSENT)
        return remove_key(fixer, owner, object, statement, err);
    if (key != NULL && value != NULL && value->kind != HCL_V_NULL)
        return owner_write_at(fixer, place, &here, value, statement, err);
    return set_key(fixer, owner, object, statement, err);
}

int owner_write_member(struct fixer *fixer, const struct place *place,
                       const struct hcl_node *attribute, const struct hcl_value *value,
                       const struct statement *statement, struct err *err)
{
    struct hcl_place written = hcl_written(place->resource->file, attribute->child);
    struct hcl_origin here = {place->resource->module, written.file, written.node, "attribute"};
    const struct hcl_value *whole =
        hcl_eval_attribute(place->resource, place->body, statement->map, place->only);
    struct chain chain = {.items = {here}, .n = 1};
    const struct hcl_origin *owner;
    const struct hcl_node *object;
    bool is_others_too = false;
    int r;

    if (object_in(here.file, here.node) == NULL && !chain_make(&here, whole, &chain))
        return owner_refuse_computed(fixer, &here, statement->name);
    owner = &chain.items[chain.n - 1];
    object = object_in(owner->file, owner->node);
    if (object == NULL && (owner->node->kind != HCL_NULL || statement->test.kind == TEST_ABSENT))
        return owner_refuse_computed(fixer, owner, statement->name);
    r = chain_is_free(fixer, &chain, statement->name);
    if (r == 0)
        r = owner_is_others_too(fixer, owner, &is_others_too, err);
    if (r == 0 && is_others_too && chain.n > 1)
        r = fixer_refuse(fixer,
                         "%s is part of a default in %.300s, which other calls of the module use "
                         "too: give the call of %.200s a value of its own by hand",
                         statement->name, owner->file->path, hcl_module_path(owner->module));
    if (r != 0)
        return r;
    return object != NULL ? object_write(fixer, place, owner, object, value, statement, err)
                          : set_null(fixer, place, owner, statement, err);
}
