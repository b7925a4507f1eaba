/* The recorded console beside the evaluator; the story stands in hcl_console.h. */
#include "tests/support/hcl_console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/eval/value_type.h"

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 4 * 1024 * 1024);

    if (file == NULL || text == NULL)
        fail_msg("%s cannot be read", path);
    size_t len = fread(text, 1, 4 * 1024 * 1024 - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

static bool cut(char **at, char end, char **out)
{
    char *stop = strchr(*at, end);

    if (stop == NULL)
        return false;
    *out = *at;
    *stop = '\0';
    *at = stop + 1;
    return true;
}

void console_rows_read(struct console_rows *out)
{
    char path[1024];
    const char *source = getenv("PLUMB_SOURCE_DIR");
    size_t cap = 0;

    snprintf(path, sizeof path, "%s/tests/data/hcl/eval/console.tsv", source ? source : ".");
    out->text = read_all(path);
    for (char *at = out->text, *line; cut(&at, '\n', &line);) {
        struct console_row row;
        if (line[0] == '#')
            continue;
        if (!cut(&line, '\t', &row.expression) || !cut(&line, '\t', &row.type))
            fail_msg("%s: a line has no three fields", path);
        row.value = line;
        if (out->n == cap) {
            cap = cap == 0 ? 256 : 2 * cap;
            out->items = realloc(out->items, cap * sizeof *out->items);
            assert_non_null(out->items);
        }
        out->items[out->n++] = row;
    }
}

void console_rows_done(struct console_rows *rows)
{
    free(rows->items);
    free(rows->text);
}

static const struct hcl_value *output(const struct hcl_module *module, const char *name)
{
    const struct hcl_file *file = hcl_module_file(module, 0);
    const struct hcl_node *block = NULL;

    while ((block = hcl_block_next(file, file->body, "output", block)) != NULL) {
        char label[16];
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, name))
            return hcl_eval(module, file, hcl_attribute(file, block, "value")->child, NULL);
    }
    fail_msg("no output");
    return NULL;
}

static enum console_verdict verdict_of(const struct console_row *row, const struct hcl_value *v,
                                       const struct hcl_value *json, struct buf *why)
{
    CLEANUP(buf_done) struct buf type = BUF(1 << 20);

    if (v->kind == HCL_V_UNKNOWN) {
        buf_print(why, "%s", v->unknown);
        if (row->type[0] != '!' && v->invalid) {
            buf_text(why, " (refused here, not there)");
            return CONSOLE_WRONG;
        }
        return row->type[0] == '!' ? CONSOLE_SAME : CONSOLE_UNKNOWN;
    }
    type_print(type_of(v), &type);
    if (json->kind != HCL_V_TEXT) {
        buf_print(why, "jsonencode: %s", json->unknown);
        return CONSOLE_UNKNOWN;
    }
    if (row->type[0] == '!') {
        buf_print(why, "is %s here, refused there", json->text);
        return CONSOLE_WRONG;
    }
    if (!str_eq(json->text, row->value) || !str_eq(buf_str(&type), row->type)) {
        buf_print(why, "is   %s %s\n  want %s %s", buf_str(&type), json->text, row->type,
                  row->value);
        return CONSOLE_WRONG;
    }
    return CONSOLE_SAME;
}

enum console_verdict console_compare(const struct console_row *row, struct buf *why)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct hcl_file *file = NULL;
    struct err err;

    buf_print(&text,
              "output \"v\" {\n  value = %s\n}\noutput \"j\" {\n  value = jsonencode(%s)\n}\n",
              row->expression, row->expression);
    if (hcl_parse(&file, "main.tf", buf_str(&text), text.len, &err) != 0) {
        buf_print(why, "%s", err.text);
        return row->type[0] == '!' ? CONSOLE_SAME : CONSOLE_WRONG;
    }
    hcl_file_free(file);
    repo = hcl_make_repo(&(struct made_file){"main.tf", buf_str(&text)}, 1);
    const struct hcl_module *module = hcl_make_open(repo, "");
    return verdict_of(row, output(module, "v"), output(module, "j"), why);
}
