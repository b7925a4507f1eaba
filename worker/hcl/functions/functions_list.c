/* Functions over lists. Elements are passed on as they are, with the place they were written at, so
 * a change can be made there. */
#include "common/text/graphemes.h"
#include "worker/hcl/functions/functions.h"

#define RANGE_MAX 1024 /* Terraform's own */

static const struct hcl_value *no_list(const struct arguments *a)
{
    return refuse(a, "a list is needed");
}

static enum value_type_kind kind_at(const struct arguments *a, size_t i)
{
    return type_of(a->items[i])->kind;
}

static bool is_list(const struct arguments *a, size_t i)
{
    return kind_at(a, i) == TYPE_LIST || kind_at(a, i) == TYPE_TUPLE;
}

/* The elements as a value of the same kind as v, a list or a tuple. */
static const struct hcl_value *gather_like(struct gather *gather, const struct hcl_value *v)
{
    return v->type->kind == TYPE_TUPLE ? gather_tuple(gather)
                                       : gather_list(gather, v->type->items[0]);
}

static const struct hcl_value *length(const struct arguments *a)
{
    const struct hcl_value *v = a->items[0];

    if (v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT)
        return value_int(a->repo, (int64_t)v->n);
    if (v->kind != HCL_V_TEXT)
        return refuse(a, "a text or a collection is needed");
    return value_int(a->repo, (int64_t)grapheme_count(v->text));
}

static const struct hcl_value *element(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];
    int64_t i;

    if (!is_list(a, 0) || list->n == 0 || !int_at(a, 1, &i) || i < 0)
        return refuse(a, "a list with elements and a number from 0 are needed");
    return list->items[(size_t)i % list->n];
}

static const struct hcl_value *contains(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];
    const struct hcl_value *open = NULL;

    if (list->kind != HCL_V_LIST)
        return no_list(a);
    for (size_t i = 0; i < list->n; i++) {
        int r = value_equal(a->repo, list->items[i], a->items[1], 0);
        if (r == 1)
            return &VALUE_TRUE;
        if (r < 0 && open == NULL)
            open = value_open_part(a->repo, list->items[i], 0);
        if (r < 0 && open == NULL)
            open = value_open_part(a->repo, a->items[1], 0);
    }
    return open != NULL ? value_blocked(a->repo, open) : &VALUE_FALSE;
}

static const struct hcl_value *index_of(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];

    if (!is_list(a, 0) || list->n == 0)
        return no_list(a);
    for (size_t i = 0; i < list->n; i++) {
        int r = value_equal(a->repo, list->items[i], a->items[1], 0);
        if (r < 0)
            return value_unknown(a->repo, "index meets a value that is not known");
        if (r == 1)
            return value_int(a->repo, (int64_t)i);
    }
    return refuse(a, "the list does not hold it");
}

/* Of lists alone one list, else a tuple. */
static const struct hcl_value *concat(const struct arguments *a)
{
    CLEANUP(mem_freep) const struct value_type **types = calloc(a->n, sizeof *types);
    struct gather gather = {.repo = a->repo, .failed = types == NULL};
    bool all_lists = true;

    for (size_t i = 0; i < a->n && !gather.failed; i++) {
        if (!is_list(a, i))
            return no_list(a);
        all_lists = all_lists && kind_at(a, i) == TYPE_LIST;
        types[i] = type_of(a->items[i]);
    }
    const struct value_type *common =
        all_lists && !gather.failed ? type_unify(a->repo, types, a->n) : NULL;
    for (size_t i = 0; i < a->n && !gather.failed; i++) {
        const struct hcl_value *list =
            common != NULL ? convert(a->repo, a->items[i], common) : a->items[i];
        if (value_is_open(list))
            return list;
        for (size_t j = 0; j < list->n; j++)
            gather_add(&gather, NULL, list->items[j]);
    }
    return common != NULL && common->kind == TYPE_LIST ? gather_list(&gather, common->items[0])
                                                       : gather_tuple(&gather);
}

/* False when an open element hides how many there are. */
static bool flatten_into(struct gather *gather, const struct hcl_value *list, int depth,
                         const struct hcl_value **open)
{
    for (size_t i = 0; i < list->n && !gather->failed; i++) {
        const struct hcl_value *v = list->items[i];
        enum value_type_kind kind = type_of(v)->kind;
        bool too_much = depth > VALUE_DEPTH_MAX || gather->repo->budget == 0;
        if (too_much || (v->kind == HCL_V_UNKNOWN && !type_is_primitive(type_of(v)))) {
            *open = too_much ? &VALUE_EXHAUSTED : v;
            return false;
        }
        gather->repo->budget--;
        if (v->kind != HCL_V_LIST || kind < TYPE_LIST)
            gather_add(gather, NULL, v);
        else if (!flatten_into(gather, v, depth + 1, open))
            return false;
    }
    return true;
}

