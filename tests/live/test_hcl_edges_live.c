/*
 * The records of the edge cases, asked again: terraform fmt for verdict, summary and line, and
 * HashiCorp's parser for the column too.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_edges.h"
#include "tests/support/hcl_oracle_ask.h"
#include "tests/support/temp_dir.h"

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
    CLEANUP(hcl_edges_freep) struct hcl_edges *edges = hcl_edges_load();
    struct oracle_ask ask = ORACLE_ASK;
    const char *judge = oracle_judge("hclranges");
    size_t wrong = 0;
    (void)state;

    if (judge == NULL)
        skip();
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

static int set_up(void **state)
{
    (void)state;
    oracle.scratch = temp_dir_make();
    return 0;
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
    };
    return cmocka_run_group_tests_name("hcl_edges_live", tests, set_up, tear_down);
}
