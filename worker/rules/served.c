/*
 * Served: a companion that is written into a local module is there for every call of it, from this
 * root and from all others. A call whose resource has one of its own would then have two, of which
 * AWS keeps the last that was written.
 */
#include "worker/hcl/module/by_type.h"
#include "worker/hcl/module/roots.h"
#include "worker/rules/companion.h"
#include "worker/rules/fixer.h"

/* The root's modules are objects of their own; the directory is the same. */
static bool is_same_block(const struct hcl_resource *a, const struct hcl_resource *b)
{
    return str_eq(a->name, b->name) &&
           str_eq(hcl_module_directory(a->module), hcl_module_directory(b->module));
}

/* The subject's block in another call below root, which has a companion or may have one. NULL:
 * none. */
static const struct hcl_resource *served_below(const struct hcl_module *root,
                                               const struct hcl_resource *subject,
                                               const struct statement *statement)
{
    const struct hcl_resource *one;
    size_t next = 0;

    while ((one = hcl_resource_of(root, subject->type, &next)) != NULL) {
        const struct place same = {root, one, hcl_block_body(one->block), NULL};
        struct companions companions;

        if (one->module == subject->module || !is_same_block(one, subject))
            continue;
        companions_find(&same, statement, &companions, (struct why){0});
        if (companions.found != COMPANION_NONE || companion_switched_off(&same, statement) != NULL)
            return one;
    }
    return NULL;
}

static const char *name_of(const char *directory)
{
    return directory[0] != '\0' ? directory : "the top directory";
}

static int refuse_in_root(struct fixer *fixer, const char *directory,
                          const struct hcl_resource *subject, const struct statement *statement,
                          struct err *err)
{
    CLEANUP(hcl_beside_close) struct hcl_beside beside = {0};
    const struct hcl_resource *one;
    struct err why;
    int r = hcl_beside_open(subject->module, directory, &beside, &why);

    if (r == ERR_REJECT)
        return fixer_refuse(fixer,
                            "%.200s calls the module too and may have an %s for it, which cannot "
                            "be looked at (%.300s): write one for %s outside of the module by hand",
                            name_of(directory), statement->name, why.text, subject->address);
    if (r < 0) {
        *err = why;
        return r;
    }
    one = served_below(beside.root, subject, statement);
    return one == NULL
               ? 0
               : fixer_refuse(fixer,
                              "%.200s calls the module too, and %s there has or may have an %s: "
                              "write one for %s outside of the module by hand",
                              name_of(directory), one->address, statement->name, subject->address);
}

int served_refuse(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err)
{
    const struct hcl_resource *subject = place->resource;
    const struct hcl_resource *one;
    const char *const *roots = NULL;
    size_t n = 0;
    int r;

    /* The first pass finds every reason to refuse; a root itself is called by nobody. */
    if (fixer->edits != NULL || hcl_module_parent(subject->module) == NULL)
        return 0;
    one = served_below(place->root, subject, statement);
    if (one != NULL)
        return fixer_refuse(fixer,
                            "the module is called for %s too, which has or may have an %s: write "
                            "one for %s outside of the module by hand",
                            one->address, statement->name, subject->address);
    r = hcl_other_roots_with(subject->module, statement->name, &roots, &n, err);
    for (size_t i = 0; i < n && r == 0; i++)
        r = refuse_in_root(fixer, roots[i], subject, statement, err);
    return r;
}
