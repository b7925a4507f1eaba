/*
 * Companion read: the verb companion, from YAML: how the other resource names the subject, which of
 * several is meant, and what is written where there is none.
 */
#include "worker/rules/statement_read.h"

static const char *const with_keys[] = {"resource", "name", "body", NULL};

static int to_read(const struct pack_reader *reader, const struct yaml_node *node,
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

/* "argument" or "argument.key" */
static int link_read(const struct pack_reader *reader, const struct yaml_node *map,
                     struct statement *out, struct err *err)
{
    const char *text = NULL;
    const char *dot;
    int r = statement_text(reader, map, "link", &text, err);

    if (r < 0)
        return r;
    if (text == NULL)
        return yaml_complain(reader->yaml, map, err,
                             "link is missing: the argument of %s that names the subject",
                             out->name);
    dot = strchr(text, '.');
    if (dot == text || (dot != NULL && (dot[1] == '\0' || strchr(dot + 1, '.') != NULL)))
        return yaml_complain(reader->yaml, yaml_get(map, "link"), err,
                             "'%s' is neither an argument nor a key of one", text);
    out->link = dot != NULL ? arena_copy(reader->arena, text, (size_t)(dot - text)) : text;
    out->link_key = dot != NULL ? dot + 1 : NULL;
    return out->link == NULL ? err_nomem(err) : 0;
}

/* --- what create needs --- */

static bool is_name_pattern(const char *text)
{
    const char *at = strstr(text, "{name}");
    size_t after = at != NULL ? strlen("{name}") : 0;
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

    if (at == NULL || strlen(text) > 128 || (text[0] >= '0' && text[0] <= '9') || text[0] == '-')
        return false;
    return strspn(text, allowed) == (size_t)(at - text) &&
           strspn(at + after, allowed) == strlen(at + after);
}

static int one_with_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                         struct with_resource *out, struct err *err)
{
    int r;

    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "with lists resource, name and body");
    r = yaml_only_keys(reader->yaml, map, with_keys, err);
    if (r == 0)
        r = statement_text(reader, map, "resource", &out->type, err);
    if (r == 0)
        r = statement_text(reader, map, "name", &out->name, err);
    if (r < 0)
        return r;
    if (out->type == NULL || out->name == NULL || yaml_get(map, "body") == NULL)
        return yaml_complain(reader->yaml, map, err, "with lists resource, name and body");
    if (!is_name_pattern(out->name))
        return yaml_complain(reader->yaml, yaml_get(map, "name"), err,
                             "'%s' is no Terraform name with {name} in it once", out->name);
    return body_read(reader, yaml_get(map, "body"), depth + 1, &out->body, err);
}

static int with_read(const struct pack_reader *reader, const struct yaml_node *list, int depth,
                     struct statement *out, struct err *err)
{
    int r = 0;

    if (!out->can_create)
        return yaml_complain(reader->yaml, list, err, "with goes with create only");
    if (list->kind != YAML_LIST || list->n == 0 || list->n > WITH_MAX)
        return yaml_complain(reader->yaml, list, err, "with is a list of 1 to %d resources",
                             WITH_MAX);
    out->with = arena_alloc(reader->arena, list->n * sizeof *out->with);
    if (out->with == NULL)
        return err_nomem(err);
    for (; out->n_with < list->n && r == 0; out->n_with++) {
        struct with_resource *one = &out->with[out->n_with];

        r = one_with_read(reader, list->children[out->n_with], depth, one, err);
        if (r < 0)
            break;
        if (str_eq(one->type, out->name) && str_eq(one->name, "{name}"))
            return yaml_complain(reader->yaml, list->children[out->n_with], err,
                                 "%s is the companion's own address", one->name);
        for (size_t i = 0; i < out->n_with; i++) {
            if (str_eq(out->with[i].type, one->type) && str_eq(out->with[i].name, one->name))
                return yaml_complain(reader->yaml, list->children[out->n_with], err,
                                     "%s.%s is there already", one->type, one->name);
        }
    }
    return r;
}

/* What is created must be what match looks for: else the fix would not pass its own check. */
static int create_matches(const struct pack_reader *reader, const struct yaml_node *map,
                          const struct statement *statement, struct err *err)
{
    for (size_t i = 0; statement->can_create && i < statement->match.n; i++) {
        const struct body_item *wanted = &statement->match.items[i];
        bool found = false;

        for (size_t k = 0; k < statement->create.n && !found; k++) {
            const struct body_item *item = &statement->create.items[k];

            found = str_eq(item->name, wanted->name) && !item->is_block && item->values.n == 1 &&
                    str_eq(item->values.items[0].text, wanted->values.items[0].text);
        }
        if (!found)
            return yaml_complain(reader->yaml, yaml_get(map, "create"), err,
                                 "create must say %s as match does", wanted->name);
    }
    return 0;
}

int companion_read(const struct pack_reader *reader, const struct yaml_node *map, int depth,
                   struct statement *out, struct err *err)
{
    const struct yaml_node *inline_node = yaml_get(map, "inline");
    const struct yaml_node *with = yaml_get(map, "with");
    int r = statement_text(reader, map, "companion", &out->name, err);

    out->verb = VERB_COMPANION;
    if (r == 0)
        r = link_read(reader, map, out, err);
    if (r == 0)
        r = match_read(reader, yaml_get(map, "match"), depth, &out->match, err);
    if (r == 0)
        r = to_read(reader, yaml_get(map, "to"), &out->to, err);
    if (r == 0)
        r = statement_absent(reader, map, &out->absent_holds, err);
    if (r == 0 && inline_node != NULL)
        r = inline_read(reader, inline_node, depth, out, err);
    if (r == 0)
        r = must_and_create_read(reader, map, depth, out, err);
    if (r == 0)
        r = create_matches(reader, map, out, err);
    return r == 0 && with != NULL ? with_read(reader, with, depth, out, err) : r;
}
