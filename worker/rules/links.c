#include "worker/rules/links.h"

#include <stdio.h>

/* "${x}" and (x) are x. */
static const struct hcl_node *unwrapped(const struct hcl_node *node)
{
    for (int depth = 0; depth < HCL_DEPTH_MAX && node != NULL; depth++) {
        const struct hcl_node *child = node->child;
        bool wrap = node->kind == HCL_TEMPLATE && (node->flags & HCL_FLAG_HEREDOC) == 0 &&
                    child != NULL && child->next == NULL && child->kind == HCL_INTERPOLATION;

        if (wrap)
            node = child->child;
        else if (node->kind == HCL_PARENTHESES)
            node = child;
        else
            break;
    }
    return node;
}

static bool is_step(const struct hcl_node *node)
{
    return node->kind == HCL_GET_ATTR || node->kind == HCL_INDEX || node->kind == HCL_SPLAT;
}

bool expr_is_traversal(const struct hcl_node *node)
{
    node = unwrapped(node);
    while (node != NULL && is_step(node))
        node = node->child;
    return node != NULL && node->kind == HCL_VARIABLE;
}

static void name_of(const struct hcl_file *file, const struct hcl_node *node, char *out,
                    size_t size)
{
    uint32_t start =
        node->kind == HCL_VARIABLE && node->name_end == 0 ? node->start : node->name_start;
    uint32_t end = node->kind == HCL_VARIABLE && node->name_end == 0 ? node->end : node->name_end;
    size_t len = end - start;

    if (len >= size)
        len = size - 1;
    memcpy(out, file->bytes + start, len);
    out[len] = '\0';
}

bool expr_name(const struct hcl_file *file, const struct hcl_node *node, size_t i, char *out,
               size_t size)
{
    size_t names = 0;
    const struct hcl_node *top = unwrapped(node);

    if (!expr_is_traversal(top))
        return false;
    for (const struct hcl_node *step = top; step != NULL; step = is_step(step) ? step->child : NULL)
        names += step->kind == HCL_GET_ATTR || step->kind == HCL_VARIABLE;
    if (i >= names)
        return false;

    for (const struct hcl_node *step = top; step != NULL; step = step->child) {
        if (step->kind != HCL_GET_ATTR && step->kind != HCL_VARIABLE)
            continue;
        if (--names == i) {
            name_of(file, step, out, size);
            return true;
        }
    }
    return false;
}

size_t expr_count_mentions(const struct hcl_file *file, const struct hcl_node *node,
                           const char *first, const char *second)
{
    size_t n = 0;
    char name[256];

    if (node->kind == HCL_GET_ATTR && node->child != NULL && node->child->kind == HCL_VARIABLE) {
        name_of(file, node, name, sizeof name);
        if (str_eq(name, second)) {
            name_of(file, node->child, name, sizeof name);
            n += str_eq(name, first);
        }
    }
    /* The parser caps the depth of a tree at HCL_DEPTH_MAX, so this recursion is capped too. */
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        n += expr_count_mentions(file, child, first, second);
    return n;
}

bool expr_mentions(const struct hcl_file *file, const struct hcl_node *node, const char *first,
                   const char *second)
{
    return expr_count_mentions(file, node, first, second) > 0;
}

static const struct hcl_node *value_of(const struct hcl_resource *resource, const char *name)
{
    const struct hcl_node *attribute = hcl_attribute(resource->file, resource->block, name);

    return attribute != NULL ? attribute->child : NULL;
}

static const struct hcl_node *meta_of(const struct hcl_resource *resource)
{
    return resource->has_for_each ? value_of(resource, "for_each")
           : resource->has_count  ? value_of(resource, "count")
                                  : NULL;
}

static bool same_text(const struct hcl_file *a_file, const struct hcl_node *a,
                      const struct hcl_file *b_file, const struct hcl_node *b)
{
    size_t len = a->end - a->start;

    return len == b->end - b->start &&
           memcmp(a_file->bytes + a->start, b_file->bytes + b->start, len) == 0;
}

/* What the syntax alone says. LINK_MAYBE: ask the evaluator. */
static enum link_answer by_syntax(const struct hcl_resource *from, const struct hcl_node *value,
                                  const struct hcl_resource *subject)
{
    char root[256];
    char name[256];
    const struct hcl_node *meta;

    if (from->module != subject->module || !expr_name(from->file, value, 0, root, sizeof root) ||
        !expr_name(from->file, value, 1, name, sizeof name))
        return LINK_MAYBE;
    if (str_eq(root, subject->type))
        return str_eq(name, subject->name) ? LINK_YES : LINK_NO;

    meta = meta_of(from);
    if (str_eq(root, "each") && str_eq(name, "value") && meta != NULL && expr_is_traversal(meta) &&
        expr_name(from->file, meta, 0, root, sizeof root) && str_eq(root, subject->type) &&
        expr_name(from->file, meta, 1, name, sizeof name))
        return str_eq(name, subject->name) ? LINK_YES : LINK_NO;
    return LINK_MAYBE;
}

