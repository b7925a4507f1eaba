/*
 * What goes wrong between the git room and a remote: hosts that are silent, cut off, move away or
 * forbid, repositories that are too large, several workers at once, and where the token may not be.
 */
#include "common/clock.h"
#include "tests/support/git_scene.h"
#include "tests/support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define RACERS 6

static const struct git_server_options private_server = {.token = SCENE_TOKEN};

/* --- servers --- */

static void a_wrong_token_is_rejected_after_one_try(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    s.options.token = "ghs_not-the-right-one";
    git_scene_open(&s, "acme/infra", NULL);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_REJECT);
    assert_has(s.err.text, "acme/infra not found, or the token may not see it");
    assert_int_equal(git_server_requests(s.server), 2);
    assert_lacks(s.err.text, "ghs_");
}

static void a_missing_repository_is_rejected(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    git_scene_open(&s, "acme/nowhere", NULL);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_REJECT);
    assert_has(s.err.text, "acme/nowhere not found");
}

static void a_busy_server_is_left_alone_for_as_long_as_it_says(void **state)
{
    struct git_server_options options = {.refuse_all = 503};

    (void)state;
    GIT_SCENE(s, &options);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    assert_int_equal(s.err.retry_after_ms, 7000);
}

static void a_limit_that_does_not_say_how_long_is_a_limit_still(void **state)
{
    struct git_server_options options = {.refuse_all = 429};

    (void)state;
    GIT_SCENE(s, &options);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    assert_int_equal(s.err.retry_after_ms, 60000);
}

static void a_page_that_is_no_git_is_rejected(void **state)
{
    struct git_server_options options = {.refuse_all = 200};

    (void)state;
    GIT_SCENE(s, &options);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_REJECT);
    assert_has(s.err.text, "no git repository");
}

static void a_silent_server_does_not_hold_a_worker(void **state)
{
    struct git_server_options options = {.is_silent = true};

    (void)state;
    GIT_SCENE(s, &options); /* its client waits for 2 s */
    int64_t began_ms = clock_mono_ms();
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    assert_in_range(clock_mono_ms() - began_ms, 1900, 10000);
    assert_has(s.err.text, "silent");
}

static void nobody_listening_is_worth_a_retry(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    git_server_stop(STEAL(s.server));
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
}

static void a_transfer_that_breaks_off_leaves_a_sound_mirror(void **state)
{
    struct git_server_options options = {.cut_after_bytes = 30000};
    char url[256];

    (void)state;
    GIT_SCENE(s, &options);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    snprintf(s.text, sizeof s.text, "%s/remotes", s.root);
    CLEANUP(git_server_stopp) struct git_server *better = git_server_start(s.text, &private_server);
    git_server_url(better, "acme/infra", url, sizeof url);
    assert_ok(git_scene_try_open(&s, "acme/infra", url), s.err);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    git_run(s.mirror_path, true, NULL, 0, "git fsck --full --strict");
    git_mirror_free(STEAL(s.mirror)); /* before its server */
}

static void a_repository_over_the_limit_is_rejected_with_both_figures(void **state)
{
    (void)state;
    GIT_SCENE(s, &private_server);
    s.options.max_bytes = 40000;
    git_scene_open(&s, "acme/infra", NULL);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_REJECT);
    assert_has(s.err.text, "40000 are allowed");
    assert_has(s.err.text, "bytes came");
    s.options.max_bytes = 400000;
    git_scene_open(&s, "acme/infra", NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
}

static bool at_once(void *context)
{
    return ++*(int *)context > 1;
}

static void a_stop_ends_a_fetch(void **state)
{
    int asked = 0;

    (void)state;
    GIT_SCENE(s, &private_server);
    s.options.should_stop = at_once;
    s.options.stop_context = &asked;
    git_scene_open(&s, "acme/infra", NULL);
    assert_int_equal(git_scene_fetch(&s, NULL), ERR_RETRY);
    assert_has(s.err.text, "stopped");
}

/* --- the token --- */

static void the_token_stays_with_its_host(void **state)
{
    struct git_server_options options = private_server;
    char elsewhere[128];
    char remotes[SCENE_BYTES + 16];

    (void)state;
    GIT_SCENE(other, &private_server);
    snprintf(remotes, sizeof remotes, "%s/remotes", other.root);
    snprintf(elsewhere, sizeof elsewhere, "http://127.0.0.1:%d", git_server_port(other.server));
    options.redirect_to = elsewhere;
    CLEANUP(git_server_stopp) struct git_server *moving = git_server_start(remotes, &options);
    char url[256];
    git_server_url(moving, "acme/infra", url, sizeof url);
    assert_ok(git_scene_try_open(&other, "acme/infra", url), other.err);
    assert_int_equal(git_scene_fetch(&other, NULL), ERR_REJECT);
    assert_has(other.err.text, "redirected to another host");
    assert_int_equal(git_server_requests(other.server), 0);
}

