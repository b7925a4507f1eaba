/* Who is walked beside whom, with threads. */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/support/test.h"
#include "tests/support/wait.h"
#include "worker/alone.h"

#define WAIT_MS 60000

struct visitor { /* a thread that enters or asks, and says what it was told */
    struct alone *alone;
    pthread_t thread;
    atomic_int looks; /* how often it asked whether to stop: it waits */
    atomic_bool stop;
    atomic_bool answered;
    bool entered;
    int answer;
};

static bool visitor_stops(void *context)
{
    struct visitor *visitor = context;

    atomic_fetch_add(&visitor->looks, 1);
    return atomic_load(&visitor->stop);
}

static bool visitor_waits(void *context)
{
    return atomic_load(&((struct visitor *)context)->looks) > 0;
}

static void *come(void *context)
{
    struct visitor *visitor = context;

    visitor->entered = alone_enter(visitor->alone, visitor_stops, visitor);
    atomic_store(&visitor->answered, true);
    return NULL;
}

static void *ask(void *context)
{
    struct visitor *visitor = context;

    visitor->answer = alone_ask(visitor->alone, visitor_stops, visitor);
    atomic_store(&visitor->answered, true);
    return NULL;
}

static void begin(struct visitor *visitor, struct alone *alone, void *(*what)(void *))
{
    *visitor = (struct visitor){.alone = alone};
    assert_int_equal(pthread_create(&visitor->thread, NULL, what, visitor), 0);
}

static void begin_and_wait(struct visitor *visitor, struct alone *alone, void *(*what)(void *))
{
    begin(visitor, alone, what);
    assert_true(wait_until(visitor_waits, visitor, WAIT_MS));
    assert_false(atomic_load(&visitor->answered));
}

static void finish(struct visitor *visitor)
{
    pthread_join(visitor->thread, NULL);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static struct alone *made(void)
{
    struct alone *alone = NULL;
    struct err err;

    assert_ok(alone_new(&alone, &err), err);
    return alone;
}

static void without_a_suspect_all_are_in_at_once(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(alone_enter(alone, never, NULL));
    for (int i = 0; i < 3; i++)
        alone_leave(alone, false);
}

static void who_asks_waits_for_those_who_are_in(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();
    struct visitor suspect;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(alone_enter(alone, never, NULL));
    begin_and_wait(&suspect, alone, ask);
    alone_leave(alone, false);
    atomic_store(&suspect.looks, 0);
    assert_true(wait_until(visitor_waits, &suspect, WAIT_MS)); /* one is left */
    assert_false(atomic_load(&suspect.answered));
    alone_leave(alone, false);
    finish(&suspect);
    assert_int_equal(suspect.answer, 0);
    alone_leave(alone, true);
}

static void nobody_enters_while_one_asks_or_is_alone(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();
    struct visitor suspect;
    struct visitor newcomer;

    (void)state;
    assert_true(alone_enter(alone, never, NULL));
    assert_true(alone_enter(alone, never, NULL));
    begin_and_wait(&suspect, alone, ask);
    begin_and_wait(&newcomer, alone, come);
    alone_leave(alone, false);
    finish(&suspect);
    assert_int_equal(suspect.answer, 0);
    atomic_store(&newcomer.looks, 0);
    assert_true(wait_until(visitor_waits, &newcomer, WAIT_MS));
    assert_false(atomic_load(&newcomer.answered));
    alone_leave(alone, true);
    finish(&newcomer);
    assert_true(newcomer.entered);
    alone_leave(alone, false);
}

static void a_second_that_asks_is_refused_at_once(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();
    struct visitor first;

    (void)state;
    assert_true(alone_enter(alone, never, NULL));
    assert_true(alone_enter(alone, never, NULL));
    begin_and_wait(&first, alone, ask);
    assert_int_equal(alone_ask(alone, never, NULL), ALONE_TAKEN);
    assert_false(atomic_load(&first.answered));
    alone_leave(alone, false); /* its claim is given back */
    finish(&first);
    assert_int_equal(first.answer, 0);
    alone_leave(alone, true);
    assert_true(alone_enter(alone, never, NULL)); /* its turn, when it comes again */
    assert_int_equal(alone_ask(alone, never, NULL), 0);
    alone_leave(alone, true);
}

static void a_stop_ends_both_waits_and_the_door_opens_again(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();
    struct visitor suspect;
    struct visitor stopped;
    struct visitor patient;

    (void)state;
    assert_true(alone_enter(alone, never, NULL));
    assert_true(alone_enter(alone, never, NULL));
    begin_and_wait(&suspect, alone, ask);
    begin_and_wait(&stopped, alone, come);
    begin_and_wait(&patient, alone, come);
    atomic_store(&stopped.stop, true);
    finish(&stopped);
    assert_false(stopped.entered);
    assert_false(atomic_load(&patient.answered));
    atomic_store(&suspect.stop, true); /* its lease is lost, say */
    finish(&suspect);
    assert_int_equal(suspect.answer, ALONE_STOPPED);
    finish(&patient); /* the suspect, who gave up, is still in */
    assert_true(patient.entered);
    for (int i = 0; i < 3; i++)
        alone_leave(alone, false);
}

enum { THREADS = 6, ROUNDS = 3000 };

struct crowd {
    struct alone *alone;
    atomic_int in;
    atomic_int wrongs, alones, refused;
};

static void *visit_often(void *context)
{
    struct crowd *crowd = context;

    for (int i = 0; i < ROUNDS; i++) {
        bool is_alone = false;
        if (!alone_enter(crowd->alone, never, NULL))
            return NULL;
        atomic_fetch_add(&crowd->in, 1);
        if (i % 5 == 0) {
            int r = alone_ask(crowd->alone, never, NULL);
            is_alone = r == 0;
            atomic_fetch_add(is_alone ? &crowd->alones : &crowd->refused, 1);
        }
        if (is_alone)
            for (int looks = 0; looks < 100; looks++)
                atomic_fetch_add(&crowd->wrongs, atomic_load(&crowd->in) != 1);
        atomic_fetch_sub(&crowd->in, 1);
        alone_leave(crowd->alone, is_alone);
    }
    return NULL;
}

static void in_a_crowd_who_is_alone_is_alone_and_nobody_hangs(void **state)
{
    CLEANUP(alone_freep) struct alone *alone = made();
    struct crowd crowd = {.alone = alone};
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, visit_often, &crowd), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&crowd.wrongs), 0);
    assert_int_equal(atomic_load(&crowd.alones) + atomic_load(&crowd.refused),
                     THREADS * ((ROUNDS + 4) / 5));
    assert_true(atomic_load(&crowd.alones) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_suspect_all_are_in_at_once),
        cmocka_unit_test(who_asks_waits_for_those_who_are_in),
        cmocka_unit_test(nobody_enters_while_one_asks_or_is_alone),
        cmocka_unit_test(a_second_that_asks_is_refused_at_once),
        cmocka_unit_test(a_stop_ends_both_waits_and_the_door_opens_again),
        cmocka_unit_test(in_a_crowd_who_is_alone_is_alone_and_nobody_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
