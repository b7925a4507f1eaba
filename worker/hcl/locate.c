/* Locating: from the address, the place or the name in a finding to the resource. Evidence is taken
 * in that order, and the first kind that finds anything decides. */
#include "worker/hcl/locate.h"

#include <stdio.h>

#include "worker/hcl/eval.h"
#include "worker/hcl/types.h"

#define HINT_MIN 3 /* bytes of a known end that are worth a match */

/* The matches so far; n counts all, the first max of them are kept. */
struct finds {
    const struct hcl_module *root;
    struct hcl_match *out;
    size_t max;
    size_t n;
    const struct hcl_resource *last; /* the newest, kept or not */
};

static void found(struct finds *finds, const struct hcl_resource *resource,
                  const struct hcl_instance *instance, const char *how)
{
    struct hcl_match match = {.resource = resource,
                              .instance_key = instance != NULL ? instance->key : "",
                              .instance = instance,
                              .how = how != NULL ? how : "a match"};

    for (size_t i = 0; i < finds->n && i < finds->max; i++) {
        if (finds->out[i].resource != resource)
            continue;
        finds->out[i].instance = NULL; /* two instances: the block as a whole */
        finds->out[i].instance_key = "";
        return;
    }
    if (finds->n < finds->max)
        finds->out[finds->n] = match;
    finds->n += resource != finds->last;
    finds->last = resource;
}

/* --- by address --- */

static void by_address(struct finds *finds, const char *address)
{
    const struct hcl_resource *resource = hcl_resource_find(finds->root, address);
    const struct hcl_instance *instances;

    if (resource == NULL)
        return;
    if (strchr(address, '[') == NULL) {
        found(finds, resource, NULL, "address");
        return;
    }
    size_t n = hcl_instances(resource, &instances);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(instances[i].address, address))
            found(finds, resource, &instances[i], "address");
        else if (strstr(instances[i].address, "[?]") != NULL)
            found(finds, resource, &instances[i], "address (its key could not be checked)");
    }
}

/* --- by file and line --- */

static bool same_file(const char *path, const char *wanted, bool loosely)
{
    size_t n = strlen(path);
    size_t m = strlen(wanted);

    if (n == m || !loosely)
        return str_eq(path, wanted);
    if (n > m)
        return str_ends(path, wanted) && path[n - m - 1] == '/';
    return str_ends(wanted, path) && wanted[m - n - 1] == '/';
}

/* The lines asked for, as bytes of the file met last: to ask each block for its line would be to
 * read the file once per block. */
struct lines {
    const struct hcl_query *query;
    const struct hcl_file *file;
    size_t start, end; /* SIZE_MAX: the file has fewer lines */
};

static size_t line_start(const struct hcl_file *file, int64_t line)
{
    size_t at = 0;

    for (; line > 1; line--) {
        const char *newline = memchr(file->bytes + at, '\n', file->len - at);
        if (newline == NULL)
            return SIZE_MAX;
        at = (size_t)(newline - file->bytes) + 1;
    }
    return at;
}

static bool covers(const struct hcl_file *file, const struct hcl_node *block, struct lines *lines)
{
    const struct hcl_query *query = lines->query;
    struct hcl_place written = hcl_written(file, block);
    int64_t last = query->line_end > query->line_start ? query->line_end : query->line_start;

    if (lines->file != written.file) {
        lines->file = written.file;
        lines->start = line_start(written.file, query->line_start);
        lines->end = last < INT64_MAX ? line_start(written.file, last + 1) : SIZE_MAX;
    }
    return written.node->start < lines->end && written.node->end >= lines->start;
}

/* A resource stands where its block is, and where override files change it. */
static bool stands_at(const struct hcl_resource *resource, const char *path, bool loosely,
                      struct lines *lines)
{
    bool found = same_file(resource->file->path, path, loosely) &&
                 covers(resource->file, resource->block, lines);

