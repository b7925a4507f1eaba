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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_worker_left_locked_holds_up_nobody),
    };

    return git_scene_main(tests, COUNT(tests));
}
