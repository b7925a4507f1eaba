/*
 * Layer "regressions": a finding can be made to go away without being fixed. No comment that
 * silences a scanner, no resource switched off, nothing deleted, nothing that protected before and
 * does not any more.
 */
#include "worker/gate/gate_inside.h"
#include "worker/gate/protection.h"
#include "worker/gate/standing.h"

#include <stdio.h>

#define INSTANCES_MAX 256 /* of one resource; more are not looked at one by one */

struct look {
    const struct rule *rule; /* what the fix is for */
    bool by_model;
    const struct hcl_resource *before;
    const struct hcl_resource *after;
    const struct hcl_instance *was, *is; /* one instance, and the same afterwards */
    char found[300];
};

/* --- silencing --- */

static size_t count_in(const char *bytes, size_t len, const char *what)
{
    size_t n = 0;
    const char *end = bytes + len;

    for (const char *at = bytes;
         at < end && (at = memmem(at, (size_t)(end - at), what, strlen(what))) != NULL; at++)
        n++;
    return n;
}

static const char *silenced(const struct gate_run *run)
{
    static const char *const marks[] = {"checkov:skip", "tfsec:ignore",   "trivy:ignore",
                                        "kics-scan",    "terrascan:skip", "bridgecrew:skip",
                                        "nosec",        "tflint-ignore",  "plumb:ignore"};

    for (size_t i = 0; i < run->in->n_edited; i++) {
        const struct hcl_edited *edited = &run->in->edited[i];
        const struct hcl_file *before = gate_before(run, edited->path);

        for (size_t k = 0; k < COUNT(marks); k++) {
            size_t had = before != NULL ? count_in(before->bytes, before->len, marks[k]) : 0;

            if (count_in(edited->bytes, edited->len, marks[k]) > had)
                return marks[k];
        }
    }
    return NULL;
}

/* --- one argument --- */

static bool same_source(const struct look *look, const struct hcl_node *a, const struct hcl_node *b)
{
    return a->end - a->start == b->end - b->start &&
           memcmp(look->before->file->bytes + a->start, look->after->file->bytes + b->start,
                  a->end - a->start) == 0;
}

static bool argument_fell(struct look *look, const struct hcl_node *body_was,
                          const struct hcl_node *body_is, const struct hcl_node *attribute)
{
    const struct hcl_node *now;
    char name[128];
    size_t len = attribute->name_end - attribute->name_start;

    len = len < sizeof name ? len : sizeof name - 1;
    memcpy(name, look->before->file->bytes + attribute->name_start, len);
    name[len] = '\0';
    now = hcl_attribute(look->after->file, body_is, name);
    const struct hcl_value *had = hcl_eval_attribute(look->before, body_was, name, look->was);
    const struct hcl_value *has = hcl_eval_attribute(look->after, body_is, name, look->is);
    if (now == NULL && look->rule != NULL &&
        rule_wants_absent(look->rule, look->before->type, name))
        return false;
    if (now == NULL)
        (void)snprintf(look->found, sizeof look->found, "%.80s is gone from %.120s", name,
                       look->before->address);
    else if (str_eq(name, "ignore_changes") && !same_source(look, attribute, now))
        (void)snprintf(look->found, sizeof look->found, "ignore_changes of %.120s changed",
                       look->before->address);
    else if (protection_is_worse(name, had, has) ||
             (look->by_model && standing_ends_sooner(name, had, has)))
        (void)snprintf(look->found, sizeof look->found, "%.80s of %.120s protects less than before",
                       name, look->before->address);
    else if (look->by_model && standing_moved(name, had, has, same_source(look, attribute, now)))
        (void)snprintf(look->found, sizeof look->found, "%.80s of %.120s names another", name,
                       look->before->address);
    return look->found[0] != '\0';
}

/* --- bodies --- */

/* Networks, ports and statements are compared by what they mean (widening.h): one that is gone, or
 * stands elsewhere, is no loss by itself. */
