/*
 * Policy name: the subject as an expression, where the document is written. In the policy itself as
 * its link has it, in a block that walks over the subject's instances by each or count, else
 * plainly.
 */
#include "worker/rules/policy_fix.h"

#include <stdio.h>

#include "worker/rules/links.h"

bool policy_same_module(const struct hcl_module *a, const struct hcl_module *b)
{
    return str_eq(hcl_module_path(a), hcl_module_path(b));
}

static const struct hcl_node *meta_of(const struct hcl_resource *resource)
{
    const struct hcl_node *meta = hcl_attribute(resource->file, resource->block,
                                                resource->has_for_each ? "for_each" : "count");

    return meta != NULL ? meta->child : NULL;
}

static bool names_resource(const struct hcl_file *file, const struct hcl_node *node,
                           const struct hcl_resource *resource)
{
    char text[256];

    return node != NULL && expr_is_traversal(node) && expr_name(file, node, 0, text, sizeof text) &&
           str_eq(text, resource->type) && expr_name(file, node, 1, text, sizeof text) &&
           str_eq(text, resource->name);
}

static bool same_meta(const struct hcl_resource *a, const struct hcl_resource *b)
{
    const struct hcl_node *one = meta_of(a);
    const struct hcl_node *other = meta_of(b);
    size_t len = one != NULL ? one->end - one->start : 0;

    return one != NULL && other != NULL && a->has_for_each == b->has_for_each &&
           len == other->end - other->start &&
           memcmp(a->file->bytes + one->start, b->file->bytes + other->start, len) == 0;
}

/* In a block that walks over the subject's instances, or over what they walk over. */
static bool name_keyed(const struct hcl_resource *subject, const struct hcl_resource *block,
                       char *out, size_t size)
{
    const struct hcl_node *meta = meta_of(block);

    if (block->has_for_each && names_resource(block->file, meta, subject) && meta->child != NULL &&
        meta->child->kind == HCL_VARIABLE)
        return (size_t)snprintf(out, size, "each.value") < size;
    if (same_meta(subject, block) ||
        (block->has_count && expr_mentions(block->file, meta, subject->type, subject->name)))
        return (size_t)snprintf(out, size, "%s.%s[%s]", subject->type, subject->name,
                                block->has_for_each ? "each.key" : "count.index") < size;
    return false;
}

static bool name_plain(const struct hcl_resource *subject, char *out, size_t size)
{
    return (size_t)snprintf(out, size, "%s%s.%s", subject->is_data ? "data." : "", subject->type,
                            subject->name) < size;
}

/* As the policy's own link names it, without the attribute at its end. */
static bool name_by_link(const struct policy_job *job, const struct hcl_resource *subject,
                         char *out, size_t size)
{
    const struct hcl_resource *policy = job->place->resource;
    const struct hcl_node *link =
        hcl_attribute(policy->file, job->place->body, job->statement->link);
    const struct hcl_node *node = link != NULL ? link->child : NULL;
    char root[128];
    size_t len;

    if (node == NULL || node->kind != HCL_GET_ATTR || !expr_is_traversal(node) ||
        !expr_name(policy->file, node, 0, root, sizeof root))
        return false;
    node = node->child;
    if (!str_eq(root, subject->is_data ? "data" : subject->type) &&
        !(str_eq(root, "each") && node->kind == HCL_GET_ATTR && node->child->kind == HCL_VARIABLE &&
          names_resource(policy->file, meta_of(policy), subject)))
        return false;
    len = node->end - node->start;
    if (len >= size)
        return false;
    memcpy(out, policy->file->bytes + node->start, len);
    out[len] = '\0';
    return true;
}

int policy_name_subject(struct policy_job *job)
{
    const struct hcl_resource *subject = job->subject;
    const struct hcl_resource *block =
        job->document.form == POLICY_BLOCKS ? job->document.data : job->place->resource;
    bool is_own =
        job->document.form != POLICY_BLOCKS && str_eq(job->document.owner.what, "attribute");
    bool is_keyed = subject != NULL && (subject->has_count || subject->has_for_each);
    bool named = false;

    if (subject == NULL)
        return policy_by_hand(job, "and what it is about is not in this root");
    if (!policy_same_module(subject->module, job->place->resource->module))
        return policy_by_hand(job, "in another module than what it is about");
    if (job->statement->link != NULL)
        named = name_by_link(job, subject, job->self, sizeof job->self);
    if (named && !is_own && (strstr(job->self, "each.") != NULL || strstr(job->self, "count.")))
        named = false; /* means something else there */
    if (!named && !is_keyed)
        named = name_plain(subject, job->self, sizeof job->self);
    if (!named && job->document.form == POLICY_BLOCKS && (block->has_count || block->has_for_each))
        named = name_keyed(subject, block, job->self, sizeof job->self);
    return named ? 0 : policy_by_hand(job, "once for several resources");
}