static const struct hcl_value *flatten(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *open = NULL;

    if (a->items[0]->kind != HCL_V_LIST)
        return no_list(a);
    if (!flatten_into(&gather, a->items[0], 0, &open))
        return value_blocked(a->repo, open);
    return gather_tuple(&gather);
}

/* A text or a number differs from all that stands sorted before it, or a few are compared. */
static const struct hcl_value *distinct(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    for (size_t i = 0; i < list->n; i++) {
        int r = 0;
        for (size_t j = 0; j < gather.n && r == 0; j++)
            r = value_equal(a->repo, gather.items[j], list->items[i], 0);
        if (r < 0)
            return value_unknown(a->repo, "distinct meets a value that is not known");
        if (r == 0)
            gather_add(&gather, NULL, list->items[i]);
    }
    return gather_list(&gather, list->type->items[0]);
}

static const struct hcl_value *compact(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    for (size_t i = 0; i < list->n; i++) {
        const struct hcl_value *v = list->items[i];
        if (v->kind == HCL_V_UNKNOWN)
            return value_blocked(a->repo, v);
        if (v->kind != HCL_V_NULL && !(v->kind == HCL_V_TEXT && v->text[0] == '\0'))
            gather_add(&gather, NULL, v);
    }
    return gather_list(&gather, &TYPE_OF_TEXT);
}

static const struct hcl_value *reverse(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST)
        return no_list(a);
    for (size_t i = list->n; i > 0; i--)
        gather_add(&gather, NULL, list->items[i - 1]);
    return gather_like(&gather, list);
}

static const struct hcl_value *slice(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];
    int64_t from;
    int64_t to;

    if (!is_list(a, 0))
        return no_list(a);
    if (!int_at(a, 1, &from) || !int_at(a, 2, &to) || from < 0 || to < from ||
        to > (int64_t)list->n)
        return refuse(a, "there are no such elements");
    for (int64_t i = from; i < to; i++)
        gather_add(&gather, NULL, list->items[i]);
    return gather_like(&gather, list);
}

static int by_text(const void *x, const void *y)
{
    return strcmp((*(const struct hcl_value *const *)x)->text,
                  (*(const struct hcl_value *const *)y)->text);
}

static const struct hcl_value *sort(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    for (size_t i = 0; i < list->n; i++) {
        if (value_is_open(list->items[i]))
            return value_blocked(a->repo, list->items[i]);
        if (list->items[i]->kind != HCL_V_TEXT)
            return refuse(a, "the list contains null");
        gather_add(&gather, NULL, list->items[i]);
    }
    if (gather.n > 1)
        qsort(gather.items, gather.n, sizeof *gather.items, by_text);
    return gather_list(&gather, &TYPE_OF_TEXT);
}

static const struct hcl_value *chunklist(const struct arguments *a)
{
    struct gather chunks = {.repo = a->repo};
    struct gather chunk = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];
    int64_t size;

    if (!int_at(a, 1, &size) || size < 0)
        return refuse(a, "a whole number from 0 is needed");
    for (size_t i = 0; i < list->n; i++) {
        gather_add(&chunk, NULL, list->items[i]);
        if (i + 1 < list->n && (size == 0 || (int64_t)chunk.n < size))
            continue;
        gather_add(&chunks, NULL, gather_list(&chunk, list->type->items[0]));
        chunk = (struct gather){.repo = a->repo};
    }
    return gather_list(&chunks, list->type);
}

static const struct hcl_value *one(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST || list->n > 1)
        return refuse(a, "a list of one element or none is needed");
    return list->n == 1 ? list->items[0] : &VALUE_NULL;
}

static const struct hcl_value *matchkeys(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *values = a->items[0];
    const struct hcl_value *keys = a->items[1];
    const struct hcl_value *wanted = a->items[2];

    if (values->n != keys->n)
        return refuse(a, "as many keys as values are needed");
    const struct value_type *types[] = {keys->type, wanted->type};
    const struct value_type *common = type_unify(a->repo, types, COUNT(types));
    if (common == NULL)
        return a->repo->budget == 0 ? &VALUE_EXHAUSTED : refuse(a, "the keys are of another type");
    keys = convert(a->repo, keys, common);
    wanted = convert(a->repo, wanted, common);
    if (value_is_open(keys) || value_is_open(wanted))
        return value_blocked(a->repo, value_is_open(keys) ? keys : wanted);
    for (size_t i = 0; i < keys->n; i++) {
        int r = 0;
        for (size_t j = 0; j < wanted->n && r == 0; j++)
            r = value_equal(a->repo, keys->items[i], wanted->items[j], 0);
        if (r < 0)
            return value_unknown(a->repo, "matchkeys meets a value that is not known");
        if (r == 1)
            gather_add(&gather, NULL, values->items[i]);
    }
    return gather_list(&gather, values->type->items[0]);
}

