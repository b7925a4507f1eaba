/* Planned arguments beside evaluated ones; the story stands in hcl_plan.h. */
#include "tests/support/hcl_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/hcl/eval/value.h"

#define FORM_MAX ((size_t)1 << 20)

const struct plan_root plan_roots[PLAN_ROOTS] = {
    {"envs/prod", "dr_suffix = \"euc1\"\n"},
    {"envs/staging", "subnet_ids                 = [\"subnet-a\", \"subnet-b\"]\n"
                     "database_security_group_id = \"sg-1\"\n"},
};

const char *plan_path(const char *name, char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    (void)snprintf(out, size, "%s/tests/data/sample/%s", source != NULL ? source : ".", name);
    return out;
}

struct hcl_repo *plan_repo(void)
{
    char path[1024];
    struct err err = {0};
    struct hcl_repo *repo = hcl_make_repo_of_directory(plan_path("repo", path, sizeof path));

    for (size_t i = 0; i < PLAN_ROOTS; i++) {
        (void)snprintf(path, sizeof path, "%s/given.auto.tfvars", plan_roots[i].directory);
        assert_ok(hcl_repo_add(repo, path, plan_roots[i].given, strlen(plan_roots[i].given), &err),
                  err);
    }
    return repo;
}

/* --- one form for planned and evaluated values --- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void write_form(const struct json *value, struct buf *out);

static void write_list(const struct json *list, struct buf *out)
{
    size_t n = json_count(list);
    char **forms = calloc(n + 1, sizeof *forms);

    assert_non_null(forms);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(buf_done) struct buf form = BUF(FORM_MAX);
        write_form(json_at(list, i), &form);
        forms[i] = strdup(buf_str(&form));
        assert_non_null(forms[i]);
    }
    qsort(forms, n, sizeof *forms, by_text);
    for (size_t i = 0; i < n; i++) {
        buf_print(out, "%s%s", i > 0 ? "," : "[", forms[i]);
        free(forms[i]);
    }
    buf_text(out, n == 0 ? "[]" : "]");
    free(forms);
}

static void write_form(const struct json *value, struct buf *out)
{
    CLEANUP(json_freep) struct json *text = NULL;
    CLEANUP(buf_done) struct buf plain = BUF(FORM_MAX);
    const struct json *member;
    const char *key;

    if (json_is_array(value)) {
        write_list(value, out);
    } else if (json_is_object(value)) {
        for (size_t i = 0; json_member(value, i, &key, &member); i++) {
            buf_print(out, "%s%s=", i > 0 ? "," : "{", key);
            write_form(member, out);
        }
        buf_text(out, json_count(value) == 0 ? "{}" : "}");
    } else if (json_is_text(value) || json_is_null(value)) {
        json_write(value, JSON_COMPACT, out);
    } else {
        json_write(value, JSON_COMPACT, &plain);
        text = json_new_text(buf_str(&plain));
        json_write(text, JSON_COMPACT, out);
    }
}

static struct json *json_of(const struct hcl_value *v)
{
    CLEANUP(buf_done) struct buf number = BUF(FORM_MAX);
    struct json *made;

    switch (v->kind) {
    case HCL_V_BOOL:
        return json_new_text(v->boolean ? "true" : "false");
    case HCL_V_NUMBER:
        value_print(v, &number);
        return json_new_text(buf_str(&number));
    case HCL_V_TEXT:
        return json_new_text(v->text);
    case HCL_V_LIST:
        made = json_array();
        for (size_t i = 0; i < v->n; i++)
            json_push_give(made, json_of(v->items[i]));
        return made;
    case HCL_V_OBJECT:
        made = json_object();
        for (size_t i = 0; i < v->n; i++)
            json_set_give(made, v->keys[i], json_of(v->items[i]));
        return made;
    default:
        return NULL;
    }
}

/* --- rows --- */

static bool any_true(const struct json *unknown)
{
    const struct json *member;
    const char *key;

    if (json_bool(unknown, false))
        return true;
    for (size_t i = 0; json_is_array(unknown) && i < json_count(unknown); i++)
        if (any_true(json_at(unknown, i)))
            return true;
    for (size_t i = 0; json_is_object(unknown) && json_member(unknown, i, &key, &member); i++)
        if (any_true(member))
            return true;
    return false;
}

