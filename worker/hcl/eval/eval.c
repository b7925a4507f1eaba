/* The evaluator's dispatch, constructors and traversal steps; the story stands in eval.h. */
#include "worker/hcl/eval/eval.h"

#include "worker/hcl/eval/made.h"
#include "worker/hcl/eval/memo.h"

bool eval_name(const struct hcl_file *file, const struct hcl_node *node, char out[NAME_BYTES_MAX])
{
    size_t len = node->name_end - node->name_start;

    if (len >= NAME_BYTES_MAX)
        return false;
    memcpy(out, file->bytes + node->name_start, len);
    out[len] = '\0';
    return true;
}

const char *eval_literal_text(struct hcl_repo *repo, const struct hcl_file *file,
                              const struct hcl_node *expression)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
    struct err err;

    if (!hcl_constant_text(file, expression, &text) || buf_check(&text, &err) < 0)
        return NULL;
    return arena_text(repo->arena, buf_str(&text));
}

/* --- constructors --- */

static const struct hcl_value *eval_number(const struct scope *scope, const struct hcl_node *node)
{
    char digits[1024];
    size_t len = node->end - node->start;
    struct bignum number;

    if (len >= sizeof digits)
        return value_unknown(scope->repo, "a number has more than %zu digits", sizeof digits - 1);
    memcpy(digits, scope->file->bytes + node->start, len);
    digits[len] = '\0';
    if (!bignum_parse(&number, digits))
        return value_unknown(scope->repo, "a number is out of range");
    return value_exact(scope->repo, &number);
}

/* An element keeps the place where it was written: behind var.x["a"].y stands that very line. */
static const struct hcl_value *eval_element(const struct scope *scope, const struct hcl_node *node)
{
    bool was_hidden = frame_hide(scope->repo);
    const struct hcl_value *v = eval_written(scope, node);

    frame_show(scope->repo, was_hidden);
    return v;
}

static const struct hcl_value *eval_tuple(const struct scope *scope, const struct hcl_node *node)
{
    struct gather gather = {.repo = scope->repo};

    for (const struct hcl_node *at = node->child; at != NULL && !gather.failed; at = at->next)
        gather_add(&gather, NULL, eval_element(scope, at));
    return gather_tuple(&gather);
}

static const struct hcl_value *eval_key(const struct scope *scope, const struct hcl_node *key)
{
    if (key->kind == HCL_VARIABLE && !(key->flags & HCL_FLAG_KEY_EXPR))
        return value_text_n(scope->repo, scope->file->bytes + key->name_start,
                            key->name_end - key->name_start);
    return value_to_text(scope->repo, eval(scope, key));
}

static const struct hcl_value *eval_object(const struct scope *scope, const struct hcl_node *node)
{
    struct gather gather = {.repo = scope->repo};
    const struct hcl_node *key = node->child;

    for (; key != NULL && key->next != NULL && !gather.failed; key = key->next->next) {
        const struct hcl_value *name = eval_key(scope, key);
        if (value_is_open(name))
            return value_blocked(scope->repo, name);
        if (name->kind != HCL_V_TEXT)
            return value_invalid(scope->repo, "an object key is no text");
        gather_add(&gather, name->text, eval_element(scope, key->next));
    }
    return gather_object(&gather);
}

/* --- steps --- */

const struct hcl_value *eval_member(const struct scope *scope, const struct hcl_value *object,
                                    const char *name)
{
    const struct hcl_value *member = NULL;

    switch (object->kind) {
    case HCL_V_UNKNOWN:
        return object->resource != NULL || object->prefix != NULL || object->suffix != NULL
                   ? value_blocked(scope->repo, object)
                   : object;
    case HCL_V_REFERENCE:
        return scope_attribute(scope, object, name);
    case HCL_V_OBJECT:
        member = value_member(object, name);
        break;
    default:
        break;
    }
    if (member != NULL)
        frame_note(scope->repo, object);
    return member != NULL ? member : value_invalid(scope->repo, "there is no attribute %s", name);
}

static bool is_whole_resource(const struct hcl_value *v)
{
    return v->kind == HCL_V_REFERENCE && v->attribute[0] == '\0';
}

/* An element whose place is not known: of a resource's instances, at least the resource is. */
static const struct hcl_value *index_unknown(const struct scope *scope,
                                             const struct hcl_value *collection,
                                             const struct hcl_value *key)
{
    if (is_whole_resource(collection))
        return collection;
    if (collection->n > 0 && is_whole_resource(collection->items[0]))
        return scope_any_instance(scope, collection->items[0]);
    return value_blocked(scope->repo, key);
}

