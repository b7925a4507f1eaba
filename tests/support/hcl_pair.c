/* What a module means; the promises stand in hcl_pair.h. */
#include "tests/support/hcl_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/hcl/eval/eval.h"

#define PLAN_MAX ((size_t)16 * 1024 * 1024)

/* --- as text --- */

static void show_names(const struct hcl_module *root, struct names *names, const char *what,
                       const struct hcl_value *(*value_of)(const struct hcl_module *,
                                                           struct named *),
                       struct buf *out)
{
    for (size_t i = 0; i < names->n; i++) {
        root->repo->budget = EVAL_BUDGET;
        buf_print(out, "%s.%s = ", what, names->items[i].name);
        hcl_make_show(value_of(root, &names->items[i]), out);
        buf_char(out, '\n');
    }
}

static bool is_terraforms(const struct hcl_file *file, const struct hcl_node *block)
{
    static const char *const types[] = {"lifecycle", "connection",   "provisioner",   "dynamic",
                                        "content",   "precondition", "postcondition", "inner"};

    for (size_t i = 0; i < COUNT(types); i++)
        if (hcl_name_is(file, block, types[i]))
            return true;
    return false;
}

static void show_body(const struct hcl_resource *resource, const struct hcl_node *body,
                      const struct hcl_instance *instance, int indent, struct buf *out)
{
    const struct hcl_file *file = resource->file;
    char label[128];

    for (const struct hcl_node *at = body->child; at != NULL; at = at->next) {
        if (at->kind == HCL_BLOCK && !is_terraforms(file, at))
            continue;
        buf_print(out, "%*s%.*s", indent, "", (int)(at->name_end - at->name_start),
                  file->bytes + at->name_start);
        if (at->kind == HCL_ATTRIBUTE) {
            buf_text(out, " = ");
            hcl_make_show(hcl_eval(resource->module, file, at->child, instance), out);
            buf_char(out, '\n');
            continue;
        }
        for (size_t i = 0; hcl_block_label(file, at, i, label, sizeof label); i++)
            buf_print(out, " %s", label);
        buf_char(out, '\n');
        show_body(resource, hcl_block_body(at), instance, indent + 2, out);
    }
}

void hcl_pair_show(const struct hcl_module *root, struct buf *out)
{
    struct hcl_module *inside = (struct hcl_module *)root;

    show_names(root, &inside->variables, "var", variable_value, out);
    show_names(root, &inside->locals, "local", local_value, out);
    show_names(root, &inside->outputs, "output", output_value, out);
    for (size_t i = 0; i < hcl_resource_count(root); i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct hcl_instance *instances;
        size_t n = hcl_instances(resource, &instances);

        buf_print(out, "%s: %zu%s%s\n", resource->address, n, resource->has_count ? " count" : "",
                  resource->has_for_each ? " for_each" : "");
        for (size_t k = 0; k < n; k++) {
            buf_print(out, "%s\n", instances[k].address);
            show_body(resource, hcl_block_body(resource->block), &instances[k], 2, out);
        }
    }
}

/* --- against a plan --- */

static double number_of(const struct json *json)
{
    CLEANUP(buf_done) struct buf text = BUF(256);

    json_write(json, JSON_COMPACT, &text);
    return strtod(buf_str(&text), NULL);
}

static bool equals(const struct hcl_value *v, const struct json *json)
{
    const char *key;
    const struct json *member;

    switch (v->kind) {
    case HCL_V_NULL:
        return json_is_null(json);
    case HCL_V_BOOL:
        return json_is_bool(json) && json_bool(json, !v->boolean) == v->boolean;
    case HCL_V_NUMBER:
        return json_is_number(json) && number_of(json) == v->number;
    case HCL_V_TEXT:
        return json_is_text(json) && str_eq(json_text(json, ""), v->text);
    case HCL_V_LIST:
        for (size_t i = 0; i < v->n; i++)
            if (!equals(v->items[i], json_at(json, i)))
                return false;
        return json_is_array(json) && json_count(json) == v->n;
    case HCL_V_OBJECT:
        for (size_t i = 0; json_member(json, i, &key, &member); i++) {
            size_t at = 0;
            while (at < v->n && !str_eq(v->keys[at], key))
                at++;
            if (at == v->n || !equals(v->items[at], member))
                return false;
        }
        return json_is_object(json) && json_count(json) == v->n;
    default:
        return false;
    }
}

static void check_value(const struct hcl_value *v, const struct json *wanted, const char *where,
                        const char *what)
{
    CLEANUP(buf_done) struct buf have = BUF(PLAN_MAX);
    CLEANUP(buf_done) struct buf text = BUF(PLAN_MAX);

    if (v != NULL && equals(v, wanted))
        return;
    if (v != NULL)
        hcl_make_show(v, &have);
    json_write(wanted, JSON_COMPACT, &text);
    fail_msg("%s %s is %s here, and %s to terraform", where, what, buf_str(&have), buf_str(&text));
}

static const struct hcl_instance *instance_of(const struct hcl_resource *resource,
                                              const char *address)
{
    const struct hcl_instance *instances;
    size_t n = hcl_instances(resource, &instances);

    for (size_t i = 0; i < n; i++)
        if (str_eq(instances[i].address, address))
            return &instances[i];
    return NULL;
}

