#include "worker/gate/marks.h"

#include <stdarg.h>
#include <stdio.h>

int marks_new(struct marks *marks, struct err *err)
{
    *marks = (struct marks){.arena = arena_new((size_t)64 * 1024 * 1024)};
    return marks->arena == NULL ? err_nomem(err) : 0;
}

void marks_done(struct marks *marks)
{
    arena_free(marks->arena);
    free(marks->items);
    *marks = (struct marks){0};
}

static bool has_room(struct marks *marks)
{
    size_t cap = marks->cap == 0 ? 64 : marks->cap * 2;
    const char **items;

    if (marks->n < marks->cap)
        return true;
    items = marks->n < MARKS_MAX ? realloc(marks->items, cap * sizeof *items) : NULL;
    if (items == NULL)
        return false;
    marks->items = items;
    marks->cap = cap;
    return true;
}

void marks_add(struct marks *marks, const char *format, ...)
{
    char text[1024];
    const char *copy;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    copy = arena_text(marks->arena, text);
    if (copy == NULL || !has_room(marks)) {
        marks->failed = true;
        return;
    }
    marks->items[marks->n++] = copy;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *marks_new_one(struct marks *before, struct marks *after)
{
    size_t k = 0;

    if (before->n > 0)
        qsort(before->items, before->n, sizeof *before->items, by_text);
    if (after->n > 0)
        qsort(after->items, after->n, sizeof *after->items, by_text);
    for (size_t i = 0; i < after->n; i++) {
        while (k < before->n && strcmp(before->items[k], after->items[i]) < 0)
            k++;
        if (k >= before->n || !str_eq(before->items[k], after->items[i]))
            return after->items[i];
        k++;
    }
    return NULL;
}
