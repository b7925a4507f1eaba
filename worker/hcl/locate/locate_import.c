/*
 * Locating by import blocks: `import { to = aws_x.y  id = "…" }` is a person's word that the id is
 * that resource, so it is the one place in code where an id made by AWS may stand.
 *
 * Read at the root only, as terraform does (configuration language, "import" block); with for_each,
 * each of its elements is looked at.
 */
#include "worker/hcl/eval/eval.h"
#include "worker/hcl/locate/locate_inside.h"

#define ADDRESS_NEST_MAX 64

/* The address that "to" says, keys evaluated; false: it cannot be told. */
static bool write_address(struct buf *out, const struct hcl_module *root,
                          const struct hcl_file *file, const struct hcl_node *node,
                          const struct hcl_instance *instance, int nest)
{
    char name[NAME_BYTES_MAX];

    if (nest > ADDRESS_NEST_MAX)
        return false;
    if (node->kind == HCL_VARIABLE && eval_name(file, node, name)) {
        buf_text(out, name);
        return true;
    }
    if (node->kind == HCL_GET_ATTR && eval_name(file, node, name) &&
        write_address(out, root, file, node->child, instance, nest + 1)) {
        buf_print(out, ".%s", name);
        return true;
    }
    if (node->kind != HCL_INDEX || !write_address(out, root, file, node->child, instance, nest + 1))
        return false;
    const char *key =
        instance_key_text(root->repo, hcl_eval(root, file, node->child->next, instance));
    buf_text(out, key != NULL ? key : "");
    return key != NULL;
}

/* A part of the import id against the same part of the ARN. */
static bool agrees(const struct arn_part *part, const struct arn_fit *arn)
{
    for (size_t i = 0; i < arn->n; i++)
        if (arn->parts[i].kind == part->kind && str_eq(arn->parts[i].argument, part->argument) &&
            arn->parts[i].len == part->len &&
            memcmp(arn->parts[i].value, part->value, part->len) == 0)
            return true;
    return false;
}

/* The id, read as the type's import ids are, says what the ARN says. */
static bool same_parts(const struct arn_fit *arn, const char *id)
{
    struct arn_fit fit;

    for (size_t k = 0; k < arn_form_count; k++) {
        if (&type_rows[arn_forms[k].row] != arn->row || !str_eq(arn_forms[k].service, "id") ||
            !arn_form_fits(&arn_forms[k], id, &fit) || fit.n == 0)
            continue;
        size_t n = 0;
        while (n < fit.n && agrees(&fit.parts[n], arn))
            n++;
        if (n == fit.n)
            return true;
    }
    return false;
}

static bool means(const struct hcl_query *query, const char *type, const char *id)
{
    struct arn_pieces pieces;
    struct arn_fit fits[ARN_FITS_MAX];

    if (query->arn == NULL)
        return query->name != NULL && query->type != NULL && hcl_type_fits(query->type, type) &&
               str_eq(query->name, id);
    if (str_eq(query->arn, id))
        return true;
    size_t n = arn_split(query->arn, &pieces) ? arn_fits(&pieces, fits, ARN_FITS_MAX) : 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(fits[i].row->type, type) && same_parts(&fits[i], id))
            return true;
    return false;
}

static void try_block(struct finds *finds, const struct hcl_query *query,
                      const struct hcl_file *file, const struct hcl_node *block,
                      const struct hcl_instance *instance)
{
    CLEANUP(buf_done) struct buf address = BUF(TEXT_MAX);
    const struct hcl_node *to = hcl_attribute(file, block, "to");
    const struct hcl_node *id = hcl_attribute(file, block, "id");
    struct err err;

    if (to == NULL || id == NULL)
        return;
    const struct hcl_value *v = hcl_eval(finds->root, file, id->child, instance);
    if (v->kind != HCL_V_TEXT ||
        !write_address(&address, finds->root, file, to->child, instance, 0) ||
        buf_check(&address, &err) < 0)
        return;
    const struct hcl_resource *resource = hcl_resource_find(finds->root, buf_str(&address));
    if (resource == NULL || resource->is_data || !means(query, resource->type, v->text))
        return;
    locate_by_address(finds, buf_str(&address),
                      arena_print(finds->root->repo->arena, "import block: id = \"%s\"", v->text));
}

static void try_each(struct finds *finds, const struct hcl_query *query,
                     const struct hcl_file *file, const struct hcl_node *block)
{
    const struct hcl_node *each = hcl_attribute(file, block, "for_each");
    struct hcl_repo *repo = finds->root->repo;

    if (each == NULL) {
        try_block(finds, query, file, block, NULL);
        return;
    }
    const struct hcl_value *all = hcl_eval(finds->root, file, each->child, NULL);
    if (all->kind != HCL_V_OBJECT && all->kind != HCL_V_LIST)
        return;
    for (size_t i = 0; i < all->n; i++) {
        struct hcl_instance instance = {
            .key = "",
            .each_key = all->kind == HCL_V_OBJECT ? value_text(repo, all->keys[i]) : all->items[i],
            .each_value = all->items[i],
            .module = finds->root,
        };
        try_block(finds, query, file, block, &instance);
    }
}

void locate_by_import(struct finds *finds, const struct hcl_query *query)
{
    if (query->arn == NULL && query->name == NULL)
        return;
    for (size_t i = 0; i < hcl_module_file_count(finds->root); i++) {
        const struct hcl_file *file = hcl_module_file(finds->root, i);
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, "import", block)) != NULL)
            try_each(finds, query, file, block);
    }
}
