/*
 * The HCL parser on small odd files: terraform's verdict, and its words at its place. The records
 * are data; tests/live/test_hcl_edges_live.c asks terraform whether they still hold.
 */
#include "tests/support/test.h"

#include "tests/support/hcl_edges.h"

static int load(void **state)
{
    *state = hcl_edges_load();
    return 0;
}

static int unload(void **state)
{
    hcl_edges_free(*state);
    return 0;
}

static void every_edge_case_is_judged_as_the_record_says(void **state)
{
    const struct hcl_edges *edges = *state;
    size_t wrong = 0;

    for (size_t i = 0; i < edges->n; i++) {
        const struct hcl_edge *edge = &edges->items[i];
        CLEANUP(mem_freep) char *said = hcl_edge_ask_us(edge);
        if (strcmp(said, edge->ours) == 0)
            continue;
        print_error("%s: recorded \"%s\", said \"%s\"\n", edge->name, edge->ours, said);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    assert_in_range(edges->n, 400, 1000);
}

static void only_limits_and_broken_encoding_differ_from_terraform(void **state)
{
    const struct hcl_edges *edges = *state;
    size_t n = 0;

    for (size_t i = 0; i < edges->n; i++) {
        const struct hcl_edge *edge = &edges->items[i];
        if (strcmp(edge->ours, edge->terraform) == 0)
            continue;
        assert_string_equal(edge->terraform, "taken");
        if (strstr(edge->ours, "Invalid character encoding") == NULL)
            assert_has(edge->ours, "Nesting too deep");
        n++;
    }
    print_message("%zu of %zu cases differ on purpose\n", n, edges->n);
    assert_in_range(n, 1, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_case_is_judged_as_the_record_says),
        cmocka_unit_test(only_limits_and_broken_encoding_differ_from_terraform),
    };
    return cmocka_run_group_tests_name("hcl_edges", tests, load, unload);
}
