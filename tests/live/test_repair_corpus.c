/*
 * Every rule over real repositories: a repair brings no finding, a second one changes nothing, no
 * comment is lost, lines that end in CR LF go on so, and what is formatted stays formatted. The
 * corpus is not ours: without it ($PLUMB_CORPUS, or ../shared/corpus beside the source) the test
 * skips.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <unistd.h>

#include "common/files.h"
#include "tests/support/hcl_edit_dice.h"
#include "tests/support/temp_dir.h"
#include "worker/fix/repair.h"
#include "worker/hcl/edit/comments.h"
#include "worker/hcl/format/format.h"

#define RULES_MAX 4096

static struct rules *rules;
static const struct rule *chosen[RULES_MAX];
static const struct rule_input inputs[] = {
    {"approved_cidrs", "[\"10.0.0.0/8\"]"},
    {"approved_ipv6_cidrs", "[\"fd00::/8\"]"},
    {"kms_key_arn", "\"arn:aws:kms:eu-west-1:111122223333:key/1234\""},
    {"log_bucket", "\"acme-logs\""},
    {"alarm_topic_arn", "\"arn:aws:sns:eu-west-1:111122223333:alarms\""},
};

static struct repair *repair_of(const char *directory)
{
    const struct repair_options options = {.rules = chosen,
                                           .n_rules = rules_count(rules),
                                           .inputs = inputs,
                                           .n_inputs = COUNT(inputs),
                                           .with_care = true,
                                           .today = "2026-01-02"};
    struct repair *repair = NULL;
    struct err err;

    assert_ok(repair_tree(&repair, directory, &options, &err), err);
    return repair;
}

static struct hcl_file *parse(const char *path, const char *bytes, size_t len)
{
    struct hcl_file *file = NULL;
    struct err err;

    if (hcl_parse(&file, path, bytes, len, &err) != 0)
        fail_msg("%s", err.text);
    return file;
}

/* Each comment of before stands in after too, in the same order. */
static void assert_comments_kept(const struct hcl_file *before, const struct hcl_file *after)
{
    CLEANUP(hcl_comments_freep) struct hcl_comments *old = NULL;
    CLEANUP(hcl_comments_freep) struct hcl_comments *new = NULL;
    struct err err;
    size_t at = 0;

    assert_ok(hcl_comments_new(&old, before, &err), err);
    assert_ok(hcl_comments_new(&new, after, &err), err);
    struct hcl_comment_run was = hcl_comments_between(old, 0, before->len);
    struct hcl_comment_run is = hcl_comments_between(new, 0, after->len);
    for (size_t i = 0; i < was.n; i++) {
        const char *text = before->bytes + was.items[i].start;
        size_t len = was.items[i].end - was.items[i].start;
        while (at < is.n && (is.items[at].end - is.items[at].start != len ||
                             memcmp(after->bytes + is.items[at].start, text, len) != 0))
            at++;
        if (at++ >= is.n)
            fail_msg("%s lost the comment %.*s", before->path, (int)len, text);
    }
}

static size_t count(const char *bytes, size_t len, const char *what)
{
    size_t n = 0;

    for (const char *at = bytes;
         (at = memmem(at, len - (size_t)(at - bytes), what, strlen(what))) != NULL;
         at += strlen(what))
        n++;
    return n;
}

static void check_file(const struct repair_file *file)
{
    CLEANUP(hcl_file_freep) struct hcl_file *before = NULL;
    CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
    bool was = false;
    bool is = false;
    struct err err;

    assert_non_null(file->before); /* no rule makes a file */
    before = parse(file->path, file->before, file->before_len);
    after = parse(file->path, file->after, file->after_len);
    assert_comments_kept(before, after);
    bool had_crlf = count(file->before, file->before_len, "\r\n") > 0 &&
                    count(file->before, file->before_len, "\r\n") ==
                        count(file->before, file->before_len, "\n");
    if (had_crlf)
        assert_int_equal(count(file->after, file->after_len, "\r\n"),
                         count(file->after, file->after_len, "\n"));
    assert_ok(hcl_is_formatted(before, &was, &err), err);
    assert_ok(hcl_is_formatted(after, &is, &err), err);
    if (was && !is)
        fail_msg("%s was formatted and is no more:\n%.*s", file->path, (int)file->after_len,
                 file->after);
}

static void write_tree(const struct repair *repair, const char *dir)
{
    struct repair_file file;
    struct err err;
    char path[8192];

    for (size_t i = 0; repair_file_at(repair, i, &file); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, file.path);
        assert_ok(files_write(path, file.after, file.after_len, &err), err);
    }
}

