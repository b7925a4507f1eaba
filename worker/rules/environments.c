/*
 * Environments: one root is often run with several values files (terraform apply
 * -var-file=prod.tfvars). Terraform does not read those by itself, and nothing in the repository
 * says which one belongs to the account that a finding came from. So a value that they change is
 * good only where it is good in all of them, and it is no fix to change the default behind them.
 */
#include <stdio.h>

#include "worker/rules/owner.h"

/* The root's variable that owner gives a value to: its default or a values file; false otherwise.
 */
static bool variable_of(const struct hcl_origin *owner, char *out, size_t size)
{
    char address[256];

    if (hcl_module_parent(owner->module) != NULL ||
        (!str_eq(owner->what, "variable default") && !str_eq(owner->what, "tfvars")) ||
        !address_of_node(owner->file, owner->node, address, sizeof address))
        return false;
    return str_copy(out, size,
                    str_starts(address, "variable.") ? address + strlen("variable.") : address);
}

enum rule_verdict environments_check(const struct statement *statement,
                                     const struct hcl_value *value, struct why why)
{
    const struct hcl_origin *owner =
        value != NULL && value->n_origins > 0 ? &value->origins[value->n_origins - 1] : NULL;
    const struct hcl_file *file = NULL;
    const struct hcl_node *other;
    size_t next = 0;
    char name[256];

    if (owner == NULL || !variable_of(owner, name, sizeof name))
        return RULE_HOLDS;
    while ((other = hcl_other_values(owner->module, name, &next, &file)) != NULL) {
        const struct hcl_value *there = hcl_eval(owner->module, file, other, NULL);

        if (there->kind == HCL_V_OBJECT && statement->map == NULL)
            continue;
        if (there->kind == HCL_V_OBJECT)
            there = member_of(there, statement->key);
        if (test_value(statement, there, (struct why){0}) == RULE_HOLDS)
            continue;
        why_say(why, "%s comes from var.%s, and %.120s gives it a value that does not do",
                statement->name, name, file->path);
        return RULE_UNKNOWN;
    }
    return RULE_HOLDS;
}

int environments_refuse(struct fixer *fixer, const struct hcl_origin *owner, const char *attribute)
{
    const struct hcl_file *file = NULL;
    size_t next = 0;
    char name[256];

    if (!variable_of(owner, name, sizeof name) ||
        hcl_other_values(owner->module, name, &next, &file) == NULL)
        return 0;
    return fixer_refuse(fixer,
                        "%s comes from var.%s, which %.200s sets too: which values file belongs to "
                        "this resource's account cannot be told, so change it there by hand",
                        attribute, name, file->path);
}
