/* Slow clients are cut off, common/http/http_server_watch.h. */
#include "tests/support/test.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/http/http_server_watch.h"

#define DEADLINE_MS 40
#define LONG_MS     20000

struct scene {
    struct connection_watch *watch;
    int ours;
    int theirs;
    struct watched *watched;
};

static void set_up(struct scene *scene, int64_t deadline_ms)
{
    struct timeval patience = {.tv_sec = LONG_MS / 1000};
    struct err err;
    int ends[2];

    assert_ok(watch_new(&scene->watch, deadline_ms, &err), err);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    scene->ours = ends[0];
    scene->theirs = ends[1];
    setsockopt(scene->theirs, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    scene->watched = watch_enter(scene->watch, scene->ours);
    assert_non_null(scene->watched);
}

static void tear_down(struct scene *scene)
{
    watch_leave(scene->watch, scene->watched);
    watch_free(scene->watch);
    close(scene->ours);
    close(scene->theirs);
}

static bool is_cut(const struct scene *scene)
{
    char c;

    return recv(scene->theirs, &c, 1, 0) == 0;
}

static void a_client_that_drips_is_cut(void **state)
{
    struct scene scene;
    int64_t before_ms = clock_mono_ms();

    (void)state;
    set_up(&scene, DEADLINE_MS);
    assert_true(is_cut(&scene));
    assert_true(clock_mono_ms() - before_ms >= DEADLINE_MS);
    tear_down(&scene);
}

static void a_client_that_does_not_take_its_answer_is_cut(void **state)
{
    struct scene scene;

    (void)state;
    set_up(&scene, DEADLINE_MS);
    watch_state(scene.watch, scene.watched, WATCH_WRITING);
    assert_true(is_cut(&scene));
    tear_down(&scene);
}

/* A second connection, which is cut, shows that the first had been looked at and left alone. */
static void a_client_that_waits_for_us_is_not_cut(void **state)
{
    struct scene scene;
    struct scene other = {0};
    int ends[2];
    char c;

    (void)state;
    set_up(&scene, DEADLINE_MS);
    watch_state(scene.watch, scene.watched, WATCH_HANDLING);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    other.theirs = ends[1];
    other.watched = watch_enter(scene.watch, ends[0]);
    assert_true(is_cut(&other));
    assert_int_equal(recv(scene.theirs, &c, 1, MSG_DONTWAIT), -1);
    watch_leave(scene.watch, other.watched);
    close(ends[0]);
    close(ends[1]);
    tear_down(&scene);
}

static void *answer(void *context)
{
    struct scene *scene = context;

    watch_state(scene->watch, scene->watched, WATCH_READING);
    return NULL;
}

static void draining_waits_for_answers_only(void **state)
{
    struct scene scene;
    pthread_t thread;
    int64_t before_ms = clock_mono_ms();

    (void)state;
    set_up(&scene, LONG_MS);
    watch_drain(scene.watch, LONG_MS);
    watch_state(scene.watch, scene.watched, WATCH_HANDLING);
    watch_drain(scene.watch, 10);
    assert_true(clock_mono_ms() - before_ms >= 10);
    pthread_create(&thread, NULL, answer, &scene);
    watch_drain(scene.watch, LONG_MS);
    pthread_join(thread, NULL);
    assert_true(clock_mono_ms() - before_ms < LONG_MS);
    tear_down(&scene);
}

static void connections_leave_in_any_order(void **state)
{
    struct connection_watch *watch = NULL;
    struct watched *watched[5];
    static const int order[] = {2, 0, 4, 1, 3};
    struct err err;

    (void)state;
    assert_ok(watch_new(&watch, LONG_MS, &err), err);
    for (size_t i = 0; i < COUNT(watched); i++)
        watched[i] = watch_enter(watch, -1);
    for (size_t i = 0; i < COUNT(order); i++)
        watch_leave(watch, watched[order[i]]);
    watch_leave(watch, NULL);
    watch_state(watch, NULL, WATCH_WRITING);
    watch_free(watch);
    watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_drips_is_cut),
        cmocka_unit_test(a_client_that_does_not_take_its_answer_is_cut),
        cmocka_unit_test(a_client_that_waits_for_us_is_not_cut),
        cmocka_unit_test(draining_waits_for_answers_only),
        cmocka_unit_test(connections_leave_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
