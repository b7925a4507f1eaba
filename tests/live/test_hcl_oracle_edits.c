/*
 * The HCL editor against real files and the real `terraform fmt`: edits at random places (with
 * fixed seeds) leave formatted files formatted, and everything else as it was.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_edit_rounds.h"
#include "tests/support/hcl_oracle.h"
#include "worker/hcl/edit/edit.h"

#define EDITS_PER_KIND 150
#define SAMPLE         1500
#define FULL           20000

struct pick {
    const struct corpus_file *source;
    struct hcl_file *file; /* owned by the caller */
    const struct hcl_node *block;
};

/* Any block, nested ones too, of any file that has one. */
static struct pick pick_block(uint64_t *seed)
{
    for (;;) {
        struct pick pick = {
            .source = &oracle.canonical->items[hcl_dice(seed, (uint32_t)oracle.canonical->n)]};
        size_t n = 0;

        pick.file = oracle_parse("it.tf", pick.source->bytes, pick.source->len);
        for (const struct hcl_node *b = NULL;
             (b = hcl_block_next(pick.file, pick.file->body, NULL, b)) != NULL;)
            if (hcl_dice(seed, (uint32_t)++n) == 0)
                pick.block = b;
        while (pick.block != NULL && hcl_dice(seed, 2) == 0 &&
               hcl_block_next(pick.file, pick.block, NULL, NULL) != NULL)
            pick.block = hcl_block_next(pick.file, pick.block, NULL, NULL);
        if (pick.block != NULL)
            return pick;
        hcl_file_free(pick.file);
    }
}

static void without_blanks(const char *bytes, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++)
        if (strchr(" \t\r\n", bytes[i]) == NULL)
            buf_char(out, bytes[i]);
}

/* Only blanks may differ but for what was put in, and nothing at all outside the block's lines. */
static void check_untouched(const struct pick *pick, const struct hcl_edited *edited,
                            const char *put_in)
{
    CLEANUP(buf_done) struct buf before = BUF(ORACLE_OUTPUT_MAX);
    CLEANUP(buf_done) struct buf after = BUF(ORACLE_OUTPUT_MAX);
    CLEANUP(buf_done) struct buf added = BUF(ORACLE_OUTPUT_MAX);
    const struct hcl_file *file = pick->file;
    size_t tail = file->len - pick->block->end;

    assert_memory_equal(edited->bytes, file->bytes, pick->block->start);
    assert_memory_equal(edited->bytes + edited->len - tail, file->bytes + pick->block->end, tail);
    without_blanks(file->bytes, file->len, &before);
    without_blanks(edited->bytes, edited->len, &after);
    without_blanks(put_in, strlen(put_in), &added);
    size_t same = 0;
    while (same < before.len && before.bytes[same] == after.bytes[same])
        same++;
    assert_int_equal(after.len, before.len + added.len);
    assert_memory_equal(after.bytes + after.len - (before.len - same), before.bytes + same,
                        before.len - same);
}

/* Makes the edit that the throw says; put_in is what must be new. */
static void random_edit(struct hcl_edits *edits, const struct pick *pick, uint64_t *seed,
                        struct buf *put_in)
{
    static const char *const names[] = {"zz", "zz_middle", "zz_a_rather_long_argument_name"};
    static const char *const values[] = {"true", "[\"a\", \"b\"]", "{\n  a = 1\n  bcd = x.y\n}",
                                         "jsonencode({\n  A = [1]\n})", "<<-EOT\n  a\n  EOT"};
    struct err err = {0};
    uint32_t arguments = hcl_dice(seed, 3);

    for (uint32_t i = 0; i < arguments; i++) {
        const char *value = values[hcl_dice(seed, COUNT(values))];
        assert_ok(hcl_edit_set(edits, pick->file, pick->block, names[i], value, &err), err);
        buf_print(put_in, "%s = %s\n", names[i], value);
    }
    if (arguments == 0) {
        const char *text = "zz_block {\n  a = 1\n\n  b {}\n}";
        assert_ok(hcl_edit_add_block(edits, pick->file, pick->block, text, &err), err);
        buf_text(put_in, text);
    }
}

