/*
 * Body read: the values and blocks that a pack wants written, from YAML. A map's order is the order
 * in the Terraform text, so a pack decides how its fix looks.
 */
#include "worker/rules/render.h"
#include "worker/rules/statement_read.h"

#include <stdio.h>

static bool is_name(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    return n > 0 && n < 128 && text[n] == '\0' && (text[0] < '0' || text[0] > '9');
}

static bool read_number(const char *text, double *out)
{
    char *end = NULL;

    if (text[0] == '\0' || strspn(text, "-0123456789.") != strlen(text))
        return false;
    *out = strtod(text, &end);
    return *end == '\0';
}

static int scalar_read(const struct pack_reader *reader, const struct yaml_node *node,
                       struct literal *out, struct err *err)
{
    *out = (struct literal){.kind = LITERAL_TEXT, .text = arena_text(reader->arena, node->text)};
    if (out->text == NULL)
        return err_nomem(err);
    if (node->quoted)
        return 0;
    if (str_eq(node->text, "true") || str_eq(node->text, "false")) {
        out->kind = LITERAL_BOOL;
        out->boolean = str_eq(node->text, "true");
    } else if (read_number(node->text, &out->number)) {
        out->kind = LITERAL_NUMBER;
    } else if (node->text[0] == '\0' || str_eq(node->text, "null") || str_eq(node->text, "~")) {
        return yaml_complain(reader->yaml, node, err, "a value is missing here");
    }
    return 0;
}

/* {input: name} or {expression: text} */
static int special_read(const struct pack_reader *reader, const struct yaml_node *node,
                        struct literal *out, struct err *err)
{
    bool input = node->n == 1 && str_eq(node->keys[0], "input");

    if (node->n != 1 || (!input && !str_eq(node->keys[0], "expression")) ||
        node->children[0]->kind != YAML_SCALAR)
        return yaml_complain(reader->yaml, node, err,
                             "a value is a scalar, a list, {input: name} or {expression: text}");
    if (input && !is_name(node->children[0]->text))
        return yaml_complain(reader->yaml, node->children[0], err, "'%s' cannot name an input",
                             node->children[0]->text);

    *out = (struct literal){.kind = input ? LITERAL_INPUT : LITERAL_EXPRESSION,
                            .text = arena_text(reader->arena, node->children[0]->text)};
    if (out->text == NULL)
        return err_nomem(err);
    struct err why;
    if (!input && expression_check(out, &why) < 0)
        return yaml_complain(reader->yaml, node->children[0], err,
                             "this is no expression of Terraform: %s", why.text);
    return input ? needs_use(reader, node->children[0], out->text, err) : 0;
}

int literals_read(const struct pack_reader *reader, const struct yaml_node *node,
                  struct literals *out, struct err *err)
{
    struct literals read = {.is_list = node->kind == YAML_LIST};
    int r = 0;

    read.n = read.is_list ? node->n : 1;
    read.items = arena_alloc(reader->arena, (read.n + 1) * sizeof *read.items);
    if (read.items == NULL)
        return err_nomem(err);

    for (size_t i = 0; i < read.n && r == 0; i++) {
        const struct yaml_node *item = read.is_list ? node->children[i] : node;

        if (item->kind == YAML_SCALAR)
            r = scalar_read(reader, item, &read.items[i], err);
        else
            r = special_read(reader, item, &read.items[i], err);
    }
    if (r == 0)
        *out = read;
    return r;
}

static bool is_special(const struct yaml_node *node)
{
    return node->kind == YAML_MAP && node->n == 1 &&
           (str_eq(node->keys[0], "input") || str_eq(node->keys[0], "expression"));
}

/* How many items a map gives: a list of maps is one nested block for each of them. */
static size_t body_size(const struct yaml_node *map)
{
    size_t n = 0;

    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *child = map->children[i];

        n += child->kind == YAML_LIST && child->n > 0 && child->children[0]->kind == YAML_MAP
                 ? child->n
                 : 1;
    }
    return n;
}

static int item_read(const struct pack_reader *reader, const struct yaml_node *node, int depth,
                     struct body_item *out, struct err *err)
{
    if (node->kind != YAML_MAP || is_special(node))
        return literals_read(reader, node, &out->values, err);

    out->is_block = true;
    out->body = arena_alloc(reader->arena, sizeof *out->body);
    if (out->body == NULL)
        return err_nomem(err);
    return body_read(reader, node, depth + 1, out->body, err);
}

int body_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
              struct body *out, struct err *err)
{
    struct body body = {0};
    int r = 0;

    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "arguments and blocks are a map");
    if (depth > STATEMENT_DEPTH_MAX)
        return yaml_complain(reader->yaml, map, err, "nested more than %d deep",
                             STATEMENT_DEPTH_MAX);
    body.items = arena_alloc(reader->arena, (body_size(map) + 1) * sizeof *body.items);
    if (body.items == NULL)
        return err_nomem(err);

    for (size_t i = 0; i < map->n && r == 0; i++) {
        const struct yaml_node *child = map->children[i];
        bool blocks = child->kind == YAML_LIST && child->n > 0 &&
                      child->children[0]->kind == YAML_MAP && !is_special(child->children[0]);

        if (!is_name(map->keys[i]))
            return yaml_complain(reader->yaml, child, err, "'%s' is no Terraform name",
                                 map->keys[i]);
        for (size_t k = 0; k < (blocks ? child->n : 1) && r == 0; k++) {
            struct body_item *item = &body.items[body.n++];

            item->name = arena_text(reader->arena, map->keys[i]);
            r = item->name == NULL
                    ? err_nomem(err)
                    : item_read(reader, blocks ? child->children[k] : child, depth, item, err);
        }
    }
    if (r == 0)
        *out = body;
    return r;
}
