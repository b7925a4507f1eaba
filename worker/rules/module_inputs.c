#include "worker/rules/module_inputs.h"

#include <stdio.h>

#include "worker/rules/policy_statement.h"

#define VERSION_PARTS 3
#define INPUTS_MAX    1024

struct version {
    bool is_set;
    int parts[VERSION_PARTS];
};
struct module_input {
    const char *source;
    const char *key;  /* "aws_x.argument" */
    const char *text; /* "set a = 1 and b = 2" */
    struct version since, before;
};
struct module_inputs {
    struct module_input *items;
    size_t n;
};

/* --- versions --- */

/* "1.2.3", "1.2", "1", with or without a v. */
static struct version version_of(const char *text)
{
    struct version out = {.is_set = false};
    const char *at = text + strspn(text, " v");

    for (int i = 0; i < VERSION_PARTS && *at >= '0' && *at <= '9'; i++) {
        char *end = NULL;

        out.parts[i] = (int)strtol(at, &end, 10);
        out.is_set = true;
        at = *end == '.' ? end + 1 : end;
    }
    return out;
}

static bool is_below(const struct version *a, const struct version *b)
{
    for (int i = 0; i < VERSION_PARTS; i++) {
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i];
    }
    return false;
}

/* The version that a constraint of one clause starts at ("~> 5.0", "5.1.0"), or a git tag. Others
 * may mean any. */
static struct version version_meant(const char *source, const char *constraint)
{
    const char *ref = strstr(source, "?ref=");

    if (constraint == NULL)
        return version_of(ref != NULL ? ref + strlen("?ref=") : "");
    if (strchr(constraint, ',') != NULL || strchr("<>!", constraint[0]) != NULL)
        return (struct version){.is_set = false};
    return version_of(constraint + strspn(constraint, "~>= "));
}

static bool has_version(const struct module_input *input, const struct version *version)
{
    if (!version->is_set)
        return true;
    return !(input->since.is_set && is_below(version, &input->since)) &&
           !(input->before.is_set && !is_below(version, &input->before));
}

/* --- reading --- */

static const char *const module_keys[] = {"source", "inputs", NULL};
static const char *const input_keys[] = {"for", "set", "input", "since", "before", NULL};

static int version_read(const struct pack_reader *reader, const struct yaml_node *map,
                        const char *key, struct version *out, struct err *err)
{
    const char *text = NULL;
    int r = statement_text(reader, map, key, &text, err);

    if (r == 0 && text != NULL)
        *out = version_of(text);
    if (r == 0 && text != NULL && !out->is_set)
        return yaml_complain(reader->yaml, yaml_get(map, key), err, "%s is a version", key);
    return r;
}

static int text_read(const struct pack_reader *reader, const struct yaml_node *map,
                     const char **out, struct err *err)
{
    const struct yaml_node *set = yaml_get(map, "set");
    const char *name = yaml_get_text(map, "input", NULL);
    CLEANUP(buf_done) struct buf text = BUF(4096);
    int r;

    if ((set != NULL) == (name != NULL) || (set != NULL && (set->kind != YAML_MAP || set->n == 0)))
        return yaml_complain(reader->yaml, map, err, "an input has set, a map, or input, a name");
    if (name != NULL)
        buf_print(&text, "set its input %s", name);
    for (size_t i = 0; set != NULL && i < set->n; i++)
        buf_print(&text, "%s%s = %s",
                  i == 0            ? "set "
                  : i + 1 == set->n ? " and "
                                    : ", ",
                  set->keys[i],
                  set->children[i]->kind == YAML_SCALAR ? set->children[i]->text : "null");
    r = buf_check(&text, err);
    if (r < 0)
        return r;
    *out = arena_text(reader->arena, buf_str(&text));
    return *out == NULL ? err_nomem(err) : 0;
}

static int input_read(const struct pack_reader *reader, const struct yaml_node *map,
                      struct module_input *out, struct err *err)
{
    int r;

