/*
 * Layer "companions": what a model's fix adds belongs to the resource of the finding. A new block
 * is of a type that has a place beside it, and hangs together with it by references; it uses the
 * provider that the resource uses, and nothing that it refers to is missing.
 *
 * A rule's fix adds what the rule names, so only a model's is looked at.
 */
#include <stdio.h>

#include "worker/gate/gate_inside.h"
#include "worker/gate/linked.h"
#include "worker/hcl/eval/compare.h"

#define ADDED_MAX GATE_CHANGES_MAX

struct block {
    const char *address;
    const struct hcl_file *file;
    const struct hcl_node *node;
    bool is_linked;
};

struct blocks {
    struct block items[ADDED_MAX];
    size_t n;
};

static void write_address(const struct hcl_file *file, const struct hcl_node *node, char out[256])
{
    bool is_resource = hcl_name_is(file, node, "resource");
    char label[LINKED_NAME_BYTES];
    size_t used = 0;

    out[0] = '\0';
    if (!is_resource)
        used = (size_t)snprintf(out, 256, "%.*s", (int)(node->name_end - node->name_start),
                                file->bytes + node->name_start);
    for (size_t i = 0; node->kind == HCL_BLOCK && used < 256 &&
                       hcl_block_label(file, node, i, label, sizeof label);
         i++)
        used += (size_t)snprintf(out + used, 256 - used, "%s%s", used > 0 ? "." : "", label);
}

/* The top-level block of that address in the file as the fix leaves it. */
static const struct hcl_node *find_block(const struct hcl_file *file, const char *address)
{
    char other[256];

    for (const struct hcl_node *node = file->body->child; node != NULL; node = node->next) {
        write_address(file, node, other);
        if (str_eq(other, address))
            return node;
    }
    return NULL;
}

/* --- may it stand there at all? --- */

static bool same_service(const char *a, const char *b)
{
    size_t first = strcspn(a, "_");
    size_t len = a[first] != '\0' ? first + 1 + strcspn(a + first + 1, "_") : first;

    return strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '_');
}

/* What rules put beside a resource too: keys, logs, policies, and the ways to them. None of them
 * runs anything. */
static bool is_companion_type(const char *type, const char *target)
{
    static const char *const types[] = {
        "aws_kms_key",
        "aws_kms_alias",
        "aws_kms_key_policy",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_resource_policy",
        "aws_cloudwatch_metric_alarm",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_policy_document",
        "aws_flow_log",
        "aws_s3_bucket",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "aws_security_group",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
        "aws_wafv2_web_acl_association",
        "aws_wafv2_web_acl_logging_configuration",
        "aws_lb_listener",
        "aws_caller_identity",
        "aws_region",
        "aws_partition",
    };
    static const char *const never[] = {
        "aws_iam_user",  "aws_iam_access_key",   "aws_iam_group",       "aws_iam_user_policy",
        "aws_s3_object", "aws_s3_bucket_object", "aws_ssm_association", "aws_lambda_permission"};

    for (size_t i = 0; i < COUNT(never); i++) {
        if (str_starts(type, never[i]))
            return false;
    }
    for (size_t i = 0; i < COUNT(types); i++) {
        if (str_eq(types[i], type))
            return true;
    }
    return same_service(target, type);
}

static bool same_provider(const struct block *block, const struct hcl_resource *target)
{
    const struct hcl_node *has = hcl_attribute(block->file, block->node, "provider");
    const struct hcl_node *wants = hcl_attribute(target->file, target->block, "provider");

    if (has == NULL || wants == NULL)
        return has == wants;
    return has->child->end - has->child->start == wants->child->end - wants->child->start &&
           memcmp(block->file->bytes + has->child->start, target->file->bytes + wants->child->start,
                  has->child->end - has->child->start) == 0;
}