static void check_resource(const struct hcl_module *root, const char *address,
                           const struct json *values)
{
    const struct hcl_resource *resource = hcl_resource_find(root, address);
    const struct hcl_instance *instance = resource != NULL ? instance_of(resource, address) : NULL;
    const char *name;
    const struct json *value;

    if (instance == NULL)
        fail_msg("%s is not there", address);
    for (size_t i = 0; json_member(values, i, &name, &value); i++)
        check_value(hcl_eval_attribute(resource, resource->block, name, instance), value, address,
                    name);
}

static size_t instances_of(const struct hcl_module *root)
{
    const struct hcl_instance *instances;
    size_t n = 0;

    for (size_t i = 0; i < hcl_resource_count(root); i++)
        if (!hcl_resource_at(root, i)->is_data)
            n += hcl_instances(hcl_resource_at(root, i), &instances);
    return n;
}

void hcl_pair_check(const struct hcl_module *root, const struct json *planned)
{
    const struct json *resources = json_get(planned, "resources");
    const struct json *outputs = json_get(planned, "outputs");
    struct hcl_module *inside = (struct hcl_module *)root;
    const char *name;
    const struct json *value;

    assert_int_equal(instances_of(root), json_count(resources));
    for (size_t i = 0; json_member(resources, i, &name, &value); i++)
        check_resource(root, name, value);
    for (size_t i = 0; json_member(outputs, i, &name, &value); i++) {
        struct named *output = names_find(&inside->outputs, name);
        assert_non_null(output);
        root->repo->budget = EVAL_BUDGET;
        check_value(output_value(root, output), value, "output", name);
    }
}

/* --- terraform --- */

bool hcl_pair_has_terraform(void)
{
    return system("command -v terraform >/dev/null 2>&1") == 0;
}

static bool run(const char *command, struct buf *out)
{
    char chunk[4096];
    size_t got;
    FILE *pipe = popen(command, "r");

    assert_non_null(pipe);
    while ((got = fread(chunk, 1, sizeof chunk, pipe)) > 0)
        buf_bytes(out, chunk, got);
    int status = pclose(pipe);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void add_resources(struct json *out, const struct json *module)
{
    const struct json *resources = json_get(module, "resources");
    const struct json *children = json_get(module, "child_modules");

    for (size_t i = 0; i < json_count(resources); i++) {
        const struct json *one = json_at(resources, i);
        struct json *values = json_object();
        const char *name;
        const struct json *value;

        for (size_t k = 0; json_member(json_get(one, "values"), k, &name, &value); k++)
            if (!json_is_null(value) && !str_eq(name, "id"))
                json_set_give(values, name, json_copy(value));
        json_set_give(out, json_get_text(one, "address", ""), values);
    }
    for (size_t i = 0; i < json_count(children); i++)
        add_resources(out, json_at(children, i));
}

static struct json *shape_plan(const struct json *plan)
{
    struct json *shaped = json_object();
    struct json *resources = json_object();
    struct json *outputs = json_object();
    const char *name;
    const struct json *value;

    add_resources(resources, json_find(plan, "planned_values.root_module"));
    for (size_t i = 0; json_member(json_find(plan, "planned_values.outputs"), i, &name, &value);
         i++)
        if (json_get(value, "value") != NULL)
            json_set_give(outputs, name, json_copy(json_get(value, "value")));
    json_set_give(shaped, "resources", resources);
    json_set_give(shaped, "outputs", outputs);
    json_set_text(shaped, "terraform", json_get_text(plan, "terraform_version", ""));
    return shaped;
}

/* Providers come from the mirror that the environment names, if any, and never from elsewhere. */
static char *write_settings(const char *dir)
{
    const char *mirror = getenv("TERRAFORM_PROVIDER_MIRROR");
    char text[1024];

    snprintf(text, sizeof text,
             "provider_installation {\n  filesystem_mirror {\n    path = \"%s\"\n  }\n}\n",
             mirror != NULL ? mirror : dir);
    return temp_file_write(dir, "settings", text);
}

struct json *hcl_pair_plan(const char *directory, struct buf *said)
{
    CLEANUP(buf_done) struct buf out = BUF(PLAN_MAX);
    CLEANUP(json_freep) struct json *plan = NULL;
    char command[4096];
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *settings = write_settings(dir);
    const char *run_there = "cd '%s' && export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE='%s' && %s";
    struct err err;

    snprintf(command, sizeof command, "cp -r '%s'/. '%s'", directory, dir);
    bool planned = run(command, said);
    snprintf(command, sizeof command, run_there, dir, settings,
             "{ terraform init -no-color -input=false && terraform plan -no-color -input=false "
             "-out=the.plan; } 2>&1");
    planned = planned && run(command, said);
    snprintf(command, sizeof command, run_there, dir, settings, "terraform show -json the.plan");
    planned = planned && run(command, &out);
    temp_dir_remove(dir);
    if (!planned)
        return NULL;
    assert_ok(json_parse(&plan, buf_str(&out), out.len, &err), err);
    return shape_plan(plan);
}
