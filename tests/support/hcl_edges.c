/* Edge cases from their files; the story stands in hcl_edges.h. */
#include "tests/support/hcl_edges.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/test.h"
#include "worker/hcl/syntax/tree.h"

#define EDGES_MAX      1000
#define TEXT_MAX_BYTES ((size_t)1024 * 1024)

static const char *const topics[] = {"lexing",    "bodies",   "expressions",
                                     "templates", "heredocs", "nesting"};

static void decode(const char *text, struct buf *out);

/* "\<3 [>" for "[[["; returns what follows it. */
static const char *repeat(const char *text, struct buf *out)
{
    CLEANUP(mem_freep) char *piece = NULL;
    char *what;
    long n = strtol(text + 2, &what, 10);
    const char *end = strchr(what, '>');

    assert_true(n > 0 && *what == ' ' && end != NULL);
    what++;
    piece = strndup(what, (size_t)(end - what));
    assert_non_null(piece);
    for (long i = 0; i < n; i++)
        decode(piece, out);
    return end + 1;
}

static void decode(const char *text, struct buf *out)
{
    static const char letters[] = "nrt\\", meant[] = "\n\r\t\\";
    unsigned byte;

    while (*text != '\0') {
        const char *letter = text[0] == '\\' ? strchr(letters, text[1]) : NULL;

        if (text[0] != '\\') {
            buf_char(out, *text++);
        } else if (text[1] == '<') {
            text = repeat(text, out);
        } else if (text[1] == 'x') {
            assert_int_equal(sscanf(text + 2, "%2x", &byte), 1);
            buf_char(out, (char)byte);
            text += 4;
        } else {
            assert_true(letter != NULL && *letter != '\0');
            buf_char(out, meant[letter - letters]);
            text += 2;
        }
    }
}

/* Lines: a name at the margin; then, indented, the file, terraform's verdict and perhaps ours. */
static void take_line(struct hcl_edges *edges, char *line)
{
    struct hcl_edge *last = edges->n > 0 ? &edges->items[edges->n - 1] : NULL;

    if (line[0] == '#' || line[0] == '\0')
        return;
    if (line[0] != ' ') {
        assert_true(edges->n < EDGES_MAX && (last == NULL || last->terraform != NULL));
        edges->items[edges->n++] =
            (struct hcl_edge){.name = strdup(line), .text = BUF(TEXT_MAX_BYTES)};
        return;
    }
    assert_true(last != NULL && str_starts(line, "    "));
    line += 4;
    if (last->text.max_bytes == TEXT_MAX_BYTES) {
        decode(line, &last->text);
        last->text.max_bytes++; /* read, though it may be empty */
    } else if (last->terraform == NULL) {
        last->terraform = strdup(line);
        last->ours = strdup(line);
    } else {
        assert_true(str_starts(line, "ours "));
        free(last->ours);
        last->ours = strdup(line + strlen("ours "));
    }
}

static void load_topic(struct hcl_edges *edges, const char *topic)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");
    CLEANUP(mem_freep) char *line = NULL;
    char path[1024];
    size_t cap = 0;
    ssize_t n;

    snprintf(path, sizeof path, "%s/tests/data/hcl/edges/%s.txt", source != NULL ? source : ".",
             topic);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while ((n = getline(&line, &cap, file)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        take_line(edges, line);
    }
    fclose(file);
}

struct hcl_edges *hcl_edges_load(void)
{
    struct hcl_edges *edges = calloc(1, sizeof *edges);

    assert_non_null(edges);
    edges->items = calloc(EDGES_MAX, sizeof *edges->items);
    assert_non_null(edges->items);
    for (size_t i = 0; i < COUNT(topics); i++)
        load_topic(edges, topics[i]);
    return edges;
}

void hcl_edges_free(struct hcl_edges *edges)
{
    if (edges == NULL)
        return;
    for (size_t i = 0; i < edges->n; i++) {
        free(edges->items[i].name);
        buf_done(&edges->items[i].text);
        free(edges->items[i].terraform);
        free(edges->items[i].ours);
    }
    free(edges->items);
    free(edges);
}

/* "x.tf:1:5: Invalid expression: why" -> "1:5 Invalid expression" */
char *hcl_edge_ask_us(const struct hcl_edge *edge)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    struct err err = {0};
    int line;
    int column;
    int at = 0;
    char *said = NULL;

    if (hcl_parse(&file, "x.tf", buf_str(&edge->text), edge->text.len, &err) == 0)
        return strdup("taken");
    assert_int_equal(sscanf(err.text, "x.tf:%d:%d: %n", &line, &column, &at), 2);
    const char *summary = err.text + at;
    assert_true(asprintf(&said, "%d:%d %.*s", line, column, (int)strcspn(summary, ":"), summary) >
                0);
    return said;
}
