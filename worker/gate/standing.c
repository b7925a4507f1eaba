#include "worker/gate/standing.h"

static bool is_standing(const char *name)
{
    static const char *const names[] = {"role",
                                        "iam_instance_profile",
                                        "execution_role_arn",
                                        "task_role_arn",
                                        "service_role",
                                        "vpc_security_group_ids",
                                        "security_groups",
                                        "security_group_ids",
                                        "subnet_id",
                                        "subnet_ids",
                                        "subnets"};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(names[i], name))
            return true;
    }
    return false;
}

/* Lists of texts and references, which is what such arguments hold. */
static bool is_same_value(const struct hcl_value *a, const struct hcl_value *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind)
        return false;
    if (a->kind == HCL_V_TEXT || a->kind == HCL_V_REFERENCE)
        return str_eq(a->text, b->text);
    if (a->kind != HCL_V_LIST || a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!is_same_value(a->items[i], b->items[i]))
            return false;
    }
    return true;
}

bool standing_moved(const char *name, const struct hcl_value *was, const struct hcl_value *is,
                    bool same_source)
{
    bool unknown =
        was != NULL && is != NULL && was->kind == HCL_V_UNKNOWN && is->kind == HCL_V_UNKNOWN;

    return is_standing(name) && !is_same_value(was, is) && !(unknown && same_source);
}

bool standing_ends_sooner(const char *name, const struct hcl_value *was, const struct hcl_value *is)
{
    if ((!str_eq(name, "days") && !str_eq(name, "years")) || was == NULL ||
        was->kind != HCL_V_NUMBER)
        return false;
    return is == NULL || is->kind != HCL_V_NUMBER || is->number < was->number;
}
