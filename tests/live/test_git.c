/*
 * The git room against real git: a private repository over HTTP, served by git http-backend, and a
 * bare repository in a directory.
 */
#include "tests/support/git_scene.h"
#include "tests/support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIXED "main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  acl = \"private\"\n}\n"

static const struct git_server_options private_server = {.token = SCENE_TOKEN};

/* --- fetch and read --- */

static void a_private_repository_is_cloned_after_a_401(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_string_equal(s.branch, "main");
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.commit, s.text);
    git_run(s.mirror_path, true, NULL, 0, "git fsck --full --strict");
    assert_int_equal(git_server_requests(s.server), git_server_authorised(s.server) + 1);
}

static void a_fetch_brings_only_what_is_new(void **state)
{
    int64_t first;

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    first = git_scene_files_bytes(&s);
    size_t requests = git_server_requests(s.server);
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    assert_int_equal(git_server_requests(s.server), requests + 1); /* the listing was enough */

    git_scene_change_remote(&s, "main", "extra.tf", "# one line more\n");
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.commit, s.text);
    assert_true(git_scene_files_bytes(&s) - first < 8 * 1024); /* the first one was over 64 KiB */
    assert_true(first > 64 * 1024);
}

static void a_rewritten_branch_is_followed(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    git_run(s.remote, true, NULL, 0,
            "c=$(git commit-tree 'main^{tree}' -m new) && git update-ref refs/heads/main $c");
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.commit, s.text);
}

static void a_branch_may_become_a_directory_of_branches(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    git_run(s.remote, true, NULL, 0, "git branch a main");
    assert_ok(git_scene_fetch(&s, "a"), s.err);
    git_run(s.remote, true, NULL, 0, "git branch -D a && git branch a/b main");
    assert_ok(git_scene_fetch(&s, "a/b"), s.err);
    assert_int_equal(git_scene_fetch(&s, "a"), GIT_NO_BRANCH);
}

static void an_unknown_branch_and_an_empty_repository_are_told(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    assert_int_equal(git_scene_fetch(&s, "no-such"), GIT_NO_BRANCH);
    git_run(s.root, true, NULL, 0, "git init -q --bare remotes/acme/empty.git");
    git_scene_open(&s, "acme/empty", NULL);
    assert_int_equal(git_scene_fetch(&s, NULL), GIT_NO_BRANCH);
    assert_int_equal(git_scene_fetch(&s, "main"), GIT_NO_BRANCH);
}

struct collected {
    struct buf text;
    size_t n;
};

static int collect(void *context, const char *path, const char *bytes, size_t len, struct err *err)
{
    struct collected *collected = context;

    (void)bytes;
    (void)err;
    collected->n++;
    buf_print(&collected->text, "%s=%zu\n", path, len);
    return collected->n == 99 ? 7 : 0;
}

static bool is_terraform(const char *path)
{
    return str_ends(path, ".tf");
}

static void regular_files_are_read_and_nothing_else(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(4096);
    struct collected collected = {.text = text};

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_int_equal(
        git_mirror_read(s.mirror, s.commit, "", is_terraform, 1000, collect, &collected, &s.err),
        0);
    assert_string_equal(buf_str(&collected.text), "main.tf=59\nnet/run.tf=15\nnet/vpc.tf=14\n");
    buf_reset(&collected.text);
    assert_int_equal(
        git_mirror_read(s.mirror, s.commit, "net/", NULL, 1000, collect, &collected, &s.err), 0);
    assert_string_equal(buf_str(&collected.text), "net/run.tf=15\nnet/vpc.tf=14\n");
    collected.n = 98; /* the next visit says 7 */
    assert_int_equal(
        git_mirror_read(s.mirror, s.commit, "", NULL, 1000, collect, &collected, &s.err), 7);
    assert_int_equal(
        git_mirror_read(s.mirror, s.commit, "nowhere", NULL, 1000, collect, &collected, &s.err),
        ERR_REJECT);
    buf_done(&collected.text);
}

