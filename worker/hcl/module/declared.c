/* What a directory declares; the story stands in declared.h. */
#include "worker/hcl/module/declared.h"

#include <stdarg.h>
#include <stdio.h>

#include "worker/hcl/module/calls.h"
#include "worker/hcl/eval/eval.h"

#define LABEL_MAX 512

int declared_refuse(struct err *err, const struct hcl_file *file, const struct hcl_node *at,
                    const char *format, ...)
{
    char what[256];
    va_list args;
    int line;
    int column;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    hcl_position(file, at->start, &line, &column);
    return err_set(err, ERR_REJECT, "%s:%d:%d: %s", file->path, line, column, what);
}

/* --- walking a file --- */

struct walk {
    struct hcl_repo *repo;
    struct declared one; /* file and file_at are set */
    declared_visit_fn visit;
    void *context;
};

static const char *label(struct hcl_repo *repo, const struct hcl_file *file,
                         const struct hcl_node *block, size_t i)
{
    char text[LABEL_MAX];

    return hcl_block_label(file, block, i, text, sizeof text) ? arena_text(repo->arena, text)
                                                              : NULL;
}

/* A block without the labels it needs is none of Terraform's, and passed over. */
static int visit(const struct walk *walk, enum declared_kind kind, const char *type,
                 const char *name, const struct hcl_node *node, struct err *err)
{
    struct declared one = walk->one;

    if (type == NULL || name == NULL)
        return 0;
    one.kind = kind;
    one.type = type;
    one.name = name;
    one.node = node;
    return walk->visit(walk->context, &one, err);
}

static int visit_locals(const struct walk *walk, const struct hcl_node *block, struct err *err)
{
    const struct hcl_file *file = walk->one.file;
    int r = 0;

    for (const struct hcl_node *at = hcl_block_body(block)->child; at != NULL && r == 0;
         at = at->next) {
        if (at->kind != HCL_ATTRIBUTE)
            continue;
        const char *name = arena_copy(walk->repo->arena, file->bytes + at->name_start,
                                      at->name_end - at->name_start);
        r = name != NULL ? visit(walk, DECLARED_LOCAL, "", name, at, err) : err_nomem(err);
    }
    return r;
}

static int visit_terraform(const struct walk *walk, const struct hcl_node *block, struct err *err)
{
    const struct hcl_file *file = walk->one.file;
    const struct hcl_node *inside = NULL;
    int r = 0;

    while (r == 0 && (inside = hcl_block_next(file, block, NULL, inside)) != NULL) {
        if (hcl_name_is(file, inside, "required_providers"))
            r = visit(walk, DECLARED_PROVIDERS, "", "", inside, err);
        else if (hcl_name_is(file, inside, "backend"))
            r = visit(walk, DECLARED_BACKEND, "", "", inside, err);
    }
    return r;
}

static int visit_provider(const struct walk *walk, const struct hcl_node *block, struct err *err)
{
    const struct hcl_file *file = walk->one.file;
    const struct hcl_node *alias = hcl_attribute(file, block, "alias");
    const char *name = alias != NULL ? eval_literal_text(walk->repo, file, alias->child) : "";

    return visit(walk, DECLARED_PROVIDER, label(walk->repo, file, block, 0), name, block, err);
}

static int visit_block(const struct walk *walk, const struct hcl_node *block, struct err *err)
{
    static const struct {
        const char *word;
        enum declared_kind kind;
    } named[] = {{"variable", DECLARED_VARIABLE},
                 {"output", DECLARED_OUTPUT},
                 {"module", DECLARED_MODULE},
                 {"check", DECLARED_CHECK}};
    struct hcl_repo *repo = walk->repo;
    const struct hcl_file *file = walk->one.file;
    bool is_data = hcl_name_is(file, block, "data");

    for (size_t i = 0; i < COUNT(named); i++)
        if (hcl_name_is(file, block, named[i].word))
            return visit(walk, named[i].kind, "", label(repo, file, block, 0), block, err);
    if (is_data || hcl_name_is(file, block, "resource"))
        return visit(walk, is_data ? DECLARED_DATA : DECLARED_RESOURCE, label(repo, file, block, 0),
                     label(repo, file, block, 1), block, err);
    if (hcl_name_is(file, block, "ephemeral"))
        return visit(walk, DECLARED_EPHEMERAL, label(repo, file, block, 0),
                     label(repo, file, block, 1), block, err);
    if (hcl_name_is(file, block, "locals"))
        return visit_locals(walk, block, err);
    if (hcl_name_is(file, block, "provider"))
        return visit_provider(walk, block, err);
    return hcl_name_is(file, block, "terraform") ? visit_terraform(walk, block, err) : 0;
}

