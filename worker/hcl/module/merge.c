/*
 * Merging: a block and those that override it become one block, by Terraform's rules. An argument
 * replaces its namesake; a nested block replaces all blocks of its type, dynamic ones (by their
 * label) included; lifecycle is merged argument by argument. Where count and for_each come together
 * that way terraform 1.11 breaks down, so it is refused.
 *
 * The bytes of all files that take part are put one behind the other, once for the directory, and
 * the nodes are copied with their spans moved along, so that whoever reads a merged block sees an
 * ordinary one. Each copy knows where it is from (source.h). Its nodes' spans do not lie inside
 * each other across files.
 */
#include "worker/hcl/module/declared.h"

struct merging {
    struct hcl_repo *repo;
    const struct repo_dir *dir;
    size_t *offsets; /* of the directory's files in the text; SIZE_MAX: not in it */
    char *text;
    struct hcl_source source;
};

struct piece { /* a child of a body */
    const struct hcl_file *file;
    size_t file_at;
    const struct hcl_node *node;
};

struct pieces {
    struct piece *items; /* owned */
    size_t n, cap;
    bool failed;
};

static void pieces_done(struct pieces *pieces)
{
    free(pieces->items);
}

/* --- copies --- */

static struct hcl_node *copy_one(const struct merging *m, const struct piece *piece)
{
    struct hcl_merged_node *copy = arena_alloc(m->repo->arena, sizeof *copy);
    uint32_t shift = (uint32_t)m->offsets[piece->file_at];

    if (copy == NULL)
        return NULL;
    copy->node = *piece->node;
    copy->file = piece->file;
    copy->original = piece->node;
    copy->node.start += shift;
    copy->node.end += shift;
    /* A literal has no name there, but the blanks to drop. */
    if (copy->node.kind != HCL_LITERAL && copy->node.name_end != 0) {
        copy->node.name_start += shift;
        copy->node.name_end += shift;
    }
    copy->node.child = NULL;
    copy->node.next = NULL;
    return &copy->node;
}

static void append(struct hcl_node *parent, struct hcl_node **tail, struct hcl_node *child)
{
    if (*tail != NULL)
        (*tail)->next = child;
    else
        parent->child = child;
    *tail = child;
    if (child->height >= parent->height)
        parent->height = (uint16_t)(child->height + 1);
}

/* The parser has bounded the height, and so this. */
static struct hcl_node *copy_tree(const struct merging *m, const struct piece *piece)
{
    struct hcl_node *copy = copy_one(m, piece);
    struct hcl_node *tail = NULL;

    for (const struct hcl_node *at = piece->node->child; at != NULL && copy != NULL;
         at = at->next) {
        struct hcl_node *child = copy_tree(m, &(struct piece){piece->file, piece->file_at, at});
        if (child == NULL)
            return NULL;
        append(copy, &tail, child);
    }
    return copy;
}

/* --- the pieces of a merged body --- */

static void pieces_add(struct pieces *pieces, const struct piece *piece)
{
    if (pieces->n == pieces->cap && !pieces->failed) {
        size_t wider = pieces->cap == 0 ? 16 : pieces->cap * 2;
        struct piece *grown = reallocarray(pieces->items, wider, sizeof *grown);
        pieces->failed = grown == NULL;
        if (grown != NULL) {
            pieces->items = grown;
            pieces->cap = wider;
        }
    }
    if (!pieces->failed)
        pieces->items[pieces->n++] = *piece;
}

static bool is_block(const struct piece *piece, const char *type)
{
    return piece->node->kind == HCL_BLOCK && hcl_name_is(piece->file, piece->node, type);
}

static bool is_attribute(const struct piece *piece, const char *name)
{
    return piece->node->kind == HCL_ATTRIBUTE && hcl_name_is(piece->file, piece->node, name);
}

struct name {
    const char *bytes;
    size_t len;
};

/* What a piece is known by: a dynamic block by the type that it makes. */
static struct name name_of(const struct piece *piece)
{
    const struct hcl_node *node = piece->node;

    if (is_block(piece, "dynamic") && node->child->kind == HCL_LABEL)
        node = node->child;
    return (struct name){piece->file->bytes + node->name_start, node->name_end - node->name_start};
}

static int by_name(const void *a, const void *b)
{
    const struct name *left = a;
    const struct name *right = b;
    size_t n = left->len < right->len ? left->len : right->len;
    int r = memcmp(left->bytes, right->bytes, n);

    return r != 0 ? r : (left->len > right->len) - (left->len < right->len);
}

