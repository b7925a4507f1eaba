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
    size_t n_forms;
    const struct arn_form *forms = arn_forms_of(arn->row, &n_forms);

    for (size_t k = 0; k < n_forms; k++) {
        if (!str_eq(forms[k].service, "id") || !arn_form_fits(&forms[k], id, &fit) || fit.n == 0)
            continue;
        size_t n = 0;
        while (n < fit.n && agrees(&fit.parts[n], arn))
            n++;
        if (n == fit.n)
            return true;
    }
    return false;
}

/* --- the root's import blocks --- */

struct import {
    const struct hcl_resource *resource;
    const char *address, *id;
    struct import *next;
};

struct import_list {
    struct import *first, **end;
};

static void add_block(struct import_list *list, const struct hcl_module *root,
                      const struct hcl_file *file, const struct hcl_node *block,
                      const struct hcl_instance *instance)
{
    CLEANUP(buf_done) struct buf address = BUF(TEXT_MAX);
    const struct hcl_node *to = hcl_attribute(file, block, "to");
    const struct hcl_node *id = hcl_attribute(file, block, "id");
    struct import import = {0};
    struct err err;

    if (to == NULL || id == NULL)
        return;
    const struct hcl_value *v = hcl_eval(root, file, id->child, instance);
    if (v->kind != HCL_V_TEXT || !write_address(&address, root, file, to->child, instance, 0) ||
        buf_check(&address, &err) < 0)
        return;
    import.resource = hcl_resource_find(root, buf_str(&address));
    if (import.resource == NULL || import.resource->is_data)
        return;
    import.address = arena_text(root->repo->arena, buf_str(&address));
    import.id = v->text;
    struct import *kept = arena_alloc(root->repo->arena, sizeof *kept);
    if (kept == NULL || import.address == NULL)
        return;
    *kept = import;
    *list->end = kept;
    list->end = &kept->next;
}

static void add_each(struct import_list *list, const struct hcl_module *root,
                     const struct hcl_file *file, const struct hcl_node *block)
{
    const struct hcl_node *each = hcl_attribute(file, block, "for_each");

    if (each == NULL) {
        add_block(list, root, file, block, NULL);
        return;
    }
    const struct hcl_value *all = hcl_eval(root, file, each->child, NULL);
    if (all->kind != HCL_V_OBJECT && all->kind != HCL_V_LIST)
        return;
    for (size_t i = 0; i < all->n; i++) {
        struct hcl_instance instance = {
            .key = "",
            .each_key =
                all->kind == HCL_V_OBJECT ? value_text(root->repo, all->keys[i]) : all->items[i],
            .each_value = all->items[i],
            .module = root,
        };
        add_block(list, root, file, block, &instance);
    }
}

/* Evaluated once: a repository that took over what stood before has thousands of them. */
static const struct import_list *imports_of(const struct hcl_module *root)
{
    struct root_index *index = locate_root(root);

    if (index == NULL || index->imports != NULL)
        return index != NULL ? index->imports : NULL;
    struct import_list *list = arena_alloc(root->repo->arena, sizeof *list);
    if (list == NULL)
        return NULL;
    list->end = &list->first;
    for (size_t i = 0; i < hcl_module_file_count(root); i++) {
        const struct hcl_file *file = hcl_module_file(root, i);
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, "import", block)) != NULL)
            add_each(list, root, file, block);
    }
    index->imports = list;
    return list;
}

/* --- what a query means --- */

struct import_search {
    const struct hcl_query *query;
    struct arn_pieces pieces;
    struct arn_fit fits[ARN_FITS_MAX];
    size_t n;
};

static bool means(const struct import_search *search, const struct import *import)
{
    const struct hcl_query *query = search->query;
    const char *type = import->resource->type;

    if (query->arn == NULL)
        return query->type != NULL && hcl_type_fits(query->type, type) &&
               str_eq(query->name, import->id);
    if (str_eq(query->arn, import->id))
        return true;
    /* An id that is no ARN says nothing of the region and the account: the provider does. */
    for (size_t i = 0; i < search->n; i++)
        if (str_eq(search->fits[i].row->type, type) && same_parts(&search->fits[i], import->id))
            return !locate_is_elsewhere(import->resource, &search->pieces);
    return false;
}

void locate_by_import(struct finds *finds, const struct hcl_query *query)
{
    struct import_search search = {.query = query};

    if (query->arn == NULL && query->name == NULL)
        return;
    const struct import_list *list = imports_of(finds->root);
    if (query->arn != NULL && arn_split(query->arn, &search.pieces))
        search.n = arn_fits(&search.pieces, search.fits, ARN_FITS_MAX);
    for (const struct import *at = list != NULL ? list->first : NULL; at != NULL; at = at->next)
        if (means(&search, at))
            locate_by_address(
                finds, at->address,
                arena_print(finds->root->repo->arena, "import block: id = \"%s\"", at->id));
}
