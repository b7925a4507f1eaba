/*
 * Fix ports: the world's place in an ingress is taken by the people who may come in. Only elements
 * of a list that stands in the ingress itself are replaced; the others stay.
 */
#include "worker/rules/fixer.h"

#include <stdio.h>

#include "worker/rules/ports.h"

static bool is_world_text(const struct hcl_file *file, const struct hcl_node *node)
{
    return node->kind == HCL_TEMPLATE && node->end - node->start > strlen("/0\"") &&
           memcmp(file->bytes + node->end - strlen("/0\""), "/0\"", strlen("/0\"")) == 0;
}

/* "[a, b]" -> "a, b"; a single expression stays. false when that is nothing. */
static bool inner_of(const char *input, char *out, size_t size)
{
    size_t len = strlen(input);

    if (len >= 2 && input[0] == '[' && input[len - 1] == ']') {
        input++;
        len -= 2;
    }
    if (len == 0 || len >= size)
        return false;
    memcpy(out, input, len);
    out[len] = '\0';
    return true;
}

static int world_replace(struct fixer *fixer, const struct place *place,
                         const struct ingress *ingress, const char *open, const char *input,
                         struct err *err)
{
    const struct hcl_file *file = place->resource->file;
    const struct hcl_node *attribute = hcl_attribute(file, ingress->body, open);
    const struct hcl_node *value = attribute != NULL ? attribute->child : NULL;
    char inner[1024];
    struct hcl_place at = {file, ingress->body};
    int r = fixer_place(fixer, &at.file, &at.node);

    if (r != 0)
        return r;
    if (!inner_of(input, inner, sizeof inner))
        return fixer_refuse(fixer, "approved_cidrs is empty: restrict %s by hand",
                            place->resource->address);
    if (value != NULL && is_world_text(file, value) && !ingress->cidrs_are_lists) {
        if (strchr(inner, ',') != NULL)
            return fixer_refuse(fixer,
                                "%s of %s takes one range, and approved_cidrs names several: write "
                                "a rule for each by hand",
                                open, place->resource->address);
        return fixer_replace(fixer, file, value, inner, err);
    }
    if (value == NULL || value->kind != HCL_TUPLE)
        return fixer_refuse(fixer, "%s of %s is not a list written there: restrict it by hand",
                            open, place->resource->address);
    /* The people stand where the world stood first; the world's other names only go. */
    const char *people = inner;
    for (const struct hcl_node *one = value->child; one != NULL && r == 0; one = one->next) {
        if (!is_world_text(file, one))
            continue;
        r = fixer_exchange(fixer, file, one, people, err);
        people = NULL;
    }
    return r;
}

static int one_ingress(struct fixer *fixer, const struct place *place,
                       const struct statement *statement, const struct ingress *ingress,
                       const char *input, struct err *err)
{
    const char *open = NULL;
    const char *name;
    int r;

    if (ingress_check(place, ingress, statement, &open, (struct why){0}) != RULE_FAILS)
        return 0;
    name = ingress->body == place->body ? open : "ingress";
    if (fixer_is_ignored(place, name))
        return fixer_refuse_ignored(fixer, place, name);
    if (ingress_is_wider(place, ingress, statement))
        return fixer_refuse(fixer, "the ingress of %s opens other ports too: split it by hand",
                            place->resource->address);
    if (strstr(open, "ipv6") != NULL)
        return fixer_refuse(fixer,
                            "%s of %s is open to the world: approved_cidrs speaks of IPv4, so "
                            "restrict it by hand",
                            open, place->resource->address);
    r = world_replace(fixer, place, ingress, open, input, err);
    if (r == 0)
        fixer_did(fixer, place->resource->file, ingress->body, "restricted %s to %s in %s", open,
                  input, place->resource->address);
    return r;
}

static int own_fix(struct fixer *fixer, const struct place *place,
                   const struct statement *statement, const char *input, struct err *err)
{
    struct ingress ingress;
    int r = 0;

    for (size_t i = 0; ingress_at(place, i, &ingress) && r == 0; i++)
        r = one_ingress(fixer, place, statement, &ingress, input, err);
    return r;
}

int ports_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
              struct err *err)
{
    const char *input = render_input(&fixer->render, statement->input);
    struct place rule;
    int r;

    if (input == NULL)
        return 0; /* the pass ends as RULE_NEEDS_INPUT */
    r = own_fix(fixer, place, statement, input, err);
    for (size_t i = 0; i < hcl_resource_count(place->root) && r == 0; i++) {
        if (group_rule_at(place, i, &rule) == LINK_YES)
            r = own_fix(fixer, &rule, statement, input, err);
    }
    return r;
}