/* ignore_changes = [] takes nothing back, and neither does a list after "all". */
static bool keeps_ignored(const struct pieces *base, const struct piece *piece)
{
    if (!is_attribute(piece, "ignore_changes"))
        return false;
    if (piece->node->child->kind == HCL_TUPLE && piece->node->child->child == NULL)
        return true;
    for (size_t i = 0; i < base->n; i++)
        if (is_attribute(&base->items[i], "ignore_changes"))
            return base->items[i].node->child->kind == HCL_VARIABLE;
    return false;
}

/* Lays the body of a block over what is there. Lifecycle blocks are merged apart. */
static void lay_over(struct pieces *pieces, const struct piece *block)
{
    CLEANUP(pieces_done) struct pieces more = {0};
    CLEANUP(mem_freep) struct name *names = NULL;
    size_t kept = 0;

    for (const struct hcl_node *at = hcl_block_body(block->node)->child; at != NULL;
         at = at->next) {
        const struct piece piece = {block->file, block->file_at, at};
        if (!is_block(&piece, "lifecycle") && !keeps_ignored(pieces, &piece))
            pieces_add(&more, &piece);
    }
    names = calloc(more.n + 1, sizeof *names);
    pieces->failed = pieces->failed || more.failed || names == NULL;
    if (pieces->failed)
        return;
    for (size_t i = 0; i < more.n; i++)
        names[i] = name_of(&more.items[i]);
    qsort(names, more.n, sizeof *names, by_name);
    for (size_t i = 0; i < pieces->n; i++) {
        struct name name = name_of(&pieces->items[i]);
        if (bsearch(&name, names, more.n, sizeof name, by_name) == NULL)
            pieces->items[kept++] = pieces->items[i];
    }
    pieces->n = kept;
    for (size_t i = 0; i < more.n; i++)
        pieces_add(pieces, &more.items[i]);
}

/* --- a merged block --- */

static void lifecycles_of(const struct pieces *blocks, struct pieces *out)
{
    for (size_t i = 0; i < blocks->n; i++) {
        const struct piece *block = &blocks->items[i];
        const struct hcl_node *at = NULL;
        while ((at = hcl_block_next(block->file, block->node, "lifecycle", at)) != NULL)
            pieces_add(out, &(struct piece){block->file, block->file_at, at});
    }
}

/* The header of the first, with the labels, and an empty body. */
static struct hcl_node *open_block(const struct merging *m, const struct piece *first,
                                   struct hcl_node **body)
{
    struct hcl_node *block = copy_one(m, first);
    struct hcl_node *tail = NULL;

    for (const struct hcl_node *at = first->node->child; at != NULL && block != NULL;
         at = at->next) {
        struct hcl_node *child = copy_one(m, &(struct piece){first->file, first->file_at, at});
        if (child == NULL)
            return NULL;
        append(block, &tail, child);
        *body = child;
    }
    return block;
}

static struct hcl_node *merge_blocks(const struct merging *m, const struct pieces *blocks)
{
    CLEANUP(pieces_done) struct pieces pieces = {0};
    CLEANUP(pieces_done) struct pieces lifecycles = {0};
    struct hcl_node *body = NULL;
    struct hcl_node *tail = NULL;
    struct hcl_node *block = open_block(m, &blocks->items[0], &body);

    for (size_t i = 0; i < blocks->n; i++)
        lay_over(&pieces, &blocks->items[i]);
    lifecycles_of(blocks, &lifecycles);
    if (block == NULL || pieces.failed || lifecycles.failed)
        return NULL;
    for (size_t i = 0; i < pieces.n; i++) {
        struct hcl_node *child = copy_tree(m, &pieces.items[i]);
        if (child == NULL)
            return NULL;
        append(body, &tail, child);
    }
    if (lifecycles.n > 0) {
        struct hcl_node *lifecycle = merge_blocks(m, &lifecycles);
        if (lifecycle == NULL)
            return NULL;
        append(body, &tail, lifecycle);
    }
    if (body->height >= block->height)
        block->height = (uint16_t)(body->height + 1);
    return block;
}

static int keep_overrides(struct hcl_repo *repo, struct declared *base, struct err *err)
{
    struct hcl_place *places = arena_alloc(repo->arena, base->n_overrides * sizeof *places);
    size_t n = 0;

    if (places == NULL)
        return err_nomem(err);
    for (const struct layer *at = base->layers; at != NULL; at = at->next)
        places[n++] = (struct hcl_place){at->file, at->node};
    base->overrides = places;
    return 0;
}

