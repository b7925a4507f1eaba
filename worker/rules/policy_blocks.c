/*
 * Policy blocks: data.aws_iam_policy_document as the JSON that it gives. The documents it is made
 * from count too: a statement of a source gives way to one of the same Sid in the document, and
 * both to one of an override.
 */
#include "worker/rules/policy_document.h"

#include <stdio.h>

struct data_source {
    struct policy_reader *reader;
    const struct hcl_resource *data;
    const struct hcl_instance *instance;
};

static const struct policy_node *argument(const struct data_source *source,
                                          const struct hcl_node *body, const char *name)
{
    const struct hcl_resource *data = source->data;
    const struct hcl_node *written = hcl_attribute(data->file, body, name);
    struct policy_spot spot = {
        {.module = source->instance != NULL && source->instance->module != NULL
                       ? source->instance->module
                       : data->module,
         .file = data->file,
         .what = "attribute"},
        source->instance};

    if (written == NULL)
        return NULL;
    spot.at.node = written->child;
    return policy_value(source->reader, &spot);
}

static void add_argument(const struct data_source *source, const struct hcl_node *body,
                         const char *name, const char *key, size_t max, struct policy_node *out)
{
    policy_add(out, max, key, argument(source, body, name));
}

static const char *text_of(const struct data_source *source, const struct hcl_node *body,
                           const char *name)
{
    const struct policy_node *node = argument(source, body, name);

    return node != NULL && node->kind == POLICY_TEXT ? node->text : NULL;
}

#define GROUPS_MAX 64 /* principals or condition blocks of one statement */

/* principals { type, identifiers } as {"AWS": [...]}: NULL when there are none. */
static const struct policy_node *principals(const struct data_source *source,
                                            const struct hcl_node *body, const char *type)
{
    const struct hcl_resource *data = source->data;
    struct policy_node *out = policy_collection(source->reader, POLICY_OBJECT, GROUPS_MAX);
    const struct hcl_node *block = NULL;

    if (body_has_dynamic(data->file, body, type))
        return policy_open(source->reader, "%s are produced by a dynamic block", type);
    while ((block = hcl_block_next(data->file, body, type, block)) != NULL) {
        const char *who = text_of(source, block, "type");

        if (who == NULL)
            return policy_open(source->reader, "the type of %s is not known", type);
        add_argument(source, block, "identifiers", who, GROUPS_MAX, out);
    }
    return out != NULL && out->n > 0 ? out : NULL;
}

/* condition { test, variable, values } as {"Bool": {"aws:SecureTransport": [...]}}. */
static const struct policy_node *conditions(const struct data_source *source,
                                            const struct hcl_node *body)
{
    const struct hcl_resource *data = source->data;
    struct policy_node *out = policy_collection(source->reader, POLICY_OBJECT, GROUPS_MAX);
    const struct hcl_node *block = NULL;

    if (body_has_dynamic(data->file, body, "condition"))
        return policy_open(source->reader, "conditions are produced by a dynamic block");
    while ((block = hcl_block_next(data->file, body, "condition", block)) != NULL) {
        struct policy_node *keys = policy_collection(source->reader, POLICY_OBJECT, 1);
        const char *test = text_of(source, block, "test");
        const char *variable = text_of(source, block, "variable");

        if (test == NULL || variable == NULL)
            return policy_open(source->reader, "a condition is not known");
        add_argument(source, block, "values", variable, 1, keys);
        policy_add(out, GROUPS_MAX, test, keys);
    }
    return out != NULL && out->n > 0 ? out : NULL;
}

#define STATEMENT_KEYS_MAX 12

static const struct policy_node *statement(const struct data_source *source,
                                           const struct hcl_node *body)
{
    static const char *const names[][2] = {{"sid", "Sid"},
                                           {"effect", "Effect"},
                                           {"actions", "Action"},
                                           {"not_actions", "NotAction"},
                                           {"resources", "Resource"},
                                           {"not_resources", "NotResource"}};
    struct policy_node *out = policy_collection(source->reader, POLICY_OBJECT, STATEMENT_KEYS_MAX);

    for (size_t i = 0; i < COUNT(names); i++)
        add_argument(source, body, names[i][0], names[i][1], STATEMENT_KEYS_MAX, out);
    if (out != NULL && policy_get(out, "Effect") == NULL)
        policy_add(out, STATEMENT_KEYS_MAX, "Effect", policy_text(source->reader, "Allow"));
    policy_add(out, STATEMENT_KEYS_MAX, "Principal", principals(source, body, "principals"));
    policy_add(out, STATEMENT_KEYS_MAX, "NotPrincipal", principals(source, body, "not_principals"));
    policy_add(out, STATEMENT_KEYS_MAX, "Condition", conditions(source, body));
    return out != NULL ? out : policy_open(source->reader, "it is too large");
}

/* --- documents that it is made from --- */

