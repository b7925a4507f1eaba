/* Layer "widening"; the story stands in widening.h. */
#include "worker/gate/widening.h"

#include <stdio.h>

const char *widening_text(struct widening *widening, const struct hcl_value *value)
{
    if (value == NULL || value->kind == HCL_V_NULL)
        return "";
    switch (value->kind) {
    case HCL_V_TEXT:
    case HCL_V_REFERENCE:
        return arena_text(widening->arena, value->text);
    case HCL_V_BOOL:
        return value->boolean ? "true" : "false";
    case HCL_V_NUMBER:
        return arena_print(widening->arena, "%.17g", value->number);
    default:
        return arena_print(widening->arena, "?%s",
                           value->kind == HCL_V_UNKNOWN && value->unknown != NULL ? value->unknown
                                                                                  : "no text");
    }
}

bool widening_each(const struct hcl_value *value, widening_element_fn visit, void *context)
{
    if (value == NULL || value->kind == HCL_V_NULL)
        return true;
    if (value->kind != HCL_V_LIST)
        return visit(context, value);
    for (size_t i = 0; i < value->n; i++) {
        if (!visit(context, value->items[i]))
            return false;
    }
    return true;
}

int gate_widening(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    static int (*const looks[])(struct widening *, struct err *) = {
        widening_network, widening_acl, widening_policy, widening_attach};
    struct widening widening = {.run = run, .arena = arena_new(WIDENING_ARENA_BYTES)};
    int r = widening.arena != NULL ? 0 : err_nomem(err);

    for (size_t i = 0; i < COUNT(looks) && r == 0 && widening.found[0] == '\0'; i++)
        r = looks[i](&widening, err);
    bool is_full = widening.arena != NULL && arena_is_full(widening.arena);
    arena_free(widening.arena);
    if (is_full)
        return gate_fail(result, "more networks and policies than can be compared");
    if (r < 0)
        return r;
    if (widening.found[0] != '\0')
        return gate_fail(result, "%s", widening.found);
    return gate_pass(result, "no network, port, policy or principal is wider than before");
}
