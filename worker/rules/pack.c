/*
 * Pack: rule packs from YAML, and the lookups over them. A pack is
 *
 *     pack: name
 *     rules:
 *       - id: aws-…   title, severity, default, class, types, aliases, reviewer, warning,
 * references, inputs, only_when, refuse_when, must
 *
 * Every complaint names file, line and column. All rules live in one arena until rules_free.
 */
#include "worker/rules/rules.h"

#include <stdio.h>
#include <strings.h>

#include "common/files.h"
#include "worker/rules/builtin_packs.h"
#include "worker/rules/facts_read.h"
#include "worker/rules/module_inputs.h"
#include "worker/rules/pack_text.h"
#include "worker/rules/statement_read.h"

#define PACK_BYTES_MAX  ((size_t)1024 * 1024)
#define ARENA_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define RULES_MAX       4096

struct rules {
    struct arena *arena;
    struct rule *items;
    size_t n;
    size_t cap;
    const struct module_inputs *modules; /* NULL where the built-in data was not asked for */
};

static const char *const pack_keys[] = {"pack", "rules", NULL};
static const char *const rule_keys[] = {
    "id",      "title",      "severity", "default",   "class",       "types", "aliases", "reviewer",
    "warning", "references", "inputs",   "only_when", "refuse_when", "must",  NULL};

static int reasons_present(const struct pack_reader *reader, const struct yaml_node *list,
                           const struct statements *statements, struct err *err)
{
    for (size_t i = 0; i < statements->n; i++) {
        if (statements->items[i].reason == NULL)
            return yaml_complain(reader->yaml, list->children[i], err,
                                 "refuse_when needs a reason to tell people");
    }
    return 0;
}

static int rule_read(const struct pack_reader *pack, const struct yaml_node *map, struct rule *out,
                     struct err *err)
{
    struct rule_statement *statement = arena_alloc(pack->arena, sizeof *statement);
    const struct pack_reader of_rule = {pack->yaml, pack->arena,
                                        statement != NULL ? &statement->needs : NULL};
    const struct pack_reader *reader = &of_rule;
    const struct yaml_node *only = yaml_get(map, "only_when");
    const struct yaml_node *refuse = yaml_get(map, "refuse_when");
    const struct yaml_node *must = yaml_get(map, "must");
    int r;

    if (statement == NULL)
        return err_nomem(err);
    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "a rule is a map");
    r = yaml_only_keys(reader->yaml, map, rule_keys, err);
    if (r == 0)
        r = facts_read(reader, map, out, err);
    if (r == 0)
        r = needs_read(reader, map, err);
    if (r == 0 && must == NULL)
        return yaml_complain(reader->yaml, map, err, "rule %s states nothing: must is missing",
                             out->id);
    if (r == 0)
        r = statements_read(reader, must, 0, &statement->must, err);
    if (r == 0 && only != NULL)
        r = statements_read(reader, only, 0, &statement->only_when, err);
    if (r == 0 && refuse != NULL)
        r = statements_read(reader, refuse, 0, &statement->refuse_when, err);
    if (r == 0 && refuse != NULL)
        r = reasons_present(reader, refuse, &statement->refuse_when, err);
    if (r == 0)
        r = needs_all_used(reader, map, err);
    out->statement = statement;
    return r;
}

static bool shares_type(const struct rule *a, const struct rule *b)
{
    for (const char *const *t = a->types; *t != NULL; t++) {
        for (const char *const *u = b->types; *u != NULL; u++) {
            if (str_eq(*t, *u))
                return true;
        }
    }
    return false;
}

/* Two rules that answer the same test for the same type would make the answer depend on their
 * order. */
static int unique_check(const struct rules *rules, const struct rule *rule,
                        const struct pack_reader *reader, const struct yaml_node *map,
                        struct err *err)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct rule *other = &rules->items[i];

        if (str_eq(other->id, rule->id))
            return yaml_complain(reader->yaml, map, err,
                                 "rule %s is there already (built in, in another pack, or above): "
                                 "choose another id",
                                 rule->id);
        if (!shares_type(other, rule))
            continue;
        for (const char *const *a = rule->aliases; *a != NULL; a++) {
            for (const char *const *b = other->aliases; *b != NULL; b++) {
                if (strcasecmp(*a, *b) == 0)
                    return yaml_complain(reader->yaml, yaml_get(map, "aliases"), err,
                                         "%s is answered by rule %s already", *a, other->id);
            }
        }
    }
    return 0;
}