static int refuse_both(const struct hcl_file *file, const struct hcl_node *block, struct err *err)
{
    const struct hcl_node *each = hcl_attribute(file, block, "for_each");
    struct hcl_place written;

    if (each == NULL || hcl_attribute(file, block, "count") == NULL)
        return 0;
    written = hcl_written(file, each);
    return declared_refuse(err, written.file, written.node,
                           "Invalid combination of \"count\" and \"for_each\": with what is "
                           "overridden the block has both");
}

/* The merged block in a file of its own, that has the path of the block's. */
static int merge_one(const struct merging *m, struct declared *base, struct err *err)
{
    CLEANUP(pieces_done) struct pieces blocks = {0};
    struct hcl_file *file = arena_alloc(m->repo->arena, sizeof *file);
    struct hcl_merged_node *top = arena_alloc(m->repo->arena, sizeof *top);
    struct hcl_node *tail = NULL;

    pieces_add(&blocks, &(struct piece){base->file, base->file_at, base->node});
    for (const struct layer *at = base->layers; at != NULL; at = at->next)
        pieces_add(&blocks, &(struct piece){at->file, at->file_at, at->node});
    struct hcl_node *block = blocks.failed ? NULL : merge_blocks(m, &blocks);
    if (file == NULL || top == NULL || block == NULL)
        return err_nomem(err);

    top->node = (struct hcl_node){.kind = HCL_BODY, .end = (uint32_t)m->source.all};
    top->file = base->file;
    top->original = base->file->body;
    append(&top->node, &tail, block);
    *file = (struct hcl_file){.path = base->file->path,
                              .bytes = m->text,
                              .len = m->source.all,
                              .body = &top->node,
                              .source = &m->source};
    base->file = file;
    base->node = block;
    int r = refuse_both(file, block, err);
    return r < 0 ? r : keep_overrides(m->repo, base, err);
}

/* --- the text --- */

static size_t bytes_of(const struct hcl_file *file)
{
    return (file->source != NULL ? file->source->all : file->len) + 1; /* and a NUL */
}

static void mark_files(struct merging *m, const struct declarations *in)
{
    for (size_t i = 0; i < m->dir->n; i++)
        m->offsets[i] = SIZE_MAX;
    for (size_t i = 0; i < in->n; i++) {
        if (in->items[i].layers == NULL)
            continue;
        m->offsets[in->items[i].file_at] = 0;
        for (const struct layer *at = in->items[i].layers; at != NULL; at = at->next)
            m->offsets[at->file_at] = 0;
    }
    for (size_t i = 0; i < m->dir->n; i++) {
        if (m->offsets[i] == SIZE_MAX)
            continue;
        m->offsets[i] = m->source.all;
        m->source.all += bytes_of(m->dir->files[i]->file);
        m->source.n++;
    }
}

static int write_text(struct merging *m, struct err *err)
{
    struct arena *arena = m->repo->arena;
    struct hcl_stretch *stretches = arena_alloc(arena, m->source.n * sizeof *stretches);
    size_t n = 0;

    if (m->source.all > MERGED_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%s: more than %zu bytes are changed by override files",
                       m->dir->path, MERGED_MAX_BYTES);
    m->text = arena_alloc(arena, m->source.all);
    if (m->text == NULL || stretches == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < m->dir->n; i++) {
        const struct hcl_file *file = m->dir->files[i]->file;
        if (m->offsets[i] == SIZE_MAX)
            continue;
        size_t len = bytes_of(file) - 1;
        memcpy(m->text + m->offsets[i], file->bytes, len);
        stretches[n++] = (struct hcl_stretch){
            .start = m->offsets[i], .end = m->offsets[i] + len + 1, .file = file};
    }
    m->source.stretches = stretches;
    m->source.is_merged = true;
    return 0;
}

int merge_all(struct hcl_repo *repo, const struct repo_dir *dir, struct declarations *in,
              struct err *err)
{
    struct merging *m = arena_alloc(repo->arena, sizeof *m);
    int r;

    if (m == NULL)
        return err_nomem(err);
    m->repo = repo;
    m->dir = dir;
    m->offsets = arena_alloc(repo->arena, dir->n * sizeof *m->offsets);
    if (m->offsets == NULL)
        return err_nomem(err);
    mark_files(m, in);
    r = write_text(m, err);
    for (size_t i = 0; i < in->n && r == 0; i++)
        if (in->items[i].layers != NULL)
            r = merge_one(m, &in->items[i], err);
    return r;
}