/* "aws_s3_bucket.data[0].id" names subject aws_s3_bucket.data, when it was written in the subject's
 * module. */
static enum link_answer by_reference(const struct hcl_value *value,
                                     const struct hcl_resource *subject)
{
    char wanted[512];
    size_t len;
    const struct hcl_module *written =
        value->n_origins > 0 ? value->origins[value->n_origins - 1].module : NULL;

    if (str_starts(value->text, "module."))
        return LINK_MAYBE;
    (void)snprintf(wanted, sizeof wanted, "%s.%s", subject->type, subject->name);
    len = strlen(wanted);
    if (strncmp(value->text, wanted, len) != 0 ||
        (value->text[len] != '.' && value->text[len] != '['))
        return LINK_NO;
    return written == NULL || str_eq(hcl_module_path(written), hcl_module_path(subject->module))
               ? LINK_YES
               : LINK_NO;
}

static enum link_answer by_name(const struct hcl_resource *from, const struct hcl_node *value_node,
                                const struct hcl_value *value, const struct hcl_resource *subject,
                                const char *const *to)
{
    enum link_answer answer = value->kind == HCL_V_UNKNOWN ? LINK_MAYBE : LINK_NO;

    for (const char *const *name = to; *name != NULL; name++) {
        const struct hcl_node *own = value_of(subject, *name);
        const struct hcl_instance *instances = NULL;
        size_t n = hcl_instances(subject, &instances);

        if (own == NULL)
            continue;
        if (from->module == subject->module &&
            same_text(from->file, value_node, subject->file, own) && value->kind != HCL_V_NULL)
            return LINK_YES;
        for (size_t i = 0; i < n && i < LOOK_AT_INSTANCES_MAX; i++) {
            const struct hcl_value *own_value =
                hcl_eval(subject->module, subject->file, own, &instances[i]);

            if (own_value->kind == HCL_V_TEXT && value->kind == HCL_V_TEXT &&
                str_eq(own_value->text, value->text))
                return LINK_YES;
            if (own_value->kind == HCL_V_UNKNOWN && value->kind == HCL_V_TEXT)
                answer = LINK_MAYBE;
        }
    }
    return answer;
}

enum link_answer link_to(const struct hcl_resource *from, const char *link,
                         const struct hcl_resource *subject, const char *const *to, struct why why)
{
    const struct hcl_node *node = value_of(from, link);
    const struct hcl_instance *instances = NULL;
    enum link_answer answer;
    size_t n;

    if (node == NULL)
        return LINK_NO;
    answer = by_syntax(from, node, subject);
    if (answer != LINK_MAYBE)
        return answer;

    answer = LINK_NO;
    n = hcl_instances(from, &instances);
    for (size_t i = 0; i < n && i < LOOK_AT_INSTANCES_MAX && answer != LINK_YES; i++) {
        const struct hcl_value *value = hcl_eval(from->module, from->file, node, &instances[i]);
        enum link_answer one =
            value->kind == HCL_V_REFERENCE ? by_reference(value, subject) : LINK_NO;

        if (one == LINK_NO)
            one = by_name(from, node, value, subject, to);
        if (one != LINK_NO)
            answer = one;
    }
    if (answer == LINK_MAYBE)
        why_say(why, "%s may belong to it: %s cannot be known", from->address, link);
    return answer;
}

static bool has_key(const struct hcl_instance *instances, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(instances[i].key, key))
            return true;
    }
    return false;
}

enum link_answer link_covers(const struct hcl_resource *from, const struct hcl_resource *subject,
                             struct why why)
{
    const struct hcl_node *wanted = meta_of(subject);
    const struct hcl_node *have = meta_of(from);
    const struct hcl_instance *a = NULL;
    const struct hcl_instance *b = NULL;
    size_t n_a = hcl_instances(subject, &a);
    size_t n_b = hcl_instances(from, &b);

    if (wanted == NULL)
        return LINK_YES;
    if (have != NULL && from->module == subject->module &&
        (expr_mentions(from->file, have, subject->type, subject->name) ||
         same_text(subject->file, wanted, from->file, have)))
        return LINK_YES;

    for (size_t i = 0; have != NULL && i < n_a; i++) {
        if (str_eq(a[i].key, "[?]") || !has_key(b, n_b, a[i].key))
            break;
        if (i + 1 == n_a)
            return LINK_YES;
    }
    why_say(why, "%s may not cover every instance of %s", from->address, subject->address);
    return LINK_MAYBE;
}
