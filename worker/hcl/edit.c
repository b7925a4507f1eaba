/* The set of edits; the story stands in edit.h, how it works in edit_internal.h. */
#include "worker/hcl/edit_internal.h"

int hcl_edits_new(struct hcl_edits **out, struct err *err)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = calloc(1, sizeof *edits);

    if (edits == NULL)
        return err_nomem(err);
    edits->arena = arena_new(EDITS_MAX_BYTES);
    if (edits->arena == NULL)
        return err_nomem(err);
    *out = STEAL(edits);
    return 0;
}

void hcl_edits_free(struct hcl_edits *edits)
{
    if (edits == NULL)
        return;
    for (struct touched *t = edits->files; t != NULL; t = t->next)
        buf_done(&t->bytes);
    arena_free(edits->arena);
    free(edits);
}

size_t hcl_edits_count(const struct hcl_edits *edits)
{
    return edits->count;
}

static struct touched *find(const struct hcl_edits *edits, const char *path)
{
    for (struct touched *t = edits->files; t != NULL; t = t->next)
        if (str_eq(t->path, path))
            return t;
    return NULL;
}

static struct touched *add_file(struct hcl_edits *edits, const char *path)
{
    struct touched *t = arena_alloc(edits->arena, sizeof *t);

    if (t == NULL)
        return NULL;
    t->path = arena_text(edits->arena, path);
    t->bytes = BUF(EDITS_MAX_BYTES);
    if (t->path == NULL)
        return NULL;
    t->next = edits->files;
    edits->files = t;
    edits->n_files++;
    return t;
}

/* The record of the file, made when it is new to the set. */
static int touch(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *node,
                 struct touched **out, struct err *err)
{
    struct touched *t = find(edits, file->path);
    int r = hcl_may_edit(file, node != NULL ? node : file->body, err);

    if (r < 0)
        return r;
    if (edits->applied)
        return err_set(err, ERR_REJECT, "%s: these edits are applied already", file->path);
    if (t != NULL && t->file != file)
        return err_set(err, ERR_REJECT, "%s: edited in two versions", file->path);
    if (t == NULL) {
        t = add_file(edits, file->path);
        if (t == NULL)
            return err_nomem(err);
        t->file = file;
        t->eol = edit_eol(file);
    }
    *out = t;
    return 0;
}

int edit_splice(struct hcl_edits *edits, struct touched *t, size_t start, size_t end,
                const char *text, int flags, struct err *err)
{
    struct splice *s = arena_alloc(edits->arena, sizeof *s);

    if (s == NULL)
        return err_nomem(err);
    *s = (struct splice){.start = start, .end = end, .flags = flags, .order = t->n_splices};
    s->text = arena_text(edits->arena, text);
    if (s->text == NULL)
        return err_nomem(err);
    s->next = t->splices;
    t->splices = s;
    t->n_splices++;
    return 0;
}

static int counted(struct hcl_edits *edits, int r)
{
    edits->count += r == 0;
    return r;
}

int hcl_edit_replace(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *node, const char *text, struct err *err)
{
    struct touched *t;
    int r = touch(edits, file, node, &t, err);

    if (r == 0)
        r = edit_splice(edits, t, node->start, node->end, text, 0, err);
    return counted(edits, r);
}

static int change_of(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                     struct body_change **out, struct err *err)
{
    for (struct body_change *b = t->bodies; b != NULL; b = b->next) {
        if (b->body == body) {
            *out = b;
            return 0;
        }
    }
    struct body_change *b = arena_alloc(edits->arena, sizeof *b);
    if (b == NULL)
        return err_nomem(err);
    b->body = body;
    b->next = t->bodies;
    t->bodies = b;
    *out = b;
    return 0;
}

/* Appends to the list; name may be NULL. */
static int add_to(struct hcl_edits *edits, struct addition **list, const char *name,
                  const char *text, struct err *err)
{
    struct addition *a = arena_alloc(edits->arena, sizeof *a);

    if (a == NULL)
        return err_nomem(err);
    *a = (struct addition){.text = text};
    if (name != NULL) {
        a->name = arena_text(edits->arena, name);
        if (a->name == NULL)
            return err_nomem(err);
    }
    while (*list != NULL)
        list = &(*list)->next;
    *list = a;
    return 0;
}

/* Puts the value where the old one stands, lines below the first indented like its line. */
static int replace_value(struct hcl_edits *edits, struct touched *t,
                         const struct hcl_node *attribute, const char *value, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(EDITS_MAX_BYTES);
    const char *indent = edit_indent(edits->arena, t->file, attribute->start);

    if (indent == NULL)
        return err_nomem(err);
    int r = edit_snippet_put(&text, value, true, indent, t->eol, err);
    if (r == 0)
        r = buf_check(&text, err);
    if (r != 0)
        return r;
    return edit_splice(edits, t, attribute->child->start, attribute->child->end, buf_str(&text), 0,
                       err);
}

