#include "worker/rules/candidate.h"

#include <stdio.h>

#include "worker/hcl/module/by_type.h"

static void find_one(const struct hcl_resource *subject, struct render_need *out)
{
    const struct hcl_module *root = subject->module;
    const struct hcl_resource *found = NULL;
    const struct hcl_resource *one;
    size_t next = 0;

    while (hcl_module_parent(root) != NULL)
        root = hcl_module_parent(root);
    while ((one = hcl_resource_of(root, out->need->type, &next)) != NULL) {
        if (one->module != subject->module || one == subject)
            continue;
        out->n_candidates++;
        found = one;
    }
    if (out->n_candidates != 1 || found->has_count || found->has_for_each)
        return;
    if ((size_t)snprintf(out->candidate, sizeof out->candidate, "%s.%s.%s", found->type,
                         found->name, out->need->attribute) >= sizeof out->candidate)
        out->candidate[0] = '\0';
}

void candidates_find(const struct hcl_resource *subject, const struct rule_needs *needs,
                     struct render_need out[NEEDS_MAX])
{
    for (size_t i = 0; i < needs->n; i++) {
        out[i] = (struct render_need){.need = &needs->items[i]};
        if (needs->items[i].type != NULL)
            find_one(subject, &out[i]);
    }
}

bool candidate_may_stand(const struct hcl_resource *subject, const struct hcl_file *file,
                         const struct hcl_node *node)
{
    const struct hcl_place place = hcl_written(file, node);
    char address[256];
    bool is_own = false;

    for (size_t i = 0; i < hcl_module_file_count(subject->module) && !is_own; i++)
        is_own = str_eq(hcl_module_file(subject->module, i)->path, place.file->path);
    return is_own && address_of_node(place.file, place.node, address, sizeof address) &&
           !str_starts(address, "variable.");
}

static const struct render_need *lacking(const struct fixer *fixer)
{
    for (size_t i = 0; i < fixer->render.n_needs; i++) {
        if (str_eq(fixer->render.needs[i].need->name, fixer->render.missing))
            return &fixer->render.needs[i];
    }
    return NULL;
}

void candidate_ask(const struct fixer *fixer, char *out, size_t size)
{
    const struct render_need *one = lacking(fixer);
    const char *type = one != NULL && one->need->type != NULL ? one->need->type : "";
    const char *at = fixer->misplaced;
    char found[400] = "";

    if (one == NULL) {
        (void)snprintf(out, size, "the input %s is needed: set it in the policy file",
                       fixer->render.missing);
        return;
    }
    if (at[0] != '\0')
        (void)snprintf(found, sizeof found, "; %.150s cannot be named at %.200s", one->candidate,
                       at);
    else if (type[0] != '\0' && one->n_candidates == 0)
        (void)snprintf(found, sizeof found, "; the module has no %.100s that could give it", type);
    else if (type[0] != '\0' && one->n_candidates == 1)
        (void)snprintf(found, sizeof found,
                       "; the module's one %.100s has count or for_each, so it may be several",
                       type);
    else if (type[0] != '\0')
        (void)snprintf(found, sizeof found,
                       "; the module has %zu %.100s, and which one is meant cannot be told",
                       one->n_candidates, type);
    (void)snprintf(out, size, "the input %s is needed: set it in the policy file (%.300s%s)",
                   one->need->name, one->need->means, found);
}

void candidate_tell(const struct fixer *fixer, char *text, size_t size)
{
    for (size_t i = 0; i < fixer->render.n_needs; i++) {
        const struct render_need *one = &fixer->render.needs[i];
        size_t used = strlen(text);

        if (one->is_taken)
            (void)snprintf(text + used, size - used, "; %s is %s, the module's only%s %s",
                           one->need->name, one->candidate,
                           str_eq(one->need->type, fixer->subject->type) ? " other" : "",
                           one->need->type);
    }
}
