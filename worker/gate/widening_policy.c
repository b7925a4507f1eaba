/*
 * IAM documents: what the statements of a policy allow after the fix, they allowed before, and what
 * they denied they deny. Statement by statement, action by action: an Allow is covered by one from
 * before that has at least its actions, resources and principals, and no condition that it lacks.
 *
 * New statements may deny; may allow a service of AWS single actions, as the delivery of logs needs
 * it; may let the role of a new log write there; and may name a key's owner. Nothing else.
 */
#include <stdio.h>

#include "worker/gate/said.h"

struct documents {
    struct widening *widening;
    struct document *first;
    bool failed;
};

/* --- collecting --- */

static void add_document(struct documents *all, const struct place *place, const char *argument,
                         const struct hcl_instance *instance, size_t nested)
{
    const struct hcl_resource *resource = place->resource;
    const struct hcl_node *attribute = hcl_attribute(resource->file, place->body, argument);
    struct arena *arena = all->widening->arena;
    struct policy_document read = {0};
    struct document *one;

    if (attribute == NULL || !policy_read(arena, place, argument, instance, &read))
        return;
    one = arena_alloc(arena, sizeof *one);
    if (one == NULL) {
        all->failed = true;
        return;
    }
    one->key =
        arena_print(arena, "%s %s %zu", instance != NULL ? instance->address : resource->address,
                    argument, nested);
    one->where = resource->address;
    one->statements = read.statements;
    one->text = arena_copy(arena, resource->file->bytes + attribute->start,
                           attribute->end - attribute->start);
    all->failed = one->key == NULL || one->text == NULL;
    one->next = all->first;
    all->first = one;
}

static void add_nested(struct documents *all, const struct place *place,
                       const struct hcl_instance *instance)
{
    const struct hcl_node *block = NULL;
    size_t n = 0;

    while ((block = hcl_block_next(place->resource->file, place->body, "inline_policy", block)) !=
           NULL) {
        struct place inside = *place;

        inside.body = hcl_block_body(block);
        add_document(all, &inside, "policy", instance, ++n);
    }
}

/* Their "policy" is none of IAM's. */
static bool is_other_policy(const char *type)
{
    static const char *const types[] = {"aws_ecr_lifecycle_policy",
                                        "aws_dlm_lifecycle_policy",
                                        "aws_cloudwatch_log_data_protection_policy",
                                        "aws_cloudwatch_log_account_policy",
                                        "aws_appautoscaling_policy",
                                        "aws_autoscaling_policy",
                                        "aws_backup_plan",
                                        "aws_fms_policy"};

    for (size_t i = 0; i < COUNT(types); i++) {
        if (str_eq(types[i], type))
            return true;
    }
    return false;
}

static void collect(struct documents *all, const struct hcl_module *root)
{
    static const char *const arguments[] = {
        "policy",          "assume_role_policy", "access_policies", "access_policy",
        "resource_policy", "inline_policy",      "key_policy",      "policy_document",
        "queue_policy",    "policy_text"};

    for (size_t i = 0; i < hcl_resource_count(root) && !all->failed; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct place place = {root, resource, hcl_block_body(resource->block), NULL};
        const struct hcl_instance *instances = NULL;
        size_t n = resource->is_data || is_other_policy(resource->type)
                       ? 0
                       : hcl_instances(resource, &instances);

        for (size_t k = 0; k < n && !all->failed; k++) {
            for (size_t a = 0; a < COUNT(arguments) && !all->failed; a++)
                add_document(all, &place, arguments[a], &instances[k], 0);
            if (!all->failed)
                add_nested(all, &place, &instances[k]);
        }
    }
}

/* --- documents --- */

/* Where a document cannot be read, it must not have been touched: neither its text, nor by a model
 * anything that it may be made of. */
static bool is_untouched(const struct widening *widening, const struct document *has,
                         const struct document *had)
{
    const struct gate_input *in = widening->run->in;

    if (had == NULL || !str_eq(had->text, has->text))
        return false;
    for (size_t i = 0; in->by_model && i < in->n_predicted; i++) {
        const char *address = in->predicted[i];

        if (str_starts(address, "variable.") || str_starts(address, "data.") ||
            str_starts(address, "module.") || strchr(address, '.') == NULL)
            return false;
    }
    return true;
}

static void tell(struct widening *widening, const struct document *document,
                 const struct policy_node *statement, const char *what)
{
    const struct policy_node *sid = statement != NULL && statement->kind == POLICY_OBJECT
                                        ? statement_get(statement, "Sid")
                                        : NULL;
    bool named = sid != NULL && sid->kind == POLICY_TEXT && sid->text[0] != '\0';

    (void)snprintf(widening->found, sizeof widening->found, "the policy of %.160s %s%s%.60s%s",
                   document->where, what, named ? " (" : "", named ? sid->text : "",
                   named ? ")" : "");
}

static void check_document(struct widening *widening, const struct document *has,
                           const struct document *had)
{
    static const struct policy_node nothing = {.kind = POLICY_LIST};
    const struct policy_node *before = had != NULL ? had->statements : &nothing;

    if (has->statements->kind == POLICY_OPEN && before->kind == POLICY_OPEN &&
        is_untouched(widening, has, had))
        return;
    if (has->statements->kind != POLICY_LIST || before->kind != POLICY_LIST) {
        tell(widening, has, NULL, "cannot be told to allow no more than before");
        return;
    }
    for (size_t i = 0; i < has->statements->n && widening->found[0] == '\0'; i++) {
        const struct policy_node *one = has->statements->items[i];

        if (one->kind == POLICY_OBJECT && statement_has_effect(one, "Deny"))
            continue;
        if (!statement_is_said(one, before, "Allow") &&
            !statement_may_be_new(widening->run->in, has, had, one))
            tell(widening, has, one, "allows what it did not before");
    }
    for (size_t i = 0; i < before->n && widening->found[0] == '\0'; i++) {
        const struct policy_node *one = before->items[i];

        if (one->kind == POLICY_OBJECT && statement_has_effect(one, "Deny") &&
            !statement_is_said(one, has->statements, "Deny"))
            tell(widening, has, one, "does not deny any more what it did");
    }
}

int widening_policy(struct widening *widening, struct err *err)
{
    struct documents before = {.widening = widening};
    struct documents after = {.widening = widening};

    collect(&before, widening->run->before);
    if (!before.failed)
        collect(&after, widening->run->root_after);
    if (before.failed || after.failed)
        return arena_is_full(widening->arena) ? 0 : err_nomem(err);
    for (const struct document *has = after.first; has != NULL && widening->found[0] == '\0';
         has = has->next) {
        const struct document *had = before.first;

        while (had != NULL && !str_eq(had->key, has->key))
            had = had->next;
        check_document(widening, has, had);
    }
    return 0;
}