static bool is_compared_by_meaning(const struct hcl_resource *resource, const char *name)
{
    static const char *const names[] = {"ingress",
                                        "egress",
                                        "cidr_blocks",
                                        "ipv6_cidr_blocks",
                                        "prefix_list_ids",
                                        "security_groups",
                                        "self",
                                        "from_port",
                                        "to_port",
                                        "cidr_ipv4",
                                        "cidr_ipv6",
                                        "prefix_list_id",
                                        "source_security_group_id",
                                        "referenced_security_group_id"};

    if (str_eq(resource->type, "aws_iam_policy_document"))
        return str_eq(name, "statement");
    if (strstr(resource->type, "security_group") == NULL)
        return false;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(names[i], name))
            return true;
    }
    return false;
}

static const struct hcl_node *nth_block(const struct hcl_file *file, const struct hcl_node *body,
                                        const char *type, size_t n)
{
    const struct hcl_node *block = NULL;

    do
        block = hcl_block_next(file, body, type, block);
    while (block != NULL && n-- > 0);
    return block;
}

static size_t blocks_ahead(const struct hcl_file *file, const struct hcl_node *body,
                           const char *type, const struct hcl_node *of)
{
    const struct hcl_node *block = NULL;
    size_t n = 0;

    while ((block = hcl_block_next(file, body, type, block)) != NULL && block != of)
        n++;
    return n;
}

/* The parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static bool body_fell(struct look *look, const struct hcl_node *was, const struct hcl_node *is)
{
    const struct hcl_file *file = look->before->file;

    for (const struct hcl_node *child = was->child; child != NULL; child = child->next) {
        const struct hcl_node *now;
        char type[128];
        size_t len = child->name_end - child->name_start;

        len = len < sizeof type ? len : sizeof type - 1;
        memcpy(type, file->bytes + child->name_start, len);
        type[len] = '\0';
        if (is_compared_by_meaning(look->before, type))
            continue;
        if (child->kind == HCL_ATTRIBUTE && argument_fell(look, was, is, child))
            return true;
        if (child->kind != HCL_BLOCK)
            continue;
        now = nth_block(look->after->file, is, type, blocks_ahead(file, was, type, child));
        if (now == NULL) {
            (void)snprintf(look->found, sizeof look->found, "a %.60s block is gone from %.120s",
                           type, look->before->address);
            return true;
        }
        if (body_fell(look, hcl_block_body(child), hcl_block_body(now)))
            return true;
    }
    return false;
}

/* --- what is new --- */

static bool is_off_word(const struct hcl_value *value)
{
    static const char *const off[] = {"Disabled", "DISABLED", "disabled"};

    for (size_t i = 0; value->kind == HCL_V_TEXT && i < COUNT(off); i++) {
        if (str_eq(off[i], value->text))
            return true;
    }
    return false;
}

/* A list is no switch: what it opens is the denied layer's matter. */
static bool is_on(const struct hcl_value *value)
{
    bool known = false;
    bool on = protection_truth(value, &known);

    if (value == NULL || value->kind == HCL_V_NULL || value->kind == HCL_V_LIST)
        return false;
    return known ? on : !is_off_word(value);
}

/* An argument that exposes and was not there before. was: NULL where the block itself is new. The
 * parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
static bool body_opens(struct look *look, const struct hcl_node *was, const struct hcl_node *is)
{
    const struct hcl_file *file = look->after->file;

    for (const struct hcl_node *child = is->child; child != NULL; child = child->next) {
        char name[128];
        size_t len = child->name_end - child->name_start;

        len = len < sizeof name ? len : sizeof name - 1;
        memcpy(name, file->bytes + child->name_start, len);
        name[len] = '\0';
        if (child->kind == HCL_BLOCK) {
            const struct hcl_node *before =
                was == NULL
                    ? NULL
                    : nth_block(look->before->file, was, name, blocks_ahead(file, is, name, child));

            if (body_opens(look, before != NULL ? hcl_block_body(before) : NULL,
                           hcl_block_body(child)))
                return true;
        } else if (child->kind == HCL_ATTRIBUTE && protection_is_exposure(name) &&
                   (was == NULL || hcl_attribute(look->before->file, was, name) == NULL) &&
                   is_on(hcl_eval_attribute(look->after, is, name, look->is))) {
            (void)snprintf(look->found, sizeof look->found, "%.80s is switched on in %.120s", name,
                           look->after->address);
            return true;
        }
    }
    return false;
}

/* Telling Terraform to look away is no fix either. */
static bool looks_away(const struct hcl_resource *resource)
{
    const struct hcl_node *lifecycle =
        hcl_block_next(resource->file, resource->block, "lifecycle", NULL);

    return lifecycle != NULL && hcl_attribute(resource->file, lifecycle, "ignore_changes") != NULL;
}

