/* count and for_each: the instances of resources, and the module objects of a call. */
#include "worker/hcl/syntax/address.h"
#include "worker/hcl/eval/eval.h"

#include <stdio.h>

#include "worker/hcl/eval/made.h"

const char *instance_key_text(struct hcl_repo *repo, const struct hcl_value *key)
{
    CLEANUP(buf_done) struct buf number = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    struct err err;

    if (key->kind == HCL_V_NUMBER) {
        value_print(key, &number);
        return buf_check(&number, &err) == 0 ? arena_print(repo->arena, "[%s]", buf_str(&number))
                                             : NULL;
    }
    if (key->kind != HCL_V_TEXT)
        return NULL;
    hcl_key_text(key->text, &text);
    return buf_check(&text, &err) == 0 ? arena_text(repo->arena, buf_str(&text)) : NULL;
}

/* What count or for_each of a block says. */
struct spread {
    struct hcl_instance *items;
    size_t n;
    const struct hcl_value *by; /* what count or for_each is; NULL without */
};

static bool one_instance(struct hcl_repo *repo, const char *key, struct spread *out)
{
    out->items = arena_alloc(repo->arena, sizeof *out->items);
    if (out->items == NULL)
        return false;
    out->items[0].key = key;
    out->n = 1;
    return true;
}

static bool spread_count(struct hcl_repo *repo, const struct hcl_value *count, struct spread *out)
{
    int64_t n;

    if (!value_index(value_to_number(repo, count), &n) || n < 0 || n > INSTANCES_MAX)
        return one_instance(repo, "[?]", out);
    out->n = (size_t)n;
    out->items = arena_alloc(repo->arena, (out->n + 1) * sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < out->n; i++) {
        out->items[i].count_index = made_from(repo, value_int(repo, (int64_t)i), count);
        out->items[i].key = instance_key_text(repo, out->items[i].count_index);
        if (out->items[i].key == NULL)
            return false;
    }
    return out->items != NULL;
}

/* A set of texts, or a map. A tuple or a list is refused by terraform. */
static bool is_countable(const struct hcl_value *v)
{
    if (v->kind == HCL_V_OBJECT)
        return true;
    if (!value_is_set(v))
        return false;
    for (size_t i = 0; v->kind == HCL_V_LIST && i < v->n; i++)
        if (v->items[i]->kind != HCL_V_TEXT)
            return false;
    return v->kind == HCL_V_LIST;
}

static bool spread_for_each(struct hcl_repo *repo, const struct hcl_value *each, struct spread *out)
{
    if (!is_countable(each))
        return one_instance(repo, "[?]", out);
    out->n = each->n;
    out->items = arena_alloc(repo->arena, (out->n + 1) * sizeof *out->items);
    for (size_t i = 0; out->items != NULL && i < out->n; i++) {
        out->items[i].each_value = each->items[i];
        out->items[i].each_key = each->kind == HCL_V_OBJECT
                                     ? made_from(repo, value_text(repo, each->keys[i]), each)
                                     : each->items[i];
        if (out->items[i].each_key->kind != HCL_V_TEXT)
            return false;
        out->items[i].key = instance_key_text(repo, out->items[i].each_key);
        if (out->items[i].key == NULL)
            return false;
    }
    return out->items != NULL;
}

/* Asked outside of any evaluation, it has a budget of its own. */
static bool spread_block(const struct hcl_module *module, const struct hcl_file *file,
                         const struct hcl_node *block, struct spread *out)
{
    struct hcl_repo *repo = module->repo;
    const struct hcl_node *count = hcl_attribute(file, block, "count");
    const struct hcl_node *each = hcl_attribute(file, block, "for_each");
    struct scope scope = {.repo = repo, .module = module, .file = file, .what = "attribute"};

    eval_begin(repo);
    if (count != NULL) {
        out->by = eval_apart(&scope, count->child);
        return spread_count(repo, out->by, out);
    }
    if (each != NULL) {
        out->by = eval_apart(&scope, each->child);
        return spread_for_each(repo, out->by, out);
    }
    return one_instance(repo, "", out);
}

/* Without memory, or inside a cycle: known not to be known. */
static const struct hcl_instance *not_known(struct resource *resource)
{
    struct hcl_instance *any = arena_alloc(resource->open.module->repo->arena, sizeof *any);

    if (any == NULL)
        return NULL;
    *any = (struct hcl_instance){
        .key = "[?]", .address = resource->open.address, .module = resource->open.module};
    return any;
}

static bool name_instances(struct resource *resource)
{
    const struct hcl_module *module = resource->open.module;
    const char *dot = module->keyed[0] != '\0' ? "." : "";

    for (size_t i = 0; i < resource->n_instances; i++) {
        struct hcl_instance *instance = &resource->instances[i];
        instance->module = module;
        instance->address = arena_print(module->repo->arena, "%s%s%s%s.%s%s", module->keyed, dot,
                                        resource->open.is_data ? "data." : "", resource->open.type,
                                        resource->open.name, instance->key);
        if (instance->address == NULL)
            return false;
    }
    return true;
}

