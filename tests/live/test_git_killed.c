/* A mirror whose owner was killed: libgit2's lock files name no holder, and stay when it dies. */
#include "tests/support/git_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static const struct git_server_options private_server = {.token = SCENE_TOKEN};

static void leave(const char *path)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void what_a_killed_worker_left_locked_holds_up_nobody(void **state)
{
    char mirror[SCENE_BYTES], path[SCENE_BYTES + 16];

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    memcpy(mirror, s.mirror_path, sizeof mirror);
    git_mirror_free(STEAL(s.mirror));

    /* While the mirror was made: a lock file, and nothing else that it needs. */
    git_run(s.root, true, NULL, 0, "rm -r '%s' && mkdir '%s'", mirror, mirror);
    snprintf(path, sizeof path, "%s/config.lock", mirror);
    leave(path);
    git_scene_open(&s, "acme/infra", NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);

    /* While a branch was noted. */
    git_run(s.mirror_path, true, NULL, 0,
            "cd refs/plumb/tips && for tip in *; do rm $tip && : >$tip.lock; done");
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    git_run(s.mirror_path, true, NULL, 0, "git fsck --full --strict");
}

/* On a directory the lock file is git's own, and may be a living git's: it has to be old. */
static void a_branch_that_a_killed_worker_left_locked_is_made_by_the_next(void **state)
{
    char commit[GIT_ID_BYTES], existing[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "main.tf", "# a\n", commit), s.err);
    git_run(s.remote, true, NULL, 0, "mkdir -p refs/heads/fix && touch refs/heads/fix/a.lock");
    assert_int_equal(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), ERR_RETRY);
    git_run(s.remote, true, NULL, 0, "touch -d '6 seconds ago' refs/heads/fix/a.lock");
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    git_run(s.remote, true, s.text, sizeof s.text, "git rev-parse fix/a && ls refs/heads/fix");
    assert_memory_equal(s.text, commit, strlen(commit));
    assert_null(strstr(s.text, ".lock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_worker_left_locked_holds_up_nobody),
        cmocka_unit_test(a_branch_that_a_killed_worker_left_locked_is_made_by_the_next),
    };

    return git_scene_main(tests, COUNT(tests));
}