/* How many of it there are, and by whose hands, is none of a model's business. */
static bool argument_changed(struct look *look, const char *name)
{
    const struct hcl_node *was = hcl_attribute(look->before->file, look->before->block, name);
    const struct hcl_node *is = hcl_attribute(look->after->file, look->after->block, name);

    if (was == NULL && is == NULL)
        return false;
    if (was != NULL && is != NULL && same_source(look, was->child, is->child))
        return false;
    (void)snprintf(look->found, sizeof look->found, "%s of %.200s changed", name,
                   look->before->address);
    return true;
}

/* Instance by instance, each beside the one with its key. */
static bool instances_fell(struct look *look, const struct hcl_instance *was, size_t n_was,
                           const struct hcl_instance *is, size_t n_is)
{
    const struct hcl_node *body_was = hcl_block_body(look->before->block);
    const struct hcl_node *body_is = hcl_block_body(look->after->block);
    size_t n = n_was < INSTANCES_MAX ? n_was : INSTANCES_MAX;

    for (size_t i = 0; i < n || i == 0; i++) {
        look->was = i < n_was ? &was[i] : NULL;
        look->is = n_is > 0 ? &is[0] : NULL;
        for (size_t k = 0; look->was != NULL && k < n_is; k++) {
            if (str_eq(is[k].address, look->was->address))
                look->is = &is[k];
        }
        if (body_fell(look, body_was, body_is) || body_opens(look, body_was, body_is))
            return true;
    }
    return false;
}

static bool resource_fell(struct look *look)
{
    const struct hcl_instance *was = NULL;
    const struct hcl_instance *is = NULL;
    size_t n_was = hcl_instances(look->before, &was);
    size_t n_is = hcl_instances(look->after, &is);

    if (n_was > 0 && n_is == 0) {
        (void)snprintf(look->found, sizeof look->found, "%.200s has no instances any more",
                       look->before->address);
        return true;
    }
    if (looks_away(look->after) && !looks_away(look->before)) {
        (void)snprintf(look->found, sizeof look->found, "%.200s ignores changes now",
                       look->before->address);
        return true;
    }
    if (n_is < n_was) {
        (void)snprintf(look->found, sizeof look->found,
                       "%.200s has %zu instances, not %zu any more", look->before->address, n_is,
                       n_was);
        return true;
    }
    if (look->by_model && (argument_changed(look, "count") || argument_changed(look, "for_each") ||
                           argument_changed(look, "provider")))
        return true;
    return instances_fell(look, was, n_was, is, n_is);
}

/* A resource that the fix brings in may not expose anything either. */
static bool new_resource_opens(const struct gate_run *run, struct look *look)
{
    const struct hcl_instance *is = NULL;

    if (hcl_resource_find(run->before, look->after->address) != NULL)
        return false;
    look->is = hcl_instances(look->after, &is) > 0 ? &is[0] : NULL;
    return body_opens(look, NULL, hcl_block_body(look->after->block));
}

int gate_regressions(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    const char *mark = silenced(run);

    (void)err;
    if (mark != NULL)
        return gate_fail(result, "the fix adds a comment that silences scanners: %s", mark);
    for (size_t i = 0; i < hcl_resource_count(run->before); i++) {
        struct look look = {.rule = run->in->rule,
                            .by_model = run->in->by_model,
                            .before = hcl_resource_at(run->before, i)};

        look.after = hcl_resource_find(run->root_after, look.before->address);
        if (look.after == NULL)
            return gate_fail(result, "%.300s is gone", look.before->address);
        if (resource_fell(&look))
            return gate_fail(result, "%s", look.found);
    }
    for (size_t i = 0; i < hcl_resource_count(run->root_after); i++) {
        struct look look = {.after = hcl_resource_at(run->root_after, i)};

        if (new_resource_opens(run, &look))
            return gate_fail(result, "%s", look.found);
    }
    return gate_pass(result, "nothing silenced, deleted, exposed or switched off");
}
