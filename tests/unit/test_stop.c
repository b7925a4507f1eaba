/* How a process is asked to end, common/stop.h. Signals go to children made for the purpose. */
#include "tests/support/test.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/stop.h"

#define LONG_MS 20000

/* A child that runs body, says over a pipe that it is ready, and then gets the signals. */
struct child {
    pid_t pid;
    int ready; /* read end: one byte when it is ready, one more for each later say() */
};

static int say_fd;

static void say(char c)
{
    ssize_t n = write(say_fd, &c, 1);
    (void)n;
}

static struct child start(void (*body)(void))
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    struct child child = {.pid = fork(), .ready = ends[0]};
    if (child.pid == 0) {
        close(ends[0]);
        say_fd = ends[1];
        body();
        _exit(0);
    }
    close(ends[1]);
    return child;
}

static char hear(const struct child *child)
{
    char c = 0;

    return read(child->ready, &c, 1) == 1 ? c : '\0';
}

static int end_of(const struct child *child)
{
    int status;

    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->ready);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void wait_for_stop(void)
{
    stop_install();
    say('r');
    while (!stop_wait(LONG_MS))
        ;
    unsigned left = alarm(0);
    _exit(left > 0 && left <= STOP_DRAIN_MS / 1000 ? 7 : 8);
}

static void one_signal_wakes_the_waiter_and_sets_the_deadline(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};

    (void)state;
    for (size_t i = 0; i < COUNT(signals); i++) {
        struct child child = start(wait_for_stop);
        assert_int_equal(hear(&child), 'r');
        kill(child.pid, signals[i]);
        assert_int_equal(end_of(&child), 7);
    }
}

static void drain_for_ever(void)
{
    stop_install();
    say('r');
    while (!stop_wait(LONG_MS))
        ;
    say('d');
    for (;;)
        pause();
}

static void a_second_signal_ends_at_once(void **state)
{
    struct child child = start(drain_for_ever);

    (void)state;
    assert_int_equal(hear(&child), 'r');
    kill(child.pid, SIGTERM);
    assert_int_equal(hear(&child), 'd');
    usleep((STOP_SAME_WISH_MS + 200) * 1000);
    kill(child.pid, SIGINT);
    assert_int_equal(end_of(&child), 1);
}

/* Both in the process' own hand, so that no load comes between them. */
static void press_twice(void)
{
    stop_install();
    raise(SIGINT);
    raise(SIGINT);
    _exit(stop_requested() ? 7 : 8);
}

static void a_key_pressed_twice_is_one_wish(void **state)
{
    struct child child = start(press_twice);

    (void)state;
    assert_int_equal(end_of(&child), 7);
}

/* The deadline is an alarm; here it rings early. */
static void the_deadline_ends_with_failure(void **state)
{
    struct child child = start(drain_for_ever);

    (void)state;
    assert_int_equal(hear(&child), 'r');
    kill(child.pid, SIGTERM);
    assert_int_equal(hear(&child), 'd');
    kill(child.pid, SIGALRM);
    assert_int_equal(end_of(&child), 1);
}

static void write_to_nobody(void)
{
    int ends[2];

    stop_install();
    if (pipe(ends) != 0)
        _exit(2);
    close(ends[0]);
    _exit(write(ends[1], "x", 1) < 0 ? 5 : 6);
}

static void a_broken_pipe_is_no_end(void **state)
{
    struct child child = start(write_to_nobody);

    (void)state;
    assert_int_equal(end_of(&child), 5);
}

static void *wait_in_thread(void *context)
{
    return stop_wait(LONG_MS) ? context : NULL;
}

static void a_request_from_inside_wakes_every_thread(void **state)
{
    pthread_t threads[3];
    void *answer;

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, wait_in_thread, &answer);
    assert_false(stop_requested());
    stop_request();
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], &answer);
        assert_ptr_equal(answer, &answer);
    }
    assert_true(stop_requested());
    stop_reset();
    assert_false(stop_requested());
    assert_int_equal(alarm(0), 0);
}

static void without_a_request_the_wait_takes_its_time(void **state)
{
    int64_t before_ms = clock_mono_ms();

    (void)state;
    stop_reset();
    assert_false(stop_wait(20));
    assert_true(clock_mono_ms() - before_ms >= 20);
    assert_false(stop_wait(0));
    assert_false(stop_wait(-5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_signal_wakes_the_waiter_and_sets_the_deadline),
        cmocka_unit_test(a_second_signal_ends_at_once),
        cmocka_unit_test(a_key_pressed_twice_is_one_wish),
        cmocka_unit_test(the_deadline_ends_with_failure),
        cmocka_unit_test(a_broken_pipe_is_no_end),
        cmocka_unit_test(a_request_from_inside_wakes_every_thread),
        cmocka_unit_test(without_a_request_the_wait_takes_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