static const char *sid_of(const struct policy_node *statement)
{
    const struct policy_node *sid = policy_get(statement, "Sid");

    return sid != NULL && sid->kind == POLICY_TEXT ? sid->text : "";
}

static bool has_sid(const struct policy_node *list, const char *sid)
{
    for (size_t i = 0; sid[0] != '\0' && i < list->n; i++) {
        if (str_eq(sid_of(list->items[i]), sid))
            return true;
    }
    return false;
}

static const struct policy_node *one_source(const struct data_source *source,
                                            const struct hcl_node *written)
{
    const struct hcl_resource *data = source->data;
    struct policy_spot spot = {
        {.module = data->module, .file = data->file, .node = written, .what = "attribute"},
        source->instance};
    const struct hcl_value *value = hcl_eval(spot.at.module, spot.at.file, written, spot.instance);
    struct policy_document document = {0};

    if (value->kind == HCL_V_NULL || (value->kind == HCL_V_TEXT && value->text[0] == '\0'))
        return NULL;
    if (source->reader->depth >= POLICY_DEPTH_MAX / 2)
        return policy_open(source->reader, "it is made from too many others");
    source->reader->depth++;
    policy_document_at(source->reader, &spot, value, &document);
    source->reader->depth--;
    return document.statements;
}

static void add_all(struct policy_node *out, const struct policy_node *list)
{
    for (size_t i = 0; list != NULL && i < policy_count(list); i++)
        policy_add(out, POLICY_PARTS_MAX, NULL, policy_at(list, i));
}

static struct policy_node *sources(const struct data_source *source, const char *list,
                                   const char *older)
{
    const struct hcl_resource *data = source->data;
    const struct hcl_node *body = hcl_block_body(data->block);
    const struct hcl_node *many = hcl_attribute(data->file, body, list);
    const struct hcl_node *one = hcl_attribute(data->file, body, older);
    struct policy_node *out = policy_collection(source->reader, POLICY_LIST, POLICY_PARTS_MAX);

    if (one != NULL)
        add_all(out, one_source(source, one->child));
    if (many != NULL && many->child->kind != HCL_TUPLE)
        policy_add(out, POLICY_PARTS_MAX, NULL,
                   policy_open(source->reader, "%s is computed", list));
    for (const struct hcl_node *element =
             many != NULL && many->child->kind == HCL_TUPLE ? many->child->child : NULL;
         element != NULL; element = element->next)
        add_all(out, one_source(source, element));
    return out;
}

/* One statement that an override may have taken away is not known to stand. */
static const struct policy_node *unless_overridden(const struct data_source *source,
                                                   const struct policy_node *statement,
                                                   const struct policy_node *overrides)
{
    if (sid_of(statement)[0] == '\0')
        return statement;
    for (size_t i = 0; i < overrides->n; i++) {
        if (overrides->items[i]->kind == POLICY_OPEN)
            return policy_open(source->reader, "an override may replace %.100s: %.200s",
                               sid_of(statement), overrides->items[i]->text);
    }
    return has_sid(overrides, sid_of(statement)) ? NULL : statement;
}

const struct policy_node *policy_blocks(struct policy_reader *reader,
                                        const struct hcl_resource *data,
                                        const struct hcl_instance *instance)
{
    struct data_source source = {reader, data, instance};
    const struct hcl_node *body = hcl_block_body(data->block);
    struct policy_node *own = policy_collection(reader, POLICY_LIST, POLICY_PARTS_MAX);
    struct policy_node *out = policy_collection(reader, POLICY_LIST, POLICY_PARTS_MAX);
    struct policy_node *from = sources(&source, "source_policy_documents", "source_json");
    struct policy_node *over = sources(&source, "override_policy_documents", "override_json");
    const struct hcl_node *block = NULL;

    if (own == NULL || out == NULL || from == NULL || over == NULL)
        return policy_open(reader, "it is too large");
    while ((block = hcl_block_next(data->file, body, "statement", block)) != NULL)
        policy_add(own, POLICY_PARTS_MAX, NULL, statement(&source, block));
    if (body_has_dynamic(data->file, body, "statement"))
        policy_add(
            own, POLICY_PARTS_MAX, NULL,
            policy_open(reader, "statements of %s are produced by a dynamic block", data->address));

    for (size_t i = 0; i < from->n; i++) {
        if (!has_sid(own, sid_of(from->items[i])))
            policy_add(out, POLICY_PARTS_MAX, NULL,
                       unless_overridden(&source, from->items[i], over));
    }
    for (size_t i = 0; i < own->n; i++)
        policy_add(out, POLICY_PARTS_MAX, NULL, unless_overridden(&source, own->items[i], over));
    add_all(out, over);
    if (out->n >= POLICY_PARTS_MAX || from->n >= POLICY_PARTS_MAX || over->n >= POLICY_PARTS_MAX ||
        own->n >= POLICY_PARTS_MAX)
        return policy_open(reader, "%s has more than %d statements", data->address,
                           POLICY_PARTS_MAX);
    return out;
}