static int add_argument(struct hcl_edits *edits, struct touched *t, const struct hcl_node *body,
                        const char *name, const char *value, struct err *err)
{
    struct body_change *change = NULL;
    int r = change_of(edits, t, body, &change, err);

    if (r != 0)
        return r;
    for (const struct addition *a = change->arguments; a != NULL; a = a->next)
        if (str_eq(a->name, name))
            return err_set(err, ERR_REJECT, "%s: argument %s is set twice", t->path, name);
    return add_to(edits, &change->arguments, name, value, err);
}

int hcl_edit_set(struct hcl_edits *edits, const struct hcl_file *file, const struct hcl_node *body,
                 const char *name, const char *expression, struct err *err)
{
    const struct hcl_node *present = hcl_attribute(file, body, name);
    const char *value;
    struct touched *t;
    int r = edit_snippet_value(edits->arena, name, expression, &value, err);

    if (r == 0)
        r = touch(edits, file, body, &t, err);
    if (r != 0)
        return r;
    if (body->kind == HCL_BLOCK)
        body = hcl_block_body(body);
    r = present != NULL ? replace_value(edits, t, present, value, err)
                        : add_argument(edits, t, body, name, value, err);
    return counted(edits, r);
}

int hcl_edit_remove(struct hcl_edits *edits, const struct hcl_file *file,
                    const struct hcl_node *node, struct err *err)
{
    struct touched *t;
    int r = touch(edits, file, node, &t, err);

    if (r == 0)
        r = edit_layout_remove(edits, t, node, err);
    return counted(edits, r);
}

int hcl_edit_add_block(struct hcl_edits *edits, const struct hcl_file *file,
                       const struct hcl_node *body, const char *text, struct err *err)
{
    struct body_change *change = NULL;
    const char *snippet;
    struct touched *t;
    int r = edit_snippet_blocks(edits->arena, text, &snippet, err);

    if (r == 0)
        r = touch(edits, file, body, &t, err);
    if (body->kind == HCL_BLOCK)
        body = hcl_block_body(body);
    if (r == 0)
        r = change_of(edits, t, body, &change, err);
    if (r == 0)
        r = add_to(edits, &change->blocks, NULL, snippet, err);
    return counted(edits, r);
}

int hcl_edit_add_top(struct hcl_edits *edits, const struct hcl_file *file,
                     const struct hcl_node *sibling, const char *text, struct err *err)
{
    CLEANUP(buf_done) struct buf lines = BUF(EDITS_MAX_BYTES);
    size_t at = sibling != NULL ? edit_line_end(file, sibling->end) : file->len;
    const char *snippet;
    struct touched *t;
    int r = edit_snippet_blocks(edits->arena, text, &snippet, err);

    if (r == 0)
        r = touch(edits, file, sibling, &t, err);
    if (r == 0)
        r = edit_snippet_put(&lines, snippet, false, "", t->eol, err);
    if (r != 0)
        return r;
    buf_text(&lines, t->eol);
    r = buf_check(&lines, err);
    if (r == 0)
        r = edit_splice(edits, t, at, at, buf_str(&lines),
                        SPLICE_OWN_LINE | SPLICE_GAP_BEFORE | SPLICE_GAP_AFTER, err);
    return counted(edits, r);
}

int hcl_edit_new_file(struct hcl_edits *edits, const char *path, const char *text, struct err *err)
{
    if (edits->applied || find(edits, path) != NULL)
        return err_set(err, ERR_REJECT, "%s: %s", path,
                       edits->applied ? "these edits are applied already"
                                      : "is in this set already");

    struct touched *t = add_file(edits, path);
    if (t != NULL)
        t->text = arena_text(edits->arena, text);
    if (t == NULL || t->text == NULL)
        return err_nomem(err);
    return counted(edits, 0);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct hcl_edited *)a)->path, ((const struct hcl_edited *)b)->path);
}

int hcl_edits_apply(struct hcl_edits *edits, const struct hcl_edited **out, size_t *n,
                    struct err *err)
{
    size_t i = 0;

    if (edits->applied)
        return err_set(err, ERR_REJECT, "these edits are applied already");
    edits->applied = true;
    edits->edited = arena_alloc(edits->arena, (edits->n_files + 1) * sizeof *edits->edited);
    if (edits->edited == NULL)
        return err_nomem(err);
    for (struct touched *t = edits->files; t != NULL; t = t->next) {
        int r = edit_apply(edits, t, err);
        if (r != 0)
            return r;
        edits->edited[i++] = (struct hcl_edited){.path = t->path,
                                                 .bytes = buf_str(&t->bytes),
                                                 .len = t->bytes.len,
                                                 .is_new = t->file == NULL};
    }
    qsort(edits->edited, edits->n_files, sizeof *edits->edited, by_path);
    *out = edits->edited;
    *n = edits->n_files;
    return 0;
}