/* 0, or the result says why not. */
static bool may_stand(const struct block *block, const struct hcl_resource *target,
                      struct gate_layer_result *result)
{
    char type[LINKED_NAME_BYTES] = "";
    bool is_variable = hcl_name_is(block->file, block->node, "variable");
    bool is_resource = hcl_name_is(block->file, block->node, "resource") ||
                       hcl_name_is(block->file, block->node, "data");

    if (block->node->kind != HCL_BLOCK || (!is_variable && !is_resource)) {
        (void)gate_fail(result, "%.200s is new, and no resource, data source or variable",
                        block->address);
        return false;
    }
    (void)hcl_block_label(block->file, block->node, 0, type, sizeof type);
    if (is_resource && !is_companion_type(type, target->type)) {
        (void)gate_fail(result, "a %.100s has no place beside a %.100s", type, target->type);
        return false;
    }
    if (is_resource && !same_provider(block, target)) {
        (void)gate_fail(result, "%.200s does not use the provider of %.100s", block->address,
                        target->address);
        return false;
    }
    return true;
}

/* --- does it hang together? --- */

/* "module.x.aws_s3_bucket.a" is called "aws_s3_bucket.a" where it is declared. */
static void plain_address(const struct hcl_resource *resource, char out[300])
{
    (void)snprintf(out, 300, "%s%.120s.%.120s", resource->is_data ? "data." : "", resource->type,
                   resource->name);
}

static bool are_linked(const struct block *a, const struct block *b)
{
    return block_mentions(a->file, a->node, b->address) ||
           block_mentions(b->file, b->node, a->address);
}

static void link_all(struct blocks *added, struct blocks *known)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < added->n; i++) {
            struct block *one = &added->items[i];

            for (size_t k = 0; k < known->n && !one->is_linked; k++)
                one->is_linked = are_linked(one, &known->items[k]);
            for (size_t k = 0; k < added->n && !one->is_linked; k++)
                one->is_linked = added->items[k].is_linked && are_linked(one, &added->items[k]);
            more = more || (one->is_linked && known->n < COUNT(known->items));
            if (one->is_linked && known->n < COUNT(known->items)) {
                known->items[known->n++] = *one;
                added->items[i] = added->items[--added->n];
                i--;
            }
        }
    }
}

static void add_block(struct blocks *to, const struct gate_run *run,
                      const struct hcl_change *change)
{
    const struct hcl_file *file = gate_after(run, change->path);
    const struct hcl_node *node = file != NULL ? find_block(file, change->address) : NULL;

    if (node != NULL && to->n < COUNT(to->items))
        to->items[to->n++] = (struct block){change->address, file, node, false};
}

int gate_companions(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct hcl_change changes[GATE_CHANGES_MAX];
    const struct hcl_resource *target = hcl_resource_find(run->root_after, run->in->address);
    struct blocks *added = calloc(2, sizeof *added); /* and those that are known */
    size_t n = hcl_compare(run->in->before, run->after, changes, COUNT(changes));
    char address[300] = "";

    if (added == NULL)
        return err_nomem(err);
    struct blocks *known = &added[1];
    if (target == NULL) {
        free(added);
        return gate_fail(result, "%.300s is gone", run->in->address);
    }
    plain_address(target, address);
    known->items[known->n++] = (struct block){address, target->file, target->block, true};
    for (size_t i = 0; i < n && i < COUNT(changes); i++)
        add_block(changes[i].how == HCL_ADDED ? added : known, run, &changes[i]);
    size_t n_added = added->n;
    bool good = true;
    for (size_t i = 0; i < added->n && good; i++)
        good = may_stand(&added->items[i], target, result);
    if (good)
        link_all(added, known);
    if (good && added->n > 0)
        (void)gate_fail(result, "%.200s has nothing to do with %.150s", added->items[0].address,
                        target->address);
    else if (good)
        (void)gate_pass(result, n_added == 0 ? "nothing is new" : "what is new belongs to %.200s",
                        target->address);
    free(added);
    return 0;
}
