/* Rows of texts; the story stands in table.h. */
#include "cli/table.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/text/graphemes.h"

#define GAP        2
#define CELL_BYTES ((size_t)8 * 1024)
#define LAST_LEAST 20

int table_terminal_columns(void)
{
    struct winsize size = {0};

    return isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
                                                                                      : 0;
}

void table_age(int64_t now_unix_ms, int64_t then_unix_ms, char out[24])
{
    static const struct {
        int64_t ms;
        char letter;
    } units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'}};
    int64_t ago_ms = now_unix_ms > then_unix_ms ? now_unix_ms - then_unix_ms : 0;

    for (size_t i = 0; i < COUNT(units); i++)
        if (ago_ms >= units[i].ms) {
            snprintf(out, 24, "%lld%c", (long long)(ago_ms / units[i].ms), units[i].letter);
            return;
        }
    snprintf(out, 24, "%llds", (long long)(ago_ms / 1000));
}

static char *shown(const char *text)
{
    struct buf clean = BUF(CELL_BYTES);
    struct buf valid = BUF(CELL_BYTES);

    buf_utf8(&valid, text, strnlen(text, CELL_BYTES / 8));
    buf_shown(&clean, buf_str(&valid), valid.len);
    buf_done(&valid);
    return buf_take(&clean);
}

void table_row(struct table *table, const char *const *cells)
{
    if (table->n + table->columns > table->capacity) {
        size_t capacity = 2 * table->capacity + 32 * table->columns;
        char **grown = reallocarray(table->cells, capacity, sizeof *grown);
        table->no_memory = table->no_memory || grown == NULL;
        if (grown == NULL)
            return;
        table->cells = grown;
        table->capacity = capacity;
    }
    for (size_t i = 0; i < table->columns; i++) {
        char *cell = shown(cells[i]);
        table->no_memory = table->no_memory || cell == NULL;
        table->cells[table->n++] = cell;
    }
}

void table_done(struct table *table)
{
    for (size_t i = 0; i < table->n; i++)
        free(table->cells[i]);
    free(table->cells);
    *table = (struct table){0};
}

/* As many characters as fit; a cut one ends with an ellipsis. */
static size_t put(struct buf *out, const char *text, size_t width)
{
    size_t n = grapheme_count(text);

    if (n <= width) {
        buf_text(out, text);
        return n;
    }
    const char *end = text;
    for (size_t i = 0; i + 1 < width; i++)
        end = grapheme_end(end);
    buf_bytes(out, text, (size_t)(end - text));
    buf_text(out, "…");
    return width;
}

static void put_row(const struct table *table, const char *const *cells, const size_t *widths,
                    struct buf *out)
{
    for (size_t i = 0; i < table->columns; i++) {
        size_t used = put(out, cells[i] != NULL ? cells[i] : "", widths[i]);
        if (i + 1 < table->columns)
            buf_print(out, "%*s", (int)(widths[i] - used + GAP), "");
    }
    buf_char(out, '\n');
}

void table_write(const struct table *table, int terminal, struct buf *out)
{
    size_t widths[TABLE_COLUMNS_MAX] = {0}, before_last = 0;

    assert(table->columns > 0);
    for (size_t i = 0; i < table->columns; i++)
        widths[i] = strlen(table->titles[i]);
    for (size_t i = 0; i < table->n; i++) {
        size_t n = table->cells[i] != NULL ? grapheme_count(table->cells[i]) : 0;
        size_t *width = &widths[i % table->columns];
        *width = n > *width ? n : *width;
    }
    for (size_t i = 0; i + 1 < table->columns; i++) {
        widths[i] = widths[i] < TABLE_CELL_WIDTH ? widths[i] : TABLE_CELL_WIDTH;
        before_last += widths[i] + GAP;
    }
    size_t *last = &widths[table->columns - 1];
    if (terminal > 0 && before_last + *last > (size_t)terminal)
        *last = (size_t)terminal > before_last + LAST_LEAST ? (size_t)terminal - before_last
                                                            : LAST_LEAST;
    put_row(table, table->titles, widths, out);
    for (size_t i = 0; i + table->columns <= table->n; i += table->columns)
        put_row(table, (const char *const *)&table->cells[i], widths, out);
}
