/*
 * Hostile modules, evaluated: every argument of every block, every instance, and where each value
 * came from. Whatever is written there, an answer comes, its parts fit one another, and the spans
 * lie in the files.
 *
 * The input: main.tf; behind the first 0x1E byte m/main.tf, behind the second terraform.tfvars.
 */
#include "tests/fuzz/fuzz.h"

#include "worker/hcl/eval/provenance.h"

#define QUESTIONS_MAX   60
#define INSTANCES_ASKED 3
#define SPANS_MAX       32

static void check_value(const struct hcl_value *v, int depth)
{
    assert(v != NULL);
    assert(v->kind != HCL_V_TEXT || v->text != NULL);
    assert(v->kind != HCL_V_NUMBER || v->exact != NULL);
    assert(v->kind != HCL_V_UNKNOWN || v->unknown != NULL);
    assert(v->kind != HCL_V_REFERENCE || (v->text != NULL && v->resource != NULL));
    if (v->kind != HCL_V_LIST && v->kind != HCL_V_OBJECT)
        return;
    assert(v->type != NULL);
    for (size_t i = 0; i < v->n && i < 20 && depth < 5; i++) {
        assert(v->kind != HCL_V_OBJECT || i == 0 || strcmp(v->keys[i - 1], v->keys[i]) < 0);
        check_value(v->items[i], depth + 1);
    }
}

static void check_spans(const struct hcl_module *module, const struct hcl_value *v)
{
    struct hcl_span spans[SPANS_MAX];
    size_t n = hcl_spans(module, v, spans, SPANS_MAX, NULL);

    assert(n <= SPANS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert(spans[i].at.node->end <= spans[i].at.file->len);
        assert(spans[i].is_literal || spans[i].is_whole);
        for (size_t j = 0; j < i; j++)
            assert(spans[i].at.node != spans[j].at.node ||
                   spans[i].at.module != spans[j].at.module);
    }
}

static void ask(const struct hcl_module *module, const struct hcl_file *file,
                const struct hcl_node *body, const struct hcl_instance *instance, size_t *left)
{
    for (const struct hcl_node *at = body->child; at != NULL && *left > 0; at = at->next) {
        if (at->kind == HCL_BLOCK) {
            ask(module, file, hcl_block_body(at), instance, left);
            continue;
        }
        (*left)--;
        const struct hcl_value *v = hcl_eval(module, file, at->child, instance);
        check_value(v, 0);
        check_spans(module, v);
    }
}

static void ask_resources(const struct hcl_module *root, size_t *left)
{
    for (size_t i = 0; i < hcl_resource_count(root) && *left > 0; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct hcl_instance *instances;
        size_t n = hcl_instances(resource, &instances);
        for (size_t j = 0; j < n && j < INSTANCES_ASKED; j++)
            ask(resource->module, resource->file, hcl_block_body(resource->block), &instances[j],
                left);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"main.tf", "m/main.tf", "terraform.tfvars"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_module *root;
    struct err err;
    size_t left = QUESTIONS_MAX;

    if (size > 20000)
        return 0;
    assert(hcl_repo_new(&repo, &err) == 0);
    for (size_t i = 0; i < COUNT(paths); i++) {
        const uint8_t *end = size > 0 ? memchr(data, 0x1E, size) : NULL;
        size_t len = end != NULL && i + 1 < COUNT(paths) ? (size_t)(end - data) : size;
        if (hcl_repo_add(repo, paths[i], size > 0 ? (const char *)data : "", len, &err) < 0)
            return 0;
        if (len == size)
            break;
        data += len + 1;
        size -= len + 1;
    }
    if (hcl_module_open(repo, "", &root, &err) < 0)
        return 0;
    ask_resources(root, &left);
    for (size_t i = 0; i < hcl_module_file_count(root); i++)
        ask(root, hcl_module_file(root, i), hcl_module_file(root, i)->body, NULL, &left);
    return 0;
}
