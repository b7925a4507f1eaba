/* Variables, locals and outputs: where each gets its value from, asked once per module object. */
#include "worker/hcl/module/calls.h"
#include "worker/hcl/module/declared.h"
#include "worker/hcl/eval/eval.h"

static struct scope scope_of(const struct hcl_module *module, const struct hcl_file *file,
                             const char *what)
{
    return (struct scope){.repo = module->repo, .module = module, .file = file, .what = what};
}

/* Guards against a name that needs itself; false when the value is there or must not be asked for.
 */
static bool begin(const struct hcl_module *module, struct named *named)
{
    if (named->state == NAMED_BUSY)
        named->value = value_invalid(module->repo, "%s needs its own value", named->name);
    if (named->state != NAMED_NEW)
        return false;
    named->state = NAMED_BUSY;
    return true;
}

/* A value cut short by the budget or the depth is not kept: the next question has its own. */
static const struct hcl_value *finish(struct named *named, const struct hcl_value *value)
{
    bool was_cut = value->kind == HCL_V_UNKNOWN && value->unknown == VALUE_EXHAUSTED.unknown;

    named->state = was_cut ? NAMED_NEW : NAMED_DONE;
    named->value = value;
    return value;
}

/* --- variables --- */

static const struct hcl_value *value_from_files(const struct hcl_module *root, const char *name)
{
    const struct assigned *assigned = declared_value(root->dir->declared, name);

    if (assigned == NULL)
        return NULL;
    struct scope scope = scope_of(root, assigned->file, "tfvars");
    return eval_apart(&scope, assigned->attribute->child);
}

static bool is_told_of(const struct hcl_module *root, const struct repo_file *entry)
{
    const struct repo_dir *dir = repo_dir_find(root->repo, entry->directory);

    if (entry->file == NULL || repo_is_configuration(entry->path))
        return false;
    return dir == root->dir ? !module_reads_values(entry->path) : dir == NULL || !dir->has_tf;
}

const struct hcl_node *hcl_other_values(const struct hcl_module *root, const char *variable,
                                        size_t *next, const struct hcl_file **file)
{
    const struct hcl_repo *repo = root->repo;
    const struct hcl_node *found = NULL;

    for (; *next < repo->n_files && found == NULL; (*next)++) {
        const struct repo_file *entry = repo->files[*next];

        if (!is_told_of(root, entry))
            continue;
        found = hcl_attribute(entry->file, entry->file->body, variable);
        *file = entry->file;
    }
    return found != NULL ? found->child : NULL;
}

static const struct hcl_value *value_from_call(const struct hcl_module *module, const char *name)
{
    const struct module_call *call = module->call;
    const struct hcl_node *argument = call_argument(call, name);

    if (argument == NULL)
        return NULL;
    struct scope scope = scope_of(module->parent, call->file, "module argument");
    scope.instance = module->call_instance;
    return eval_apart(&scope, argument->child);
}

static const struct hcl_value *value_from_default(const struct hcl_module *module,
                                                  const struct named *variable)
{
    const struct hcl_node *argument = hcl_attribute(variable->file, variable->node, "default");

    if (argument == NULL)
        return NULL;
    struct scope scope = scope_of(module, variable->file, "variable default");
    return eval_apart(&scope, argument->child);
}

static bool refuses_null(const struct hcl_module *module, const struct named *variable)
{
    const struct hcl_node *argument = hcl_attribute(variable->file, variable->node, "nullable");
    struct scope scope = scope_of(module, variable->file, "attribute");

    if (argument == NULL)
        return false;
    const struct hcl_value *v = eval_apart(&scope, argument->child);
    return v->kind == HCL_V_BOOL && !v->boolean;
}

const struct hcl_value *variable_value(const struct hcl_module *module, struct named *variable)
{
    if (!begin(module, variable))
        return variable->value;

    const struct hcl_value *v = module->parent == NULL ? value_from_files(module, variable->name)
                                                       : value_from_call(module, variable->name);
    if (v == NULL || (v->kind == HCL_V_NULL && refuses_null(module, variable)))
        v = value_from_default(module, variable);
    if (v == NULL)
        v = value_unknown(module->repo, "variable %s has no value in this repository",
                          variable->name);

    const struct hcl_node *type = hcl_attribute(variable->file, variable->node, "type");
    struct scope scope = scope_of(module, variable->file, "variable default");
    if (type != NULL) {
        struct frame *reader = module->repo->frame;
        module->repo->frame = NULL;
        v = convert_to_type(&scope, type->child, v);
        module->repo->frame = reader;
    }
    if (v->kind == HCL_V_NULL && refuses_null(module, variable))
        v = value_invalid(module->repo, "variable %s may not be null", variable->name);
    return finish(variable, v);
}

/* --- locals and outputs --- */

const struct hcl_value *local_value(const struct hcl_module *module, struct named *local)
{
    if (!begin(module, local))
        return local->value;
    struct scope scope = scope_of(module, local->file, "local");
    return finish(local, eval_apart(&scope, local->node));
}

const struct hcl_value *output_value(const struct hcl_module *module, struct named *output)
{
    if (!begin(module, output))
        return output->value;
    const struct hcl_node *value = hcl_attribute(output->file, output->node, "value");
    struct scope scope = scope_of(module, output->file, "module output");
    if (value == NULL)
        return finish(output, value_invalid(module->repo, "output %s has no value", output->name));
    return finish(output, eval_apart(&scope, value->child));
}
