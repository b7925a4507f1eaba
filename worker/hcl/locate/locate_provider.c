/*
 * Where a resource's provider works, to rule it out for an ARN of another region or account.
 *
 * Only what the code says outright counts: a region that comes from a variable's default may be
 * another one where terraform runs, and no region at all comes from the environment.
 */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/locate/locate_inside.h"
#include "worker/hcl/module/provider.h"

static bool is_outright(const struct hcl_value *v)
{
    for (size_t i = 0; i < v->n_origins; i++)
        if (str_eq(v->origins[i].what, "variable default"))
            return false;
    return v->kind == HCL_V_TEXT;
}

/* allowed_account_ids says which accounts it may be; none of them is the ARN's. */
static bool forbids(const struct hcl_value *ids, const char *account)
{
    if (ids == NULL || ids->kind != HCL_V_LIST || ids->n == 0)
        return false;
    for (size_t i = 0; i < ids->n; i++)
        if (!is_outright(ids->items[i]) || str_eq(ids->items[i]->text, account))
            return false;
    return true;
}

static const struct hcl_value *setting(const struct hcl_module *module, const struct hcl_file *file,
                                       const struct hcl_node *block, const char *name)
{
    const struct hcl_node *attribute = hcl_attribute(file, block, name);

    return attribute != NULL ? hcl_eval(module, file, attribute->child, NULL) : NULL;
}

static struct works find_works(const struct hcl_resource *resource)
{
    const struct hcl_node *region = hcl_attribute(resource->file, resource->block, "region");
    struct hcl_provider provider;

    if (region != NULL || /* since provider 6 each resource may have its own */
        hcl_provider_of(resource, "aws", &provider) != HCL_PROVIDER_FOUND)
        return (struct works){0};
    return (struct works){
        .region = setting(provider.module, provider.file, provider.block, "region"),
        .account_ids =
            setting(provider.module, provider.file, provider.block, "allowed_account_ids"),
    };
}

bool locate_is_elsewhere(const struct hcl_resource *resource, const struct arn_pieces *arn)
{
    struct located *located = arn != NULL ? locate_indexed(resource) : NULL;
    struct works works;

    if (arn == NULL)
        return false;
    works = located != NULL && located->has_works ? located->works : find_works(resource);
    if (located != NULL) {
        located->works = works;
        located->has_works = true;
    }
    return (arn->region[0] != '\0' && works.region != NULL && is_outright(works.region) &&
            !str_eq(works.region->text, arn->region)) ||
           (arn->account[0] != '\0' && forbids(works.account_ids, arn->account));
}
