/* Managed policies: a role, a user or a group has none after the fix that it had not before. */
#include <stdio.h>

#include "worker/gate/widening.h"

struct attachment {
    const char *who, *arn;
    struct attachment *next;
};

struct attachments {
    struct widening *widening;
    struct attachment *first;
    const char *who; /* at hand */
    bool failed;
};

static bool add(void *context, const struct hcl_value *value)
{
    struct attachments *all = context;
    struct attachment *one = arena_alloc(all->widening->arena, sizeof *one);

    if (one != NULL)
        *one = (struct attachment){all->who, widening_text(all->widening, value), all->first};
    all->failed = all->failed || one == NULL || one->arn == NULL || one->who == NULL;
    if (!all->failed)
        all->first = one;
    return !all->failed;
}

static void collect_instance(struct attachments *all, const struct hcl_resource *resource,
                             const struct hcl_instance *instance)
{
    static const char *const owners[] = {
        "role", "user", "group", "roles", "users", "groups", "permission_set_arn"};
    static const char *const arns[] = {"policy_arn", "managed_policy_arns", "managed_policy_arn"};
    const struct hcl_node *body = hcl_block_body(resource->block);
    const char *who = str_ends(resource->type, "_role") ? resource->address : "";

    for (size_t i = 0; i < COUNT(owners) && who != NULL; i++) {
        const struct hcl_value *owner = hcl_eval_attribute(resource, body, owners[i], instance);

        if (owner != NULL)
            who = arena_print(all->widening->arena, "%s %s", who,
                              widening_text(all->widening, owner));
    }
    all->who = who;
    all->failed = all->failed || who == NULL;
    for (size_t i = 0; i < COUNT(arns) && !all->failed; i++)
        (void)widening_each(hcl_eval_attribute(resource, body, arns[i], instance), add, all);
}

static void collect(struct attachments *all, const struct hcl_module *root)
{
    for (size_t i = 0; i < hcl_resource_count(root) && !all->failed; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct hcl_instance *instances = NULL;
        size_t n = 0;

        if (resource->is_data || (!str_starts(resource->type, "aws_iam_") &&
                                  !str_starts(resource->type, "aws_ssoadmin_")))
            continue;
        n = hcl_instances(resource, &instances);
        for (size_t k = 0; k < n && !all->failed; k++)
            collect_instance(all, resource, &instances[k]);
    }
}

int widening_attach(struct widening *widening, struct err *err)
{
    struct attachments before = {.widening = widening};
    struct attachments after = {.widening = widening};

    collect(&before, widening->run->before);
    collect(&after, widening->run->root_after);
    if (before.failed || after.failed)
        return arena_is_full(widening->arena) ? 0 : err_nomem(err);
    for (const struct attachment *has = after.first; has != NULL; has = has->next) {
        const struct attachment *had = before.first;

        while (had != NULL && (!str_eq(had->who, has->who) || !str_eq(had->arn, has->arn)))
            had = had->next;
        if (had == NULL) {
            (void)snprintf(widening->found, sizeof widening->found,
                           "the policy %.160s is attached to%.120s, which it was not before",
                           has->arn, has->who);
            return 0;
        }
    }
    return 0;
}
