/*
 * Where a resource's provider works, to rule it out for an ARN of another region or account.
 *
 * Only what the code says outright counts: a region that comes from a variable's default may be
 * another one where terraform runs, and no region at all comes from the environment.
 */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/locate/locate_inside.h"

static struct text written(const struct hcl_file *file, const struct hcl_node *node)
{
    return (struct text){file->bytes + node->start, node->end - node->start};
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* What the module's caller calls the provider; false: it cannot be told. */
static bool from_caller(const struct hcl_module *module, struct text *provider)
{
    const struct module_call *call = module->call;
    const struct hcl_node *map = hcl_attribute(call->file, call->block, "providers");

    if (map != NULL && map->child->kind == HCL_OBJECT)
        for (const struct hcl_node *key = map->child->child; key != NULL && key->next != NULL;
             key = key->next->next)
            if (same(written(call->file, key), *provider)) {
                *provider = written(call->file, key->next);
                return true;
            }
    return memchr(provider->at, '.', provider->len) == NULL; /* the default one is inherited */
}

static bool is_called(const struct hcl_module *root, const struct hcl_file *file,
                      const struct hcl_node *block, struct text provider)
{
    char label[64];
    const char *dot = memchr(provider.at, '.', provider.len);
    const struct hcl_node *alias = hcl_attribute(file, block, "alias");
    struct text name = {provider.at, dot != NULL ? (size_t)(dot - provider.at) : provider.len};

    if (!hcl_block_label(file, block, 0, label, sizeof label) ||
        !same(name, (struct text){label, strlen(label)}) || (dot == NULL) != (alias == NULL))
        return false;
    if (alias == NULL)
        return true;
    const char *text = eval_literal_text(root->repo, file, alias->child);
    return text != NULL && same((struct text){text, strlen(text)},
                                (struct text){dot + 1, provider.len - name.len - 1});
}

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

static const struct hcl_value *setting(const struct hcl_module *root, const struct hcl_file *file,
                                       const struct hcl_node *block, const char *name)
{
    const struct hcl_node *attribute = hcl_attribute(file, block, name);

    return attribute != NULL ? hcl_eval(root, file, attribute->child, NULL) : NULL;
}

static bool works_elsewhere(const struct hcl_module *root, struct text provider,
                            const struct arn_pieces *arn)
{
    for (size_t i = 0; i < hcl_module_file_count(root); i++) {
        const struct hcl_file *file = hcl_module_file(root, i);
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, "provider", block)) != NULL) {
            if (!is_called(root, file, block, provider))
                continue;
            const struct hcl_value *region = setting(root, file, block, "region");
            const struct hcl_value *ids = setting(root, file, block, "allowed_account_ids");
            return (arn->region[0] != '\0' && region != NULL && is_outright(region) &&
                    !str_eq(region->text, arn->region)) ||
                   (arn->account[0] != '\0' && forbids(ids, arn->account));
        }
    }
    return false;
}

bool locate_is_elsewhere(const struct hcl_resource *resource, const struct hcl_instance *instance,
                         const struct arn_pieces *arn)
{
    const struct hcl_node *own = hcl_attribute(resource->file, resource->block, "provider");
    const struct hcl_node *region = hcl_attribute(resource->file, resource->block, "region");
    const struct hcl_module *module = instance->module;
    struct text provider = {"aws", 3};

    if (region != NULL) /* since provider 6 each resource may have its own */
        return false;
    if (own != NULL)
        provider = written(resource->file, own->child);
    for (; module->parent != NULL; module = module->parent)
        if (!from_caller(module, &provider))
            return false;
    return works_elsewhere(module, provider, arn);
}