static const struct hcl_value *index_list(const struct scope *scope, const struct hcl_value *list,
                                          const struct hcl_value *key)
{
    const struct hcl_value *place = value_to_number(scope->repo, key);
    int64_t i;

    if (place->kind == HCL_V_UNKNOWN && !place->invalid)
        return place;
    if (value_is_set(list))
        return value_invalid(scope->repo, "the elements of a set have no number");
    if (!value_index(place, &i) || i < 0 || i >= (int64_t)list->n)
        return value_invalid(scope->repo, "there is no such element in a list of %zu", list->n);
    return list->items[i];
}

/* "x" or 0 after an address whose attribute is known only after apply. */
static const struct hcl_value *index_reference(const struct scope *scope,
                                               const struct hcl_value *reference,
                                               const struct hcl_value *key)
{
    if (is_whole_resource(reference))
        return str_ends(reference->instance->key, "[?]")
                   ? reference
                   : value_invalid(scope->repo, "%.200s has no instances", reference->text);
    const char *step = instance_key_text(scope->repo, key);
    struct hcl_value *v = arena_alloc(scope->repo->arena, sizeof *v);
    if (v == NULL || step == NULL)
        return &VALUE_EXHAUSTED;
    *v = *reference;
    v->origins = NULL;
    v->n_origins = 0;
    v->text = arena_print(scope->repo->arena, "%s%s", reference->text, step);
    v->attribute = arena_print(scope->repo->arena, "%s%s", reference->attribute, step);
    return v->text != NULL && v->attribute != NULL ? v : &VALUE_EXHAUSTED;
}

const struct hcl_value *eval_index(const struct scope *scope, const struct hcl_value *collection,
                                   const struct hcl_value *key)
{
    if (collection->kind == HCL_V_UNKNOWN)
        return eval_member(scope, collection, "");
    if (key->kind == HCL_V_UNKNOWN && key->invalid)
        return key;
    if (value_is_open(key))
        return index_unknown(scope, collection, key);
    if (collection->kind == HCL_V_REFERENCE)
        return index_reference(scope, collection, key);
    if (collection->kind == HCL_V_LIST)
        return index_list(scope, collection, key);
    if (collection->kind == HCL_V_OBJECT) {
        const struct hcl_value *name = value_to_text(scope->repo, key);
        if (name->kind == HCL_V_TEXT)
            return eval_member(scope, collection, name->text);
    }
    return value_invalid(scope->repo, "this value has no elements");
}

static const struct hcl_value *eval_get_attr(const struct scope *scope, const struct hcl_node *node)
{
    char name[NAME_BYTES_MAX];
    const struct hcl_value *found = scope_lookup(scope, node);

    if (found != NULL)
        return found;
    if (!eval_name(scope->file, node, name))
        return value_unknown(scope->repo, "a name is longer than %d bytes", NAME_BYTES_MAX - 1);
    return eval_member(scope, eval(scope, node->child), name);
}

static const struct hcl_value *eval_variable(const struct scope *scope, const struct hcl_node *node)
{
    char name[NAME_BYTES_MAX];

    if (!eval_name(scope->file, node, name))
        return value_unknown(scope->repo, "a name is longer than %d bytes", NAME_BYTES_MAX - 1);
    for (const struct binding *at = scope->bindings; at != NULL; at = at->next)
        if (str_eq(at->name, name))
            return at->value;
    return value_invalid(scope->repo, "%s alone means nothing here", name);
}

/* --- dispatch --- */

static const struct hcl_value *dispatch(const struct scope *scope, const struct hcl_node *node)
{
    switch (node->kind) {
    case HCL_NUMBER:
        return eval_number(scope, node);
    case HCL_BOOL:
        return value_bool(scope->file->bytes[node->start] == 't');
    case HCL_NULL:
        return &VALUE_NULL;
    case HCL_TEMPLATE:
        return eval_template(scope, node);
    case HCL_VARIABLE:
        return eval_variable(scope, node);
    case HCL_GET_ATTR:
        return eval_get_attr(scope, node);
    case HCL_INDEX:
        return eval_index(scope, eval(scope, node->child), eval(scope, node->child->next));
    case HCL_SPLAT:
        return eval_splat(scope, node);
    case HCL_EACH_ITEM:
        return scope->each_item != NULL ? scope->each_item : &VALUE_NULL;
    case HCL_CALL:
        return eval_call(scope, node);
    case HCL_TUPLE:
        return eval_tuple(scope, node);
    case HCL_OBJECT:
        return eval_object(scope, node);
    case HCL_FOR_TUPLE:
    case HCL_FOR_OBJECT:
        return eval_for(scope, node);
    case HCL_UNARY:
        return eval_unary(scope, node);
    case HCL_BINARY:
        return eval_binary(scope, node);
    case HCL_CONDITIONAL:
        return eval_conditional(scope, node);
    case HCL_PARENTHESES:
    case HCL_INTERPOLATION:
        return eval(scope, node->child);
    default:
        return value_unknown(scope->repo, "this is no expression");
    }
}

