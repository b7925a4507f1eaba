/*
 * What Terraform's own blocks hold, as far as its JSON syntax must know it: which properties are
 * blocks, which strings are references or stand for themselves. The story stands in json.h; how
 * each string is taken was held against terraform 1.11.
 */
#include "worker/hcl/syntax/json.h"

#define SHAPE(table, others)                                                                       \
    {                                                                                              \
        .properties = (table), .n = COUNT(table), .rest = (others)                                 \
    }

static const struct json_shape PLAIN = {.rest = JSON_VALUE};
static const struct json_shape REFERENCES = {.rest = JSON_EXPRESSION};
static const struct json_shape LITERALS = {.rest = JSON_LITERAL};

/* --- inside resources --- */

static const struct json_property LIFECYCLE_PROPERTIES[] = {
    {"ignore_changes", JSON_EXPRESSION, 0, NULL},
    {"replace_triggered_by", JSON_EXPRESSION, 0, NULL},
    {"precondition", JSON_BLOCK, 0, &PLAIN},
    {"postcondition", JSON_BLOCK, 0, &PLAIN},
};
static const struct json_shape LIFECYCLE = SHAPE(LIFECYCLE_PROPERTIES, JSON_LITERAL);

static const struct json_property PROVISIONER_PROPERTIES[] = {
    {"when", JSON_EXPRESSION, 0, NULL},
    {"on_failure", JSON_EXPRESSION, 0, NULL},
    {"connection", JSON_BLOCK, 0, &PLAIN},
};
static const struct json_shape PROVISIONER = SHAPE(PROVISIONER_PROPERTIES, JSON_VALUE);

static const struct json_shape CONTENT;
static const struct json_property DYNAMIC_PROPERTIES[] = {
    {"iterator", JSON_EXPRESSION, 0, NULL},
    {"content", JSON_BLOCK, 0, &CONTENT},
};
static const struct json_shape DYNAMIC = SHAPE(DYNAMIC_PROPERTIES, JSON_VALUE);
static const struct json_property CONTENT_PROPERTIES[] = {
    {"dynamic", JSON_BLOCK, 1, &DYNAMIC},
};
static const struct json_shape CONTENT = SHAPE(CONTENT_PROPERTIES, JSON_VALUE);

static const struct json_property RESOURCE_PROPERTIES[] = {
    {"provider", JSON_EXPRESSION, 0, NULL},       {"depends_on", JSON_EXPRESSION, 0, NULL},
    {"lifecycle", JSON_BLOCK, 0, &LIFECYCLE},     {"connection", JSON_BLOCK, 0, &PLAIN},
    {"provisioner", JSON_BLOCK, 1, &PROVISIONER}, {"dynamic", JSON_BLOCK, 1, &DYNAMIC},
};
static const struct json_shape RESOURCE = SHAPE(RESOURCE_PROPERTIES, JSON_VALUE);

/* --- the other blocks of a file --- */

static const struct json_property VARIABLE_PROPERTIES[] = {
    {"type", JSON_EXPRESSION, 0, NULL},
    {"validation", JSON_BLOCK, 0, &PLAIN},
};
static const struct json_shape VARIABLE = SHAPE(VARIABLE_PROPERTIES, JSON_LITERAL);

static const struct json_property OUTPUT_PROPERTIES[] = {
    {"value", JSON_VALUE, 0, NULL},
    {"depends_on", JSON_EXPRESSION, 0, NULL},
    {"precondition", JSON_BLOCK, 0, &PLAIN},
};
static const struct json_shape OUTPUT = SHAPE(OUTPUT_PROPERTIES, JSON_LITERAL);

static const struct json_property MODULE_PROPERTIES[] = {
    {"source", JSON_LITERAL, 0, NULL},
    {"version", JSON_LITERAL, 0, NULL},
    {"providers", JSON_EXPRESSION, 0, NULL},
    {"depends_on", JSON_EXPRESSION, 0, NULL},
};
static const struct json_shape MODULE = SHAPE(MODULE_PROPERTIES, JSON_VALUE);

static const struct json_property PROVIDER_PROPERTIES[] = {
    {"alias", JSON_LITERAL, 0, NULL},
    {"version", JSON_LITERAL, 0, NULL},
};
static const struct json_shape PROVIDER = SHAPE(PROVIDER_PROPERTIES, JSON_VALUE);

static const struct json_property TERRAFORM_PROPERTIES[] = {
    {"required_version", JSON_LITERAL, 0, NULL},
    {"experiments", JSON_EXPRESSION, 0, NULL},
    {"required_providers", JSON_BLOCK, 0, &LITERALS},
    {"backend", JSON_BLOCK, 1, &PLAIN},
    {"cloud", JSON_BLOCK, 0, &PLAIN},
    {"provider_meta", JSON_BLOCK, 1, &PLAIN},
};
static const struct json_shape TERRAFORM = SHAPE(TERRAFORM_PROPERTIES, JSON_VALUE);

static const struct json_property IMPORT_PROPERTIES[] = {
    {"to", JSON_EXPRESSION, 0, NULL},
    {"provider", JSON_EXPRESSION, 0, NULL},
};
static const struct json_shape IMPORT = SHAPE(IMPORT_PROPERTIES, JSON_VALUE);

static const struct json_property REMOVED_PROPERTIES[] = {
    {"from", JSON_EXPRESSION, 0, NULL},
    {"lifecycle", JSON_BLOCK, 0, &LIFECYCLE},
    {"connection", JSON_BLOCK, 0, &PLAIN},
    {"provisioner", JSON_BLOCK, 1, &PROVISIONER},
};
static const struct json_shape REMOVED = SHAPE(REMOVED_PROPERTIES, JSON_VALUE);

static const struct json_property CHECK_PROPERTIES[] = {
    {"data", JSON_BLOCK, 2, &RESOURCE},
    {"assert", JSON_BLOCK, 0, &PLAIN},
};
static const struct json_shape CHECK = SHAPE(CHECK_PROPERTIES, JSON_VALUE);

static const struct json_property FILE_PROPERTIES[] = {
    {"terraform", JSON_BLOCK, 0, &TERRAFORM}, {"provider", JSON_BLOCK, 1, &PROVIDER},
    {"variable", JSON_BLOCK, 1, &VARIABLE},   {"locals", JSON_BLOCK, 0, &PLAIN},
    {"output", JSON_BLOCK, 1, &OUTPUT},       {"module", JSON_BLOCK, 1, &MODULE},
    {"resource", JSON_BLOCK, 2, &RESOURCE},   {"data", JSON_BLOCK, 2, &RESOURCE},
    {"ephemeral", JSON_BLOCK, 2, &RESOURCE},  {"moved", JSON_BLOCK, 0, &REFERENCES},
    {"import", JSON_BLOCK, 0, &IMPORT},       {"removed", JSON_BLOCK, 0, &REMOVED},
    {"check", JSON_BLOCK, 1, &CHECK},
};
const struct json_shape JSON_SHAPE_FILE = {
    .properties = FILE_PROPERTIES, .n = COUNT(FILE_PROPERTIES), .closed = true};
const struct json_shape JSON_SHAPE_VALUES = {.rest = JSON_LITERAL};
