/* What the first steps of a traversal mean: var.x, local.x, module.m.o, data.t.n, t.n, each.*,
 * path.* … */
#include <stdio.h>

#include "worker/hcl/module/calls.h"
#include "worker/hcl/eval/made.h"

static bool is_bound(const struct scope *scope, const char *name)
{
    for (const struct binding *at = scope->bindings; at != NULL; at = at->next)
        if (str_eq(at->name, name))
            return true;
    return false;
}

/* The root name of node when node is a bare root; false for longer traversals and names of a for.
 */
static bool root_name(const struct scope *scope, const struct hcl_node *node,
                      char out[NAME_BYTES_MAX])
{
    return node->kind == HCL_VARIABLE && eval_name(scope->file, node, out) && !is_bound(scope, out);
}

static bool is_root(const struct scope *scope, const struct hcl_node *node, const char *name)
{
    char root[NAME_BYTES_MAX];

    return root_name(scope, node, root) && str_eq(root, name);
}

/* --- resources --- */

static const struct hcl_value *resource_value(const struct scope *scope, const char *type,
                                              const char *name, bool is_data)
{
    struct hcl_repo *repo = scope->repo;
    struct resource *resource = module_resource(scope->module, type, name, is_data);
    const struct hcl_instance *instances;
    struct gather gather = {.repo = repo};

    if (resource == NULL && !is_data && (str_eq(name, "key") || str_eq(name, "value")))
        return value_unknown(repo, "%s.%s differs per block that a dynamic block makes", type,
                             name);
    if (resource == NULL)
        return value_invalid(repo, "%s%s.%s is not declared in %s", is_data ? "data." : "", type,
                             name,
                             scope->module->path[0] != '\0' ? scope->module->path : "the root");
    size_t n = resource_instances(resource, &instances);
    bool is_one = n == 1 && (instances[0].key[0] == '\0' || str_eq(instances[0].key, "[?]"));
    if (is_one)
        return value_reference(repo, resource, &instances[0], "");

    for (size_t i = 0; i < n; i++)
        gather_add(&gather, instances[i].each_key != NULL ? instances[i].each_key->text : NULL,
                   value_reference(repo, resource, &instances[i], ""));
    const struct hcl_value *all =
        resource->open.has_count ? gather_tuple(&gather) : gather_object(&gather);
    return resource->spread_by != NULL ? made_from(repo, all, resource->spread_by) : all;
}

static struct resource *resource_of(const struct hcl_value *reference)
{
    return module_resource(reference->instance->module, reference->resource->type,
                           reference->resource->name, reference->resource->is_data);
}

const struct hcl_value *scope_any_instance(const struct scope *scope,
                                           const struct hcl_value *reference)
{
    struct resource *resource = resource_of(reference);
    struct hcl_instance *any = arena_alloc(scope->repo->arena, sizeof *any);

    if (any == NULL || resource == NULL)
        return &VALUE_EXHAUSTED;
    any->key = "[?]";
    any->module = reference->instance->module;
    any->address =
        arena_print(scope->repo->arena, "%.*s[?]",
                    (int)(strlen(reference->instance->address) - strlen(reference->instance->key)),
                    reference->instance->address);
    if (any->address == NULL)
        return &VALUE_EXHAUSTED;
    return value_reference(scope->repo, resource, any, "");
}

/* Marks whatever was found as read through that attribute. */
static const struct hcl_value *linked(struct hcl_repo *repo, const struct hcl_value *v,
                                      const struct hcl_value *reference)
{
    struct hcl_value *copy = arena_alloc(repo->arena, sizeof *copy);

    if (copy == NULL)
        return &VALUE_EXHAUSTED;
    *copy = *v;
    copy->resource = reference->resource;
    copy->instance = reference->instance;
    copy->attribute = reference->attribute;
    return copy;
}