const struct hcl_value *eval(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;

    if (repo->budget == 0 || repo->depth >= EVAL_DEPTH_MAX || arena_left(repo->arena) < repo->floor)
        return &VALUE_EXHAUSTED;
    struct frame *reader = repo->frame;
    struct frame frame = {.whole = node->kind == HCL_BINARY || node->kind == HCL_CALL};
    repo->budget--;
    repo->depth++;
    repo->frame = &frame;
    const struct hcl_value *v = made_of(scope, node, dispatch(scope, node), &frame);
    repo->frame = reader;
    repo->depth--;
    frame_note(repo, v);
    return v;
}

const struct hcl_value *eval_written(const struct scope *scope, const struct hcl_node *expression)
{
    const struct hcl_place written = hcl_written(scope->file, expression);
    const struct hcl_origin origin = {.module = scope->module->shape,
                                      .file = written.file,
                                      .node = written.node,
                                      .what = scope->what};

    const struct hcl_value *v = value_from(scope->repo, eval(scope, expression), &origin);
    return made_written(scope, expression, v);
}

const struct hcl_value *eval_apart(const struct scope *scope, const struct hcl_node *expression)
{
    struct frame *reader = scope->repo->frame;

    scope->repo->frame = NULL;
    const struct hcl_value *v = eval_written(scope, expression);
    scope->repo->frame = reader;
    return v;
}

/* --- from outside --- */

void eval_begin(struct hcl_repo *repo)
{
    size_t left = arena_left(repo->arena);

    if (repo->depth > 0)
        return;
    repo->budget = EVAL_BUDGET;
    repo->floor = left > EVAL_BYTES ? left - EVAL_BYTES : 0;
}

static struct scope scope_of(const struct hcl_module *module, const struct hcl_file *file,
                             const struct hcl_instance *instance)
{
    return (struct scope){.repo = module->repo,
                          .module = instance != NULL && instance->module != NULL ? instance->module
                                                                                 : module,
                          .file = file,
                          .instance = instance,
                          .what = "attribute"};
}

const struct hcl_value *hcl_eval(const struct hcl_module *module, const struct hcl_file *file,
                                 const struct hcl_node *expression,
                                 const struct hcl_instance *instance)
{
    struct scope scope = scope_of(module, file, instance);

    eval_begin(scope.repo);
    return eval_written(&scope, expression);
}

const struct hcl_value *hcl_eval_turn(const struct hcl_module *module, const struct hcl_file *file,
                                      const struct hcl_node *expression,
                                      const struct hcl_instance *instance,
                                      const struct hcl_turn *turn)
{
    struct scope scope = scope_of(module, file, instance);
    struct gather element = {.repo = scope.repo};
    struct binding iterator = {turn->name, NULL, NULL};

    eval_begin(scope.repo);
    gather_add(&element, "key", eval_element_key(scope.repo, turn->over, turn->i));
    gather_add(&element, "value", turn->over->items[turn->i]);
    iterator.value = gather_object(&element);
    scope.bindings = &iterator;
    return eval_written(&scope, expression);
}

/* Asked from outside, of an instance that lives as long as the repo? */
static bool is_kept(const struct hcl_resource *resource, const struct hcl_instance *instance)
{
    const struct resource *inside = (const struct resource *)resource;

    return resource->module->repo->depth == 0 && inside->all_known && instance >= inside->all &&
           instance < inside->all + inside->n_all;
}

const struct hcl_value *hcl_eval_attribute(const struct hcl_resource *resource,
                                           const struct hcl_node *body, const char *name,
                                           const struct hcl_instance *instance)
{
    const struct hcl_node *attribute = hcl_attribute(resource->file, body, name);
    struct memo_key key;
    const struct hcl_value *v;

    if (attribute == NULL)
        return NULL;
    if (!is_kept(resource, instance))
        return hcl_eval(resource->module, resource->file, attribute->child, instance);
    key = (struct memo_key){resource, attribute->child, instance};
    v = memo_find(resource->module->repo->memo, &key);
    if (v != NULL)
        return v;
    v = hcl_eval(resource->module, resource->file, attribute->child, instance);
    if (v->unknown != VALUE_EXHAUSTED.unknown) /* the next time parts of it are known already */
        memo_add(&resource->module->repo->memo, &key, v);
    return v;
}
