/* Policy statement, from YAML: its keys, and what a pack may ask for. */
#include "worker/rules/policy_statement.h"

const char *const policy_statement_keys[] = {"policy_statement", "in",      "effect",
                                             "principal",        "actions", "resources",
                                             "condition",        "reason",  NULL};
static const char *const in_keys[] = {"companion", "link", "to", "argument", "inline", NULL};

static int texts_read(const struct pack_reader *reader, const struct yaml_node *map,
                      const char *key, struct literals *out, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);
    int r;

    if (node == NULL || node->kind != YAML_LIST || node->n == 0)
        return yaml_complain(reader->yaml, node != NULL ? node : map, err,
                             "%s lists at least one text", key);
    r = literals_read(reader, node, out, err);
    for (size_t i = 0; r == 0 && i < out->n; i++) {
        if (out->items[i].kind != LITERAL_TEXT)
            return yaml_complain(reader->yaml, node->children[i], err, "%s are texts", key);
    }
    return r;
}

static int resources_read(const struct pack_reader *reader, const struct yaml_node *map,
                          struct policy_want *want, struct err *err)
{
    int r = texts_read(reader, map, "resources", &want->resources, err);

    for (size_t i = 0; r == 0 && i < want->resources.n; i++) {
        const char *text = want->resources.items[i].text;
        const char *brace = strchr(text, '{');

        if (brace != NULL && (brace != text || !str_starts(text, "{subject}.") ||
                              text[strlen("{subject}.")] < 'a' || strchr(text + 1, '{') != NULL))
            return yaml_complain(reader->yaml, yaml_get(map, "resources")->children[i], err,
                                 "a resource is a text, or {subject}.attribute and what follows");
    }
    return r;
}

static int condition_read(const struct pack_reader *reader, const char *operator,
                          const struct yaml_node * keys, struct policy_want *want, struct err *err)
{
    int r = 0;

    if (keys->kind != YAML_MAP || keys->n == 0)
        return yaml_complain(reader->yaml, keys, err,
                             "a condition is {Operator: {\"aws:Key\": value}}");
    for (size_t i = 0; i < keys->n && r == 0; i++) {
        struct policy_condition *one = &want->conditions[want->n_conditions++];

        one->operator= arena_text(reader->arena, operator);
        one->key = arena_text(reader->arena, keys->keys[i]);
        if (one->operator== NULL || one->key == NULL)
            return err_nomem(err);
        r = literals_read(reader, keys->children[i], &one->values, err);
        for (size_t k = 0; r == 0 && k < one->values.n; k++) {
            if (one->values.items[k].kind == LITERAL_INPUT ||
                one->values.items[k].kind == LITERAL_EXPRESSION)
                return yaml_complain(reader->yaml, keys->children[i], err,
                                     "the values of a condition are texts");
        }
    }
    return r;
}

static int conditions_read(const struct pack_reader *reader, const struct yaml_node *node,
                           struct policy_want *want, struct err *err)
{
    size_t n = 0;
    int r = 0;

    if (node == NULL)
        return 0;
    if (node->kind != YAML_MAP)
        return yaml_complain(reader->yaml, node, err,
                             "a condition is {Operator: {\"aws:Key\": value}}");
    for (size_t i = 0; i < node->n; i++)
        n += node->children[i]->n;
    want->conditions = arena_alloc(reader->arena, (n + 1) * sizeof *want->conditions);
    if (want->conditions == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < node->n && r == 0; i++)
        r = condition_read(reader, node->keys[i], node->children[i], want, err);
    return r;
}

static int in_read(const struct pack_reader *reader, const struct yaml_node *map,
                   struct statement *out, struct policy_want *want, struct err *err)
{
    const struct yaml_node *in = yaml_get(map, "in");
    int r;

    if (in == NULL || in->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "in is missing: where the document is");
    r = yaml_only_keys(reader->yaml, in, in_keys, err);
    if (r == 0)
        r = statement_text(reader, in, "companion", &out->name, err);
    if (r == 0)
        r = statement_text(reader, in, "link", &out->link, err);
    if (r == 0)
        r = statement_text(reader, in, "argument", &want->argument, err);
    if (r == 0)
        r = statement_text(reader, in, "inline", &want->inline_argument, err);
    if (r == 0)
        r = statement_to(reader, yaml_get(in, "to"), &out->to, err);
    if (r < 0)
        return r;
    if (want->argument == NULL)
        return yaml_complain(reader->yaml, in, err, "argument is missing: what holds the document");
    if ((out->name != NULL) != (out->link != NULL) ||
        (out->name == NULL && (want->inline_argument != NULL || yaml_get(in, "to") != NULL)))
        return yaml_complain(reader->yaml, in, err,
                             "in is {companion, link, argument}, or {argument} of the subject");
    return 0;
}

int policy_statement_read(const struct pack_reader *reader, const struct yaml_node *map,
                          struct statement *out, struct err *err)
{
    struct policy_want *want = arena_alloc(reader->arena, sizeof *want);
    const char *principal = NULL;
    int r;

    if (want == NULL)
        return err_nomem(err);
    out->verb = VERB_IAM;
    out->policy = want;
    r = statement_text(reader, map, "policy_statement", &want->sid, err);
    if (r == 0)
        r = in_read(reader, map, out, want, err);
    if (r == 0)
        r = statement_text(reader, map, "effect", &want->effect, err);
    if (r == 0 &&
        (want->effect == NULL || (!str_eq(want->effect, "Deny") && !str_eq(want->effect, "Allow"))))
        return yaml_complain(reader->yaml, map, err, "effect is Deny or Allow");
    if (r == 0)
        r = statement_text(reader, map, "principal", &principal, err);
    if (r == 0 && (principal == NULL || !str_eq(principal, "*")))
        return yaml_complain(reader->yaml, map, err, "principal is \"*\": everyone");
    if (r == 0)
        r = texts_read(reader, map, "actions", &want->actions, err);
    if (r == 0)
        r = resources_read(reader, map, want, err);
    return r < 0 ? r : conditions_read(reader, yaml_get(map, "condition"), want, err);
}
