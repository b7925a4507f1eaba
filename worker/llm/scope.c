/* Scope; the story stands in scope.h. Read off the syntax: what is named is shown, evaluated or
 * not. */
#include "worker/llm/scope.h"

#include <stdio.h>

#include "worker/hcl/module/calls.h"

#define CALLS_MAX  256
#define NAME_BYTES 128

/* root.first.second: var.x, local.x, data.T.N, T.N; what is not written is "". */
struct reference {
    char root[NAME_BYTES], first[NAME_BYTES], second[NAME_BYTES];
};

typedef void (*reference_fn)(void *context, const struct reference *reference);

static void copy_name(const struct hcl_file *file, const struct hcl_node *node, char *out)
{
    size_t len = node->name_end - node->name_start;

    len = len < NAME_BYTES ? len : NAME_BYTES - 1;
    memcpy(out, file->bytes + node->name_start, len);
    out[len] = '\0';
}

/* Trees are no higher than HCL_HEIGHT_MAX, so this recursion is bounded. */
static void each_reference(const struct hcl_file *file, const struct hcl_node *node,
                           const struct hcl_node *parent, reference_fn visit, void *context)
{
    if (node->kind == HCL_GET_ATTR && node->child->kind == HCL_VARIABLE) {
        struct reference reference = {0};

        copy_name(file, node->child, reference.root);
        copy_name(file, node, reference.first);
        if (parent != NULL && parent->kind == HCL_GET_ATTR)
            copy_name(file, parent, reference.second);
        visit(context, &reference);
    }
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next)
        each_reference(file, child, node, visit, context);
}

/* --- what is found --- */

struct finder {
    struct scope *out;
    const struct hcl_module *module; /* whose names are being looked up */
    const struct hcl_call *calls;    /* of the whole tree */
    size_t n_calls;
};

static void write_address(const struct hcl_file *file, const struct hcl_node *node, char out[256])
{
    bool is_resource = node->kind == HCL_BLOCK && hcl_name_is(file, node, "resource");
    size_t used = 0;
    char label[NAME_BYTES];

    out[0] = '\0';
    if (!is_resource) {
        copy_name(file, node, label);
        used = (size_t)snprintf(out, 256, "%s", label);
    }
    for (size_t i = 0; node->kind == HCL_BLOCK &&
                       hcl_block_label(file, node, i, label, sizeof label) && used < 256;
         i++)
        used += (size_t)snprintf(out + used, 256 - used, "%s%s", used > 0 ? "." : "", label);
}

/* Returns whether it is there now, and new. */
static bool add(struct finder *finder, const struct hcl_file *file, const struct hcl_node *node,
                bool may_change, const char *why)
{
    struct scope *out = finder->out;

    if (hcl_is_json(file) || hcl_is_merged(file))
        return false;
    for (size_t i = 0; i < out->n; i++) {
        if (out->blocks[i].block == node) {
            out->blocks[i].may_change = out->blocks[i].may_change || may_change;
            return false;
        }
    }
    if (out->n == SCOPE_BLOCKS_MAX) {
        out->n_left_out++;
        return false;
    }
    struct scope_block *block = &out->blocks[out->n++];
    *block =
        (struct scope_block){.file = file, .block = node, .may_change = may_change, .why = why};
    write_address(file, node, block->address);
    return true;
}

/* The first top-level block of the module's directory that is called so. */
static const struct hcl_node *find_block(const struct hcl_module *module, const char *type,
                                         const char *first, const char *second,
                                         const struct hcl_file **out_file)
{
    char label[NAME_BYTES];

    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, type, block)) != NULL) {
            if (!hcl_block_label(file, block, 0, label, sizeof label) || !str_eq(label, first))
                continue;
            if (second != NULL &&
                (!hcl_block_label(file, block, 1, label, sizeof label) || !str_eq(label, second)))
                continue;
            *out_file = file;
            return block;
        }
    }
    return NULL;
}

static const struct hcl_node *find_local(const struct hcl_module *module, const char *name,
                                         const struct hcl_file **out_file,
                                         const struct hcl_node **out_attribute)
{
    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, "locals", block)) != NULL) {
            *out_attribute = hcl_attribute(file, block, name);
            if (*out_attribute == NULL)
                continue;
            *out_file = file;
            return block;
        }
    }
    return NULL;
}

static const struct hcl_call *call_of(const struct finder *finder, const struct hcl_module *module)
{
    for (size_t i = 0; i < finder->n_calls; i++) {
        if (finder->calls[i].child == module)
            return &finder->calls[i];
    }
    return NULL;
}

static bool is_in(const char *directory, const char *path)
{
    size_t len = strlen(directory);

    if (len == 0)
        return strchr(path, '/') == NULL;
    return str_starts(path, directory) && path[len] == '/' && strchr(path + len + 1, '/') == NULL;
}

/* What the values files of the root say for a variable, those that terraform reads unasked or not.
 */
static void add_values(struct finder *finder, const char *name)
{
    const struct hcl_repo *repo = hcl_module_repo(finder->module);
    const char *directory = hcl_module_directory(finder->module);

    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        const struct hcl_node *value =
            str_ends(file->path, ".tfvars") && is_in(directory, file->path)
                ? hcl_attribute(file, file->body, name)
                : NULL;

        if (value != NULL)
            (void)add(finder, file, value, true, "a values file sets a variable that it uses");
    }
}

static void follow(struct finder *finder, const struct hcl_file *file, const struct hcl_node *node);

