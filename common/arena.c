/* A list of blocks, each twice the size of the one before; the story stands in arena.h. */
#include "common/arena.h"

#include <stdarg.h>
#include <stdio.h>

#define FIRST_BLOCK_BYTES 1024
#define LAST_BLOCK_BYTES  (256 * 1024)
#define ALONE_BYTES       (LAST_BLOCK_BYTES / 8) /* from here on an allocation has a block of its own */

struct block {
    struct block *next;
    size_t used;
    size_t size;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *blocks; /* the newest first */
    size_t left_bytes;
    bool is_full;
};

struct arena *arena_new(size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (arena != NULL)
        arena->left_bytes = max_bytes;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->blocks != NULL) {
        struct block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    free(arena);
}

static struct block *block_new(size_t size)
{
    struct block *block = calloc(1, sizeof *block + size);

    if (block != NULL)
        block->size = size;
    return block;
}

/* Large ones stand behind the block in use, whose rest would be lost otherwise. */
static struct block *add_alone(struct arena *arena, size_t bytes)
{
    struct block *block = block_new(bytes);

    if (block == NULL)
        return NULL;
    block->next = arena->blocks->next;
    arena->blocks->next = block;
    return block;
}

static struct block *grow(struct arena *arena, size_t bytes)
{
    size_t size = arena->blocks != NULL ? arena->blocks->size * 2 : FIRST_BLOCK_BYTES;

    if (bytes >= ALONE_BYTES && arena->blocks != NULL)
        return add_alone(arena, bytes);
    if (size > LAST_BLOCK_BYTES)
        size = LAST_BLOCK_BYTES;
    if (size < bytes)
        size = bytes;
    struct block *block = block_new(size);
    if (block == NULL)
        return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    const size_t align = _Alignof(max_align_t);

    if (bytes > arena->left_bytes) {
        arena->is_full = true;
        return NULL;
    }
    size_t rounded = (bytes + align - 1) / align * align;
    struct block *block = arena->blocks;
    if (block == NULL || block->size - block->used < rounded)
        block = grow(arena, rounded);
    if (block == NULL)
        return NULL;

    void *p = block->bytes + block->used;
    block->used += rounded;
    arena->left_bytes -= bytes;
    return p;
}

size_t arena_left(const struct arena *arena)
{
    return arena->left_bytes;
}

bool arena_is_full(const struct arena *arena)
{
    return arena->is_full;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    if (copy != NULL && len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len >= 0 ? arena_alloc(arena, (size_t)len + 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}
