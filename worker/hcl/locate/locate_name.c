/* Locating by what an ARN or a name says of a resource's arguments. */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/locate/locate_inside.h"

static bool is_wanted(enum fit fit, enum hcl_certainty certainty)
{
    return certainty == HCL_SURE ? fit == FIT_YES : fit == FIT_PART || fit == FIT_OPEN;
}

/* --- by ARN --- */

struct arn_search {
    const char *type;
    struct arn_pieces pieces;
    struct arn_fit fits[ARN_FITS_MAX];
    size_t n;
};

/* The best that the forms of this type say of an instance. */
static enum fit best_form(const struct arn_search *search, struct located *located, size_t i,
                          const char **how)
{
    enum fit best = FIT_NO;

    for (size_t k = 0; k < search->n; k++) {
        const char *why = NULL;
        if (search->fits[k].row != located->row)
            continue;
        enum fit fit = locate_fits_parts(located, i, &search->fits[k], how != NULL ? &why : NULL);
        if (fit <= best)
            continue;
        best = fit;
        if (how != NULL)
            *how = why;
    }
    return best;
}

static void search_type(struct finds *finds, const struct arn_search *search,
                        const struct hcl_type_row *row)
{
    struct located *items;
    size_t n = locate_index(finds->root, row->type, &items);

    for (size_t k = 0; k < n; k++) {
        size_t n_instances = locate_instances(&items[k]);
        for (size_t i = 0; i < n_instances; i++) {
            const char *how = NULL;
            if (!is_wanted(best_form(search, &items[k], i, NULL), finds->certainty) ||
                locate_is_elsewhere(items[k].resource, &search->pieces))
                continue;
            if (locate_keeps(finds, items[k].resource))
                (void)best_form(search, &items[k], i, &how);
            locate_found(finds, items[k].resource, &items[k].instances[i], how);
        }
    }
}

static bool reads_all(const struct arn_search *search, const struct hcl_type_row *row)
{
    for (size_t k = 0; k < search->n; k++)
        if (search->fits[k].row == row && search->fits[k].is_whole)
            return true;
    return false;
}

/* The finding is about what the row's resources only configure. */
static bool is_about_parent(const struct arn_search *search, const struct hcl_type_row *row)
{
    return search->type != NULL && row->kin[0] == '<' && hcl_type_fits(search->type, row->kin + 1);
}

static void search_types(struct finds *finds, const struct arn_search *search, bool wholly)
{
    for (size_t k = 0; k < search->n; k++)
        if ((k == 0 || search->fits[k].row != search->fits[k - 1].row) &&
            reads_all(search, search->fits[k].row) == wholly &&
            !is_about_parent(search, search->fits[k].row))
            search_type(finds, search, search->fits[k].row);
}

void locate_by_arn(struct finds *finds, const char *arn, const char *type,
                   enum hcl_certainty certainty)
{
    struct arn_search search = {.type = type};

    if (!arn_split(arn, &search.pieces))
        return;
    finds->certainty = certainty;
    search.n = arn_fits(&search.pieces, search.fits, ARN_FITS_MAX);
    /* A function's alias before the function: what reads the ARN to its end knows it better. */
    search_types(finds, &search, true);
    if (finds->n == 0 || certainty == HCL_CANDIDATE)
        search_types(finds, &search, false);
}

/* --- by name --- */

static enum fit named_fit(struct located *located, size_t i, const char *name, const char **how)
{
    enum fit fit = locate_fits_name(located, i, (struct text){name, strlen(name)}, false, how);

    return fit == FIT_OPEN ? FIT_NO : fit; /* that nothing is known is no hint to this name */
}

/* "cluster/service" and the like: the way in which terraform import names what has no ARN. */
static enum fit import_name_fit(struct located *located, size_t i, const char *name,
                                const char **how)
{
    struct arn_fit fit;
    size_t n;
    const struct arn_form *forms = arn_forms_of(located->row, &n);

    for (size_t k = 0; k < n; k++)
        if (str_eq(forms[k].service, "id") && arn_form_fits(&forms[k], name, &fit) && fit.n > 1 &&
            locate_fits_parts(located, i, &fit, how) == FIT_YES)
            return FIT_YES;
    return FIT_NO;
}

static enum fit any_name_fit(const struct finds *finds, struct located *located, size_t i,
                             const char *name, const char **how)
{
    enum fit fit = named_fit(located, i, name, how);

    if (fit != FIT_YES && strpbrk(name, "/:|,_") != NULL && finds->certainty == HCL_SURE)
        fit = import_name_fit(located, i, name, how);
    return fit;
}

static void search_name(struct finds *finds, struct located *located, const char *name)
{
    size_t n = locate_instances(located);

    for (size_t i = 0; i < n; i++) {
        const char *how = NULL;
        if (!is_wanted(any_name_fit(finds, located, i, name, NULL), finds->certainty) ||
            locate_is_elsewhere(located->resource, finds->arn))
            continue;
        if (locate_keeps(finds, located->resource))
            (void)any_name_fit(finds, located, i, name, &how);
        locate_found(finds, located->resource, &located->instances[i], how);
    }
}

/* A key has no name; the alias that points at it has. */
static void by_key_alias(struct finds *finds, const char *name)
{
    struct located *items;
    size_t n = locate_index(finds->root, "aws_kms_alias", &items);

    for (size_t k = 0; k < n; k++) {
        size_t n_instances = locate_instances(&items[k]);
        for (size_t i = 0; i < n_instances; i++) {
            const char *how = NULL;
            if (named_fit(&items[k], i, name, NULL) != FIT_YES)
                continue;
            const struct hcl_value *key = locate_argument(&items[k], i, "target_key_id");
            if (key == NULL || key->resource == NULL ||
                !str_eq(key->resource->type, "aws_kms_key") ||
                locate_is_elsewhere(key->resource, finds->arn))
                continue;
            (void)named_fit(&items[k], i, name, &how);
            locate_found(finds, key->resource, key->instance, how);
        }
    }
}

void locate_by_name(struct finds *finds, const char *type, const char *name,
                    enum hcl_certainty certainty)
{
    struct located *items;
    size_t n = locate_index(finds->root, NULL, &items);

    finds->certainty = certainty;
    for (size_t k = 0; k < n; k++)
        if (type == NULL ? items[k].row->kin[0] != '<' : hcl_type_fits(type, items[k].row->type))
            search_name(finds, &items[k], name);
    if (finds->n == 0 && certainty == HCL_SURE && type != NULL && str_eq(type, "aws_kms_key"))
        by_key_alias(finds, name);
}
