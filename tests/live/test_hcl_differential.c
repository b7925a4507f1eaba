/*
 * The HCL parser against HashiCorp's own, node by node and word by word: every file of the corpus,
 * and thousands of damaged ones. PLUMB_FULL=1 asks for all; else a sample, with the same seeds.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_oracle_ask.h"
#include "tests/support/hcl_oracle_json.h"
#include "tests/support/hcl_oracle_mutate.h"
#include "tests/support/hcl_oracle_tree.h"
#include "tests/support/temp_dir.h"

#define MUTANTS_ALL      40000
#define MUTANTS_SAMPLE   1500
#define ROWS_ALL         200000
#define ROWS_SAMPLE      6000
#define JSON_SAMPLE_STEP 6
#define BATCH            500

/* --- what may differ, and why; a difference of no class here fails --- */

struct difference {
    const char *why;
    bool (*is)(const char *error, const char *answer);
    size_t n;
};

static bool is_our_cap(const char *error, const char *answer)
{
    return strstr(error, "Nesting too deep") != NULL && !oracle_refuses(answer);
}

static struct difference differences[] = {
    {"nested above our limit, which guards the stack", is_our_cap, 0},
};

static bool explained(const char *error, const char *answer)
{
    for (size_t i = 0; i < COUNT(differences); i++) {
        if (differences[i].is(error, answer)) {
            differences[i].n++;
            return true;
        }
    }
    return false;
}

/* --- one file --- */

struct tally {
    size_t files, refused, first, any; /* refused: by both; in the words of the first, of any */
};

/* Shows where two texts part, and fails. */
static void fail_at_difference(const char *path, const char *ours, const char *theirs)
{
    size_t at = 0;

    while (ours[at] != '\0' && ours[at] == theirs[at])
        at++;
    while (at > 0 && ours[at - 1] != '\n')
        at--;
    fail_msg("%s:\nours:   %.200s\ntheirs: %.200s", path, ours + at, theirs + at);
}

static void compare(const char *path, const char *bytes, size_t len, const char *answer,
                    struct tally *t)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(buf_done) struct buf tree = BUF(ORACLE_OUTPUT_MAX);
    struct err err = {0};
    bool refused = hcl_parse(&file, "it", bytes, len, &err) != 0;

    t->files++;
    if (refused != oracle_refuses(answer)) {
        if (!explained(err.text, answer))
            fail_msg("%s: we say \"%s\", they \"%.200s\"", path, refused ? err.text : "fine",
                     oracle_refuses(answer) ? answer : "fine");
        return;
    }
    if (refused) {
        bool is_first = oracle_says(answer, 0, err.text);
        bool is_any = oracle_says(answer, -1, err.text);
        t->refused++;
        t->first += is_first;
        t->any += is_any;
        if (!is_first && getenv("PLUMB_TELL") != NULL)
            printf("WORDS %s | %s | %.*s\n", path, err.text, (int)strcspn(answer, "\n"), answer);
        return;
    }
    oracle_tree(file, &tree);
    if (tree.len > 0)
        tree.bytes[tree.len - 1] = '\0';
    if (strcmp(buf_str(&tree), answer) != 0)
        fail_at_difference(path, buf_str(&tree), answer);
}

static void tell(const char *what, const struct tally *t)
{
    print_message("%s: %zu files; %zu refused by both, %zu in the words and at the line of "
                  "terraform's first error, %zu of any\n",
                  what, t->files, t->refused, t->first, t->any);
    for (size_t i = 0; i < COUNT(differences); i++)
        print_message("  %zu differ: %s\n", differences[i].n, differences[i].why);
}

static const char *need(const char *name)
{
    const char *judge = oracle_judge(name);

    if (judge == NULL)
        skip();
    oracle_need(oracle.corpus, "corpus");
    return judge;
}

static void every_file_of_the_corpus_has_their_tree(void **state)
{
    struct oracle_ask ask = ORACLE_ASK;
    struct tally t = {0};
    (void)state;

    const char *judge = need("hclranges");
    const struct hcl_corpus *corpus = oracle.corpus;
    for (size_t i = 0; i < corpus->n; i++)
        oracle_ask_add(&ask, corpus->items[i].bytes, corpus->items[i].len);
    oracle_ask(&ask, judge);
    for (size_t i = 0; i < corpus->n; i++)
        compare(corpus->items[i].path, corpus->items[i].bytes, corpus->items[i].len,
                oracle_ask_next(&ask), &t);
    oracle_ask_done(&ask);
    tell("corpus", &t);
}

