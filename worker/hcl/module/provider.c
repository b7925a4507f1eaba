#include "worker/hcl/module/provider.h"

#include "worker/hcl/module/declared.h"

struct piece { /* of a file's bytes */
    const char *at;
    size_t len;
};

static struct piece written(const struct hcl_file *file, const struct hcl_node *node)
{
    return (struct piece){file->bytes + node->start, node->end - node->start};
}

static bool same(struct piece a, struct piece b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* What the module's caller calls the provider; false: it cannot be told. */
static bool from_caller(const struct hcl_module *module, struct piece *provider)
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
static const struct declared *configured(const struct hcl_module *module, struct piece provider)
{
    char name[256];
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

enum hcl_provider_answer hcl_provider_of(const struct hcl_resource *resource, const char *name,
                                         struct hcl_provider *out)
{
    const struct hcl_node *own = hcl_attribute(resource->file, resource->block, "provider");
    const struct hcl_module *module = resource->module; /* no key changes the provider */
    struct piece provider = {name, strlen(name)};

    if (own != NULL)
        provider = written(resource->file, own->child);
    for (;;) {
        const struct declared *mine = configured(module, provider);

        if (mine != NULL && (module->parent == NULL || has_settings(mine->file, mine->node))) {
            *out = (struct hcl_provider){module, mine->file, mine->node};
            return HCL_PROVIDER_FOUND;
        }
        if (module->parent == NULL)
            return HCL_PROVIDER_NONE;
        if (!from_caller(module, &provider))
            return HCL_PROVIDER_UNSURE;
        module = module->parent;
    }
}