static int room_for_one(struct rules *rules, struct err *err)
{
    size_t cap = rules->cap == 0 ? 64 : rules->cap * 2;
    struct rule *items;

    if (rules->n < rules->cap)
        return 0;
    if (rules->n >= RULES_MAX)
        return err_set(err, ERR_REJECT, "more than %d rules", RULES_MAX);
    items = realloc(rules->items, cap * sizeof *items);
    if (items == NULL)
        return err_nomem(err);
    rules->items = items;
    rules->cap = cap;
    return 0;
}

static int pack_read(struct rules *rules, const char *name, const char *bytes, size_t len,
                     struct err *err)
{
    CLEANUP(yaml_freep) struct yaml *yaml = NULL;
    struct pack_reader reader = {.arena = rules->arena};
    const struct yaml_node *list;
    int r = yaml_parse(&yaml, name, bytes, len, err);

    if (r < 0)
        return r;
    reader.yaml = yaml;
    if (yaml_root(yaml)->kind != YAML_MAP)
        return yaml_complain(yaml, yaml_root(yaml), err,
                             "a rule pack is a map with pack and rules");
    r = yaml_only_keys(yaml, yaml_root(yaml), pack_keys, err);
    if (r < 0)
        return r;
    list = yaml_get(yaml_root(yaml), "rules");
    if (list == NULL || list->kind != YAML_LIST)
        return yaml_complain(yaml, yaml_root(yaml), err, "rules must be a list");

    const char *pack = arena_text(rules->arena, name);
    const char *text = arena_copy(rules->arena, bytes, len); /* with a NUL behind it */
    if (pack == NULL || text == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < list->n && r == 0; i++) {
        struct rule rule = {0};

        r = rule_read(&reader, list->children[i], &rule, err);
        if (r == 0)
            r = unique_check(rules, &rule, &reader, list->children[i], err);
        if (r == 0)
            r = room_for_one(rules, err);
        if (r == 0)
            r = pack_rule_text(rules->arena, text, list, i, &rule.text, err);
        rule.pack = pack;
        if (r == 0)
            rules->items[rules->n++] = rule;
    }
    return r;
}

static int extra_packs(struct rules *rules, const char *path, struct err *err)
{
    CLEANUP(mem_freep) char *list = strdup(path);
    char *rest = NULL;
    int r = 0;

    if (list == NULL)
        return err_nomem(err);
    for (char *one = strtok_r(list, ":", &rest); one != NULL && r == 0;
         one = strtok_r(NULL, ":", &rest)) {
        CLEANUP(buf_done) struct buf text = BUF(PACK_BYTES_MAX);
        struct err why;

        r = files_read(one, &text, &why);
        if (r < 0)
            r = err_set(err, r, "rule pack %s", why.text);
        if (r == 0)
            r = pack_read(rules, one, buf_str(&text), text.len, err);
    }
    return r;
}

static int rules_new(struct rules **out, struct err *err)
{
    CLEANUP(rules_freep) struct rules *rules = calloc(1, sizeof *rules);

    if (rules == NULL)
        return err_nomem(err);
    rules->arena = arena_new(ARENA_BYTES_MAX);
    if (rules->arena == NULL)
        return err_nomem(err);
    *out = STEAL(rules);
    return 0;
}

int rules_load_text(struct rules **out, const char *name, const char *bytes, size_t len,
                    struct err *err)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    int r = rules_new(&rules, err);

    if (r == 0)
        r = pack_read(rules, name, bytes, len, err);
    if (r < 0)
        return ERR_FATAL;
    *out = STEAL(rules);
    return 0;
}

int rules_load(struct rules **out, const char *path, struct err *err)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    int r = rules_new(&rules, err);

    if (r < 0)
        return r;
    for (const struct embedded_text *one = builtin_packs; one->name != NULL && r == 0; one++)
        r = pack_read(rules, one->name, one->bytes, one->len, err);
    if (r == 0)
        r = module_inputs_read(rules->arena, builtin_modules->name, builtin_modules->bytes,
                               builtin_modules->len, &rules->modules, err);
    if (r == 0 && path != NULL)
        r = extra_packs(rules, path, err);
    if (r < 0)
        return ERR_FATAL; /* a pack is configuration: without it this process cannot go on */
    *out = STEAL(rules);
    return 0;
}

void rules_free(struct rules *rules)
{
    if (rules == NULL)
        return;
    free(rules->items);
    arena_free(rules->arena);
    free(rules);
}

const struct module_inputs *rules_module_inputs(const struct rules *rules)
{
    return rules->modules;
}

size_t rules_count(const struct rules *rules)
{
    return rules->n;
}

const struct rule *rules_at(const struct rules *rules, size_t i)
{
    return i < rules->n ? &rules->items[i] : NULL;
}