/* A start of node costs half a second, so all files in one run; but it reads slowly. */
static void hcl2json_sees_the_same_blocks_and_arguments(void **state)
{
    struct oracle_ask ask = ORACLE_ASK;
    const struct hcl_corpus *corpus = oracle.corpus;
    size_t step = oracle_wants_all() ? 1 : JSON_SAMPLE_STEP;
    size_t n = 0;
    (void)state;

    const char *judge = need("hcl2json");
    for (size_t i = 0; i < corpus->n; i += step)
        oracle_ask_add(&ask, corpus->items[i].bytes, corpus->items[i].len);
    oracle_ask(&ask, judge);
    for (size_t i = 0; i < corpus->n; i += step) {
        const struct corpus_file *source = &corpus->items[i];
        CLEANUP(hcl_file_freep)
        struct hcl_file *file = oracle_parse(source->path, source->bytes, source->len);
        const char *answer = oracle_ask_next(&ask);
        if ((file == NULL) != oracle_refuses(answer))
            fail_msg("%s: hcl2json says \"%.200s\", we the opposite", source->path, answer);
        if (file != NULL)
            oracle_compare_json(file, answer);
        n++;
    }
    oracle_ask_done(&ask);
    print_message("%zu files\n", n);
}

struct mutant {
    const char *path;
    struct buf text;
};

static void compare_batch(struct mutant *mutants, size_t n, const char *judge, struct tally *t)
{
    struct oracle_ask ask = ORACLE_ASK;

    for (size_t i = 0; i < n; i++)
        oracle_ask_add(&ask, buf_str(&mutants[i].text), mutants[i].text.len);
    oracle_ask(&ask, judge);
    for (size_t i = 0; i < n; i++) {
        compare(mutants[i].path, buf_str(&mutants[i].text), mutants[i].text.len,
                oracle_ask_next(&ask), t);
        buf_done(&mutants[i].text);
    }
    oracle_ask_done(&ask);
}

static struct buf damaged_file(uint64_t *seed, const char **path)
{
    struct buf text = BUF(ORACLE_OUTPUT_MAX);
    const struct corpus_file *source;

    do
        source = &oracle.corpus->items[hcl_dice(seed, (uint32_t)oracle.corpus->n)];
    while (source->len == 0);
    *path = source->path;
    oracle_mutate(source, seed, &text);
    return text;
}

static struct buf token_row(uint64_t *seed, const char **path)
{
    struct buf text = BUF(ORACLE_OUTPUT_MAX);

    *path = "tokens in a row";
    oracle_token_row(seed, &text);
    return text;
}

static struct tally compare_made(struct buf (*make)(uint64_t *, const char **), size_t n,
                                 const char *judge)
{
    static struct mutant mutants[BATCH];
    uint64_t seed = 20240611;
    struct tally t = {0};

    while (n > 0) {
        size_t batch = n < BATCH ? n : BATCH;
        for (size_t i = 0; i < batch; i++)
            mutants[i].text = make(&seed, &mutants[i].path);
        compare_batch(mutants, batch, judge, &t);
        n -= batch;
    }
    return t;
}

static void damaged_files_have_their_tree_or_their_words(void **state)
{
    size_t n = oracle_wants_all() ? MUTANTS_ALL : MUTANTS_SAMPLE;
    (void)state;

    struct tally t = compare_made(damaged_file, n, need("hclranges"));
    tell("mutants", &t);
    assert_in_range(t.refused, t.files / 4, t.files * 3 / 4);
    /* Terraform goes on after an error and may so find one that stands further up. */
    assert_in_range(t.first * 1000, t.refused * 999, t.refused * 1000);
}

static void tokens_in_a_row_have_their_tree_or_their_words(void **state)
{
    size_t n = oracle_wants_all() ? ROWS_ALL : ROWS_SAMPLE;
    (void)state;

    struct tally t = compare_made(token_row, n, need("hclranges"));
    tell("rows", &t);
    assert_in_range(t.refused, t.files / 2, t.files * 19 / 20);
    assert_in_range(t.first * 1000, t.refused * 998, t.refused * 1000);
}

/* Only what these tests need of the common set-up: no terraform. */
static int set_up(void **state)
{
    (void)state;
    oracle.scratch = temp_dir_make();
    oracle.corpus = hcl_corpus_load();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_corpus_has_their_tree),
        cmocka_unit_test(hcl2json_sees_the_same_blocks_and_arguments),
        cmocka_unit_test(damaged_files_have_their_tree_or_their_words),
        cmocka_unit_test(tokens_in_a_row_have_their_tree_or_their_words),
    };
    return cmocka_run_group_tests_name("hcl_differential", tests, set_up, oracle_tear_down);
}
