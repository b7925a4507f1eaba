/*
 * Owner list: a list is changed by its elements, where it is written: what is wanted goes to its
 * end, what is not goes, and all others stay what they are.
 */
#include "worker/rules/owner.h"

static bool is_dropped(const struct statement *statement)
{
    return statement->test.kind == TEST_CONTAINS_NONE;
}

static bool is_in_list(const struct literal *wanted, const struct hcl_value *value)
{
    for (size_t i = 0; value != NULL && value->kind == HCL_V_LIST && i < value->n; i++) {
        if (literal_equals(wanted, value->items[i]))
            return true;
    }
    return false;
}

/* "a, b": what is wanted and not there yet. */
static int list_more(struct fixer *fixer, const struct list_owner *list, struct buf *out,
                     struct err *err)
{
    const struct literals *wanted = &list->statement->set;

    for (size_t i = 0; i < wanted->n; i++) {
        const struct literals one = {.items = &wanted->items[i], .n = 1};

        if (is_in_list(&wanted->items[i], list->value))
            continue;
        buf_text(out, out->len > 0 ? ", " : "");
        render_literals(&fixer->render, &one, out);
    }
    return buf_check(out, err);
}

/* --- dropping --- */

/* Elements are asked one by one: a set's values stand in another order than its text. */
static const struct hcl_value *value_of(const struct list_owner *list,
                                        const struct hcl_node *element)
{
    const struct place *place = list->place;
    bool is_here =
        str_eq(hcl_module_path(list->owner->module), hcl_module_path(place->resource->module));

    return hcl_eval(list->owner->module, list->owner->file, element, is_here ? place->only : NULL);
}

static bool is_unwanted(const struct list_owner *list, const struct hcl_node *element)
{
    const struct hcl_value *value = value_of(list, element);

    for (size_t i = 0; i < list->statement->test.values.n; i++) {
        if (literal_equals(&list->statement->test.values.items[i], value))
            return true;
    }
    return false;
}

static size_t count_unwanted(const struct list_owner *list, size_t *n)
{
    size_t unwanted = 0;

    *n = 0;
    for (const struct hcl_node *one = list->owner->node->child; one != NULL; one = one->next) {
        (*n)++;
        unwanted += is_unwanted(list, one);
    }
    return unwanted;
}

static int list_rest(const struct list_owner *list, struct buf *out, struct err *err)
{
    const char *between = "";

    buf_char(out, '[');
    for (const struct hcl_node *one = list->owner->node->child; one != NULL; one = one->next) {
        if (is_unwanted(list, one))
            continue;
        buf_text(out, between);
        buf_bytes(out, list->owner->file->bytes + one->start, one->end - one->start);
        between = ", ";
    }
    buf_char(out, ']');
    return buf_check(out, err);
}

static int list_drop(struct fixer *fixer, const struct list_owner *list, struct err *err)
{
    CLEANUP(buf_done) struct buf gone = BUF(64 * 1024);
    const struct hcl_file *file = list->owner->file;
    char address[256] = "";
    int r = 0;

    for (const struct hcl_node *one = list->owner->node->child; one != NULL && r == 0;
         one = one->next) {
        if (!is_unwanted(list, one) || fixer_has_replaced(fixer, one))
            continue;
        r = fixer_exchange(fixer, file, one, NULL, err);
        buf_text(&gone, gone.len > 0 ? ", " : "");
        buf_bytes(&gone, file->bytes + one->start, one->end - one->start);
    }
    if (r == 0)
        r = buf_check(&gone, err);
    if (r != 0 || gone.len == 0)
        return r;
    (void)address_of_node(file, list->owner->node, address, sizeof address);
    fixer_did(fixer, file, list->owner->node, "dropped %s from %s in %s", buf_str(&gone),
              list->statement->name, address);
    return 0;
}

/* --- both --- */

bool list_is_kept(const struct list_owner *list)
{
    const struct hcl_node *node = list->owner->node;
    size_t n = 0;
    size_t unwanted;

    if (node->kind != HCL_TUPLE)
        return false;
    if (list->statement->test.kind == TEST_CONTAINS)
        return node->child != NULL;
    if (!is_dropped(list->statement))
        return false;
    unwanted = count_unwanted(list, &n);
    return unwanted > 0 && (unwanted < n || list->statement->set.n == 0);
}

int list_refuse_unknown(struct fixer *fixer, const struct list_owner *list)
{
    const struct hcl_node *one = is_dropped(list->statement) ? list->owner->node->child : NULL;

    for (; one != NULL; one = one->next) {
        const struct hcl_value *value = value_of(list, one);

        if (value->kind == HCL_V_UNKNOWN || value->kind == HCL_V_REFERENCE)
            return fixer_refuse(fixer,
                                "%s would still not be known to be good: what %.*s is cannot be "
                                "known",
                                list->statement->name, (int)(one->end - one->start),
                                list->owner->file->bytes + one->start);
    }
    return 0;
}

int list_text(struct fixer *fixer, const struct list_owner *list, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf more = BUF(64 * 1024);
    int r;

    if (is_dropped(list->statement))
        return list_rest(list, out, err);
    r = list_more(fixer, list, &more, err);
    return r < 0
               ? r
               : hcl_list_extended(list->owner->file, list->owner->node, buf_str(&more), out, err);
}

int list_write(struct fixer *fixer, const struct list_owner *list, struct err *err)
{
    CLEANUP(buf_done) struct buf more = BUF(64 * 1024);
    const struct hcl_origin *owner = list->owner;
    char address[256] = "";
    int r;

    if (is_dropped(list->statement))
        return list_drop(fixer, list, err);
    if (fixer_has_replaced(fixer, owner->node))
        return 0;
    r = list_more(fixer, list, &more, err);
    if (r == 0)
        r = fixer_append(fixer, owner->file, owner->node, buf_str(&more), err);
    if (r != 0)
        return r;
    (void)address_of_node(owner->file, owner->node, address, sizeof address);
    fixer_did(fixer, owner->file, owner->node, "extended %s in %s", list->statement->name, address);
    return 0;
}