/* A variable's value is owned by its default, by a values file, or by the call of its module. */
static void add_variable(struct finder *finder, const char *name)
{
    const struct hcl_file *file = NULL;
    const struct hcl_node *block = find_block(finder->module, "variable", name, NULL, &file);
    const struct hcl_call *call = call_of(finder, finder->module);

    if (block != NULL)
        (void)add(finder, file, block, true, "a variable that it uses");
    if (hcl_module_parent(finder->module) == NULL) {
        add_values(finder, name);
        return;
    }
    if (call == NULL || !add(finder, call->file, call->block, true, "the call of its module"))
        return;
    const struct hcl_node *argument = hcl_attribute(call->file, call->block, name);
    const struct hcl_module *inside = finder->module;

    finder->module = call->caller;
    if (argument != NULL)
        follow(finder, call->file, argument);
    finder->module = inside;
}

static void add_local(struct finder *finder, const char *name)
{
    const struct hcl_file *file = NULL;
    const struct hcl_node *attribute = NULL;
    const struct hcl_node *block = find_local(finder->module, name, &file, &attribute);

    if (block != NULL && add(finder, file, block, true, "a local value that it uses"))
        follow(finder, file, attribute);
}

static void add_reference(void *context, const struct reference *reference)
{
    static const char *const names_of_ours[] = {"each", "count", "self", "path", "terraform"};
    struct finder *finder = context;
    const struct hcl_file *file = NULL;
    const struct hcl_node *block = NULL;

    for (size_t i = 0; i < COUNT(names_of_ours); i++) {
        if (str_eq(reference->root, names_of_ours[i]))
            return;
    }
    if (str_eq(reference->root, "var")) {
        add_variable(finder, reference->first);
    } else if (str_eq(reference->root, "local")) {
        add_local(finder, reference->first);
    } else if (str_eq(reference->root, "data")) {
        bool is_policy = str_eq(reference->first, "aws_iam_policy_document");

        block = find_block(finder->module, "data", reference->first, reference->second, &file);
        if (block != NULL && add(finder, file, block, is_policy,
                                 is_policy ? "a policy that it uses" : "it reads this"))
            follow(finder, file, block);
    } else if (str_eq(reference->root, "module")) {
        block = find_block(finder->module, "module", reference->first, NULL, &file);
        if (block != NULL)
            (void)add(finder, file, block, false, "a module that it refers to");
    } else {
        block = find_block(finder->module, "resource", reference->root, reference->first, &file);
        if (block != NULL)
            (void)add(finder, file, block, false, "it refers to this");
    }
}

/* Everything that the node names. What is already there is not followed again, so this ends. */
static void follow(struct finder *finder, const struct hcl_file *file, const struct hcl_node *node)
{
    each_reference(file, node, NULL, add_reference, finder);
}

/* --- what refers to the target --- */

struct mention {
    const struct hcl_resource *target;
    bool found;
};

static void note_mention(void *context, const struct reference *reference)
{
    struct mention *mention = context;

    mention->found = mention->found || (mention->target->is_data
                                            ? str_eq(reference->root, "data") &&
                                                  str_eq(reference->first, mention->target->type) &&
                                                  str_eq(reference->second, mention->target->name)
                                            : str_eq(reference->root, mention->target->type) &&
                                                  str_eq(reference->first, mention->target->name));
}

/* "aws_s3" of aws_s3_bucket: what belongs to the same service says more of the target itself. */
static bool same_service(const char *a, const char *b)
{
    size_t first = strcspn(a, "_");
    size_t len = a[first] != '\0' ? first + 1 + strcspn(a + first + 1, "_") : first;

    return strncmp(a, b, len) == 0 && (b[len] == '\0' || b[len] == '_');
}

static bool is_companion(const char *type, const char *target_type)
{
    return same_service(target_type, type) || (strstr(target_type, "security_group") != NULL &&
                                               strstr(type, "security_group") != NULL);
}

static void add_referrers(struct finder *finder, const struct hcl_resource *target)
{
    for (size_t i = 0; i < hcl_module_file_count(target->module); i++) {
        const struct hcl_file *file = hcl_module_file(target->module, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, NULL, block)) != NULL) {
            struct mention mention = {target, false};
            char type[NAME_BYTES] = "";
            bool is_resource = hcl_name_is(file, block, "resource");

            if (!is_resource && !hcl_name_is(file, block, "data"))
                continue;
            each_reference(file, block, NULL, note_mention, &mention);
            (void)hcl_block_label(file, block, 0, type, sizeof type);
            bool ours = is_resource && is_companion(type, target->type);
            if (mention.found && block != target->block &&
                add(finder, file, block, ours, "it refers to the resource") && ours)
                follow(finder, file, block);
        }
    }
}

int scope_find(struct scope *out, const struct hcl_module *root, const struct hcl_resource *target,
               struct err *err)
{
    struct hcl_call *calls = calloc(CALLS_MAX, sizeof *calls);
    struct finder finder = {.out = out, .module = target->module, .calls = calls};

    *out = (struct scope){.root = root, .target = target};
    if (calls == NULL)
        return err_nomem(err);
    if (hcl_may_edit(target->file, target->block, err) < 0 || target->n_overrides > 0) {
        free(calls);
        return err_set(err, ERR_REJECT,
                       "%s is written in JSON, or in several files that override each other: a "
                       "model is not asked to change that",
                       target->address);
    }
    finder.n_calls = hcl_calls(root, calls, CALLS_MAX);
    if (finder.n_calls > CALLS_MAX)
        finder.n_calls = CALLS_MAX;
    (void)add(&finder, target->file, target->block, true, "the resource of the finding");
    follow(&finder, target->file, target->block);
    add_referrers(&finder, target);
    free(calls);
    return 0;
}