    for (size_t i = 0; i < resource->n_overrides && !found; i++) {
        const struct hcl_place *over = &resource->overrides[i];
        found = same_file(over->file->path, path, loosely) && covers(over->file, over->node, lines);
    }
    return found;
}

/* A block that several module calls share is one place. */
static bool is_new_block(const struct finds *finds, const struct hcl_resource *resource)
{
    for (size_t i = 0; i < finds->n && i < finds->max; i++)
        if (finds->out[i].resource->block == resource->block)
            return false;
    return true;
}

static void by_place(struct finds *finds, const struct hcl_query *query, bool loosely)
{
    struct lines lines = {.query = query};
    const char *file = query->file;

    while (*file == '/' || str_starts(file, "./"))
        file += *file == '/' ? 1 : 2;
    for (size_t i = 0; i < hcl_resource_count(finds->root); i++) {
        const struct hcl_resource *resource = hcl_resource_at(finds->root, i);
        if (stands_at(resource, file, loosely, &lines) && is_new_block(finds, resource))
            found(finds, resource, NULL, "file and line");
    }
}

/* --- by name --- */

/* What a finding's name and an argument may write differently. */
static const char *bare(const char *name)
{
    if (str_starts(name, "alias/"))
        name += 6;
    return name + (name[0] == '/');
}

enum fit { FIT_NO, FIT_MAYBE, FIT_YES };

static enum fit fits_ends(const char *name, const char *prefix, const char *suffix)
{
    size_t known = (prefix != NULL ? strlen(prefix) : 0) + (suffix != NULL ? strlen(suffix) : 0);

    if (known < HINT_MIN || strlen(name) <= known)
        return FIT_NO;
    if (prefix != NULL && !str_starts(name, prefix))
        return FIT_NO;
    return suffix == NULL || str_ends(name, suffix) ? FIT_MAYBE : FIT_NO;
}

static enum fit fits_name(const struct hcl_value *v, const char *name, bool is_prefix)
{
    if (v == NULL)
        return FIT_NO;
    if (v->kind == HCL_V_TEXT && is_prefix)
        return fits_ends(name, v->text, NULL);
    if (v->kind == HCL_V_TEXT)
        return str_eq(bare(v->text), bare(name)) ? FIT_YES : FIT_NO;
    if (v->kind == HCL_V_UNKNOWN)
        return fits_ends(name, v->prefix, is_prefix ? NULL : v->suffix);
    return FIT_NO;
}

/* One identity argument of an instance; "tags.Name" looks into the tags. */
static const struct hcl_value *identity_value(const struct hcl_resource *resource,
                                              const char *argument,
                                              const struct hcl_instance *instance)
{
    if (!str_eq(argument, "tags.Name"))
        return hcl_eval_attribute(resource, resource->block, argument, instance);
    const struct hcl_value *tags = hcl_eval_attribute(resource, resource->block, "tags", instance);
    return tags != NULL && tags->kind == HCL_V_OBJECT ? value_member(tags, "Name") : NULL;
}

static const char *explain(const struct hcl_resource *resource, const char *argument,
                           const struct hcl_value *v)
{
    struct arena *arena = resource->module->repo->arena;
    const char *where = v->n_origins > 0 ? v->origins[v->n_origins - 1].what : "attribute";

    if (v->kind == HCL_V_UNKNOWN)
        return arena_print(arena, "%s = \"%s…%s\" (the only candidate; %s)", argument,
                           v->prefix != NULL ? v->prefix : "", v->suffix != NULL ? v->suffix : "",
                           v->unknown);
    return arena_print(arena, "%s = \"%s\" (%s)", argument, v->text, where);
}

