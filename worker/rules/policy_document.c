/* Policy document: which form it has, and the text forms (JSON with what is interpolated). */
#include "worker/rules/policy_document.h"

#include <stdio.h>

#include "common/json.h"
#include "worker/rules/links.h"

/* --- templates --- */

static void write_json(struct buf *out, const struct policy_node *node);

/* In JSON a mark is an escape, so that a parser lets it through. */
static void write_escaped(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        if ((unsigned char)*text < ' ')
            buf_print(out, "\\u%04x", (unsigned)*text);
        else
            buf_char(out, *text);
    }
}

static void write_items(struct buf *out, const struct policy_node *node)
{
    bool is_list = node->kind == POLICY_LIST;

    buf_char(out, is_list ? '[' : '{');
    for (size_t i = 0; i < node->n; i++) {
        buf_text(out, i > 0 ? "," : "");
        if (!is_list) {
            buf_char(out, '"');
            write_escaped(out, node->keys[i]);
            buf_text(out, "\":");
        }
        write_json(out, node->items[i]);
    }
    buf_char(out, is_list ? ']' : '}');
}

static void write_json(struct buf *out, const struct policy_node *node)
{
    switch (node->kind) {
    case POLICY_NULL:
        buf_text(out, "null");
        return;
    case POLICY_TEXT:
        buf_char(out, '"');
        write_escaped(out, node->text);
        buf_char(out, '"');
        return;
    case POLICY_OPEN:
        buf_print(out, "\"\\u%04x\"", (unsigned)POLICY_HOLE);
        return;
    case POLICY_LIST:
    case POLICY_OBJECT:
        write_items(out, node);
    }
}

static bool is_call(const struct policy_spot *spot, const char *function)
{
    return spot->at.node->kind == HCL_CALL && hcl_name_is(spot->at.file, spot->at.node, function) &&
           spot->at.node->child != NULL && spot->at.node->child->next == NULL;
}

/* in_json: the text will be read as JSON, and what is put in is a piece of it. */
static void write_part(struct policy_reader *reader, const struct policy_spot *spot, bool in_json,
                       struct buf *out)
{
    const struct policy_node *node;
    struct policy_spot inside = *spot;

    if (in_json && is_call(spot, "jsonencode")) {
        inside.at.node = spot->at.node->child;
        write_json(out, policy_value(reader, &inside));
        return;
    }
    node = policy_value(reader, spot);
    if (node->kind != POLICY_TEXT && in_json)
        buf_print(out, "\\u%04x", (unsigned)POLICY_HOLE);
    else if (node->kind != POLICY_TEXT)
        buf_char(out, POLICY_HOLE);
    else if (in_json && strchr(node->text, POLICY_REF) != NULL)
        write_escaped(out, node->text);
    else
        buf_text(out, node->text);
}

static void write_template(struct policy_reader *reader, const struct policy_spot *spot,
                           bool in_json, struct buf *out)
{
    for (const struct hcl_node *part = spot->at.node->child; part != NULL; part = part->next) {
        struct policy_spot inside = *spot;

        inside.at.node = part->child;
        if (part->kind == HCL_LITERAL)
            hcl_literal_text(spot->at.file, part, out);
        else if (part->kind == HCL_INTERPOLATION)
            write_part(reader, &inside, in_json, out);
        else if (in_json)
            buf_print(out, "\\u%04x", (unsigned)POLICY_HOLE);
        else
            buf_char(out, POLICY_HOLE);
    }
}

const struct policy_node *policy_template(struct policy_reader *reader,
                                          const struct policy_spot *spot)
{
    CLEANUP(buf_done) struct buf text = BUF(POLICY_TEXT_MAX);
    const struct hcl_node *part = spot->at.node->child;
    struct policy_spot inside = *spot;
    struct err err;

    if (part != NULL && part->next == NULL && part->kind == HCL_INTERPOLATION) {
        inside.at.node = part->child;
        return policy_value(reader, &inside);
    }
    write_template(reader, spot, false, &text);
    return buf_check(&text, &err) < 0 ? policy_open(reader, "%s", err.text)
                                      : policy_text(reader, buf_str(&text));
}

/* --- JSON --- */

static const struct policy_node *from_json(struct policy_reader *reader, const struct json *json)
{
    static const struct policy_node nothing = {.kind = POLICY_NULL};
    bool is_object = json_is_object(json);
    size_t n = json_count(json);
    struct policy_node *out;
    char number[32];

    if (json_is_null(json))
        return &nothing;
    if (json_is_text(json))
        return policy_text(reader, json_text(json, ""));
    if (json_is_bool(json))
        return policy_text(reader, json_bool(json, false) ? "true" : "false");
    if (json_is_number(json)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_int(json, 0));
        return policy_text(reader, number);
    }
    out = policy_collection(reader, is_object ? POLICY_OBJECT : POLICY_LIST, n);
    if (reader->depth >= POLICY_DEPTH_MAX || out == NULL)
        return policy_open(reader, "it is too large");
    reader->depth++;
    for (size_t i = 0; i < n; i++) {
        const struct json *item = is_object ? NULL : json_at(json, i);
        const char *key = NULL;

        if (is_object && json_member(json, i, &key, &item))
            key = arena_text(reader->arena, key);
        policy_add(out, n, key, from_json(reader, item));
    }
    reader->depth--;
    return out;
}

