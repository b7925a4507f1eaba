/*
 * Spread: aws_vpc_security_group_ingress_rule takes one range. Where several may come in, the rule
 * becomes one for each of them, by for_each. Its address changes with that, so nobody may refer to
 * it.
 */
#include "worker/rules/closing.h"

int spread_refuse(const struct closing *closing, size_t family)
{
    const struct hcl_resource *resource = closing->place->resource;
    const char *source = closing->opening->sources[family];
    const struct hcl_node *node = closing_expression(closing, source);

    if (resource->has_count || resource->has_for_each)
        return fixer_refuse(closing->fixer,
                            "%s of %s takes one range, and the policy file names several: the rule "
                            "has count or for_each already, so write a rule for each by hand",
                            source, resource->address);
    if (node == NULL || node->kind != HCL_TEMPLATE)
        return fixer_refuse(closing->fixer,
                            "%s of %s takes one range, and the policy file names several: it is "
                            "not written there, so write a rule for each by hand",
                            source, resource->address);
    for (size_t i = 0; i < hcl_module_file_count(resource->module); i++) {
        const struct hcl_file *file = hcl_module_file(resource->module, i);

        if (expr_mentions(file, file->body, resource->type, resource->name))
            return fixer_refuse(closing->fixer,
                                "%s of %s takes one range, and the policy file names several: "
                                "%.200s refers to the rule, so write a rule for each by hand",
                                source, resource->address, file->path);
    }
    return 0;
}

void spread_text(const struct closing *closing, size_t family, struct buf *out)
{
    const struct approved *approved = &closing->approved[family];

    buf_text(out, "toset([");
    for (size_t i = 0; i < approved->n; i++)
        buf_print(out, "%s%s", i > 0 ? ", " : "", approved->texts[i]);
    buf_text(out, "])");
}

/* The block as it is, for_each at its top: what counts is said first. */
static void block_text(const struct closing *closing, size_t family,
                       const struct hcl_node *expression, struct buf *out)
{
    const struct hcl_resource *resource = closing->place->resource;
    const struct hcl_node *block = resource->block;
    const struct hcl_node *body = hcl_block_body(block);
    const char *bytes = resource->file->bytes;

    buf_bytes(out, bytes + block->start, body->start - block->start);
    buf_text(out, "\n  for_each = ");
    spread_text(closing, family, out);
    buf_char(out, '\n');
    buf_bytes(out, bytes + body->start, expression->start - body->start);
    buf_text(out, "each.value");
    buf_bytes(out, bytes + expression->end, block->end - expression->end);
}

int spread_write(const struct closing *closing, size_t family, struct err *err)
{
    const struct hcl_resource *resource = closing->place->resource;
    const struct hcl_node *expression =
        closing_expression(closing, closing->opening->sources[family]);
    CLEANUP(buf_done) struct buf text = BUF(256 * 1024);
    int r = spread_refuse(closing, family);

    if (r == 0 && resource->n_overrides > 0)
        r = fixer_refuse(closing->fixer,
                         "%s of %s takes one range, and an override file changes the rule: write a "
                         "rule for each by hand",
                         closing->opening->sources[family], resource->address);
    if (r != 0)
        return r;
    block_text(closing, family, expression, &text);
    r = buf_check(&text, err);
    if (r == 0)
        r = fixer_replace(closing->fixer, resource->file, resource->block, buf_str(&text), err);
    if (r == 0)
        fixer_did(closing->fixer, resource->file, resource->block,
                  "%s became one rule for each approved range", resource->address);
    return r;
}