/* The best that one instance's identity arguments say. */
static enum fit fits_instance(const struct hcl_resource *resource, const char *identity,
                              const struct hcl_instance *instance, const char *name,
                              const char **how)
{
    enum fit best = FIT_NO;

    for (const char *at = identity; *at != '\0';) {
        char argument[64];
        size_t len = strcspn(at, " ");
        bool is_prefix = *at == '^';
        snprintf(argument, sizeof argument, "%.*s", (int)(len - is_prefix), at + is_prefix);
        const struct hcl_value *v = identity_value(resource, argument, instance);
        enum fit fit = fits_name(v, name, is_prefix);
        if (fit > best) {
            best = fit;
            *how = explain(resource, argument, v);
        }
        at += len + (at[len] == ' ');
    }
    return best;
}

struct name_search {
    const char *type; /* NULL: any type that has a name */
    const char *name;
    enum fit wanted;
};

static void search_resource(struct finds *finds, const struct hcl_resource *resource,
                            const struct name_search *search)
{
    const struct hcl_instance *instances;
    const struct hcl_type_row *row = hcl_type_find(resource->type);
    const char *how = NULL;

    if (resource->is_data || row == NULL ||
        (search->type != NULL && !hcl_type_fits(search->type, resource->type)))
        return;
    size_t n = hcl_instances(resource, &instances);
    for (size_t i = 0; i < n; i++)
        if (fits_instance(resource, row->identity, &instances[i], search->name, &how) ==
            search->wanted)
            found(finds, resource, &instances[i], how);
}

static void search_all(struct finds *finds, const struct name_search *search)
{
    for (size_t i = 0; i < hcl_resource_count(finds->root); i++)
        search_resource(finds, hcl_resource_at(finds->root, i), search);
}

/* A key has no name; the alias that points at it has. */
static void by_key_alias(struct finds *finds, const char *name)
{
    struct hcl_match aliases[8];
    struct finds at = {.root = finds->root, .out = aliases, .max = COUNT(aliases)};

    search_all(&at, &(struct name_search){"aws_kms_alias", name, FIT_YES});
    for (size_t i = 0; i < at.n && i < at.max; i++) {
        const struct hcl_resource *alias = aliases[i].resource;
        const struct hcl_value *key =
            hcl_eval_attribute(alias, alias->block, "target_key_id", aliases[i].instance);
        if (key != NULL && key->resource != NULL && str_eq(key->resource->type, "aws_kms_key"))
            found(finds, key->resource, key->instance, aliases[i].how);
    }
}

static void by_name(struct finds *finds, const char *type, const char *name)
{
    struct name_search search = {.type = type, .name = name, .wanted = FIT_YES};

    if (name == NULL || name[0] == '\0')
        return;
    search_all(finds, &search);
    if (finds->n == 0 && type != NULL && str_eq(type, "aws_kms_key"))
        by_key_alias(finds, name);
    if (finds->n > 0)
        return;
    search.wanted = FIT_MAYBE;
    search_all(finds, &search);
}

static void by_arn(struct finds *finds, const struct hcl_query *query)
{
    struct hcl_arn arn;

    if (query->arn == NULL || !hcl_arn_parse(query->arn, &arn))
        return;
    if (!arn.is_id)
        by_name(finds, arn.type, arn.name);
    if (finds->n == 0)
        by_name(finds, arn.type, query->name);
}

size_t hcl_locate(const struct hcl_module *root, const struct hcl_query *query,
                  struct hcl_match *out, size_t max)
{
    struct finds finds = {.root = root, .out = out, .max = max};
    const char *type = query->type;

    if (type != NULL && hcl_type_parent(type) != NULL)
        type = hcl_type_parent(type);
    if (query->address != NULL)
        by_address(&finds, query->address);
    if (finds.n == 0 && query->file != NULL && query->line_start > 0)
        by_place(&finds, query, false);
    if (finds.n == 0 && query->file != NULL && query->line_start > 0)
        by_place(&finds, query, true);
    if (finds.n == 0)
        by_arn(&finds, query);
    if (finds.n == 0)
        by_name(&finds, type, query->name);
    return finds.n;
}