static bool is_meta(const char *name)
{
    return str_eq(name, "count") || str_eq(name, "for_each") || str_eq(name, "depends_on") ||
           str_eq(name, "provider");
}

static void write_instance(const struct hcl_resource *resource, const char *directory,
                           const char *address, const struct json *change, struct buf *out)
{
    const struct hcl_node *at = hcl_block_body(resource->block)->child;

    for (; at != NULL; at = at->next) {
        char name[128];
        if (at->kind != HCL_ATTRIBUTE)
            continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)(at->name_end - at->name_start),
                       resource->file->bytes + at->name_start);
        if (is_meta(name))
            continue;
        buf_print(out, "%s\t%s\t%s\t", directory, address, name);
        if (any_true(json_get(json_get(change, "after_unknown"), name)))
            buf_text(out, "?");
        else
            write_form(json_get(json_get(change, "after"), name), out);
        buf_char(out, '\n');
    }
}

static const struct json *change_of(const struct json *plan, const char *address)
{
    const struct json *changes = json_get(plan, "resource_changes");

    for (size_t i = 0; i < json_count(changes); i++)
        if (str_eq(json_get_text(json_at(changes, i), "address", ""), address))
            return json_get(json_at(changes, i), "change");
    fail_msg("%s is not planned", address);
    return NULL;
}

static size_t planned_count(const struct json *plan, const char *ignored)
{
    const struct json *changes = json_get(plan, "resource_changes");
    size_t n = 0;

    for (size_t i = 0; i < json_count(changes); i++)
        n += str_eq(json_get_text(json_at(changes, i), "mode", ""), "managed") &&
             !str_eq(json_get_text(json_at(changes, i), "address", ""), ignored);
    return n;
}

void plan_write_rows(const struct hcl_module *root, const char *directory, const struct json *plan,
                     const char *ignored, struct buf *out)
{
    size_t written = 0;

    for (size_t i = 0; i < hcl_resource_count(root); i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct hcl_instance *instances;
        size_t n = resource->is_data ? 0 : hcl_instances(resource, &instances);
        for (size_t j = 0; j < n; j++)
            write_instance(resource, directory, instances[j].address,
                           change_of(plan, instances[j].address), out);
        written += n;
    }
    assert_int_equal(written, planned_count(plan, ignored));
}

static const struct hcl_value *evaluate(const struct hcl_module *root, const char *address,
                                        const char *argument)
{
    const struct hcl_resource *resource = hcl_resource_find(root, address);
    const struct hcl_instance *instances;

    if (resource == NULL)
        fail_msg("there is no %s", address);
    size_t n = hcl_instances(resource, &instances);
    for (size_t i = 0; i < n; i++)
        if (str_eq(instances[i].address, address))
            return hcl_eval_attribute(resource, resource->block, argument, &instances[i]);
    fail_msg("there is no instance %s", address);
    return NULL;
}

/* The first open value in v, or NULL. */
static const struct hcl_value *open_part(const struct hcl_value *v)
{
    const struct hcl_value *open = value_is_open(v) ? v : NULL;

    for (size_t i = 0; i < v->n && open == NULL; i++)
        open = open_part(v->items[i]);
    return open;
}

enum plan_verdict plan_compare(const struct hcl_module *root, const char *address,
                               const char *argument, const char *planned, struct buf *why)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(buf_done) struct buf form = BUF(FORM_MAX);
    const struct hcl_value *v = evaluate(root, address, argument);

    if (v == NULL)
        fail_msg("%s has no %s", address, argument);
    const struct hcl_value *open = open_part(v);
    if (open != NULL) {
        buf_text(why, value_why(open));
        return str_eq(planned, "?") ? PLAN_SAME : PLAN_UNKNOWN;
    }
    json = json_of(v);
    write_form(json, &form);
    buf_print(why, "is   %s\n  want %s", buf_str(&form), planned);
    return str_eq(buf_str(&form), planned) ? PLAN_SAME : PLAN_WRONG;
}
