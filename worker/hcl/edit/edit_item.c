/*
 * Verbs for the elements of tuples and the pairs of objects. They are gathered per collection,
 * since commas and lines depend on all that happens to it. The story stands in edit.h.
 */
#include "worker/hcl/edit/edit_claim.h"

#include <stdio.h>

static int change_of(struct hcl_edits *edits, struct touched *t, const struct hcl_node *node,
                     struct collection_change **out, struct err *err)
{
    void **slot;
    int r = edit_change_slot(edits, node, &slot, err);

    if (r != 0)
        return r;
    if (*slot == NULL) {
        struct collection_change *c = arena_alloc(edits->arena, sizeof *c);
        if (c == NULL)
            return err_nomem(err);
        c->node = node;
        c->next = t->collections;
        t->collections = c;
        *slot = c;
    }
    *out = *slot;
    return 0;
}

static int note(struct hcl_edits *edits, struct collection_change *change,
                const struct item_change *item, struct err *err)
{
    struct item_change *kept = arena_alloc(edits->arena, sizeof *kept);

    if (kept == NULL)
        return err_nomem(err);
    *kept = *item;
    kept->next = NULL;
    *(change->first == NULL ? &change->first : &change->last->next) = kept;
    change->last = kept;
    return 0;
}

int edit_remove_item(struct hcl_edits *edits, struct touched *t, const struct hcl_node *collection,
                     const struct hcl_node *item, struct err *err)
{
    const struct hcl_node *first = item; /* an element, or the key of a pair */
    const struct hcl_node *last = item;
    struct collection_change *change = NULL;
    char verb[100];
    int r;

    if (collection->kind == HCL_OBJECT) {
        for (first = collection->child; first != item && first->next != item;)
            first = first->next->next;
        last = first->next;
    }
    size_t len = first->end - first->start;
    (void)snprintf(verb, sizeof verb, "remove %.*s", (int)(len < 60 ? len : 60),
                   t->file->bytes + first->start);
    const struct claim claim = {
        .node = first, .slot = CLAIM_GONE, .verb = verb, .start = first->start, .end = last->end};
    r = change_of(edits, t, collection, &change, err);
    if (r == 0)
        r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    return note(edits, change, &(struct item_change){.anchor = first, .how = ITEM_REMOVE}, err);
}

/* Every element of text at the place; those that are there already by the same edit are one. */
static int add_elements(struct hcl_edits *edits, struct touched *t, const struct hcl_node *tuple,
                        struct item_change where, const char *text, struct err *err)
{
    struct collection_change *change = NULL;
    struct additions elements = {NULL, NULL};
    struct claim claim = {.node = where.anchor != NULL ? where.anchor : tuple,
                          .slot = CLAIM_ELEMENT,
                          .verb = "add",
                          .start = tuple->start + 1,
                          .end = tuple->start + 1};
    int r = edit_snippet_elements(edits->arena, text, &elements, err);

    if (r == 0)
        r = change_of(edits, t, tuple, &change, err);
    if (r != 0)
        return r;
    claim.name = arena_print(edits->arena, "%d%s", where.how, text);
    claim.text = text;
    if (claim.name == NULL)
        return err_nomem(err);
    r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    for (const struct addition *a = elements.first; a != NULL && r == 0; a = a->next) {
        where.text = a->text;
        r = note(edits, change, &where, err);
    }
    return r;
}

int hcl_edit_append(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *tuple, const char *text, struct err *err)
{
    struct touched *t;
    int r = edit_touch(edits, file, tuple, &t, err);

    if (r != 0)
        return r;
    if (tuple->kind != HCL_TUPLE)
        return edit_refuse(file, tuple->start, "not a list written out: nothing can be added to it",
                           err);
    return add_elements(edits, t, tuple, (struct item_change){.how = ITEM_AFTER}, text, err);
}

int hcl_edit_insert(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *element, enum hcl_side side, const char *text,
                    struct err *err)
{
    const struct hcl_node *tuple = edit_parent(file, element);
    struct item_change where = {.anchor = element,
                                .how = side == HCL_BEFORE ? ITEM_BEFORE : ITEM_AFTER};
    struct touched *t;
    int r = edit_touch(edits, file, element, &t, err);

    if (r != 0)
        return r;
    if (tuple == NULL || tuple->kind != HCL_TUPLE)
        return edit_refuse(file, element->start, "not an element of a list: nothing goes beside it",
                           err);
    return add_elements(edits, t, tuple, where, text, err);
}