static void say_worse(const struct repair *repair)
{
    const struct repair_note *note;

    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++)
        if (note->answer == REPAIR_WORSE)
            print_message("worse: %s:%d %s %s: %s\n", note->file, note->line, note->rule->id,
                          note->address, note->text);
}

static void copy_corpus(const char *from, const char *to)
{
    char command[4096];

    (void)snprintf(command, sizeof command, "cp -rL '%s/.' '%s'", from, to);
    assert_int_equal(system(command), 0); /* NOLINT: a test's own paths */
}

static bool find_corpus(char *out, size_t size)
{
    const char *named = getenv("PLUMB_CORPUS");
    const char *source = getenv("PLUMB_SOURCE_DIR");

    (void)snprintf(out, size, "%s%s", named != NULL ? named : source,
                   named != NULL ? "" : "/../shared/corpus");
    if (access(out, R_OK) == 0)
        return true;
    print_message("skipped: there is no corpus at %s\n", out);
    return false;
}

/* Those that are off too. */
static void choose_all(void)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        chosen[i] = rules_at(rules, i);
}

static void the_corpus_is_repaired_once_and_for_all(void **state)
{
    struct repair_file file;
    char corpus[2048];
    size_t files = 0;

    (void)state;
    if (!find_corpus(corpus, sizeof corpus))
        skip();
    char *dir = temp_dir_make();
    copy_corpus(corpus, dir);
    choose_all();
    {
        CLEANUP(repair_freep) struct repair *repair = repair_of(dir);
        for (; repair_file_at(repair, files, &file); files++)
            check_file(&file);
        say_worse(repair);
        print_message("%zu findings fixed in %zu files; left: %zu for an input, %zu by hand, %zu "
                      "unknown\n",
                      repair_count(repair, REPAIR_FIXED), files,
                      repair_count(repair, REPAIR_NEEDS_INPUT),
                      repair_count(repair, REPAIR_BY_HAND), repair_count(repair, REPAIR_UNKNOWN));
        assert_int_equal(repair_count(repair, REPAIR_WORSE), 0);
        assert_true(repair_count(repair, REPAIR_FIXED) >= 100);
        write_tree(repair, dir);
    }
    CLEANUP(repair_freep) struct repair *again = repair_of(dir);
    assert_int_equal(repair_count(again, REPAIR_FIXED), 0);
    assert_false(repair_file_at(again, 0, &file));
    temp_dir_remove(dir);
}

/* --- each fix alone --- */

struct single {
    struct hcl_repo *repo;
    size_t fixed, files;
};

/* Its spans say all that it changes, and undo it; what was formatted stays so. */
static int judge_alone(void *context, const struct scan_hit *hit, struct err *err)
{
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct rule_target target = {.root = hit->root, .resource = hit->resource};
    struct single *single = context;
    const struct hcl_edited *edited;
    struct rule_outcome outcome;
    struct err why;
    size_t n = 0;

    (void)err;
    if (hit->verdict != RULE_FAILS || hit->rule->class == RULE_BREAK)
        return 0;
    assert_int_equal(hcl_edits_new(&edits, &why), 0);
    if (rule_fix_at(hit->rule, &target, inputs, COUNT(inputs), edits, &outcome, &why) != 0)
        return 0;
    assert_ok(hcl_edits_apply(edits, &edited, &n, &why), why);
    single->fixed++;
    for (size_t i = 0; i < n; i++) {
        CLEANUP(hcl_file_freep) struct hcl_file *after = NULL;
        const struct hcl_file *before = hcl_repo_file(single->repo, edited[i].path);
        const char *wrong = edit_judge_bytes(before, &edited[i], &after);
        if (wrong != NULL)
            fail_msg("%s on %s, %s: %s", hit->rule->id, hit->resource->address, edited[i].path,
                     wrong);
        assert_comments_kept(before, after);
        single->files++;
    }
    return 0;
}

static void every_fix_alone_changes_its_spans_and_nothing_else(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct single single = {0};
    const struct scan_watch watch = {.context = &single, .hit = judge_alone};
    struct scan_counts counts;
    char corpus[2048];
    struct err err;

    (void)state;
    if (!find_corpus(corpus, sizeof corpus))
        skip();
    assert_ok(hcl_repo_new(&repo, &err), err);
    single.repo = repo;
    assert_ok(scan_read(repo, corpus, &watch, &err), err);
    choose_all();
    assert_ok(scan_repo(repo, chosen, rules_count(rules), "2026-01-02", &watch, &counts, &err),
              err);
    print_message("%zu fixes alone, %zu files\n", single.fixed, single.files);
    assert_true(single.fixed >= 200);
}

static int load_rules(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_is_repaired_once_and_for_all),
        cmocka_unit_test(every_fix_alone_changes_its_spans_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
