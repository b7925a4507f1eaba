/*
 * Owner call: a default of a local module belongs to everybody who calls it. Where others call it
 * too, within this root or from another one, the value is set at this root's call instead, and
 * theirs stays what it is.
 */
#include <stdio.h>

#include "worker/hcl/module/roots.h"
#include "worker/rules/owner.h"

/* How many module calls below the root run this directory. */
static size_t calls_of(const struct hcl_module *root, const struct hcl_module *module)
{
    const struct hcl_module *seen[64];
    size_t n = 0;

    for (size_t i = 0; i < hcl_resource_count(root) && n < COUNT(seen); i++) {
        const struct hcl_module *one = hcl_resource_at(root, i)->module;
        bool known = !str_eq(hcl_module_directory(one), hcl_module_directory(module));

        for (size_t k = 0; k < n && !known; k++)
            known = seen[k] == one;
        if (!known)
            seen[n++] = one;
    }
    return n;
}

int owner_is_others_too(struct fixer *fixer, const struct hcl_origin *owner, bool *out,
                        struct err *err)
{
    struct hcl_roots others = {.n = 0};
    int r = 0;

    *out = false;
    if (!str_eq(owner->what, "variable default") || hcl_module_parent(owner->module) == NULL)
        return 0;
    *out = calls_of(fixer->root, owner->module) > 1;
    if (!*out && !fixer->in_any_root)
        r = hcl_other_roots(fixer->root, owner->file->path, &others, err);
    *out = *out || others.n > 0;
    return r;
}

static const struct hcl_node *call_block(const struct hcl_module *child,
                                         const struct hcl_file **file)
{
    const struct hcl_module *parent = hcl_module_parent(child);
    const char *path = hcl_module_path(child);
    const char *name = strrchr(path, '.') != NULL ? strrchr(path, '.') + 1 : path;
    char label[256];

    for (size_t i = 0; i < hcl_module_file_count(parent); i++) {
        const struct hcl_node *block = NULL;

        *file = hcl_module_file(parent, i);
        while ((block = hcl_block_next(*file, (*file)->body, "module", block)) != NULL) {
            if (hcl_block_label(*file, block, 0, label, sizeof label) && str_eq(label, name))
                return block;
        }
    }
    return NULL;
}

/* The variable's name, when the owner is the whole of its default; an element of it has no argument
 * of its own. */
static bool is_whole_default(const struct hcl_origin *owner, char *name, size_t size)
{
    const struct hcl_node *block = NULL;

    while ((block = hcl_block_next(owner->file, owner->file->body, "variable", block)) != NULL) {
        const struct hcl_node *written = hcl_attribute(owner->file, block, "default");

        if (written != NULL && written->child == owner->node)
            return hcl_block_label(owner->file, block, 0, name, size);
    }
    return false;
}

int owner_set_at_call(struct fixer *fixer, const struct hcl_origin *owner, const char *text,
                      struct err *err)
{
    const struct hcl_file *file = NULL;
    const char *path = hcl_module_path(owner->module);
    const struct hcl_node *block = call_block(owner->module, &file);
    char name[256];
    int r;

    if (block == NULL || !is_whole_default(owner, name, sizeof name))
        return fixer_refuse(fixer,
                            "the value is part of a default in %.300s, which other calls of the "
                            "module use too: give the call of %.200s a value of its own by hand",
                            owner->file->path, path);
    if (fixer_has_replaced(fixer, owner->node))
        return 0;
    if (fixer->n_fixed >= FIXED_NODES_MAX)
        return fixer_refuse(fixer, "more than %d values would change: make it by hand",
                            FIXED_NODES_MAX);
    fixer->fixed[fixer->n_fixed++] = owner->node;
    r = fixer_set(fixer, file, block, name, text, err);
    if (r == 0)
        fixer_did(fixer, file, block, "set %s = %s in the call of %s", name, text, path);
    return r;
}
