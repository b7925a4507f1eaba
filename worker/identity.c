/* What an item is called; the story stands in identity.h. */
#include "worker/identity.h"

#include <stdio.h>

#include "worker/hcl/aws/types.h"

const struct rule *identity_of(const struct rules *rules, const struct item *item,
                               char control[IDENTITY_CONTROL_BYTES], char fp[SHA256_HEX_BYTES])
{
    const char *type = item->arn != NULL ? hcl_type_of_arn(item->arn) : NULL;
    const struct rule *rule = NULL;

    if (type == NULL && item->resource_type != NULL)
        type = hcl_type_of_word(item->resource_type);
    if (item->kind == ITEM_FINDING)
        rule = rules_for_control(rules, item->source, item->control, type);
    if (rule != NULL)
        (void)str_copy(control, IDENTITY_CONTROL_BYTES, rule->id);
    else
        snprintf(control, IDENTITY_CONTROL_BYTES, "%.60s:%.130s", item->source, item->control);
    item_fingerprint(item, control, fp);
    return rule;
}