size_t resource_instances(struct resource *resource, const struct hcl_instance **out)
{
    struct spread spread = {0};

    if (resource->state == NAMED_NEW) {
        resource->state = NAMED_BUSY;
        bool made =
            spread_block(resource->open.module, resource->open.file, resource->open.block, &spread);
        resource->instances = spread.items;
        resource->n_instances = spread.n;
        resource->spread_by = spread.by;
        resource->state = made && name_instances(resource) ? NAMED_DONE : NAMED_NEW;
    }
    if (resource->state == NAMED_DONE) {
        *out = resource->instances;
        return resource->n_instances;
    }
    *out = not_known(resource);
    return *out != NULL ? 1 : 0;
}

/* --- module calls --- */

static bool make_objects(const struct hcl_module *module, struct module_call *call,
                         const struct spread *spread)
{
    struct err err;

    call->objects = arena_alloc(module->repo->arena, (spread->n + 1) * sizeof *call->objects);
    if (call->objects == NULL)
        return false;
    for (size_t i = 0; i < spread->n; i++) {
        struct hcl_instance *instance = &spread->items[i];
        instance->module = module;
        instance->address = call->shape->path;
        if (instance->key[0] == '\0')
            call->objects[i] = call->shape;
        else if (module_new(module->repo, call->shape->dir, module, call, instance,
                            &call->objects[i], &err) < 0)
            return false;
    }
    call->n_objects = spread->n;
    return true;
}

size_t call_objects(const struct hcl_module *module, struct module_call *call,
                    struct hcl_module *const **out)
{
    struct spread spread = {0};

    if (call->shape == NULL)
        return 0;
    if (call->state == NAMED_NEW) {
        call->state = NAMED_BUSY;
        bool made = spread_block(module, call->file, call->block, &spread) &&
                    make_objects(module, call, &spread);
        call->spread_by = spread.by;
        call->state = made ? NAMED_DONE : NAMED_NEW;
    }
    if (call->state == NAMED_DONE) {
        *out = call->objects;
        return call->n_objects;
    }
    *out = &call->shape;
    return 1;
}

/* All objects of a listed module: its call's, in each object of the parent. Into out, or only
 * counted. */
static size_t list_objects(const struct hcl_module *shape, struct hcl_module **out)
{
    const struct hcl_module *parent = shape->parent;
    size_t n = 0;

    for (size_t i = 0; i < parent->n_spread; i++) {
        struct hcl_module *const *objects = NULL;
        struct module_call *call = module_call_find(parent->spread[i], shape->call->name);
        size_t count = call != NULL ? call_objects(parent->spread[i], call, &objects) : 0;
        for (size_t j = 0; j < count; j++, n++)
            if (out != NULL)
                out[n] = objects[j];
    }
    return n;
}

static bool spread_module(struct hcl_module *shape)
{
    struct hcl_module *parent = (struct hcl_module *)shape->parent;

    if (shape->spread != NULL)
        return true;
    if (parent != NULL && !spread_module(parent))
        return false;
    size_t n = parent == NULL ? 1 : list_objects(shape, NULL);
    struct hcl_module **spread = arena_alloc(shape->repo->arena, (n + 1) * sizeof *spread);
    if (spread == NULL)
        return false;
    if (parent == NULL)
        spread[0] = shape;
    else
        list_objects(shape, spread);
    shape->spread = spread;
    shape->n_spread = n;
    return true;
}

/* The instances in every object of the module, put together once. */
static bool gather_instances(struct resource *resource)
{
    struct hcl_module *module = (struct hcl_module *)resource->open.module;
    size_t place = (size_t)(resource - module->resources);
    const struct hcl_instance *own = NULL;
    size_t n = 0;

    if (!spread_module(module))
        return false;
    for (size_t i = 0; i < module->n_spread; i++)
        n += resource_instances(&module->spread[i]->resources[place], &own);
    resource->n_all = 0;
    resource->all = arena_alloc(module->repo->arena, (n + 1) * sizeof *resource->all);
    if (resource->all == NULL)
        return false;
    for (size_t i = 0; i < module->n_spread; i++) {
        size_t count = resource_instances(&module->spread[i]->resources[place], &own);
        for (size_t j = 0; j < count && resource->n_all < n; j++)
            resource->all[resource->n_all++] = own[j];
    }
    return true;
}

size_t hcl_instances(const struct hcl_resource *resource, const struct hcl_instance **out)
{
    struct resource *inside = (struct resource *)resource;

    if (!inside->all_known)
        inside->all_known = gather_instances(inside);
    *out = inside->all;
    if (inside->all_known)
        return inside->n_all;
    *out = not_known(inside);
    return *out != NULL ? 1 : 0;
}
