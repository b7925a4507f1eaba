/*
 * Statement read: the verbs of a pack, from YAML. Everything that could be a typing mistake is
 * refused with its file, line and column: an unknown key, two tests on one argument, a fix that its
 * own check would fail.
 */
#include "worker/rules/statement_read.h"

#include "worker/rules/policy_statement.h"

static const char *const attribute_keys[] = {"attribute", "equals", "one_of",   "none_of",
                                             "at_least",  "also",   "contains", "present",
                                             "absent",    "set",    "reason",   NULL};
static const char *const block_keys[] = {"block",  "any",    "match",  "must",
                                         "create", "absent", "reason", NULL};
static const char *const companion_keys[] = {"companion", "link",   "to",     "must",
                                             "create",    "inline", "reason", NULL};
static const char *const any_keys[] = {"any_of", "reason", NULL};
static const char *const ports_keys[] = {"closed_ports", "input", "reason", NULL};

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

/* --- block, companion, ports --- */

static int must_and_create_read(const struct pack_reader *reader, const struct yaml_node *map,
                                int depth, struct statement *out, struct err *err)
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

static int block_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                      struct statement *out, struct err *err)
{
    const struct yaml_node *match = yaml_get(map, "match");
    int r = statement_text(reader, map, "block", &out->name, err);

    out->verb = VERB_BLOCK;
    if (r == 0)
        r = statement_bool(reader, map, "any", &out->any, err);
    if (r == 0)
        r = statement_absent(reader, map, &out->absent_holds, err);
    if (r == 0 && match != NULL)
        r = body_read(reader, match, depth, &out->match, err);
    for (size_t i = 0; r == 0 && i < out->match.n; i++) {
        if (out->match.items[i].is_block)
            return yaml_complain(reader->yaml, match, err, "match compares arguments, not blocks");
    }
    return r < 0 ? r : must_and_create_read(reader, map, depth, out, err);
}

int statement_to(const struct pack_reader *reader, const struct yaml_node *node,
                 const char *const **out, struct err *err)
{
    static const char *const usual[] = {"id", "bucket", "arn", "name", NULL};
    const char **names;

    if (node == NULL) {
        *out = usual;
        return 0;
    }
    if (node->kind != YAML_LIST || node->n == 0)
        return yaml_complain(reader->yaml, node, err, "to lists attributes of the subject");
    names = arena_alloc(reader->arena, (node->n + 1) * sizeof *names);
    if (names == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < node->n; i++) {
        if (node->children[i]->kind != YAML_SCALAR)
            return yaml_complain(reader->yaml, node->children[i], err,
                                 "an attribute name is a text");
        names[i] = arena_text(reader->arena, node->children[i]->text);
        if (names[i] == NULL)
            return err_nomem(err);
    }
    *out = names;
    return 0;
}

static int inline_read(const struct pack_reader *reader, const struct yaml_node *node, int depth,
                       struct statement *out, struct err *err)
{
    struct statement *form = arena_alloc(reader->arena, sizeof *form);
    int r;

    if (form == NULL)
        return err_nomem(err);
    if (node->kind != YAML_MAP || yaml_get(node, "block") == NULL)
        return yaml_complain(reader->yaml, node, err, "inline is a block statement");
    r = yaml_only_keys(reader->yaml, node, block_keys, err);
    if (r == 0)
        r = block_read(reader, node, depth + 1, form, err);
    if (r == 0)
        out->inline_form = form;
    return r;
}

static int companion_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                          struct statement *out, struct err *err)
{
    const struct yaml_node *inline_node = yaml_get(map, "inline");
    int r = statement_text(reader, map, "companion", &out->name, err);

    out->verb = VERB_COMPANION;
    if (r == 0)
        r = statement_text(reader, map, "link", &out->link, err);
    if (r == 0 && out->link == NULL)
        return yaml_complain(reader->yaml, map, err,
                             "link is missing: the argument of %s that names the subject",
                             out->name);
    if (r == 0)
        r = statement_to(reader, yaml_get(map, "to"), &out->to, err);
    if (r == 0 && inline_node != NULL)
        r = inline_read(reader, inline_node, depth, out, err);
    return r < 0 ? r : must_and_create_read(reader, map, depth, out, err);
}

static int ports_read(const struct pack_reader *reader, const struct yaml_node *map,
                      struct statement *out, struct err *err)
{
    const struct yaml_node *ports = yaml_get(map, "closed_ports");
    int r = literals_read(reader, ports, &out->ports, err);

    out->verb = VERB_PORTS;
    out->name = "";
    for (size_t i = 0; r == 0 && i < out->ports.n; i++) {
        const struct literal *port = &out->ports.items[i];

        if (port->kind != LITERAL_NUMBER || port->number < 0 || port->number > 65535)
            return yaml_complain(reader->yaml, ports, err, "a port is a number from 0 to 65535");
    }
    if (r == 0)
        r = statement_text(reader, map, "input", &out->input, err);
    if (r == 0 && out->input == NULL)
        return yaml_complain(reader->yaml, map, err, "input is missing: who may come in instead");
    return r;
}

static int any_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                    struct statement *out, struct err *err)
{
    out->verb = VERB_ANY;
    out->name = "";
    return statements_read(reader, yaml_get(map, "any_of"), depth + 1, &out->must, err);
}

static int statement_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                          struct statement *out, struct err *err)
{
    const char *const *keys = NULL;
    int r;

    if (map->kind == YAML_MAP)
        keys = yaml_get(map, "attribute") != NULL          ? attribute_keys
               : yaml_get(map, "block") != NULL            ? block_keys
               : yaml_get(map, "companion") != NULL        ? companion_keys
               : yaml_get(map, "any_of") != NULL           ? any_keys
               : yaml_get(map, "closed_ports") != NULL     ? ports_keys
               : yaml_get(map, "policy_statement") != NULL ? policy_statement_keys
                                                           : NULL;
    if (keys == NULL)
        return yaml_complain(reader->yaml, map, err,
                             "a statement starts with attribute, block, companion, any_of, "
                             "closed_ports or policy_statement");
    r = yaml_only_keys(reader->yaml, map, keys, err);
    if (r == 0)
        r = statement_text(reader, map, "reason", &out->reason, err);
    if (r < 0)
        return r;
    if (keys == attribute_keys)
        return attribute_read(reader, map, out, err);
    if (keys == block_keys)
        return block_read(reader, map, depth, out, err);
    if (keys == companion_keys)
        return companion_read(reader, map, depth, out, err);
    if (keys == any_keys)
        return any_read(reader, map, depth, out, err);
    if (keys == policy_statement_keys)
        return policy_statement_read(reader, map, out, err);
    return ports_read(reader, map, out, err);
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
