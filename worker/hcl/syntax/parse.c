/* The parser's entry and what its parts share; the story stands in tree.h and parse.h. */
#include "worker/hcl/syntax/parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/arena.h"
#include "worker/hcl/syntax/characters.h"

/* Nodes are taken from the arena so many at a time, which spares its rounding and most calls. */
#define NODES_AT_ONCE 32
_Static_assert(sizeof(struct hcl_node) == 40, "HCL_NODES_MAX counts on it");

struct hcl_token parse_peek(struct parser *p)
{
    if (p->peeked_at != p->at || p->peeked_newlines != p->newlines) {
        p->peeked = hcl_lex(p->bytes, p->len, p->at, p->newlines);
        p->peeked_at = p->at;
        p->peeked_newlines = p->newlines;
    }
    return p->peeked;
}

struct hcl_token parse_read(struct parser *p)
{
    (void)parse_peek(p);
    p->at = p->peeked.end;
    return p->peeked;
}

bool parse_is(const struct parser *p, struct hcl_token token, const char *keyword)
{
    size_t n = strlen(keyword);

    return token.kind == HCL_T_IDENTIFIER && token.end - token.start == n &&
           memcmp(p->bytes + token.start, keyword, n) == 0;
}

void *parse_fail(struct parser *p, size_t at, const char *format, ...)
{
    char what[256];
    va_list args;
    int line;
    int column;

    if (p->r != 0)
        return NULL;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    hcl_position(p->file, at, &line, &column);
    p->r = err_set(p->err, ERR_REJECT, "%s:%d:%d: %s", p->file->path, line, column, what);
    return NULL;
}

void *parse_unexpected(struct parser *p, struct hcl_token token, const char *what)
{
    if (token.kind == HCL_T_INVALID) {
        const char *bytes = p->bytes + token.start;
        if (hcl_sequence_length(bytes, p->len - token.start) == 0)
            what = "Invalid character encoding: the file is not UTF-8 here";
        else if (strchr("&|^~", *bytes) != NULL && *bytes != '\0')
            what = "Unsupported operator: there are no operators on bits";
        else if (*bytes == '\'')
            what = "Invalid character: single quotes do not enclose strings";
        else
            what = "Invalid character: it has no meaning here";
    }
    return parse_fail(p, token.start, "%s", what);
}

bool parse_enter(struct parser *p, size_t at)
{
    if (p->depth >= HCL_DEPTH_MAX) {
        parse_fail(p, at, "Nesting too deep: more than %d levels", HCL_DEPTH_MAX);
        return false;
    }
    p->depth++;
    return true;
}

void parse_leave(struct parser *p)
{
    p->depth--;
}

static bool more_nodes(struct parser *p, size_t at)
{
    if (p->n_nodes >= HCL_NODES_MAX) {
        parse_fail(p, at, "File too large: it has more than %d parts", HCL_NODES_MAX);
        return false;
    }
    p->fresh = arena_alloc(p->file->arena, NODES_AT_ONCE * sizeof *p->fresh);
    if (p->fresh == NULL && p->r == 0)
        p->r = err_nomem(p->err);
    p->n_fresh = p->fresh != NULL ? NODES_AT_ONCE : 0;
    p->n_nodes += p->n_fresh;
    return p->fresh != NULL;
}

struct hcl_node *parse_node(struct parser *p, enum hcl_kind kind, size_t start, size_t end)
{
    if (p->n_fresh == 0 && !more_nodes(p, start))
        return NULL;
    struct hcl_node *node = p->fresh++;
    p->n_fresh--;
    node->kind = (uint8_t)kind;
    node->start = (uint32_t)start;
    node->end = (uint32_t)end;
    return node;
}

bool parse_add(struct parser *p, struct hcl_node *parent, struct hcl_node **tail,
               struct hcl_node *child)
{
    if (child->height + 1 > parent->height)
        parent->height = (uint16_t)(child->height + 1);
    if (parent->height > HCL_HEIGHT_MAX) {
        parse_fail(p, child->start, "Nesting too deep: the expression is too long");
        return false;
    }
    if (*tail != NULL)
        (*tail)->next = child;
    else
        parent->child = child;
    *tail = child;
    return true;
}

static int parse_file(struct hcl_file *file, struct err *err)
{
    struct parser p = {.file = file,
                       .bytes = file->bytes,
                       .len = file->len,
                       .newlines = true,
                       .peeked_at = SIZE_MAX,
                       .err = err};

    /* A BOM may stand at the very start; it stays there. */
    if (hcl_has_bom(file))
        p.at = 3;
    file->body = parse_body(&p, HCL_T_EOF);
    return p.r;
}

int hcl_parse(struct hcl_file **out, const char *path, const char *bytes, size_t len,
              struct err *err)
{
    if (len > HCL_FILE_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%s: %zu bytes are more than the %zu that are read", path,
                       len, HCL_FILE_MAX_BYTES);

    CLEANUP(hcl_file_freep) struct hcl_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return err_nomem(err);
    file->arena = arena_new(SIZE_MAX); /* HCL_NODES_MAX bounds it */
    if (file->arena == NULL)
        return err_nomem(err);
    file->path = arena_text(file->arena, path);
    file->bytes = arena_copy(file->arena, bytes, len);
    file->len = len;
    if (file->path == NULL || file->bytes == NULL)
        return err_nomem(err);

    int r = parse_file(file, err);
    if (r != 0)
        return r;
    *out = STEAL(file);
    return 0;
}

void hcl_file_free(struct hcl_file *file)
{
    if (file == NULL)
        return;
    arena_free(file->arena);
    free(file);
}