int hcl_edit_exchange(struct hcl_edits *edits, const struct hcl_file *file,
                      const struct hcl_node *element, const char *text, struct err *err)
{
    const struct hcl_node *tuple = edit_parent(file, element);
    struct item_change where = {.anchor = element, .how = ITEM_AFTER};
    struct collection_change *change = NULL;
    struct additions elements = {NULL, NULL};
    size_t known = edits->count;
    struct touched *t;
    int r = edit_touch(edits, file, element, &t, err);

    if (r == 0 && (tuple == NULL || tuple->kind != HCL_TUPLE))
        r = edit_refuse(file, element->start, "not an element of a list", err);
    if (r == 0)
        r = edit_snippet_elements(edits->arena, text, &elements, err);
    if (r == 0)
        r = change_of(edits, t, tuple, &change, err);
    if (r == 0)
        r = edit_value(edits, t, element, elements.first->text, "replace by", err);
    if (r != 0 || edits->count == known)
        return r;
    for (const struct addition *a = elements.first->next; a != NULL && r == 0; a = a->next) {
        where.text = a->text;
        r = note(edits, change, &where, err);
    }
    return r;
}

int hcl_list_extended(const struct hcl_file *file, const struct hcl_node *tuple, const char *text,
                      struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf source = BUF(HCL_FILE_MAX_BYTES);
    CLEANUP(hcl_file_freep) struct hcl_file *alone = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    size_t n;
    int r;

    buf_text(&source, "x = ");
    buf_bytes(&source, file->bytes + tuple->start, tuple->end - tuple->start);
    buf_char(&source, '\n');
    r = buf_check(&source, err);
    if (r == 0)
        r = hcl_parse(&alone, file->path, buf_str(&source), source.len, err);
    if (r == 0)
        r = hcl_edits_new(&edits, err);
    if (r == 0)
        r = hcl_edit_append(edits, alone, alone->body->child->child, text, err);
    if (r == 0)
        r = hcl_edits_apply(edits, &edited, &n, err);
    if (r != 0)
        return r;
    buf_bytes(out, edited[0].bytes + strlen("x = "), edited[0].len - strlen("x = \n"));
    return buf_check(out, err);
}

static bool key_is(const struct hcl_file *file, const struct hcl_node *node, const char *key)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);

    if (node->kind == HCL_VARIABLE)
        return (node->flags & HCL_FLAG_KEY_EXPR) == 0 && hcl_name_is(file, node, key);
    return node->kind == HCL_TEMPLATE && hcl_constant_text(file, node, &text) && !text.no_memory &&
           str_eq(buf_str(&text), key);
}

const struct hcl_node *hcl_object_key(const struct hcl_file *file, const struct hcl_node *object,
                                      const char *key)
{
    if (object->kind != HCL_OBJECT)
        return NULL;
    for (const struct hcl_node *node = object->child; node != NULL; node = node->next->next)
        if (key_is(file, node, key))
            return node;
    return NULL;
}

static int add_pair(struct hcl_edits *edits, struct touched *t, const struct hcl_node *object,
                    const char *key, const char *value, const char *verb, struct err *err)
{
    struct item_change pair = {.how = ITEM_AFTER, .text = value};
    struct collection_change *change = NULL;
    const struct claim claim = {.node = object,
                                .slot = CLAIM_MEMBER,
                                .name = key,
                                .text = value,
                                .verb = verb,
                                .start = object->start + 1,
                                .end = object->start + 1};
    int r = change_of(edits, t, object, &change, err);

    if (r == 0)
        r = edit_claim(edits, t, &claim, err);
    if (r != 0)
        return r == EDIT_AGAIN ? 0 : r;
    pair.key = arena_text(edits->arena, key);
    return pair.key != NULL ? note(edits, change, &pair, err) : err_nomem(err);
}

int hcl_edit_set_key(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *object, const char *key, const char *expression,
                     struct err *err)
{
    const struct hcl_node *present = hcl_object_key(file, object, key);
    const char *verb = arena_print(edits->arena, "set %.60s =", key);
    const char *value;
    struct touched *t;
    int r = edit_touch(edits, file, object, &t, err);

    if (r != 0)
        return r;
    if (object->kind != HCL_OBJECT)
        return edit_refuse(file, object->start, "not an object written out: no key can be set",
                           err);
    r = edit_snippet_value(edits->arena, "x", expression, &value, err);
    if (r == 0 && verb == NULL)
        r = err_nomem(err);
    if (r != 0)
        return r;
    return present != NULL ? edit_value(edits, t, present->next, value, verb, err)
                           : add_pair(edits, t, object, key, value, verb, err);
}
