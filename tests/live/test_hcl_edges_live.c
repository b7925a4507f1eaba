/*
 * The records of the edge cases, asked again: terraform fmt for verdict, summary and line, and
 * HashiCorp's parser for the column too.
 */
#include "tests/support/test.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "tests/support/hcl_edges.h"
#include "tests/support/hcl_oracle_ask.h"
#include "tests/support/temp_dir.h"

#define CASES_MAX 10000

/* "Error: SUMMARY", an empty line, "  on f00012.tf line 3": the first of a file is kept. */
static void note_errors(const char *output, char **said, size_t n)
{
    const char *at = output;

    while ((at = strstr(at, "Error: ")) != NULL) {
        at += strlen("Error: ");
        int summary = (int)strcspn(at, "\n");
        unsigned number;
        int line;
        const char *place = strstr(at, "on f");
        if (place == NULL || sscanf(place, "on f%u.tf line %d", &number, &line) != 2)
            continue;
        assert_true(number < n);
        if (said[number] == NULL)
            assert_true(asprintf(&said[number], "%d %.*s", line, summary, at) > 0);
    }
}

/* "3:5 Summary" -> "3 Summary" */
static char *without_column(const char *record)
{
    char *copy = strdup(record);
    char *colon = copy != NULL ? strchr(copy, ':') : NULL;

    if (colon != NULL)
        memmove(colon, strchr(colon, ' '), strlen(strchr(colon, ' ')) + 1);
    return copy;
}

static void terraform_still_says_what_is_recorded(void **state)
{
    CLEANUP(hcl_edges_freep) struct hcl_edges *edges = hcl_edges_load();
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    CLEANUP(mem_freep) char **said = calloc(edges->n, sizeof *said);
    size_t wrong = 0;
    (void)state;

    oracle_need(hcl_fmt_available() ? "" : NULL, "terraform");
    const char *dir = oracle_new_dir("edges");
    for (size_t i = 0; i < edges->n; i++)
        oracle_write(dir, i, buf_str(&edges->items[i].text), edges->items[i].text.len);
    (void)hcl_fmt(dir, "-list=false -write=false", &output);
    /* It shows the lines, NULs too. */
    for (size_t i = 0; i < output.len; i++)
        if (output.bytes[i] == '\0')
            output.bytes[i] = '?';
    note_errors(buf_str(&output), said, edges->n);
    for (size_t i = 0; i < edges->n; i++) {
        CLEANUP(mem_freep) char *now = said[i];
        CLEANUP(mem_freep) char *recorded = without_column(edges->items[i].terraform);
        if (strcmp(now != NULL ? now : "taken", recorded) == 0)
            continue;
        print_error("%s: recorded \"%s\", terraform says \"%s\"\n", edges->items[i].name, recorded,
                    now != NULL ? now : "taken");
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void their_parser_still_says_what_is_recorded(void **state)
{
    struct oracle_ask ask = ORACLE_ASK;
    const char *judge = oracle_judge("hclranges");
    size_t wrong = 0;
    (void)state;

    if (judge == NULL)
        skip();
    CLEANUP(hcl_edges_freep) struct hcl_edges *edges = hcl_edges_load();
    for (size_t i = 0; i < edges->n; i++)
        oracle_ask_add(&ask, buf_str(&edges->items[i].text), edges->items[i].text.len);
    oracle_ask(&ask, judge);
    for (size_t i = 0; i < edges->n; i++) {
        char *answer = oracle_ask_next(&ask);
        char now[256] = "taken";
        int line;
        int column;
        int at = 0;
        if (sscanf(answer, "E %d %d %n", &line, &column, &at) == 2)
            snprintf(now, sizeof now, "%d:%d %.*s", line, column, (int)strcspn(answer + at, "\n"),
                     answer + at);
        if (strcmp(now, edges->items[i].terraform) == 0)
            continue;
        print_error("%s: recorded \"%s\", the parser says \"%s\"\n", edges->items[i].name,
                    edges->items[i].terraform, now);
        wrong++;
    }
    oracle_ask_done(&ask);
    assert_int_equal(wrong, 0);
}

/* --- characters --- */

static const char *identifiers_path(char *out, size_t size)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");

    snprintf(out, size, "%s/tests/data/hcl/identifiers.txt", source != NULL ? source : ".");
    return out;
}

static void their_parser_still_takes_the_recorded_characters(void **state)
{
    const char *judge = oracle_judge("hclranges");
    char path[1024];
    char command[10000];
    (void)state;

    if (judge == NULL || !oracle_wants_all())
        skip(); /* a million files take it six seconds */
    snprintf(command, sizeof command,
             "%s -identifiers >'%s/now' && grep -v '^#' '%s' | cmp - '%s/now'", judge,
             oracle.scratch, identifiers_path(path, sizeof path), oracle.scratch);
    assert_int_equal(system(command), 0);
}

/* Where a range begins and ends, and the neighbours outside; of every range, or of a sample. */
static void terraform_still_takes_the_recorded_characters(void **state)
{
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    CLEANUP(mem_freep) bool *expected = calloc(CASES_MAX, sizeof *expected);
    CLEANUP(mem_freep) char **said = calloc(CASES_MAX, sizeof *said);
    char line[1024];
    size_t step = oracle_wants_all() ? 1 : 16;
    size_t n_ranges = 0;
    size_t n = 0;
    (void)state;

    oracle_need(hcl_fmt_available() ? "" : NULL, "terraform");
    FILE *file = fopen(identifiers_path(line, sizeof line), "r");
    const char *dir = oracle_new_dir("characters");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned first;
        unsigned last;
        char place[16];
        if (line[0] == '#' || sscanf(line, "%15s %X %X", place, &first, &last) != 3 ||
            n_ranges++ % step != 0)
            continue;
        const unsigned codes[] = {first - 1, first, last, last + 1};
        for (size_t i = 0; i < COUNT(codes); i++) {
            char text[16];
            if (codes[i] < 0x80 || (codes[i] >= 0xD800 && codes[i] <= 0xDFFF) ||
                codes[i] > 0x10FFFF)
                continue;
            int len = snprintf(text, sizeof text, "%s%lc=1\n", place[0] == 's' ? "" : "a",
                               (wint_t)codes[i]);
            assert_true(len > 0 && n < CASES_MAX);
            expected[n] = i == 1 || i == 2;
            oracle_write(dir, n++, text, (size_t)len);
        }
    }
    fclose(file);
    (void)hcl_fmt(dir, "-list=false -write=false", &output);
    note_errors(buf_str(&output), said, n);
    for (size_t i = 0; i < n; i++) {
        if ((said[i] == NULL) != expected[i])
            fail_msg("case %zu: terraform says %s", i, said[i] != NULL ? said[i] : "taken");
        free(said[i]);
    }
    print_message("%zu characters at the edges of what is taken\n", n);
}

static int set_up(void **state)
{
    (void)state;
    oracle.scratch = temp_dir_make();
    /* %lc writes UTF-8. */
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(oracle.scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terraform_still_says_what_is_recorded),
        cmocka_unit_test(their_parser_still_says_what_is_recorded),
        cmocka_unit_test(their_parser_still_takes_the_recorded_characters),
        cmocka_unit_test(terraform_still_takes_the_recorded_characters),
    };
    return cmocka_run_group_tests_name("hcl_edges_live", tests, set_up, tear_down);
}