    if (map->kind != YAML_MAP)
        return yaml_complain(reader->yaml, map, err, "an input is a map");
    r = yaml_only_keys(reader->yaml, map, input_keys, err);
    if (r == 0)
        r = statement_text(reader, map, "for", &out->key, err);
    if (r == 0 && out->key == NULL)
        return yaml_complain(reader->yaml, map, err, "for is missing");
    if (r == 0)
        r = version_read(reader, map, "since", &out->since, err);
    if (r == 0)
        r = version_read(reader, map, "before", &out->before, err);
    return r == 0 ? text_read(reader, map, &out->text, err) : r;
}

static int module_read(const struct pack_reader *reader, const struct yaml_node *map,
                       struct module_inputs *out, struct err *err)
{
    const struct yaml_node *list = map->kind == YAML_MAP ? yaml_get(map, "inputs") : NULL;
    const char *source = NULL;
    int r;

    if (list == NULL || list->kind != YAML_LIST)
        return yaml_complain(reader->yaml, map, err, "a module has a source and a list of inputs");
    r = yaml_only_keys(reader->yaml, map, module_keys, err);
    if (r == 0)
        r = statement_text(reader, map, "source", &source, err);
    if (r == 0 && source == NULL)
        return yaml_complain(reader->yaml, map, err, "source is missing");
    for (size_t i = 0; i < list->n && r == 0; i++) {
        struct module_input *input = &out->items[out->n];

        if (out->n >= INPUTS_MAX)
            return yaml_complain(reader->yaml, map, err, "more than %d inputs", INPUTS_MAX);
        *input = (struct module_input){.source = source};
        r = input_read(reader, list->children[i], input, err);
        out->n += r == 0;
    }
    return r;
}

int module_inputs_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                       const struct module_inputs **out, struct err *err)
{
    CLEANUP(yaml_freep) struct yaml *yaml = NULL;
    struct module_inputs *inputs = arena_alloc(arena, sizeof *inputs);
    const struct yaml_node *list;
    struct pack_reader reader;
    int r = yaml_parse(&yaml, name, bytes, len, err);

    if (r < 0)
        return r;
    reader = (struct pack_reader){yaml, arena};
    list = yaml_get(yaml_root(yaml), "modules");
    if (list == NULL || list->kind != YAML_LIST)
        return yaml_complain(yaml, yaml_root(yaml), err, "modules is missing");
    if (inputs != NULL)
        inputs->items = arena_alloc(arena, INPUTS_MAX * sizeof *inputs->items);
    if (inputs == NULL || inputs->items == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < list->n && r == 0; i++)
        r = module_read(&reader, list->children[i], inputs, err);
    if (r == 0)
        *out = inputs;
    return r;
}

/* --- looking up --- */

static bool ends_name(char c)
{
    return c == '\0' || c == '?' || c == '/' || c == '.';
}

/* "n/name/aws" of the registry, behind a host or not; or "n/terraform-aws-name" of a forge. Below
 * "//" both or neither. */
static bool is_source(const char *known, const char *source)
{
    const char *known_below = strstr(known, "//");
    const char *scheme = strstr(source, "://");
    const char *below = strstr(scheme != NULL ? scheme + 3 : source, "//");
    size_t below_len = below != NULL ? strcspn(below, "?") : 0;
    char space[128];
    char name[128];
    char provider[64];
    char git[512];
    char registry[512];
    const char *at;

    if ((known_below != NULL) != (below != NULL) ||
        (below != NULL &&
         (strlen(known_below) != below_len || strncmp(known_below, below, below_len) != 0)))
        return false;
    if (sscanf(known, "%127[^/]/%127[^/]/%63[^/]", space, name, provider) != 3)
        return false;
    (void)snprintf(registry, sizeof registry, "%s/%s/%s", space, name, provider);
    (void)snprintf(git, sizeof git, "%s/terraform-%s-%s", space, provider, name);
    at = strstr(source, git);
    if (at != NULL && ends_name(at[strlen(git)]))
        return true;
    at = strstr(source, registry);
    return at != NULL && (at == source || at[-1] == '/') && ends_name(at[strlen(registry)]);
}