const struct hcl_value *scope_attribute(const struct scope *scope,
                                        const struct hcl_value *reference, const char *name)
{
    struct hcl_repo *repo = scope->repo;
    struct resource *resource = resource_of(reference);

    if (resource == NULL)
        return &VALUE_EXHAUSTED;
    if (reference->attribute[0] != '\0') {
        char deeper[2 * NAME_BYTES_MAX];
        snprintf(deeper, sizeof deeper, "%s.%s", reference->attribute, name);
        return value_reference(repo, resource, reference->instance, deeper);
    }
    const struct hcl_value *whole = value_reference(repo, resource, reference->instance, name);
    if (whole->kind != HCL_V_REFERENCE)
        return whole;

    const struct hcl_resource *open = &resource->open;
    const struct hcl_node *attribute = hcl_attribute(open->file, open->block, name);
    if (attribute != NULL) {
        struct scope there = {.repo = repo,
                              .module = reference->instance->module,
                              .file = open->file,
                              .instance = reference->instance,
                              .what = "attribute"};
        const struct hcl_value *v = eval_apart(&there, attribute->child);
        if (v->kind != HCL_V_NULL) /* null is left to the provider, as if it were not written */
            return linked(repo, v, whole);
    }
    if (open->is_data)
        return linked(repo, value_unknown(repo, "%.300s is read from the cloud", whole->text),
                      whole);
    return whole;
}

/* --- modules --- */

static bool is_keyed(const struct module_call *call)
{
    return call_argument(call, "count") != NULL || call_argument(call, "for_each") != NULL;
}

static const struct hcl_module *object_at(const struct scope *scope, struct module_call *call,
                                          const struct hcl_value *key)
{
    struct hcl_module *const *objects;
    size_t n = call_objects(scope->module, call, &objects);
    const char *wanted = value_is_open(key) ? NULL : instance_key_text(scope->repo, key);

    for (size_t i = 0; i < n && wanted != NULL; i++)
        if (objects[i]->call_instance != NULL && str_eq(objects[i]->call_instance->key, wanted))
            return objects[i];
    return value_is_open(key) || (n == 1 && str_ends(objects[0]->keyed, "[?]")) ? call->shape
                                                                                : NULL;
}

static const struct hcl_value *output_of(const struct scope *scope, const struct module_call *call,
                                         const struct hcl_module *object, const char *name)
{
    if (call->outside != NULL)
        return value_unknown(scope->repo, "%.300s", call->outside);
    if (object == NULL)
        return value_invalid(scope->repo, "module.%s has no such instance", call->name);
    struct named *output = names_find(&object->outputs, name);
    if (output == NULL)
        return value_invalid(scope->repo, "module.%s has no output %s", call->name, name);
    return output_value(object, output);
}

static const struct hcl_value *all_outputs(const struct scope *scope,
                                           const struct hcl_module *object)
{
    struct gather gather = {.repo = scope->repo};

    for (size_t i = 0; i < object->outputs.n; i++)
        gather_add(&gather, object->outputs.items[i].name,
                   output_value(object, &object->outputs.items[i]));
    return gather_object(&gather);
}

/* module.m as a whole: for splats and for expressions over it. */
static const struct hcl_value *module_value(const struct scope *scope, const char *name)
{
    struct module_call *call = module_call_find(scope->module, name);
    struct hcl_module *const *objects;
    struct gather gather = {.repo = scope->repo};

    if (call == NULL)
        return value_invalid(scope->repo, "module.%s is not declared", name);
    if (call->outside != NULL)
        return value_unknown(scope->repo, "%.300s", call->outside);
    size_t n = call_objects(scope->module, call, &objects);
    if (!is_keyed(call) && n == 1)
        return all_outputs(scope, objects[0]);
    bool is_map = call_argument(call, "count") == NULL;
    for (size_t i = 0; i < n; i++) {
        if (str_ends(objects[i]->keyed, "[?]"))
            return value_unknown(scope->repo, "the instances of module.%s are not known", name);
        gather_add(&gather, is_map ? objects[i]->call_instance->each_key->text : NULL,
                   all_outputs(scope, objects[i]));
    }
    const struct hcl_value *all = is_map ? gather_object(&gather) : gather_tuple(&gather);
    return call->spread_by != NULL ? made_from(scope->repo, all, call->spread_by) : all;
}

/* node is module.m or module.m[key]: the call, and the key node or NULL. */
static struct module_call *called_by(const struct scope *scope, const struct hcl_node *node,
                                     const struct hcl_node **key)
{
    char name[NAME_BYTES_MAX];

    *key = NULL;
    if (node->kind == HCL_INDEX) {
        *key = node->child->next;
        node = node->child;
    }
    if (node->kind != HCL_GET_ATTR || !is_root(scope, node->child, "module") ||
        !eval_name(scope->file, node, name))
        return NULL;
    return module_call_find(scope->module, name);
}