static void a_renamed_repository_is_followed_on_its_host(void **state)
{
    struct git_server_options options = private_server;
    char existing[GIT_ID_BYTES];
    char commit[GIT_ID_BYTES];

    (void)state;
    options.rename_from = "/acme/old.git/";
    options.rename_to = "/acme/infra.git";
    GIT_SCENE(s, &options);
    git_scene_open(&s, "acme/old", NULL);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "main.tf", "# x\n", commit), s.err);
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
}

static void the_token_is_in_no_file(void **state)
{
    char commit[GIT_ID_BYTES];
    char existing[GIT_ID_BYTES];

    (void)state;
    GIT_SCENE(s, &private_server);
    assert_ok(git_scene_fetch(&s, NULL), s.err);
    assert_ok(git_scene_commit(&s, "main.tf", "# x\n", commit), s.err);
    assert_ok(git_mirror_push_new(s.mirror, commit, "fix/a", existing, &s.err), s.err);
    /* Neither raw nor as Basic would write it. */
    git_run(s.root, true, s.text, sizeof s.text,
            "grep -r -l -e %s -e \"$(printf 'x-access-token:%s' | base64)\" . | wc -l", SCENE_TOKEN,
            SCENE_TOKEN);
    assert_string_equal(s.text, "0");
    git_run(s.mirror_path, true, s.text, sizeof s.text, "cat config | grep -c remote || true");
    assert_string_equal(s.text, "0");
}

static void urls_and_names_that_are_not_ours_are_refused(void **state)
{
    static const char *const names[] = {"infra",  "",      "a/",    "/a",   "../b", "a/../b",
                                        "a/.git", "a b/c", "a/b\n", "a//b", "-a/b"};

    (void)state;
    GIT_SCENE(s, &private_server);
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(git_scene_try_open(&s, names[i], "http://127.0.0.1:1/x.git"), ERR_REJECT);
    assert_int_equal(git_scene_try_open(&s, "a/b", "http://u:p@127.0.0.1/x.git"), ERR_REJECT);
    assert_int_equal(git_scene_try_open(&s, "a/b", "ssh://git@127.0.0.1/x.git"), ERR_REJECT);
    assert_int_equal(git_scene_try_open(&s, "a/b", "git@github.com:a/b.git"), ERR_REJECT);
    assert_int_equal(git_scene_try_open(&s, "a/b", "relative/path"), ERR_REJECT);
    assert_int_equal(git_scene_try_open(&s, "a/b", "/no/such/repository"), ERR_REJECT);
}

/* --- several at once --- */

/* "Locked by another" is an honest answer: whoever gets it asks again. */
static int push_until_told(struct git_mirror *mirror, const char *commit, struct err *err)
{
    char existing[GIT_ID_BYTES];
    int r = 0;

    for (int i = 0; i < 1000; i++) {
        r = git_mirror_push_new(mirror, commit, "fix/race", existing, err);
        if (r != ERR_RETRY)
            return r;
    }
    return r;
}

/* One worker with a mirror of its own or a shared one: 0 when it created the branch or found its
 * commit there, 1 when another's was first, 2 when anything went wrong. */
static int race(const char *root, const char *url, const char *mirrors, int number)
{
    struct http_options http_options = {.user_agent = "racer", .allow_private = true};
    struct git_options options = {
        .username = "x-access-token", .token = SCENE_TOKEN, .max_bytes = 10000000};
    CLEANUP(http_freep) struct http *http = NULL;
    CLEANUP(git_mirror_freep) struct git_mirror *mirror = NULL;
    char directory[SCENE_BYTES + 64], branch[256], tip[GIT_ID_BYTES], commit[GIT_ID_BYTES];
    char text[32];
    struct git_signature who = {"Plumbline", "p@example.test", 1700000000};
    struct git_change change = {.path = "main.tf", .bytes = text};
    struct err err = {0};

    change.len = (size_t)snprintf(text, sizeof text, "# worker %d\n", number);
    snprintf(directory, sizeof directory, "%s/%s", root, mirrors);
    int r = http_new(&http, &http_options, &err);
    options.http = http;
    for (int i = 0; r == 0 && i < 2; i++) { /* twice, so that openings overlap with fetches */
        git_mirror_free(STEAL(mirror));
        r = git_mirror_open(&mirror, directory, "acme/infra", url, &options, &err);
        if (r == 0)
            r = git_mirror_fetch(mirror, NULL, branch, tip, &err);
    }
    if (r == 0)
        r = git_mirror_commit(mirror, tip, &change, 1, "race\n", &who, commit, &err);
    if (r == 0)
        r = push_until_told(mirror, commit, &err);
    if (r < 0)
        fprintf(stderr, "racer %d: %s\n", number, err.text);
    return r == 0 ? 0 : r == GIT_BRANCH_EXISTS ? 1 : 2;
}