/* Is the key the thing that a statement speaks of, or what that lies in? */
static bool is_key(const char *key, const char *type, const char *name)
{
    size_t len = strlen(type);

    if (strncmp(key, type, len) != 0)
        return false;
    if (key[len] == '\0')
        return true;
    if (key[len] != '.' || name == NULL)
        return false;
    key += len + 1;
    len = strlen(key);
    return strncmp(name, key, len) == 0 && (name[len] == '\0' || name[len] == '.');
}

/* "block.block.argument", as far as there is but one thing inside. */
static void path_of(const struct statement *statement, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", statement->name);
    while (statement->verb == VERB_BLOCK && statement->must.n == 1 &&
           (statement->must.items[0].verb == VERB_BLOCK ||
            statement->must.items[0].verb == VERB_ATTRIBUTE)) {
        size_t used = strlen(out);

        statement = &statement->must.items[0];
        (void)snprintf(out + used, size - used, ".%s", statement->name);
    }
}

static bool fits(const struct module_input *input, const char *type,
                 const struct statement *statement)
{
    char path[256];

    switch (statement->verb) {
    case VERB_COMPANION:
        return is_key(input->key, statement->name, NULL);
    case VERB_IAM:
        return is_key(input->key, statement->name != NULL ? statement->name : type,
                      statement->policy->sid);
    case VERB_ATTRIBUTE:
    case VERB_BLOCK:
        path_of(statement, path, sizeof path);
        return strchr(input->key, '.') != NULL && is_key(input->key, type, path);
    default:
        return false;
    }
}

struct asked {
    const struct module_inputs *inputs;
    const char *type, *source;
    struct version version;
    struct buf *out;
};

/* The inputs for one statement; where the version is open, one for each of the ranges. */
static bool say_statement(const struct asked *asked, const struct statement *statement)
{
    bool any = false;

    for (size_t i = 0; i < asked->inputs->n; i++) {
        const struct module_input *one = &asked->inputs->items[i];
        bool is_open = !asked->version.is_set;

        if (!is_source(one->source, asked->source) || !has_version(one, &asked->version) ||
            !fits(one, asked->type, statement))
            continue;
        buf_print(asked->out, "%s%s",
                  any                   ? ", or "
                  : asked->out->len > 0 ? ", and "
                                        : "",
                  one->text);
        if (is_open && one->since.is_set)
            buf_print(asked->out, " (since version %d.%d.%d)", one->since.parts[0],
                      one->since.parts[1], one->since.parts[2]);
        if (is_open && one->before.is_set)
            buf_print(asked->out, " (before version %d.%d.%d)", one->before.parts[0],
                      one->before.parts[1], one->before.parts[2]);
        any = true;
    }
    return any;
}

bool module_input_say(const struct rules *rules, const struct rule *rule, const char *type,
                      const char *source, const char *version, char *out, size_t size)
{
    const struct rule_statement *statement = rule->statement;
    CLEANUP(buf_done) struct buf text = BUF(4096);
    struct asked asked = {rules_module_inputs(rules), type, source, version_meant(source, version),
                          &text};
    bool all = true;
    struct err err;

    out[0] = '\0';
    for (size_t i = 0; asked.inputs != NULL && i < statement->must.n; i++) {
        const struct statement *one = &statement->must.items[i];
        bool said = one->verb != VERB_ANY && say_statement(&asked, one);

        for (size_t k = 0; one->verb == VERB_ANY && k < one->must.n && !said; k++)
            said = say_statement(&asked, &one->must.items[k]);
        all = all && said;
    }
    if (!all || text.len == 0 || buf_check(&text, &err) < 0)
        return false;
    return str_copy(out, size, buf_str(&text));
}
