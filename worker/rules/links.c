#include "worker/rules/links.h"

#include <stdio.h>

#include "worker/hcl/edit/edit.h"

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

/* "${aws_x.y.arn}:*" names aws_x.y too: whoever writes to a log group names its streams like that.
 */
static const struct hcl_node *without_star(const struct hcl_file *file, const struct hcl_node *node)
{
    const struct hcl_node *first = node->kind == HCL_TEMPLATE ? node->child : NULL;
    const struct hcl_node *rest = first != NULL ? first->next : NULL;

    if (rest == NULL || rest->next != NULL || first->kind != HCL_INTERPOLATION ||
        rest->kind != HCL_LITERAL || rest->end - rest->start != 2 ||
        memcmp(file->bytes + rest->start, ":*", 2) != 0)
        return node;
    return first->child;
}

/* What the syntax alone says. LINK_MAYBE: ask the evaluator. */
static enum link_answer by_syntax(const struct hcl_resource *from, const struct hcl_node *value,
                                  const struct hcl_resource *subject)
{
    char root[256];
    char name[256];
    const struct hcl_node *meta;

    value = without_star(from->file, value);
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

/* The evaluator says through which resource a value was read, over module borders too. */
static enum link_answer by_reference(const struct hcl_value *value,
                                     const struct hcl_resource *subject)
{
    if (value->resource == NULL || !str_eq(value->resource->type, subject->type) ||
        value->resource->is_data)
        return LINK_MAYBE;
    return str_eq(value->resource->address, subject->address) ? LINK_YES : LINK_NO;
}

/* The body that holds the argument "name", or "block[0].name"; *name becomes the last part. */
static const struct hcl_node *own_body(const struct hcl_resource *subject, const char **name)
{
    const struct hcl_node *body = hcl_block_body(subject->block);
    const char *inner = strstr(*name, "[0].");
    char type[128];

    if (inner == NULL)
        return body;
    (void)snprintf(type, sizeof type, "%.*s", (int)(inner - *name), *name);
    *name = inner + strlen("[0].");
    return hcl_block_next(subject->file, body, type, NULL);
}

static enum link_answer by_name(const struct hcl_resource *from, const struct hcl_node *value_node,
                                const struct hcl_value *value, const struct hcl_resource *subject,
                                const char *const *to)
{
    enum link_answer answer = value->kind == HCL_V_UNKNOWN ? LINK_MAYBE : LINK_NO;

    for (const char *const *name = to; *name != NULL; name++) {
        const char *last = *name;
        const struct hcl_node *body = own_body(subject, &last);
        const struct hcl_node *attribute =
            body != NULL ? hcl_attribute(subject->file, body, last) : NULL;
        const struct hcl_node *own = attribute != NULL ? attribute->child : NULL;
        const struct hcl_instance *instances = NULL;
        size_t n = hcl_instances(subject, &instances);

        if (own == NULL)
            continue;
        if (from->module == subject->module &&
            same_text(from->file, value_node, subject->file, own) && value->kind != HCL_V_NULL)
            return LINK_YES;
        for (size_t i = 0; i < n && i < LOOK_AT_INSTANCES_MAX; i++) {
            const struct hcl_value *own_value =
                hcl_eval_attribute(subject, body, last, &instances[i]);

            if (own_value->kind == HCL_V_TEXT && value->kind == HCL_V_TEXT &&
                str_eq(own_value->text, value->text))
                return LINK_YES;
            if (own_value->kind == HCL_V_UNKNOWN && value->kind == HCL_V_TEXT)
                answer = LINK_MAYBE;
        }
    }
    return answer;
}

/* One instance's value: by what it was read through, then by its syntax, then by its text. */
static enum link_answer one_link(const struct hcl_resource *from, const struct hcl_node *node,
                                 const struct hcl_value *value, const struct hcl_resource *subject,
                                 const char *const *to)
{
    enum link_answer answer = by_reference(value, subject);

    if (answer == LINK_MAYBE)
        answer = by_syntax(from, node, subject);
    return answer == LINK_MAYBE ? by_name(from, node, value, subject, to) : answer;
}

/* --- the linking expression: an argument's, or that of a key of it --- */

static const struct hcl_node *link_node(const struct hcl_resource *from, const struct link *link)
{
    const struct hcl_node *node = value_of(from, link->name);
    const struct hcl_node *key =
        node != NULL && link->key != NULL ? hcl_object_key(from->file, node, link->key) : NULL;

    return key != NULL ? key->next : node;
}

/* The id of a bucket's policy is the bucket's name: who is tied to that part is tied to the whole.
 */
static const struct hcl_value *through_part(const struct hcl_value *value, const char *argument)
{
    const struct hcl_resource *part = value->resource;
    const struct hcl_value *whole;
    size_t len;

    if (part == NULL || part->is_data || value->attribute == NULL ||
        (!str_eq(value->attribute, "id") && !str_eq(value->attribute, argument)))
        return value;
    whole = hcl_eval_attribute(part, hcl_block_body(part->block), argument, value->instance);
    if (whole == NULL || whole->resource == NULL)
        return value;
    len = strlen(whole->resource->type);
    return str_starts(part->type, whole->resource->type) && part->type[len] == '_' ? whole : value;
}

const struct hcl_value *link_value(const struct hcl_resource *from, const struct link *link,
                                   const struct hcl_instance *instance)
{
    const struct hcl_value *value =
        hcl_eval_attribute(from, hcl_block_body(from->block), link->name, instance);

    if (link->key != NULL)
        return member_of(value, link->key);
    return value != NULL ? through_part(value, link->name) : NULL;
}

struct link link_of(const struct statement *statement)
{
    return (struct link){statement->link, statement->link_key};
}

enum link_answer link_to(const struct hcl_resource *from, const struct link *link,
                         const struct hcl_resource *subject, const char *const *to, struct why why)
{
    const struct hcl_node *node = link_node(from, link);
    const struct hcl_instance *instances = NULL;
    enum link_answer answer = LINK_NO;
    size_t n = hcl_instances(from, &instances);

    for (size_t i = 0; node != NULL && i < n && i < LOOK_AT_INSTANCES_MAX && answer != LINK_YES;
         i++) {
        const struct hcl_value *value = link_value(from, link, &instances[i]);
        enum link_answer one = value != NULL ? one_link(from, node, value, subject, to) : LINK_NO;

        if (one != LINK_NO)
            answer = one;
    }
    if (answer == LINK_MAYBE)
        why_say(why, "%s may belong to it: %s cannot be known", from->address, link->name);
    return answer;
}

/* --- which instances --- */

static bool is_open_key(const char *address)
{
    return strstr(address, "[?]") != NULL;
}

/* Does any of from's instances link to the subject's instance? */
static enum link_answer reaches(const struct hcl_resource *from, const struct link *link,
                                const char *address)
{
    const struct hcl_instance *instances = NULL;
    size_t n = hcl_instances(from, &instances);
    enum link_answer answer = LINK_NO;

    for (size_t i = 0; i < n && i < LOOK_AT_INSTANCES_MAX; i++) {
        const struct hcl_value *value = link_value(from, link, &instances[i]);

        if (value == NULL || value->instance == NULL || is_open_key(value->instance->address))
            answer = LINK_MAYBE;
        else if (str_eq(value->instance->address, address))
            return LINK_YES;
    }
    return answer;
}

static bool follows_meta(const struct hcl_resource *from, const struct hcl_resource *subject)
{
    const struct hcl_node *wanted = meta_of(subject);
    const struct hcl_node *have = meta_of(from);

    return have != NULL && wanted != NULL && from->module == subject->module &&
           (expr_mentions(from->file, have, subject->type, subject->name) ||
            same_text(subject->file, wanted, from->file, have));
}

static enum link_answer instance_covered(const struct hcl_resource *const *from, size_t n,
                                         const struct link *link, const char *address)
{
    enum link_answer answer = is_open_key(address) ? LINK_MAYBE : LINK_NO;

    for (size_t i = 0; i < n; i++) {
        enum link_answer one = reaches(from[i], link, address);

        if (one == LINK_YES)
            return one;
        answer = one == LINK_MAYBE ? one : answer;
    }
    return answer;
}

enum link_answer links_cover(const struct hcl_resource *const *from, size_t n,
                             const struct link *link, const struct place *subject, struct why why)
{
    const struct hcl_resource *resource = subject->resource;
    const struct hcl_instance *instances = NULL;
    size_t n_instances = place_instances(subject, &instances);
    bool single = !resource->has_count && !resource->has_for_each;

    for (size_t i = 0; i < n; i++) {
        if (follows_meta(from[i], resource) ||
            (single && (n_instances <= 1 || from[i]->module == resource->module)))
            return LINK_YES;
    }
    for (size_t i = 0; i < n_instances; i++) {
        enum link_answer one = instance_covered(from, n, link, instances[i].address);

        if (one == LINK_YES)
            continue;
        why_say(why, "%s %s reached by %s", instances[i].address,
                one == LINK_NO ? "is not" : "may not be", from[0]->address);
        return one;
    }
    return LINK_YES;
}