static void a_tree_of_billions_of_paths_ends(void **state)
{
    struct collected collected = {.text = BUF(1024), .n = 100};

    (void)state;
    GIT_SCENE(s, &private_server);
    git_run(s.remote, true, NULL, 0,
            "id=$(echo x | git hash-object -w --stdin); line='100644 blob'; kind=blob\n"
            "for depth in 1 2 3 4 5 6 7 8 9 10; do\n"
            "  id=$(for i in 0 1 2 3 4 5 6 7 8 9; do printf '%%s %%s\\t%%s\\n' \"$line\" $id f$i; "
            "done | git mktree)\n  line='040000 tree'\ndone\n"
            "c=$(git commit-tree $id -m bomb) && git update-ref refs/heads/bomb $c");
    assert_ok(git_scene_fetch(&s, "bomb"), s.err);
    assert_int_equal(
        git_mirror_read(s.mirror, s.commit, "", is_terraform, 1000, collect, &collected, &s.err),
        ERR_REJECT);
}

/* --- commit and diff --- */

static void a_commit_is_what_git_would_make(void **state)
{
    char commit[GIT_ID_BYTES];
    char again[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, FIXED, commit), s.err);
    assert_ok(git_scene_commit(&s, FIXED, again), s.err);
    assert_string_equal(commit, again);

    git_run(s.root, true, s.text, sizeof s.text,
            "git clone -q remotes/acme/infra.git work && cd work &&"
            " printf 'resource \"aws_s3_bucket\" \"b\" {\\n  acl = \"private\"\\n}\\n' > main.tf &&"
            " git add -A . && printf '%s' | GIT_AUTHOR_NAME=Plumbline GIT_COMMITTER_NAME=Plumbline"
            " GIT_AUTHOR_EMAIL=p@example.test GIT_COMMITTER_EMAIL=p@example.test"
            " GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'"
            " git commit-tree $(git write-tree) -p HEAD",
            SCENE_MESSAGE);
    assert_string_equal(commit, s.text);
}

static void the_diff_of_a_commit_is_what_a_reviewer_sees(void **state)
{
    CLEANUP(buf_done) struct buf diff = BUF(4096);
    CLEANUP(buf_done) struct buf tiny = BUF(16);
    struct git_diff_stat stat;
    char commit[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, FIXED, commit), s.err);
    assert_ok(git_mirror_diff(s.mirror, s.commit, commit, &diff, &stat, &s.err), s.err);
    assert_non_null(strstr(buf_str(&diff), "\n-  acl = \"public-read\"\n+  acl = \"private\"\n"));
    assert_int_equal(stat.files, 1);
    assert_int_equal(stat.added, 1);
    assert_int_equal(stat.removed, 2);
    assert_int_equal(git_mirror_diff(s.mirror, s.commit, commit, &tiny, &stat, &s.err), ERR_REJECT);
}

static void modes_stay_and_only_regular_files_are_written(void **state)
{
    static const char *const bad[] = {"link.tf",     "net",    "../x.tf",    "/etc/x",  "a//b",
                                      ".git/config", ".GIT/x", "net/./x.tf", "a\\b.tf", ""};
    char commit[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "net/run.tf", "# changed\n", commit), s.err);
    git_run(s.mirror_path, true, s.text, sizeof s.text, "git ls-tree %s net/run.tf | cut -c1-6",
            commit);
    assert_string_equal(s.text, "100755");
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (git_scene_commit(&s, bad[i], "x", commit) != ERR_REJECT)
            fail_msg("%s was written", bad[i]);
    }
    assert_ok(git_scene_commit(&s, "new/deep/x.tf", "# new\n", commit), s.err);
}

/* --- push --- */

