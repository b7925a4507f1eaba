/* The list of what the generated repository holds; the story stands in hcl_expected.h. */
#include "tests/bench/hcl_expected.h"

#include "common/files.h"

#define LIST_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define COLUMNS        10

void expected_done(struct expected *expected)
{
    free(expected->text);
    free(expected->rows);
    *expected = (struct expected){0};
}

static bool read_row(char *line, struct expected_row *out)
{
    const char *columns[COLUMNS];
    char *rest = line;
    size_t n = 0;

    for (char *column = strsep(&rest, "\t"); column != NULL; column = strsep(&rest, "\t")) {
        if (n == COLUMNS)
            return false;
        columns[n++] = column;
    }
    if (n != COLUMNS)
        return false;
    *out = (struct expected_row){.arn = columns[0],
                                 .root = columns[1],
                                 .address = columns[2],
                                 .file = columns[3],
                                 .type = columns[4],
                                 .name = columns[5],
                                 .change = columns[6],
                                 .change_value = columns[7],
                                 .add = columns[8],
                                 .add_value = columns[9]};
    return true;
}

int expected_read(struct expected *out, const char *path, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(LIST_MAX_BYTES);
    size_t lines = 1;
    char *rest = NULL;

    int r = files_read(path, &text, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < text.len; i++)
        lines += text.bytes[i] == '\n';
    out->text = buf_take(&text);
    out->rows = calloc(lines, sizeof *out->rows);
    if (out->text == NULL || out->rows == NULL)
        return err_nomem(err);
    for (char *line = strtok_r(out->text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        if (!read_row(line, &out->rows[out->n++]))
            return err_set(err, ERR_REJECT, "%s: line %zu has not %d columns", path, out->n,
                           COLUMNS);
    return 0;
}