int declared_walk(struct hcl_repo *repo, const struct hcl_file *file, size_t file_at,
                  declared_visit_fn visit_one, void *context, struct err *err)
{
    struct walk walk = {.repo = repo,
                        .one = {.file = file, .file_at = file_at},
                        .visit = visit_one,
                        .context = context};
    const struct hcl_node *block = NULL;
    int r = 0;

    while (r == 0 && (block = hcl_block_next(file, file->body, NULL, block)) != NULL)
        r = visit_block(&walk, block, err);
    return r;
}

/* --- finding --- */

static int order_of(const struct declared *a, const struct declared *b)
{
    int r = (int)a->kind - (int)b->kind;

    if (r == 0)
        r = strcmp(a->name, b->name);
    return r != 0 ? r : strcmp(a->type, b->type);
}

static int by_identity(const void *a, const void *b)
{
    const struct declared *left = *(struct declared *const *)a;
    const struct declared *right = *(struct declared *const *)b;
    int r = order_of(left, right);

    return r != 0 ? r : (left > right) - (left < right);
}

const struct declared *declared_find(const struct declarations *in, enum declared_kind kind,
                                     const char *type, const char *name)
{
    const struct declared wanted = {.kind = kind, .type = type, .name = name};
    size_t low = 0;
    size_t high = in->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = order_of(in->sorted[middle], &wanted);
        if (order == 0)
            return in->sorted[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- two of one name --- */

static int refuse_twice(const struct declared *first, const struct declared *again, struct err *err)
{
    const struct hcl_file *file = again->file;
    const struct hcl_node *at = again->node;
    const char *type = again->type;
    const char *name = again->name;
    char where[300];
    int line;
    int column;

    hcl_position(first->file, first->node->start, &line, &column);
    (void)snprintf(where, sizeof where, "%.280s:%d", first->file->path, line);
    switch (again->kind) {
    case DECLARED_VARIABLE:
        return declared_refuse(err, file, at,
                               "Duplicate variable declaration: a variable named \"%.80s\" was "
                               "already declared at %s",
                               name, where);
    case DECLARED_LOCAL:
        return declared_refuse(err, file, at,
                               "Duplicate local value definition: a local value named \"%.80s\" "
                               "was already defined at %s",
                               name, where);
    case DECLARED_OUTPUT:
        return declared_refuse(err, file, at,
                               "Duplicate output definition: an output named \"%.80s\" was already "
                               "defined at %s",
                               name, where);
    case DECLARED_MODULE:
        return declared_refuse(err, file, at,
                               "Duplicate module call: a module call named \"%.80s\" was already "
                               "defined at %s",
                               name, where);
    case DECLARED_RESOURCE:
    case DECLARED_DATA:
    case DECLARED_EPHEMERAL:
        return declared_refuse(err, file, at,
                               "Duplicate %s \"%.60s\" configuration: one named \"%.60s\" was "
                               "already declared at %s",
                               again->kind == DECLARED_DATA        ? "data"
                               : again->kind == DECLARED_EPHEMERAL ? "ephemeral"
                                                                   : "resource",
                               type, name, where);
    case DECLARED_PROVIDER:
        return declared_refuse(err, file, at,
                               "Duplicate provider configuration: a configuration for \"%.60s\"%s"
                               "%.60s was already given at %s",
                               type, name[0] != '\0' ? " with alias " : "", name, where);
    case DECLARED_CHECK:
        return declared_refuse(err, file, at,
                               "Duplicate check \"%.80s\" configuration: it was already declared "
                               "at %s",
                               name, where);
    default:
        return declared_refuse(err, file, at,
                               "Duplicate %s configuration: a module may have only one, and it was "
                               "previously configured at %s",
                               again->kind == DECLARED_BACKEND ? "backend" : "required providers",
                               where);
    }
}

static int refuse_repeats(const struct declarations *in, struct err *err)
{
    const struct declared *first = NULL;
    const struct declared *again = NULL;

    for (size_t i = 1; i < in->n; i++) {
        if (order_of(in->sorted[i - 1], in->sorted[i]) != 0)
            continue;
        if (again != NULL && again < in->sorted[i])
            continue;
        first = in->sorted[i - 1];
        again = in->sorted[i];
    }
    return again != NULL ? refuse_twice(first, again, err) : 0;
}

/* --- making them --- */

struct making {
    struct declared *items; /* owned */
    size_t n, cap;
};

static void making_done(struct making *making)
{
    free(making->items);
}

static int take(void *context, const struct declared *one, struct err *err)
{
    struct making *making = context;

    if (making->n == making->cap) {
        size_t wider = making->cap == 0 ? 64 : making->cap * 2;
        struct declared *grown = reallocarray(making->items, wider, sizeof *grown);

        if (grown == NULL)
            return err_nomem(err);
        making->items = grown;
        making->cap = wider;
    }
    making->items[making->n++] = *one;
    return 0;
}

static int take_files(struct hcl_repo *repo, const struct repo_dir *dir, struct making *making,
                      struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < dir->n && r == 0; i++)
        if (repo_is_configuration(dir->files[i]->path) &&
            !declared_is_override(dir->files[i]->path))
            r = declared_walk(repo, dir->files[i]->file, i, take, making, err);
    return r;
}

static int keep_items(struct hcl_repo *repo, const struct making *making, struct declarations *in,
                      struct err *err)
{
    in->n = making->n;
    in->items = arena_alloc(repo->arena, (in->n + 1) * sizeof *in->items);
    in->sorted = arena_alloc(repo->arena, (in->n + 1) * sizeof(*in->sorted));
    if (in->items == NULL || in->sorted == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < in->n; i++) {
        in->items[i] = making->items[i];
        in->sorted[i] = &in->items[i];
    }
    if (in->n > 1)
        qsort(in->sorted, in->n, sizeof(*in->sorted), by_identity);
    return 0;
}

static int list_files(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
                      struct err *err)
{
    in->files = arena_alloc(repo->arena, (dir->n + 1) * sizeof *in->files);
    if (in->files == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < dir->n; i++) {
        const struct repo_file *entry = dir->files[i];
        if (!repo_is_configuration(entry->path))
            continue;
        if (entry->broken != NULL)
            return err_set(err, ERR_REJECT, "%s", entry->broken);
        in->files[in->n_files++] = entry->file;
    }
    return 0;
}

static void number_items(struct declarations *in)
{
    for (size_t i = 0; i < in->n; i++) {
        struct declared *one = &in->items[i];
        size_t *count = &in->counts[one->kind == DECLARED_DATA ? DECLARED_RESOURCE : one->kind];
        one->place = (*count)++;
    }
}

static int make_items(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
                      struct err *err)
{
    CLEANUP(making_done) struct making making = {0};
    int r = take_files(repo, dir, &making, err);

    if (r == 0)
        r = keep_items(repo, &making, in, err);
    if (r == 0)
        r = refuse_repeats(in, err);
    if (r == 0)
        r = override_all(repo, dir, in, err);
    if (r == 0)
        number_items(in);
    return r == 0 ? calls_index(repo, in, err) : r;
}

/* A refusal is kept, so that it is the same whenever the directory is asked for. */
static int settle(struct hcl_repo *repo, const char **broken, int r, const struct err *why,
                  struct err *err)
{
    if (r == ERR_REJECT) {
        *broken = arena_text(repo->arena, why->text);
        if (*broken == NULL)
            return err_nomem(err);
    }
    if (r < 0)
        *err = *why;
    return r;
}

int declared_open(struct hcl_repo *repo, struct repo_dir *dir, struct err *err)
{
    struct err why;

    if (dir->declared != NULL && dir->declared->broken == NULL)
        return 0;
    if (dir->declared != NULL)
        return err_set(err, ERR_REJECT, "%s", dir->declared->broken);
    struct declarations *in = arena_alloc(repo->arena, sizeof *in);
    if (in == NULL)
        return err_nomem(err);
    int r = list_files(repo, dir, in, &why);
    if (r == 0)
        r = make_items(repo, dir, in, &why);
    r = settle(repo, &in->broken, r, &why, err);
    if (r == 0 || in->broken != NULL)
        dir->declared = in;
    return r;
}