static void random_additions_keep_files_formatted(void **state)
{
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    uint64_t seed = 4711;
    struct err err = {0};

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    const char *dir = oracle_new_dir("added");
    for (size_t i = 0; i < 2 * (size_t)EDITS_PER_KIND; i++) {
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        CLEANUP(buf_done) struct buf put_in = BUF(ORACLE_OUTPUT_MAX);
        const struct hcl_edited *edited;
        size_t n;
        struct pick pick = pick_block(&seed);
        CLEANUP(hcl_file_freep) struct hcl_file *file = pick.file;

        assert_ok(hcl_edits_new(&edits, &err), err);
        random_edit(edits, &pick, &seed, &put_in);
        assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
        check_untouched(&pick, &edited[0], buf_str(&put_in));
        oracle_write(dir, i, edited[0].bytes, edited[0].len);
    }
    int rc = hcl_fmt(dir, "-check -diff", &output);
    if (rc != 0)
        fail_msg("terraform fmt answers %d:\n%.3000s", rc, buf_str(&output));
}

/* An argument of the block, or NULL. */
static const struct hcl_node *pick_argument(const struct pick *pick, uint64_t *seed)
{
    const struct hcl_node *found = NULL;
    uint32_t n = 0;

    for (const struct hcl_node *node = hcl_block_body(pick->block)->child; node != NULL;
         node = node->next)
        if (node->kind == HCL_ATTRIBUTE && hcl_dice(seed, ++n) == 0)
            found = node;
    return found;
}

static void random_replacements_and_removals_keep_files_formatted(void **state)
{
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    uint64_t seed = 815;
    struct err err = {0};
    size_t done = 0;

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    const char *dir = oracle_new_dir("replaced");
    while (done < 2 * (size_t)EDITS_PER_KIND) {
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        const struct hcl_edited *edited;
        char name[200];
        size_t n;
        struct pick pick = pick_block(&seed);
        CLEANUP(hcl_file_freep) struct hcl_file *file = pick.file;
        const struct hcl_node *argument = pick_argument(&pick, &seed);
        bool remove = hcl_dice(&seed, 2) == 0;

        if (argument == NULL)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(argument->name_end - argument->name_start),
                 file->bytes + argument->name_start);
        assert_ok(hcl_edits_new(&edits, &err), err);
        assert_ok(remove ? hcl_edit_remove(edits, file, argument, &err)
                         : hcl_edit_set(edits, file, pick.block, name, "zz.zz", &err),
                  err);
        assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
        CLEANUP(hcl_file_freep)
        struct hcl_file *after = oracle_parse("it", edited[0].bytes, edited[0].len);
        assert_non_null(after);
        assert_int_equal(strstr(edited[0].bytes, "= zz.zz") != NULL, !remove);
        oracle_write(dir, done++, edited[0].bytes, edited[0].len);
    }
    int rc = hcl_fmt(dir, "-check -diff", &output);
    if (rc != 0)
        fail_msg("terraform fmt answers %d:\n%.3000s", rc, buf_str(&output));
}

struct kept {
    const char *dir;
    size_t n;
};

static void keep(void *context, const char *bytes, size_t len)
{
    struct kept *kept = context;

    oracle_write(kept->dir, kept->n++, bytes, len);
}

static void any_edit_of_real_files_holds_what_is_promised(void **state)
{
    CLEANUP(buf_done) struct buf output = BUF(ORACLE_OUTPUT_MAX);
    struct kept kept = {.n = 0};
    struct edit_rounds rounds = {.seed = 3, .files = oracle.corpus, .keep = keep, .context = &kept};

    (void)state;
    oracle_need(oracle.canonical, "corpus with terraform");
    kept.dir = oracle_new_dir("random");
    edit_rounds_run(&rounds, edit_rounds_count(SAMPLE, FULL));
    edit_rounds_report(&rounds);
    int rc = hcl_fmt(kept.dir, "-check -diff", &output);
    if (rc != 0)
        fail_msg("terraform fmt answers %d:\n%.3000s", rc, buf_str(&output));
    print_message("terraform fmt is content with all %zu\n", kept.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_additions_keep_files_formatted),
        cmocka_unit_test(random_replacements_and_removals_keep_files_formatted),
        cmocka_unit_test(any_edit_of_real_files_holds_what_is_promised),
    };
    return cmocka_run_group_tests_name("hcl_oracle_edits", tests, oracle_set_up, oracle_tear_down);
}
