/* The git room on directories: a remote on this disk, and plain files made a repository. */
#include "tests/support/git_scene.h"
#include "tests/support/test.h"

#include <stdio.h>

static void a_directory_is_a_remote_without_copies(void **state)
{
    (void)state;
    GIT_SCENE(s, NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_string_equal(s.branch, "main");
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.commit, s.text);
    assert_true(git_scene_files_bytes(&s) < 4096);
    assert_int_equal(git_scene_fetch(&s, "no-such"), GIT_NO_BRANCH);

    git_scene_change_remote(&s, "main", "extra.tf", "# more\n");
    assert_ok(git_scene_fetch(&s, "main"), s.err);
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.commit, s.text);
}

static void pushing_into_a_directory_only_creates(void **state)
{
    char commit[GIT_ID_BYTES];
    char other[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];
    CLEANUP(buf_done) struct buf message = BUF(1024);

    (void)state;
    GIT_SCENE(s, NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "net/vpc.tf", "# a\n", commit), s.err);
    assert_ok(git_scene_commit(&s, "net/vpc.tf", "# b\n", other), s.err);
    git_run(s.remote, false, s.text, sizeof s.text, "git cat-file -t %s", commit);
    assert_string_not_equal(s.text, "commit"); /* nothing is written before the push */
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix/a", existing, &s.err),
                     GIT_BRANCH_EXISTS);
    assert_string_equal(existing, commit);
    assert_ok(git_mirror_remote_tip(s.mirror, "fix/a", existing, &message, &s.err), s.err);
    assert_string_equal(buf_str(&message), SCENE_MESSAGE);

    git_run(s.remote, true, NULL, 0,
            "git pack-refs --all && git gc -q && git fsck --full --strict");
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix/a", existing, &s.err),
                     GIT_BRANCH_EXISTS);
    assert_int_equal(git_mirror_push_new(s.mirror, other, "fix", existing, &s.err), ERR_REJECT);
}

static void a_lock_of_another_git_is_worth_a_retry(void **state)
{
    char commit[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "main.tf", "# a\n", commit), s.err);
    git_run(s.remote, true, NULL, 0, "mkdir -p refs/heads/fix && touch refs/heads/fix/a.lock");
    assert_int_equal(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), ERR_RETRY);
    git_run(s.remote, true, NULL, 0, "rm refs/heads/fix/a.lock");
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
}

/* --- import --- */

#define LISTING "find . -printf '%%p %%M %%s %%T@\\n' | sort | sha256sum"

static void make_plain(struct git_scene *s)
{
    git_run(
        s->root, true, NULL, 0,
        "mkdir -p plain/mod plain/.git plain/.terraform/x plain/empty plain/mod/.terraform &&"
        " cd plain && echo 'a = 1' > main.tf && echo '# m' > mod/m.tf && echo x > .git/config &&"
        " echo x > .terraform/x/y && echo x > mod/.terraform/z && ln -s /etc/passwd link.tf &&"
        " ln -s mod modlink && mkfifo pipe && echo lock > .terraform.lock.hcl &&"
        " printf '#!/bin/sh\\n' > run.sh && chmod +x run.sh && head -c 9000000 /dev/zero > big");
}

static void a_plain_directory_becomes_a_repository(void **state)
{
    char plain[SCENE_BYTES], bare[SCENE_BYTES], before[256], after[256], first[64];

    (void)state;
    GIT_SCENE(s, NULL);
    make_plain(&s);
    snprintf(plain, sizeof plain, "%s/plain", s.root);
    snprintf(bare, sizeof bare, "%s/remotes/me/plain.git", s.root);
    git_run(plain, true, before, sizeof before, LISTING);
    assert_ok(git_import_directory(plain, bare, "main", &s.err), s.err);
    git_run(plain, true, after, sizeof after, LISTING);
    assert_string_equal(before, after);

    git_run(bare, true, NULL, 0, "git fsck --full --strict");
    git_run(bare, true, s.text, sizeof s.text, "git ls-tree -r HEAD | cut -c1-6,53-");
    assert_string_equal(s.text, "100644\t.terraform.lock.hcl\n100644\tmain.tf\n100644\tmod/m.tf\n"
                                "100755\trun.sh");
    git_run(bare, true, first, sizeof first, "git rev-parse HEAD main | uniq");

    /* The same again changes nothing; another file adds a commit. */
    assert_ok(git_import_directory(plain, bare, "main", &s.err), s.err);
    git_run(bare, true, s.text, sizeof s.text, "git rev-parse main");
    assert_string_equal(s.text, first);
    git_run(plain, true, NULL, 0, "echo '# n' > new.tf");
    assert_ok(git_import_directory(plain, bare, "main", &s.err), s.err);
    git_run(bare, true, s.text, sizeof s.text, "git rev-parse main^");
    assert_string_equal(s.text, first);

    git_scene_open(&s, "me/plain", NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
}

static void an_import_keeps_away_from_its_source(void **state)
{
    char path[SCENE_BYTES], inside[2 * SCENE_BYTES];

    (void)state;
    GIT_SCENE(s, NULL);
    make_plain(&s);
    snprintf(path, sizeof path, "%s/plain", s.root);
    snprintf(inside, sizeof inside, "%s/deep/er.git", path);
    assert_int_equal(git_import_directory(path, inside, "main", &s.err), ERR_REJECT);
    assert_int_equal(git_import_directory("/no/such", "/tmp/never.git", "main", &s.err),
                     ERR_REJECT);
    assert_int_equal(git_import_directory(path, "relative.git", "main", &s.err), ERR_REJECT);
    snprintf(path, sizeof path, "%s/plain/empty", s.root);
    snprintf(inside, sizeof inside, "%s/remotes/me/empty.git", s.root);
    assert_int_equal(git_import_directory(path, inside, "main", &s.err), ERR_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_a_remote_without_copies),
        cmocka_unit_test(pushing_into_a_directory_only_creates),
        cmocka_unit_test(a_lock_of_another_git_is_worth_a_retry),
        cmocka_unit_test(a_plain_directory_becomes_a_repository),
        cmocka_unit_test(an_import_keeps_away_from_its_source),
    };

    return git_scene_main(tests, COUNT(tests));
}
