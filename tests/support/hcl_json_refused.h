/*
 * Texts in Terraform's JSON syntax that terraform 1.11.4 refuses, with what we say to them. The
 * unit test asks our reader; the live test asks terraform again.
 */
#ifndef TESTS_SUPPORT_HCL_JSON_REFUSED_H
#define TESTS_SUPPORT_HCL_JSON_REFUSED_H

#define LOCALS(inside) "{\"locals\":{" inside "}}"
#define DATA(inside)   "{\"resource\":{\"terraform_data\":{\"a\":{" inside "}}}}"

static const struct {
    const char *text, *wanted;
} JSON_REFUSED[] = {
    {"{\"a\":1", "x.tf.json:1:1: Unclosed object"},
    {"{\"a\" 1}", "1:6: Missing property value colon"},
    {"{\"locals\":}", "Invalid start of value"},
    {"{\"locals\":{},}", "Trailing comma"},
    {"{\"locals\":", "Missing JSON value"},
    {"[1]", "Incorrect JSON value type"},
    {"\"x\"", "Root value must be object"},
    {"{\"locals\":{\"a\":\"x", "Invalid JSON string: it has no closing quote"},
    {LOCALS("\"a\":\"\\q\""), "1:17: Invalid JSON string: an unknown escape"},
    {LOCALS("\"a\":\"\\u12g4\""), "unknown escape"},
    {LOCALS("\"a\":tru"), "Invalid JSON keyword"},
    {LOCALS("\"a\":01"), "Invalid JSON number"},
    {LOCALS("\"a\":.5"), "Invalid start of value"},
    {LOCALS("\"a\":1.,\"b\":2"), "Invalid JSON number"},
    {LOCALS("\"a\":\"\n\""), "control character"},
    {"{} {}", "1:4: Extraneous data after value"},
    {"{1:2}", "Invalid object property name"},
    {"{'a':1}", "Invalid object property name"},
    {"\xEF\xBB\xBF{}", "Invalid start of value"},
    {LOCALS("\"a\":[1,]"), "Trailing comma"},
    {LOCALS("\"a\":[1 2]"), "Missing comma: in an array"},
    {LOCALS("\"a\":1 \"b\":2"), "Missing comma: in an object"},
    {LOCALS("\"a\":\"${\""), "1:19: "},
    {LOCALS("\"a\":\"\\n\\u0041${foo\""), "1:25: Unclosed template interpolation sequence"},
    {LOCALS("\"b\":{\"x\":1,\"x\":2}"), "1:23: Duplicate object attribute"},
    {DATA("\"input\":1,\"input\":2"), "Attribute redefined"},
    {DATA("\"input\":{\"b\":1},\"input\":{\"c\":1}"), "Attribute redefined"},
    {DATA("\"depends_on\":[\"${terraform_data.b}\"]"), "x.tf.json:1:"},
    {"{\"foo\":1}", "Extraneous JSON object property: no argument or block type is named \"foo\""},
    {"{\"resource\":null}", "Missing block label"},
    {"{\"resource\":{}}", "Missing block label"},
    {"{\"resource\":{\"terraform_data\":[]}}", "Missing block label"},
    {"{\"resource\":{\"//\":\"c\",\"terraform_data\":{}}}", "Incorrect JSON value type"},
    {"{\"resource\":{\"terraform_data\":{\"a\":\"x\"}}}", "Incorrect JSON value type"},
    {"{\"resource\":{\"terraform_data\":{\"a\":[[\"x\"]]}}}", "Incorrect JSON value type"},
    {"{\"variable\":{\"v\":{\"type\":\"list(\"}}}", "x.tf.json:1:"},
    {"{\"variable\":{\"v\":{\"type\":\"string string\"}}}", "Extra characters after expression"},
};

#endif
