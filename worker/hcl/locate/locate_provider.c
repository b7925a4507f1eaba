/*
 * Where a resource's provider works, to rule it out for an ARN of another region or account.
 *
 * Only what the code says outright counts: a region that comes from a variable's default may be
 * another one where terraform runs, and no region at all comes from the environment. A module that
 * configures the provider itself uses that, whatever its caller has.
 */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/locate/locate_inside.h"
#include "worker/hcl/module/declared.h"

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

/* A configuration that says something: one without settings takes what the caller passes. */
static bool has_settings(const struct hcl_file *file, const struct hcl_node *block)
{
    const struct hcl_node *at = hcl_block_body(block)->child;

    while (at != NULL && at->kind == HCL_ATTRIBUTE &&
           (hcl_name_is(file, at, "alias") || hcl_name_is(file, at, "version")))
        at = at->next;
    return at != NULL;
}

/* The module's own configuration of the provider, with what override files make of it. */
static const struct declared *configured(const struct hcl_module *module, struct text provider)
{
    char name[NAME_BYTES_MAX];
    char *dot;

    if (provider.len >= sizeof name)
        return NULL;
    memcpy(name, provider.at, provider.len);
    name[provider.len] = '\0';
    dot = strchr(name, '.');
    if (dot != NULL)
        *dot = '\0';
    return declared_find(module->dir->declared, DECLARED_PROVIDER, name,
                         dot != NULL ? dot + 1 : "");
}

static struct works settings(const struct hcl_module *module, const struct declared *provider)
{
    return (struct works){
        .region = setting(module, provider->file, provider->node, "region"),
        .account_ids = setting(module, provider->file, provider->node, "allowed_account_ids"),
    };
}

static struct works find_works(const struct hcl_resource *resource)
{
    const struct hcl_node *own = hcl_attribute(resource->file, resource->block, "provider");
    const struct hcl_node *region = hcl_attribute(resource->file, resource->block, "region");
    const struct hcl_module *module = resource->module; /* no key changes the provider */
    struct text provider = {"aws", 3};

    if (region != NULL) /* since provider 6 each resource may have its own */
        return (struct works){0};
    if (own != NULL)
        provider = written(resource->file, own->child);
    for (;;) {
        const struct declared *mine = configured(module, provider);
        if (mine != NULL && (module->parent == NULL || has_settings(mine->file, mine->node)))
            return settings(module, mine);
        if (module->parent == NULL || !from_caller(module, &provider))
            return (struct works){0};
        module = module->parent;
    }
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
