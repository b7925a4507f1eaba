/*
 * Member: "tags.Owner" speaks of one key of an argument that is a map. What the map is made of does
 * not matter (a literal, merge(), a variable): it is evaluated. AWS's provider adds its
 * default_tags to every resource, so a tag that stands there is there.
 */
#include "worker/hcl/module/provider.h"
#include "worker/rules/check.h"

static const struct hcl_value UNKNOWN_MEMBER = {.kind = HCL_V_UNKNOWN,
                                                .unknown = "the map is known only after apply"};
static const struct hcl_value NO_MAP = {.kind = HCL_V_UNKNOWN, .unknown = "it is no map"};
static const struct hcl_value UNKNOWN_DEFAULT = {
    .kind = HCL_V_UNKNOWN, .unknown = "the provider's default_tags cannot be told"};

const char *attribute_argument(const struct statement *statement)
{
    return statement->map != NULL ? statement->map : statement->name;
}

const struct hcl_value *member_of(const struct hcl_value *object, const char *key)
{
    if (object == NULL || object->kind == HCL_V_NULL)
        return NULL;
    if (object->kind == HCL_V_UNKNOWN && object->unknown != NULL)
        return object;
    if (object->kind == HCL_V_UNKNOWN || object->kind == HCL_V_REFERENCE)
        return &UNKNOWN_MEMBER;
    if (object->kind != HCL_V_OBJECT)
        return &NO_MAP;
    for (size_t i = 0; i < object->n; i++) {
        if (str_eq(object->keys[i], key))
            return object->items[i];
    }
    return NULL;
}

static bool takes_default_tags(const struct place *place, const struct statement *statement)
{
    return str_eq(statement->map, "tags") && str_starts(place->resource->type, "aws_") &&
           place->body == hcl_block_body(place->resource->block);
}

static const struct hcl_value *default_tag(const struct hcl_resource *resource, const char *key)
{
    struct hcl_provider provider;
    enum hcl_provider_answer answer = hcl_provider_of(resource, "aws", &provider);
    const struct hcl_node *body;
    const struct hcl_node *block;
    const struct hcl_node *tags;

    if (answer != HCL_PROVIDER_FOUND)
        return answer == HCL_PROVIDER_UNSURE ? &UNKNOWN_DEFAULT : NULL;
    body = hcl_block_body(provider.block);
    if (body_has_dynamic(provider.file, body, "default_tags"))
        return &UNKNOWN_DEFAULT;
    block = hcl_block_next(provider.file, body, "default_tags", NULL);
    tags = block != NULL ? hcl_attribute(provider.file, block, "tags") : NULL;
    return tags != NULL
               ? member_of(hcl_eval(provider.module, provider.file, tags->child, NULL), key)
               : NULL;
}

const struct hcl_value *attribute_value(const struct place *place,
                                        const struct statement *statement,
                                        const struct hcl_instance *instance)
{
    const struct hcl_resource *resource = place->resource;
    const char *argument = attribute_argument(statement);
    const struct hcl_value *value = hcl_eval_attribute(resource, place->body, argument, instance);
    const struct hcl_value *by_default = NULL;

    if (statement->map == NULL)
        return value;
    if (value == NULL && (hcl_block_next(resource->file, place->body, argument, NULL) != NULL ||
                          body_has_dynamic(resource->file, place->body, argument)))
        return &NO_MAP;
    value = member_of(value, statement->key);
    if (takes_default_tags(place, statement))
        by_default = default_tag(resource, statement->key);
    if (value == NULL || (value->kind == HCL_V_UNKNOWN && by_default != NULL &&
                          statement->test.kind == TEST_PRESENT))
        return by_default;
    return value;
}
