#include "worker/rules/facts_read.h"

#include <string.h>

static const char *const class_names[] = {"SAFE", "INPUT", "CARE", "BREAK"};
static const char *const severities[] = {"low", "medium", "high", "critical"};

static int index_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(names[i], name))
            return (int)i;
    }
    return -1;
}

static int text_of(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                   bool needed, const char **out, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);

    if (node == NULL && !needed) {
        *out = "";
        return 0;
    }
    if (node == NULL)
        return yaml_complain(reader->yaml, map, err, "the rule has no %s", key);
    if (node->kind != YAML_SCALAR || node->text[0] == '\0')
        return yaml_complain(reader->yaml, node, err, "%s must be a text", key);
    *out = arena_text(reader->arena, node->text);
    return *out == NULL ? err_nomem(err) : 0;
}

static int texts_of(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                    bool needed, const char *const **out, struct err *err)
{
    const struct yaml_node *node = yaml_get(map, key);
    size_t n = node != NULL && node->kind == YAML_LIST ? node->n : 0;
    const char **texts = arena_alloc(reader->arena, (n + 1) * sizeof *texts);

    if (texts == NULL)
        return err_nomem(err);
    if (node == NULL && needed)
        return yaml_complain(reader->yaml, map, err, "the rule has no %s", key);
    if (node != NULL && (node->kind != YAML_LIST || n == 0))
        return yaml_complain(reader->yaml, node, err, "%s must be a list of texts", key);

    for (size_t i = 0; i < n; i++) {
        if (node->children[i]->kind != YAML_SCALAR || node->children[i]->text[0] == '\0')
            return yaml_complain(reader->yaml, node->children[i], err, "%s must be a list of texts",
                                 key);
        texts[i] = arena_text(reader->arena, node->children[i]->text);
        if (texts[i] == NULL)
            return err_nomem(err);
    }
    *out = texts;
    return 0;
}

static int complain_of_choice(const struct pack_reader *reader, const struct yaml_node *node,
                              const char *key, const char *const *names, size_t n, struct err *err)
{
    CLEANUP(buf_done) struct buf all = BUF(1024);

    for (size_t i = 0; i < n; i++)
        buf_print(&all, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", names[i]);
    return yaml_complain(reader->yaml, node, err, "'%s' is no %s: %s", node->text, key,
                         buf_str(&all));
}

static int choice_of(const struct pack_reader *reader, const struct yaml_node *map, const char *key,
                     const char *const *names, size_t n, int *out, struct err *err)
{
    const char *text = NULL;
    int r = text_of(reader, map, key, true, &text, err);

    if (r < 0)
        return r;
    *out = index_of(names, n, text);
    if (*out < 0)
        return complain_of_choice(reader, yaml_get(map, key), key, names, n, err);
    return 0;
}

/* Comments and options name a rule by its id, so it is one word. */
static int id_read(const struct pack_reader *reader, const struct yaml_node *map, struct rule *out,
                   struct err *err)
{
    int r = text_of(reader, map, "id", true, &out->id, err);

    if (r == 0 && out->id[strspn(out->id, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
        return yaml_complain(reader->yaml, yaml_get(map, "id"), err,
                             "an id is small letters, digits and hyphens, not \"%s\"", out->id);
    return r;
}

/* Without its source no finding would ever be asked for by it. */
static int aliases_read(const struct pack_reader *reader, const struct yaml_node *map,
                        struct rule *out, struct err *err)
{
    int r = texts_of(reader, map, "aliases", false, &out->aliases, err);

    for (size_t i = 0; r == 0 && out->aliases[i] != NULL; i++) {
        const char *colon = strchr(out->aliases[i], ':');
        if (colon == NULL || colon == out->aliases[i] || colon[1] == '\0')
            return yaml_complain(reader->yaml, yaml_get(map, "aliases")->children[i], err,
                                 "an alias is source:name, as checkov:CKV_AWS_7, not \"%s\"",
                                 out->aliases[i]);
    }
    return r;
}

static int default_read(const struct pack_reader *reader, const struct yaml_node *map,
                        struct rule *out, struct err *err)
{
    static const char *const choices[] = {"on", "off"};
    int choice = 0;
    int r = 0;

    if (yaml_get(map, "default") != NULL)
        r = choice_of(reader, map, "default", choices, COUNT(choices), &choice, err);
    out->is_off = choice == 1;
    return r;
}

int facts_read(const struct pack_reader *reader, const struct yaml_node *map, struct rule *out,
               struct err *err)
{
    int class = 0;
    int severity = 0;
    int r = id_read(reader, map, out, err);

    if (r == 0)
        r = text_of(reader, map, "title", true, &out->title, err);
    if (r == 0)
        r = choice_of(reader, map, "severity", severities, COUNT(severities), &severity, err);
    if (r == 0)
        r = choice_of(reader, map, "class", class_names, COUNT(class_names), &class, err);
    if (r == 0)
        r = texts_of(reader, map, "types", true, &out->types, err);
    if (r == 0)
        r = aliases_read(reader, map, out, err);
    if (r == 0)
        r = texts_of(reader, map, "references", false, &out->references, err);
    if (r == 0)
        r = text_of(reader, map, "reviewer", true, &out->reviewer, err);
    if (r == 0)
        r = text_of(reader, map, "warning", class == RULE_CARE || class == RULE_BREAK,
                    &out->warning, err);
    if (r == 0)
        r = default_read(reader, map, out, err);
    if (r < 0)
        return r;
    out->class = (enum rule_class) class;
    out->severity = severities[severity];
    return 0;
}
