/*
 * Edits by dice over the Terraform of our own tests, with fixed seeds; the corpus of real files has
 * its turn in test_hcl_oracle_edits.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_rounds.h"

#define SAMPLE 2000
#define FULL   20000

static void any_edit_of_our_own_files_holds_what_is_promised(void **state)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");
    char path[4096];
    (void)state;

    (void)snprintf(path, sizeof path, "%s/tests/data", source != NULL ? source : ".");
    CLEANUP(hcl_corpus_freep) struct hcl_corpus *files = hcl_corpus_of(path);
    assert_non_null(files);
    struct edit_rounds rounds = {.seed = 20251125, .files = files};
    edit_rounds_run(&rounds, edit_rounds_count(SAMPLE, FULL));
    edit_rounds_report(&rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_edit_of_our_own_files_holds_what_is_promised),
    };
    return cmocka_run_group_tests_name("hcl_edit_random", tests, NULL, NULL);
}