static void a_push_creates_a_branch_and_never_moves_one(void **state)
{
    char commit[GIT_ID_BYTES];
    char other[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];
    CLEANUP(buf_done) struct buf message = BUF(1024);

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, FIXED, commit), s.err);
    assert_ok(git_scene_commit(&s, "main.tf", "# other\n", other), s.err);
    assert_int_equal(git_mirror_remote_tip(s.mirror, "fix/a", existing, NULL, &s.err),
                     GIT_NO_BRANCH);

    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix/a", existing, &s.err),
                     GIT_BRANCH_EXISTS);
    assert_string_equal(existing, commit);
    git_run(s.remote, true, s.text, sizeof s.text,
            "git fsck --full --strict && git rev-parse fix/a");
    assert_string_equal(s.text, commit);

    assert_ok(git_mirror_remote_tip(s.mirror, "fix/a", existing, &message, &s.err), s.err);
    assert_string_equal(existing, commit);
    assert_string_equal(buf_str(&message), SCENE_MESSAGE);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix", existing, &s.err), ERR_REJECT);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix/a/b", existing, &s.err), ERR_REJECT);

    /* A descendant of the branch is not fast-forwarded to either. */
    memcpy(s.commit, commit, sizeof commit);
    assert_ok(git_scene_commit(&s, "main.tf", "# child\n", other), s.err);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix/a", existing, &s.err),
                     GIT_BRANCH_EXISTS);
}

static void the_message_of_a_strangers_branch_is_fetched(void **state)
{
    char existing[GIT_ID_BYTES];
    CLEANUP(buf_done) struct buf message = BUF(1024);

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    git_run(s.remote, true, NULL, 0, "git branch fix/b main");
    git_scene_change_remote(&s, "fix/b", "x.tf", "# by a stranger\n");
    assert_ok(git_mirror_remote_tip(s.mirror, "fix/b", existing, &message, &s.err), s.err);
    assert_string_equal(buf_str(&message), "change x.tf\n");
}

static void a_server_that_forbids_pushing_says_so(void **state)
{
    struct git_server_options options = private_server;
    char commit[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];

    (void)state;
    options.refuse_push = 403;
    GIT_SCENE(s, &options);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, FIXED, commit), s.err);
    assert_int_equal(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), ERR_REJECT);
    assert_non_null(strstr(s.err.text, "may not write"));
}

static void a_hook_that_refuses_is_a_refusal(void **state)
{
    char commit[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, &private_server);
    git_run(s.remote, true, NULL, 0,
            "printf '#!/bin/sh\\nexit 1\\n' > hooks/update && chmod +x hooks/update");
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, FIXED, commit), s.err);
    assert_int_equal(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), ERR_REJECT);
    assert_non_null(strstr(s.err.text, "hook"));
}

static void branch_names_are_gits(void **state)
{
    static const char *const good[] = {"main", "fix/a-1", "plumb/s3.bucket_x", "a@b"};
    static const char *const bad[] = {"",   "-x",     "HEAD", "a..b",  "a b", "a~1",  "a:b", "/a",
                                      "a/", "a.lock", "a//b", "a@{1}", ".a",  "a\\b", "a*"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(git_is_branch_name(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(git_is_branch_name(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_private_repository_is_cloned_after_a_401),
        cmocka_unit_test(a_fetch_brings_only_what_is_new),
        cmocka_unit_test(a_rewritten_branch_is_followed),
        cmocka_unit_test(a_branch_may_become_a_directory_of_branches),
        cmocka_unit_test(an_unknown_branch_and_an_empty_repository_are_told),
        cmocka_unit_test(regular_files_are_read_and_nothing_else),
        cmocka_unit_test(a_tree_of_billions_of_paths_ends),
        cmocka_unit_test(a_commit_is_what_git_would_make),
        cmocka_unit_test(the_diff_of_a_commit_is_what_a_reviewer_sees),
        cmocka_unit_test(modes_stay_and_only_regular_files_are_written),
        cmocka_unit_test(a_push_creates_a_branch_and_never_moves_one),
        cmocka_unit_test(the_message_of_a_strangers_branch_is_fetched),
        cmocka_unit_test(a_server_that_forbids_pushing_says_so),
        cmocka_unit_test(a_hook_that_refuses_is_a_refusal),
        cmocka_unit_test(branch_names_are_gits),
    };

    return git_scene_main(tests, COUNT(tests));
}