struct racer {
    pthread_t thread;
    const char *root;
    const char *url;
    const char *mirrors;
    int number;
    int result;
};

static void *race_in_a_thread(void *context)
{
    struct racer *racer = context;

    racer->result = race(racer->root, racer->url, racer->mirrors, racer->number);
    return NULL;
}

static int winners_among_threads(struct git_scene *s, const char *url, bool is_shared)
{
    struct racer racers[RACERS];
    char mirrors[RACERS][16];
    int winners = 0;

    for (int i = 0; i < RACERS; i++) {
        snprintf(mirrors[i], sizeof mirrors[i], "m%d", is_shared ? 0 : i);
        racers[i] = (struct racer){.root = s->root, .url = url, .mirrors = mirrors[i], .number = i};
        assert_int_equal(pthread_create(&racers[i].thread, NULL, race_in_a_thread, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        assert_in_range(racers[i].result, 0, 1);
        winners += racers[i].result == 0;
    }
    return winners;
}

/* All are there before one may start: a fork in the middle of the server's work would keep the
 * server's pipes open in the child. */
static void fork_racers(struct git_scene *s, const char *url, bool is_shared, pid_t pids[RACERS])
{
    int gate[2];
    char byte;

    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < RACERS; i++) {
        char mirrors[16];
        snprintf(mirrors, sizeof mirrors, "p%d", is_shared ? 0 : i);
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        close(gate[1]);
        ssize_t opened = read(gate[0], &byte, 1); /* until the last writer closes */
        _exit(opened == 0 ? race(s->root, url, mirrors, i) : 2);
    }
    close(gate[0]);
    close(gate[1]);
}

static int winners_among_processes(struct git_scene *s, const char *url, bool is_shared)
{
    pid_t pids[RACERS];
    int winners = 0;

    fork_racers(s, url, is_shared, pids);
    for (int i = 0; i < RACERS; i++) {
        int status = 0;
        waitpid(pids[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_in_range(WEXITSTATUS(status), 0, 1);
        winners += WEXITSTATUS(status) == 0;
    }
    return winners;
}

/* Both kinds of racers, each on a fresh branch, and both repositories sound afterwards. */
static void race_for(struct git_scene *s, const char *url, bool is_shared)
{
    git_run(s->remote, true, NULL, 0, "git update-ref -d refs/heads/fix/race");
    assert_int_equal(winners_among_processes(s, url, is_shared), 1);
    git_run(s->remote, true, NULL, 0,
            "git fsck --full --strict && git update-ref -d refs/heads/fix/race");
    assert_int_equal(winners_among_threads(s, url, is_shared), 1);
    git_run(s->remote, true, NULL, 0, "git fsck --full --strict");
    git_run(
        s->root, true, NULL, 0,
        "for d in m?/acme/*.git p?/acme/*.git; do git -C $d fsck --full --strict || exit 1; done");
}

static void of_six_workers_one_creates_the_branch(void **state)
{
    char url[256];

    (void)state;
    GIT_SCENE(s, &private_server);
    git_server_url(s.server, "acme/infra", url, sizeof url);
    race_for(&s, url, false);
    race_for(&s, url, true);
}

static void of_six_workers_on_one_disk_one_creates_the_branch(void **state)
{
    (void)state;
    GIT_SCENE(s, NULL);
    race_for(&s, s.remote, false);
    race_for(&s, s.remote, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_token_is_rejected_after_one_try),
        cmocka_unit_test(a_missing_repository_is_rejected),
        cmocka_unit_test(a_busy_server_is_left_alone_for_as_long_as_it_says),
        cmocka_unit_test(a_limit_that_does_not_say_how_long_is_a_limit_still),
        cmocka_unit_test(a_page_that_is_no_git_is_rejected),
        cmocka_unit_test(a_silent_server_does_not_hold_a_worker),
        cmocka_unit_test(nobody_listening_is_worth_a_retry),
        cmocka_unit_test(a_transfer_that_breaks_off_leaves_a_sound_mirror),
        cmocka_unit_test(a_repository_over_the_limit_is_rejected_with_both_figures),
        cmocka_unit_test(a_stop_ends_a_fetch),
        cmocka_unit_test(the_token_stays_with_its_host),
        cmocka_unit_test(a_renamed_repository_is_followed_on_its_host),
        cmocka_unit_test(the_token_is_in_no_file),
        cmocka_unit_test(urls_and_names_that_are_not_ours_are_refused),
        cmocka_unit_test(of_six_workers_one_creates_the_branch),
        cmocka_unit_test(of_six_workers_on_one_disk_one_creates_the_branch),
    };

    return git_scene_main(tests, COUNT(tests));
}