static const struct hcl_value *output_value_at(const struct scope *scope,
                                               const struct hcl_node *node, const char *name)
{
    const struct hcl_node *key;
    struct hcl_module *const *objects;
    struct module_call *call = called_by(scope, node->child, &key);

    if (call == NULL)
        return NULL;
    if (call->outside != NULL || key == NULL) {
        bool one = call->outside == NULL && call_objects(scope->module, call, &objects) == 1;
        return output_of(scope, call, one && !is_keyed(call) ? objects[0] : NULL, name);
    }
    return output_of(scope, call, object_at(scope, call, eval(scope, key)), name);
}

/* --- the rest --- */

static const struct hcl_value *each_value(const struct scope *scope, const char *root,
                                          const char *name)
{
    const struct hcl_instance *instance = scope->instance;
    const struct hcl_value *v = NULL;

    if (instance != NULL && str_eq(root, "count") && str_eq(name, "index"))
        v = instance->count_index;
    else if (instance != NULL && str_eq(root, "each") && str_eq(name, "key"))
        v = instance->each_key;
    else if (instance != NULL && str_eq(root, "each") && str_eq(name, "value"))
        v = instance->each_value;
    return v != NULL ? v : value_unknown(scope->repo, "%s.%s differs per instance", root, name);
}

/* The module's directory as seen from the root's: "../../modules/x". */
static const struct hcl_value *relative_path(const struct scope *scope)
{
    CLEANUP(buf_done) struct buf path = BUF(TEXT_MAX);
    const char *from = scope->module->root_directory;
    const char *to = scope->module->dir->path;
    size_t same = 0;

    for (size_t i = 0; from[i] == to[i] || from[i] == '\0' || to[i] == '\0'; i++) {
        bool ends = (from[i] == '/' || from[i] == '\0') && (to[i] == '/' || to[i] == '\0');
        if (ends)
            same = i;
        if (from[i] == '\0' || to[i] == '\0')
            break;
    }
    from += same;
    to += same + (to[same] == '/');
    for (; *from != '\0'; from++)
        if (*from == '/' || from == scope->module->root_directory)
            buf_text(&path, path.len > 0 ? "/.." : "..");
    if (*to != '\0')
        buf_print(&path, "%s%s", path.len > 0 ? "/" : "", to);
    return value_text(scope->repo, path.len > 0 ? buf_str(&path) : ".");
}

static const struct hcl_value *path_value(const struct scope *scope, const char *name)
{
    if (str_eq(name, "module"))
        return relative_path(scope);
    if (str_eq(name, "root"))
        return value_text(scope->repo, ".");
    return value_unknown(scope->repo, "path.%s depends on where terraform runs", name);
}

static const struct hcl_value *named_value(const struct scope *scope, const char *root,
                                           const char *name)
{
    const struct hcl_module *module = scope->module;
    bool is_variable = str_eq(root, "var");
    struct named *named = names_find(is_variable ? &module->variables : &module->locals, name);

    if (named == NULL)
        return value_invalid(scope->repo, "%s.%s is not declared", root, name);
    return is_variable ? variable_value(module, named) : local_value(module, named);
}

static const struct hcl_value *rooted(const struct scope *scope, const char *root, const char *name)
{
    if (str_eq(root, "var") || str_eq(root, "local"))
        return named_value(scope, root, name);
    if (str_eq(root, "each") || str_eq(root, "count"))
        return each_value(scope, root, name);
    if (str_eq(root, "path"))
        return path_value(scope, name);
    if (str_eq(root, "module"))
        return module_value(scope, name);
    if (str_eq(root, "terraform"))
        return value_unknown(scope->repo, "the workspace is not known");
    if (str_eq(root, "self") || str_eq(root, "data"))
        return value_unknown(scope->repo, "%s.%s is not evaluated", root, name);
    return resource_value(scope, root, name, false);
}

const struct hcl_value *scope_lookup(const struct scope *scope, const struct hcl_node *node)
{
    char root[NAME_BYTES_MAX];
    char name[NAME_BYTES_MAX];
    const struct hcl_node *before = node->child;

    if (!eval_name(scope->file, node, name))
        return NULL;
    if (root_name(scope, before, root))
        return rooted(scope, root, name);
    if (before->kind == HCL_GET_ATTR && is_root(scope, before->child, "data") &&
        eval_name(scope->file, before, root))
        return resource_value(scope, root, name, true);
    return output_value_at(scope, node, name);
}
