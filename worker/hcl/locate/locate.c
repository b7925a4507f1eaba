/* The kinds of evidence in their order, and those that need no names: an address, a file and a
 * line. The story stands in locate.h. */
#include "worker/hcl/locate/locate_inside.h"
#include "worker/hcl/locate/locate_state.h"
#include "worker/hcl/module/module_inside.h"

void locate_found(struct finds *finds, const struct hcl_resource *resource,
                  const struct hcl_instance *instance, const char *how)
{
    struct hcl_match match = {.resource = resource,
                              .certainty = finds->certainty,
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

bool locate_keeps(const struct finds *finds, const struct hcl_resource *resource)
{
    return finds->n < finds->max && resource != finds->last;
}

/* --- by address --- */

void locate_by_address(struct finds *finds, const char *address, const char *how)
{
    const struct hcl_resource *resource = hcl_resource_find(finds->root, address);
    const struct hcl_instance *instances;

    if (resource == NULL)
        return;
    if (strchr(address, '[') == NULL) {
        locate_found(finds, resource, NULL, how);
        return;
    }
    size_t n = hcl_instances(resource, &instances);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(instances[i].address, address))
            locate_found(finds, resource, &instances[i], how);
        else if (strstr(instances[i].address, "[?]") != NULL)
            locate_found(finds, resource, &instances[i], "address (its key could not be checked)");
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

/* Copies of modules from elsewhere, where terraform and scanners put them: no file of the
 * repository, though one may bear the same name. */
static bool is_fetched(const char *path)
{
    static const char *const homes[] = {".terraform/", ".external_modules/"};

    for (size_t i = 0; i < COUNT(homes); i++)
        for (const char *at = strstr(path, homes[i]); at != NULL; at = strstr(at + 1, homes[i]))
            if (at == path || at[-1] == '/')
                return true;
    return false;
}

/* Is the first directory of the path one of the repository's? Then it is a path of the repository,
 * not of a machine on which that lay somewhere below. */
static bool starts_inside(const struct hcl_module *root, const char *path)
{
    const struct hcl_repo *repo = root->repo;
    size_t len = strcspn(path, "/") + 1;

    for (size_t i = 0; i < repo->n_files && path[len - 1] == '/'; i++)
        if (strncmp(repo->files[i]->path, path, len) == 0)
            return true;
    return false;
}

void locate_by_place(struct finds *finds, const struct hcl_query *query, bool loosely)
{
    struct lines lines = {.query = query};
    const char *file = query->file;

    while (*file == '/' || str_starts(file, "./"))
        file += *file == '/' ? 1 : 2;
    if (loosely && starts_inside(finds->root, file))
        return; /* it named a file that is not there */
    for (size_t i = 0; i < hcl_resource_count(finds->root); i++) {
        const struct hcl_resource *resource = hcl_resource_at(finds->root, i);
        if (stands_at(resource, file, loosely, &lines) && is_new_block(finds, resource))
            locate_found(finds, resource, NULL, "file and line");
    }
}

/* --- the order --- */

/* The type whose resource the finding means. */
static const char *wanted_type(const struct hcl_query *query)
{
    const char *type = query->type;

    return type != NULL && hcl_type_parent(type) != NULL ? hcl_type_parent(type) : type;
}

/* An ARN that gives a name has said all; one that gives an id leaves the finding's own words. */
static bool is_named_by_arn(const struct hcl_query *query)
{
    struct hcl_arn arn;

    return query->arn != NULL && hcl_arn_parse(query->arn, &arn) && !arn.is_id;
}

static void by_name(struct finds *finds, const struct hcl_query *query)
{
    struct hcl_arn arn;
    const char *type = wanted_type(query);

    if (query->name == NULL || query->name[0] == '\0' || is_named_by_arn(query))
        return;
    if (query->arn != NULL && hcl_arn_parse(query->arn, &arn))
        locate_by_name(finds, arn.type, query->name, finds->certainty);
    if (finds->n == 0)
        locate_by_name(finds, type, query->name, finds->certainty);
    if (finds->n == 0 && type != query->type) /* the bucket stands elsewhere, its policy here */
        locate_by_name(finds, query->type, query->name, finds->certainty);
}

static void by_place(struct finds *finds, const struct hcl_query *query)
{
    if (query->file == NULL || query->line_start <= 0 || is_fetched(query->file))
        return;
    locate_by_place(finds, query, false);
    if (finds->n == 0)
        locate_by_place(finds, query, true);
}

static void by_arn(struct finds *finds, const struct hcl_query *query)
{
    if (query->arn != NULL)
        locate_by_arn(finds, query->arn, query->type, finds->certainty);
}

static void by_address(struct finds *finds, const struct hcl_query *query)
{
    if (query->address != NULL)
        locate_by_address(finds, query->address, "address");
}

static void by_state(struct finds *finds, const struct hcl_query *query)
{
    if (query->state != NULL)
        finds->n = locate_by_state(finds->root, query, finds->out, finds->max);
}

/* A new kind of evidence is a word in one of these two lists. */
typedef void (*evidence_fn)(struct finds *, const struct hcl_query *);

/* What the code alone says: something sure, or else the candidates. */
static void by_names(struct finds *finds, const struct hcl_query *query)
{
    static const evidence_fn kinds[] = {locate_by_import, by_arn, by_name};

    for (size_t i = 0; i < COUNT(kinds) && finds->n == 0; i++)
        kinds[i](finds, query);
    if (finds->n > 0)
        return;
    finds->certainty = HCL_CANDIDATE;
    by_name(finds, query); /* a part of a name tells more than an id does */
    if (finds->n == 0)
        by_arn(finds, query);
}

size_t hcl_locate(const struct hcl_module *root, const struct hcl_query *query,
                  struct hcl_match *out, size_t max)
{
    static const evidence_fn kinds[] = {by_address, by_place, by_state};
    struct finds finds = {.root = root, .out = out, .max = max, .certainty = HCL_SURE};
    struct arn_pieces arn;

    if (query->arn != NULL && arn_split(query->arn, &arn))
        finds.arn = &arn;
    for (size_t i = 0; i < COUNT(kinds) && finds.n == 0; i++)
        kinds[i](&finds, query);
    if (finds.n > 0 || query->state_only)
        return finds.n;
    by_names(&finds, query);
    return query->state != NULL ? locate_check_names(root, query, out, finds.n, max) : finds.n;
}
