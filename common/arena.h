/*
 * Arena: many small allocations that die together.
 *
 *     arena_new()  ->  arena_alloc(), arena_text() …  ->  arena_free()
 *
 * Memory is zeroed and aligned for any type. An allocation past max_bytes, or without memory,
 * gives NULL. One arena belongs to one thread at a time.
 */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include "common/base.h"

struct arena;

struct arena *arena_new(size_t max_bytes); /* NULL without memory */
void arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena *, arena_free)

void *arena_alloc(struct arena *arena, size_t bytes);
/* How many bytes it would still give. */
size_t arena_left(const struct arena *arena);
/* Was an allocation refused because of max_bytes? */
bool arena_is_full(const struct arena *arena);
char *arena_copy(struct arena *arena, const char *bytes, size_t len); /* adds a NUL */
char *arena_text(struct arena *arena, const char *text);
char *arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
