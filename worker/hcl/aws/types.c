/* The rows of the type table; the story stands in types.h. */
#include "worker/hcl/aws/type_table.h"

static int by_type(const void *key, const void *row)
{
    return strcmp(key, ((const struct hcl_type_row *)row)->type);
}

const struct hcl_type_row *hcl_type_find(const char *type)
{
    return bsearch(type, type_rows, type_row_count, sizeof type_rows[0], by_type);
}

size_t hcl_type_count(void)
{
    return type_row_count;
}

const struct hcl_type_row *hcl_type_at(size_t i)
{
    return &type_rows[i];
}

const char *hcl_type_family(const char *type)
{
    const struct hcl_type_row *row = hcl_type_find(type);

    return row != NULL && row->kin[0] == '=' ? row->kin + 1 : type;
}

bool hcl_type_fits(const char *wanted, const char *actual)
{
    return str_eq(wanted, actual) || str_eq(hcl_type_family(wanted), hcl_type_family(actual));
}

const char *hcl_type_parent(const char *type)
{
    const struct hcl_type_row *row = hcl_type_find(type);

    return row != NULL && row->kin[0] == '<' ? row->kin + 1 : NULL;
}
