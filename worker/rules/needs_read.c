/*
 * Needs read: the inputs of a rule, from YAML. What a text takes must be declared with what it
 * means, so that a person who is asked for it knows what to give; what is declared must be taken.
 */
#include "worker/rules/statement_read.h"

static const char *const need_keys[] = {"means", "candidate", NULL};
static const char *const candidate_keys[] = {"type", "attribute", NULL};

static int candidate_read(const struct pack_reader *reader, const struct yaml_node *map,
                          struct rule_need *out, struct err *err)
{
    int r;

    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "a candidate has a type and an attribute");
    r = yaml_only_keys(reader->yaml, map, candidate_keys, err);
    if (r == 0)
        r = statement_text(reader, map, "type", &out->type, err);
    if (r == 0)
        r = statement_text(reader, map, "attribute", &out->attribute, err);
    if (r == 0 && (out->type == NULL || out->attribute == NULL))
        return yaml_complain(reader->yaml, map, err, "a candidate has a type and an attribute");
    return r;
}

static int one_need_read(const struct pack_reader *reader, const struct yaml_node *map,
                         struct rule_need *out, struct err *err)
{
    const struct yaml_node *candidate;
    int r;

    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "means is missing: what %s is for a person",
                             out->name);
    r = yaml_only_keys(reader->yaml, map, need_keys, err);
    if (r == 0)
        r = statement_text(reader, map, "means", &out->means, err);
    if (r == 0 && out->means == NULL)
        return yaml_complain(reader->yaml, map, err, "means is missing: what %s is for a person",
                             out->name);
    candidate = yaml_get(map, "candidate");
    return r == 0 && candidate != NULL ? candidate_read(reader, candidate, out, err) : r;
}

int needs_read(const struct pack_reader *reader, const struct yaml_node *map, struct err *err)
{
    const struct yaml_node *inputs = yaml_get(map, "inputs");
    struct rule_needs *needs = reader->needs;
    int r = 0;

    *needs = (struct rule_needs){.n = 0};
    if (inputs == NULL)
        return 0;
    if (inputs->kind != YAML_MAP || inputs->n == 0 || inputs->n > NEEDS_MAX)
        return yaml_complain(reader->yaml, inputs, err, "inputs is a map of 1 to %d names",
                             NEEDS_MAX);
    for (size_t i = 0; i < inputs->n && r == 0; i++) {
        struct rule_need *need = &needs->items[needs->n++];

        need->name = arena_text(reader->arena, inputs->keys[i]);
        r = need->name == NULL ? err_nomem(err)
                               : one_need_read(reader, inputs->children[i], need, err);
    }
    return r;
}

int needs_use(const struct pack_reader *reader, const struct yaml_node *node, const char *name,
              struct err *err)
{
    for (size_t i = 0; i < reader->needs->n; i++) {
        struct rule_need *need = &reader->needs->items[i];

        if (!str_eq(need->name, name))
            continue;
        need->is_used = true;
        return 0;
    }
    return yaml_complain(reader->yaml, node, err,
                         "the rule's inputs do not declare %s, with what it means", name);
}

int needs_all_used(const struct pack_reader *reader, const struct yaml_node *map, struct err *err)
{
    const struct yaml_node *inputs = yaml_get(map, "inputs");

    for (size_t i = 0; i < reader->needs->n; i++) {
        if (!reader->needs->items[i].is_used)
            return yaml_complain(reader->yaml, inputs->children[i], err,
                                 "the input %s is declared and never used",
                                 reader->needs->items[i].name);
    }
    return 0;
}