const struct policy_node *policy_parsed(struct policy_reader *reader, const char *text,
                                        const struct hcl_origin *at)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int line = 0;
    int column = 0;
    struct err err;

    if (json_parse(&json, text, strlen(text), &err) >= 0)
        return from_json(reader, json);
    hcl_position(at->file, at->node->start, &line, &column);
    return policy_open(reader, "the policy at %.200s:%d cannot be read as JSON (%.100s)",
                       at->file->path, line, err.text);
}

static const struct policy_node *json_template(struct policy_reader *reader,
                                               const struct policy_spot *spot)
{
    CLEANUP(buf_done) struct buf text = BUF(POLICY_TEXT_MAX);
    struct err err;

    write_template(reader, spot, true, &text);
    return buf_check(&text, &err) < 0 ? policy_open(reader, "%s", err.text)
                                      : policy_parsed(reader, buf_str(&text), &spot->at);
}

/* --- the form --- */

static const struct policy_node *statements_of(struct policy_reader *reader,
                                               const struct policy_node *policy)
{
    const struct policy_node *list;
    struct policy_node *one;

    if (policy->kind != POLICY_OBJECT)
        return policy->kind == POLICY_OPEN ? policy
                                           : policy_open(reader, "the policy is no object");
    list = policy_get(policy, "Statement");
    if (list == NULL)
        return policy_open(reader, "the policy has no Statement");
    if (list->kind != POLICY_OBJECT)
        return list->kind == POLICY_TEXT ? policy_open(reader, "Statement is computed") : list;
    one = policy_collection(reader, POLICY_LIST, 1);
    policy_add(one, 1, NULL, list);
    return one != NULL ? one : policy_open(reader, "it is too large");
}

static struct hcl_origin where_written(const struct policy_spot *spot,
                                       const struct hcl_value *value)
{
    return value->n_origins > 0 ? value->origins[value->n_origins - 1] : spot->at;
}

/* A text that nothing else is known of but what it is, or not even that. */
static void computed(struct policy_reader *reader, const struct policy_document *document,
                     const struct hcl_value *value, struct policy_document *out)
{
    const struct hcl_origin *at = &document->owner;
    char function[64] = "an expression";
    int line = 0;
    int column = 0;

    out->form = POLICY_ELSEWHERE;
    if (value->kind == HCL_V_TEXT) {
        out->statements = statements_of(reader, policy_parsed(reader, value->text, at));
        return;
    }
    hcl_position(at->file, at->node->start, &line, &column);
    if (at->node->kind == HCL_CALL)
        (void)snprintf(function, sizeof function, "%.*s()",
                       (int)(at->node->name_end - at->node->name_start),
                       at->file->bytes + at->node->name_start);
    out->statements = policy_open(
        reader,
        "the policy is made by %s at %.200s:%d, which is not read: look there by hand (%.150s)",
        function, at->file->path, line,
        value->kind == HCL_V_UNKNOWN ? value->unknown : "known only after apply");
}

static bool is_data(const struct hcl_value *value)
{
    return value->resource != NULL && value->resource->is_data && value->attribute != NULL &&
           str_eq(value->resource->type, POLICY_DATA_TYPE) &&
           (str_eq(value->attribute, "json") || str_eq(value->attribute, "minified_json"));
}

void policy_document_at(struct policy_reader *reader, const struct policy_spot *spot,
                        const struct hcl_value *value, struct policy_document *out)
{
    struct policy_spot at = {where_written(spot, value),
                             value->n_origins > 1 ? NULL : spot->instance};
    const struct policy_node *policy;

    while (at.at.node->kind == HCL_PARENTHESES)
        at.at.node = at.at.node->child;
    *out = (struct policy_document){.value = value, .owner = at.at};
    if (is_data(value)) {
        out->form = POLICY_BLOCKS;
        out->data = value->resource;
        out->statements = policy_blocks(reader, value->resource, value->instance);
    } else if (is_call(&at, "jsonencode")) {
        at.at.node = at.at.node->child;
        policy = policy_value(reader, &at);
        out->form = POLICY_ENCODED;
        out->written = policy_get(policy, "Statement");
        out->statements = statements_of(reader, policy);
    } else if (at.at.node->kind == HCL_TEMPLATE) {
        out->form = POLICY_JSON;
        out->statements = statements_of(reader, json_template(reader, &at));
    } else {
        computed(reader, out, value, out);
    }
}

/* A whole document in a variable: other values files may give others. */
static void or_another(struct policy_reader *reader, const struct hcl_module *module,
                       struct policy_document *document)
{
    const struct hcl_file *told = NULL;

    if (str_eq(document->owner.what, "variable default") || str_eq(document->owner.what, "tfvars"))
        told = policy_told_otherwise(module, document->value);
    if (told != NULL)
        document->statements =
            policy_open(reader, "the policy is another one with %.200s", told->path);
}

bool policy_read(struct arena *arena, const struct place *place, const char *argument,
                 const struct hcl_instance *instance, struct policy_document *out)
{
    struct policy_reader reader = {arena, 0};
    const struct hcl_resource *resource = place->resource;
    const struct hcl_node *written = hcl_attribute(resource->file, place->body, argument);
    const struct hcl_value *value = hcl_eval_attribute(resource, place->body, argument, instance);
    struct policy_spot spot;

    if (written == NULL || value == NULL || value->kind == HCL_V_NULL)
        return false;
    spot = (struct policy_spot){{.module = instance != NULL && instance->module != NULL
                                               ? instance->module
                                               : resource->module,
                                 .file = resource->file,
                                 .node = written->child,
                                 .what = "attribute"},
                                instance};
    policy_document_at(&reader, &spot, value, out);
    or_another(&reader, resource->module, out);
    return true;
}