static const struct hcl_value *range(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    struct bignum at;
    struct bignum step;

    bignum_from_int(&at, 0);
    if (a->n > 1)
        at = *a->items[0]->exact;
    const struct bignum *end = a->items[a->n > 1 ? 1 : 0]->exact;
    bool down = bignum_compare(end, &at) < 0;
    bignum_from_int(&step, down ? -1 : 1);
    if (a->n == 3)
        step = *a->items[2]->exact;
    if (bignum_compare(&at, end) == 0)
        return gather_list(&gather, &TYPE_OF_NUMBER);
    if (a->n == 3 && (bignum_sign(&step) < 0) != down)
        return refuse(a, "the step leads away");
    if (bignum_sign(&step) == 0)
        return refuse(a, "the step is 0");
    while (down ? bignum_compare(&at, end) > 0 : bignum_compare(&at, end) < 0) {
        if (gather.n == RANGE_MAX)
            return refuse(a, "more than 1024 numbers");
        gather_add(&gather, NULL, value_exact(a->repo, &at));
        if (!bignum_calculate(&at, '+', &at, &step))
            return &VALUE_EXHAUSTED;
    }
    return gather_list(&gather, &TYPE_OF_NUMBER);
}

static const struct hcl_value *sum(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];
    struct bignum total = {0};

    if (list->kind != HCL_V_LIST || list->n == 0)
        return no_list(a);
    for (size_t i = 0; i < list->n; i++) {
        const struct hcl_value *v = value_to_number(a->repo, list->items[i]);
        if (value_is_open(v))
            return value_blocked(a->repo, v);
        if (v->kind != HCL_V_NUMBER)
            return refuse(a, "a list of numbers is needed");
        if (i == 0)
            total = *v->exact;
        else if (!bignum_calculate(&total, '+', &total, v->exact))
            return value_unknown(a->repo, "a number is out of range");
    }
    return value_exact(a->repo, &total);
}

/* The first that is decides; null does not count as true. */
static const struct hcl_value *logic(const struct arguments *a, bool decides)
{
    const struct hcl_value *list = a->items[0];
    const struct hcl_value *open = NULL;

    for (size_t i = 0; i < list->n; i++) {
        const struct hcl_value *v = list->items[i];
        bool is_true = v->kind == HCL_V_BOOL && v->boolean;
        if (!value_is_open(v) && is_true == decides)
            return value_bool(decides);
        open = value_is_open(v) ? v : open;
    }
    return open != NULL ? value_blocked(a->repo, open) : value_bool(!decides);
}

static const struct hcl_value *alltrue(const struct arguments *a)
{
    return logic(a, false);
}

static const struct hcl_value *anytrue(const struct arguments *a)
{
    return logic(a, true);
}

const struct function LIST_FUNCTIONS[] = {
    {"alltrue", "b", 1, 1, GIVES_BOOL, alltrue},
    {"anytrue", "b", 1, 1, GIVES_BOOL, anytrue},
    {"chunklist", "ln", 2, 2, PASSES_ON, chunklist},
    {"compact", "t", 1, 1, 0, compact},
    {"concat", "a*", 1, ANY_COUNT, PASSES_ON, concat},
    {"contains", "aa", 2, 2, GIVES_BOOL, contains},
    {"distinct", "l", 1, 1, 0, distinct},
    {"element", "an", 2, 2, PASSES_ON, element},
    {"flatten", "a", 1, 1, PASSES_ON, flatten},
    {"index", "aa", 2, 2, GIVES_NUMBER, index_of},
    {"length", "a", 1, 1, GIVES_NUMBER | PASSES_ON, length},
    {"matchkeys", "lll", 3, 3, 0, matchkeys},
    {"one", "a", 1, 1, PASSES_ON, one},
    {"range", "n*", 1, 3, 0, range},
    {"reverse", "a", 1, 1, PASSES_ON, reverse},
    {"slice", "ann", 3, 3, PASSES_ON, slice},
    {"sort", "t", 1, 1, 0, sort},
    {"sum", "a", 1, 1, GIVES_NUMBER, sum},
};
const size_t LIST_FUNCTION_COUNT = COUNT(LIST_FUNCTIONS);
