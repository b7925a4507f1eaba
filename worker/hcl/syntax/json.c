/* A file in Terraform's JSON syntax, from its bytes to its tree; the story stands in json.h. */
#include "worker/hcl/syntax/json.h"

#include "common/arena.h"
#include "worker/hcl/syntax/characters.h"

/* No JSON makes more than these, of nodes and of what they are made from. */
#define ARENA_BYTES_PER_BYTE 64
#define ARENA_BYTES_MORE     ((size_t)64 * 1024)

bool hcl_path_is_json(const char *path)
{
    return str_ends(path, ".tf.json") || str_ends(path, ".tfvars.json");
}

static int check_bytes(struct json_reader *r)
{
    size_t valid = hcl_utf8_end(r->bytes, r->text_len);

    if (valid < r->text_len)
        parse_fail(&r->p, valid, "Invalid character encoding: the file is not valid UTF-8 here");
    return r->p.r;
}

/* From here on positions behind the text are known. */
static int keep_source(struct json_reader *r)
{
    struct hcl_file *file = r->p.file;
    struct hcl_source *source = arena_alloc(file->arena, sizeof *source);
    char *stretches = arena_copy(file->arena, r->n > 0 ? (const char *)r->stretches : "",
                                 r->n * sizeof *r->stretches);

    if (source == NULL || stretches == NULL)
        return err_nomem(r->p.err);
    *source = (struct hcl_source){.all = r->used, .n = r->n};
    source->stretches = (const struct hcl_stretch *)(const void *)stretches;
    file->source = source;
    return 0;
}

static int read_text(struct json_reader *r)
{
    bool is_values = str_ends(r->p.file->path, ".tfvars.json");
    const struct json_node *top;
    int status = check_bytes(r);

    if (status != 0)
        return status;
    top = hcl_json_read(r);
    status = keep_source(r);
    if (status != 0 || top == NULL)
        return status != 0 ? status : r->p.r;
    assert(r->p.depth == 0);
    r->p.file->body = hcl_json_file_body(r, top, is_values ? &JSON_SHAPE_VALUES : &JSON_SHAPE_FILE);
    return r->p.r;
}

static int read_file(struct hcl_file *file, char *bytes, struct err *err)
{
    CLEANUP(arena_freep)
    struct arena *scratch = arena_new(file->len * ARENA_BYTES_PER_BYTE + ARENA_BYTES_MORE);
    struct json_reader r = {
        .p = {.file = file, .bytes = bytes, .len = file->len, .peeked_at = SIZE_MAX, .err = err},
        .bytes = bytes,
        .text_len = file->len,
        .used = file->len + 1, /* a NUL between the text and what is decoded */
        .scratch = scratch,
    };

    if (scratch == NULL)
        return err_nomem(err);
    int status = read_text(&r);
    free(r.stretches);
    return status;
}

int hcl_json_parse(struct hcl_file **out, const char *path, const char *bytes, size_t len,
                   struct err *err)
{
    if (len > HCL_FILE_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%s: %zu bytes are more than the %zu that are read", path,
                       len, HCL_FILE_MAX_BYTES);

    CLEANUP(hcl_file_freep) struct hcl_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return err_nomem(err);
    file->arena = arena_new(len * ARENA_BYTES_PER_BYTE + strlen(path) + ARENA_BYTES_MORE);
    if (file->arena == NULL)
        return err_nomem(err);
    /* What is decoded is never longer than what it was written as. */
    char *room = arena_alloc(file->arena, 2 * len + 2);
    file->path = arena_text(file->arena, path);
    if (room == NULL || file->path == NULL)
        return err_nomem(err);
    memcpy(room, bytes, len);
    file->bytes = room;
    file->len = len;

    int r = read_file(file, room, err);
    if (r != 0)
        return r;
    *out = STEAL(file);
    return 0;
}
