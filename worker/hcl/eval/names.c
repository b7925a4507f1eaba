/* Variables, locals and outputs: where each gets its value from, asked once per module object. */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/eval/made.h"
#include "worker/hcl/module/calls.h"
#include "worker/hcl/module/declared.h"

#define MEMBERS_TOLD 8 /* of a cycle */

static struct scope scope_of(const struct hcl_module *module, const struct hcl_file *file,
                             const char *what)
{
    return (struct scope){.repo = module->repo, .module = module, .file = file, .what = what};
}

/* "local.a needs its own value: local.a -> local.b -> local.a"; a long way's middle is left out. */
static const struct hcl_value *needs_itself(struct hcl_repo *repo, const struct named *named)
{
    CLEANUP(buf_done) struct buf way = BUF(MEMBERS_TOLD * 2 * NAME_BYTES_MAX);
    const struct named *members[MEMBERS_TOLD];
    const struct named *at = repo->asked;
    size_t n = 0;

    for (; at != NULL && at != named && n < MEMBERS_TOLD; at = at->asker)
        members[n++] = at;
    buf_print(&way, "%s%.200s -> %s", named->word, named->name,
              at != NULL && at != named ? "... -> " : "");
    while (n-- > 0)
        buf_print(&way, "%s%.200s -> ", members[n]->word, members[n]->name);
    return value_invalid(repo, "%s%.200s needs its own value: %s%s%.200s", named->word, named->name,
                         buf_str(&way), named->word, named->name);
}

/* Guards against a name that needs itself; false when the value is there or must not be asked for.
 */
static bool begin(const struct hcl_module *module, struct named *named, const char *word)
{
    struct hcl_repo *repo = module->repo;

    if (named->state == NAMED_BUSY)
        named->value = needs_itself(repo, named);
    if (named->state != NAMED_NEW)
        return false;
    named->state = NAMED_BUSY;
    named->word = word;
    named->asker = repo->asked;
    repo->asked = named;
    return true;
}

/* A value cut short by the budget or the depth is not kept: the next question has its own. */
static const struct hcl_value *finish(const struct hcl_module *module, struct named *named,
                                      const struct hcl_value *value)
{
    bool was_cut = value->kind == HCL_V_UNKNOWN && value->unknown == VALUE_EXHAUSTED.unknown;

    module->repo->asked = named->asker;
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

/* What nullable is when it is false, which refuses a null; else NULL. */
static const struct hcl_value *null_refused(const struct hcl_module *module,
                                            const struct named *variable)
{
    const struct hcl_node *argument = hcl_attribute(variable->file, variable->node, "nullable");
    struct scope scope = scope_of(module, variable->file, "attribute");

    if (argument == NULL)
        return NULL;
    const struct hcl_value *v = eval_apart(&scope, argument->child);
    return v->kind == HCL_V_BOOL && !v->boolean ? v : NULL;
}

/* v stands where a null was refused: that null and what refuses it took part. */
static const struct hcl_value *instead_of_null(const struct hcl_module *module,
                                               const struct named *variable,
                                               const struct hcl_value *null,
                                               const struct hcl_value *refused,
                                               const struct hcl_value *v)
{
    struct hcl_repo *repo = module->repo;
    const struct hcl_node *argument = hcl_attribute(variable->file, variable->node, "default");
    struct scope scope = scope_of(module, variable->file, "variable default");
    struct frame *reader = repo->frame;
    struct frame frame = {.whole = false};

    repo->frame = &frame;
    frame_note(repo, null);
    frame_note(repo, refused);
    repo->frame = reader;
    if (argument == NULL)
        argument = hcl_attribute(variable->file, variable->node, "nullable");
    return made_of(&scope, argument->child, v, &frame);
}

static const struct hcl_value *given_value(const struct hcl_module *module,
                                           const struct named *variable)
{
    const struct hcl_value *given = module->parent == NULL
                                        ? value_from_files(module, variable->name)
                                        : value_from_call(module, variable->name);
    const struct hcl_value *refused =
        given != NULL && given->kind == HCL_V_NULL ? null_refused(module, variable) : NULL;

    if (given != NULL && refused == NULL)
        return given;
    const struct hcl_value *v = value_from_default(module, variable);
    if (v == NULL)
        v = value_unknown(module->repo, "variable %s has no value in this repository",
                          variable->name);
    return refused != NULL ? instead_of_null(module, variable, given, refused, v) : v;
}

const struct hcl_value *variable_value(const struct hcl_module *module, struct named *variable)
{
    if (!begin(module, variable, "var."))
        return variable->value;

    const struct hcl_value *v = given_value(module, variable);
    const struct hcl_node *type = hcl_attribute(variable->file, variable->node, "type");
    struct scope scope = scope_of(module, variable->file, "variable default");
    if (type != NULL) {
        struct frame *reader = module->repo->frame;
        module->repo->frame = NULL;
        v = convert_to_type(&scope, type->child, v);
        module->repo->frame = reader;
    }
    const struct hcl_value *refused = v->kind == HCL_V_NULL ? null_refused(module, variable) : NULL;
    if (refused != NULL)
        v = instead_of_null(
            module, variable, v, refused,
            value_invalid(module->repo, "variable %s may not be null", variable->name));
    return finish(module, variable, v);
}

/* --- locals and outputs --- */

const struct hcl_value *local_value(const struct hcl_module *module, struct named *local)
{
    if (!begin(module, local, "local."))
        return local->value;
    struct scope scope = scope_of(module, local->file, "local");
    return finish(module, local, eval_apart(&scope, local->node));
}

const struct hcl_value *output_value(const struct hcl_module *module, struct named *output)
{
    if (!begin(module, output, "output."))
        return output->value;
    const struct hcl_node *value = hcl_attribute(output->file, output->node, "value");
    struct scope scope = scope_of(module, output->file, "module output");
    if (value == NULL)
        return finish(module, output,
                      value_invalid(module->repo, "output %s has no value", output->name));
    return finish(module, output, eval_apart(&scope, value->child));
}
