/*
 * Any bytes as a file in Terraform's JSON syntax: on its own, as an override file over a native
 * module, or as a values file. Whatever is accepted has all its spans inside what was read, leads
 * back to a place in a real file, can be evaluated and merged, and is not edited.
 */
#include "tests/fuzz/fuzz.h"

#include "worker/hcl/module/calls.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/locate/locate.h"

static const char base[] =
    "variable \"v\" {\n  type    = map(list(string))\n  default = { a = [\"b\"] }\n}\n"
    "variable \"w\" {\n  default = 1\n}\n"
    "locals {\n  l = var.v\n  m = \"${var.w}-x\"\n}\n"
    "resource \"aws_x\" \"r\" {\n  count = 2\n  name  = \"${local.m}-${count.index}\"\n  list  = "
    "local.l\n\n  in {\n    a = 1\n  }\n\n  dynamic \"in\" {\n    for_each = var.v\n\n    content "
    "{\n"
    "      a = in.value\n    }\n  }\n\n  lifecycle {\n    ignore_changes = [name]\n  }\n}\n"
    "module \"m\" {\n  source = \"./m\"\n  x      = aws_x.r[0].name\n}\n"
    "output \"o\" {\n  value = module.m\n}\n";
static const char child[] =
    "variable \"x\" {}\nresource \"aws_y\" \"y\" {\n  for_each = toset([var.x"
    "])\n  name     = each.key\n}\noutput \"y\" {\n  value = aws_y.y\n}\n";

/* The parser bounds the height of a tree. */
static void check_nodes(const struct hcl_file *file, const struct hcl_node *node)
{
    size_t all = file->source != NULL ? file->source->all : file->len;
    struct hcl_place place = hcl_written(file, node);
    int line = 0;
    int column = 0;

    assert(node->start <= node->end && node->end <= all);
    assert(node->kind == HCL_LITERAL ||
           (node->name_start <= node->name_end && node->name_end <= all));
    assert(place.node->kind == node->kind);
    if (node->child == NULL) {
        hcl_position(file, node->start, &line, &column);
        assert(line >= 1 && column >= 1);
    }
    for (const struct hcl_node *child_node = node->child; child_node != NULL;
         child_node = child_node->next)
        check_nodes(file, child_node);
}

static void check_origins(const struct hcl_value *v)
{
    for (size_t i = 0; v != NULL && i < v->n_origins; i++) {
        const struct hcl_origin *origin = &v->origins[i];
        assert(!hcl_is_merged(origin->file));
        assert(hcl_written(origin->file, origin->node).node == origin->node);
    }
}

static void ask(const struct hcl_resource *resource, const struct hcl_node *body)
{
    const struct hcl_instance *instances;
    size_t n = hcl_instances(resource, &instances);

    for (const struct hcl_node *at = hcl_block_body(body)->child; at != NULL; at = at->next) {
        if (at->kind == HCL_BLOCK)
            ask(resource, at);
        for (size_t i = 0; i < n && i < 3 && at->kind == HCL_ATTRIBUTE; i++)
            check_origins(hcl_eval(resource->module, resource->file, at->child, &instances[i]));
    }
}

static void check_edits(const struct hcl_resource *resource)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct err err;
    int r = hcl_edits_new(&edits, &err);

    assert(r == 0);
    if (resource->file->source == NULL)
        return;
    r = hcl_edit_set(edits, resource->file, resource->block, "name", "1", &err);
    assert(r == ERR_REJECT);
}

static void ask_all(struct hcl_repo *repo)
{
    struct hcl_call calls[8];
    struct hcl_match match;
    struct hcl_module *root;
    struct err err;
    int r = hcl_module_open(repo, "", &root, &err);

    assert(r == 0 || r == ERR_REJECT);
    if (r < 0)
        return;
    (void)hcl_calls(root, calls, COUNT(calls));
    (void)hcl_locate(root, &(struct hcl_query){.name = "1-x-0"}, &match, 1);
    for (size_t i = 0; i < hcl_resource_count(root) && i < 50; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        check_nodes(resource->file, resource->block);
        ask(resource, resource->block);
        check_edits(resource);
        (void)hcl_resource_find(root, resource->address);
    }
}

static void add(struct hcl_repo *repo, const char *path, const char *bytes, size_t len)
{
    struct err err;
    int r = hcl_repo_add(repo, path, bytes, len, &err);

    assert(r == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"a.tf.json", "override.tf.json", "terraform.tfvars.json"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct err err;

    if (size == 0 || size > 64 * 1024)
        return 0;
    const char *path = paths[data[0] % COUNT(paths)];
    int r = hcl_repo_new(&repo, &err);
    assert(r == 0);
    add(repo, path, (const char *)data + 1, size - 1);
    add(repo, "m/main.tf", child, strlen(child));
    if (!str_eq(path, "a.tf.json"))
        add(repo, "main.tf", base, strlen(base));
    const struct hcl_file *file = hcl_repo_file(repo, path);
    if (file != NULL)
        check_nodes(file, file->body);
    ask_all(repo);
    return 0;
}
