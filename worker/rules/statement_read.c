/*
 * Statement read: the verbs of a pack, from YAML. Everything that could be a typing mistake is
 * refused with its file, line and column: an unknown key, two tests on one argument, a fix that its
 * own check would fail.
 */
#include "worker/rules/statement_read.h"

#include "worker/rules/policy_statement.h"

static const char *const attribute_keys[] = {"attribute", "equals",  "one_of",   "none_of",
                                             "at_least",  "also",    "contains", "contains_none",
                                             "like",      "present", "absent",   "references",
                                             "set",       "reason",  NULL};
const char *const block_keys[] = {"block",  "any",    "match",  "must",
                                  "create", "absent", "reason", NULL};
static const char *const companion_keys[] = {"companion",    "link",   "match",  "to",
                                             "must",         "create", "with",   "inline",
                                             "inline_below", "absent", "reason", NULL};
static const char *const any_keys[] = {"any_of", "reason", NULL};

int statement_text(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   const char **out, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL)
        return 0;
    if (node->kind != YAML_SCALAR || node->text[0] == '\0')
        return yaml_complain(reader->yaml, node, err, "%s must be a text", key);
    *out = arena_text(reader->arena, node->text);
    return *out == NULL ? err_nomem(err) : 0;
}

int statement_bool(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   bool *out, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL)
        return 0;
    if (node->kind != YAML_SCALAR || (!str_eq(node->text, "true") && !str_eq(node->text, "false")))
        return yaml_complain(reader->yaml, node, err, "%s must be true or false", key);
    *out = str_eq(node->text, "true");
    return 0;
}

int statement_absent(const struct pack_reader *reader, const struct yaml_node *map, bool *out,
                     struct err *err)
{
    const char *text = "fails";
    int r = statement_text(reader, map, "absent", &text, err);

    if (r == 0 && !str_eq(text, "holds") && !str_eq(text, "fails"))
        return yaml_complain(reader->yaml, yaml_get(map, "absent"), err,
                             "absent must be 'holds' or 'fails'");
    if (r == 0)
        *out = str_eq(text, "holds");
    return r;
}

/* --- block, companion --- */

int must_and_create_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                         struct statement *out, struct err *err)
{
    const struct yaml_node *must = yaml_get(map, "must");
    const struct yaml_node *create = yaml_get(map, "create");
    int r = 0;

    if (must != NULL)
        r = statements_read(reader, must, depth + 1, &out->must, err);
    if (r == 0 && create != NULL) {
        out->can_create = true;
        r = body_read(reader, create, depth, &out->create, err);
    }
    return r;
}

int match_read(const struct pack_reader *reader, const struct yaml_node *match, int depth,
               struct body *out, struct err *err)
{
    int r = match != NULL ? body_read(reader, match, depth, out, err) : 0;

    for (size_t i = 0; r == 0 && i < out->n; i++) {
        const struct body_item *item = &out->items[i];

        if (item->is_block)
            return yaml_complain(reader->yaml, match, err, "match compares arguments, not blocks");
        if (item->values.is_list || item->values.items[0].kind == LITERAL_INPUT ||
            item->values.items[0].kind == LITERAL_EXPRESSION)
            return yaml_complain(reader->yaml, yaml_get(match, item->name), err,
                                 "match compares plain values");
    }
    return r;
}

int block_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
               struct statement *out, struct err *err)
{
    int r = statement_text(reader, map, "block", &out->name, err);

    out->verb = VERB_BLOCK;
    if (r == 0)
        r = statement_bool(reader, map, "any", &out->any, err);
    if (r == 0)
        r = statement_absent(reader, map, &out->absent_holds, err);
    if (r == 0)
        r = match_read(reader, yaml_get(map, "match"), depth, &out->match, err);
    return r < 0 ? r : must_and_create_read(reader, map, depth, out, err);
}

static int any_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                    struct statement *out, struct err *err)
{
    out->verb = VERB_ANY;
    out->name = "";
    return statements_read(reader, yaml_get(map, "any_of"), depth + 1, &out->must, err);
}

static int attribute_verb_read(const struct pack_reader *reader, const struct yaml_node *map,
                               int depth, struct statement *out, struct err *err)
{
    (void)depth;
    return attribute_read(reader, map, out, err);
}

static int ports_verb_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                           struct statement *out, struct err *err)
{
    (void)depth;
    return ports_read(reader, map, out, err);
}

static int policy_verb_read(const struct pack_reader *reader, const struct yaml_node *map,
                            int depth, struct statement *out, struct err *err)
{
    (void)depth;
    return policy_statement_read(reader, map, out, err);
}

/* A new verb is a line here. */
static const struct verb {
    const char *word; /* the key that a statement of this kind starts with */
    const char *const *keys;
    int (*read)(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                struct statement *out, struct err *err);
} verbs[] = {
    {"attribute", attribute_keys, attribute_verb_read},
    {"block", block_keys, block_read},
    {"companion", companion_keys, companion_read},
    {"any_of", any_keys, any_read},
    {"closed_ports", ports_keys, ports_verb_read},
    {"open_only", ports_keys, ports_verb_read},
    {"policy_statement", policy_statement_keys, policy_verb_read},
};

static const struct verb *verb_of(const struct yaml_node *map)
{
    for (size_t i = 0; i < COUNT(verbs) && map->kind == YAML_MAP; i++)
        if (yaml_get(map, verbs[i].word) != NULL)
            return &verbs[i];
    return NULL;
}

static int statement_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                          struct statement *out, struct err *err)
{
    const struct verb *verb = verb_of(map);

    if (verb == NULL)
        return yaml_complain(reader->yaml, map, err,
                             "a statement starts with attribute, block, companion, any_of, "
                             "closed_ports, open_only or policy_statement");
    int r = yaml_only_keys(reader->yaml, map, verb->keys, err);
    if (r == 0)
        r = statement_text(reader, map, "reason", &out->reason, err);
    return r < 0 ? r : verb->read(reader, map, depth, out, err);
}

int statements_read(const struct pack_reader *reader, const struct yaml_node *list, int depth,
                    struct statements *out, struct err *err)
{
    struct statements read = {0};
    int r = 0;

    if (list->kind != YAML_LIST || list->n == 0)
        return yaml_complain(reader->yaml, list, err,
                             "statements are a list with at least one in it");
    if (depth > STATEMENT_DEPTH_MAX)
        return yaml_complain(reader->yaml, list, err, "nested more than %d deep",
                             STATEMENT_DEPTH_MAX);
    read.items = arena_alloc(reader->arena, list->n * sizeof *read.items);
    if (read.items == NULL)
        return err_nomem(err);

    for (; read.n < list->n && r == 0; read.n++)
        r = statement_read(reader, list->children[read.n], depth, &read.items[read.n], err);
    if (r == 0)
        *out = read;
    return r;
}
