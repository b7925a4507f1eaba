/* What crosses threads, common/channel.h. */
#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "common/channel.h"

#define LONG_MS 20000

static struct channel *made(size_t capacity)
{
    struct channel *channel = NULL;
    struct err err;

    assert_ok(channel_new(&channel, capacity, &err), err);
    return channel;
}

static void pointers_come_out_in_order(void **state)
{
    CLEANUP(channel_freep) struct channel *channel = made(2);
    int a;
    int b;
    int c;

    (void)state;
    assert_true(channel_send(channel, &a, 0));
    assert_true(channel_send(channel, &b, 0));
    assert_int_equal(channel_count(channel), 2);
    assert_ptr_equal(channel_receive(channel, 0), &a);
    assert_true(channel_send(channel, &c, 0));
    assert_ptr_equal(channel_receive(channel, 0), &b);
    assert_ptr_equal(channel_receive(channel, 0), &c);
    assert_int_equal(channel_count(channel), 0);
}

static void a_full_channel_refuses_and_an_empty_one_gives_nothing(void **state)
{
    CLEANUP(channel_freep) struct channel *channel = made(1);
    int a;

    (void)state;
    assert_null(channel_receive(channel, 0));
    assert_null(channel_receive(channel, 10));
    assert_true(channel_send(channel, &a, 0));
    assert_false(channel_send(channel, &a, 0));
    assert_false(channel_send(channel, &a, 10));
    assert_ptr_equal(channel_receive(channel, 0), &a);
}

static void a_closed_channel_is_drained_and_then_over(void **state)
{
    CLEANUP(channel_freep) struct channel *channel = made(2);
    int a;

    (void)state;
    assert_true(channel_send(channel, &a, 0));
    channel_close(channel);
    assert_false(channel_send(channel, &a, LONG_MS));
    assert_ptr_equal(channel_receive(channel, LONG_MS), &a);
    assert_null(channel_receive(channel, LONG_MS));
}

static void *receive_one(void *context)
{
    return channel_receive(context, LONG_MS);
}

static void closing_wakes_a_receiver(void **state)
{
    CLEANUP(channel_freep) struct channel *channel = made(1);
    pthread_t thread;
    void *received = channel;

    (void)state;
    pthread_create(&thread, NULL, receive_one, channel);
    channel_close(channel);
    pthread_join(thread, &received);
    assert_null(received);
}

enum { SENDERS = 3, RECEIVERS = 3, EACH = 2000 };

struct traffic {
    struct channel *channel;
    atomic_int received[SENDERS * EACH + 1]; /* how often each number came */
};

struct sender {
    struct traffic *traffic;
    int first;
};

static void *send_many(void *context)
{
    struct sender *sender = context;

    for (intptr_t i = 0; i < EACH; i++) {
        if (!channel_send(sender->traffic->channel, (void *)(sender->first + i), LONG_MS))
            return sender; /* refused */
    }
    return NULL;
}

static void *receive_many(void *context)
{
    struct traffic *traffic = context;
    void *number;

    while ((number = channel_receive(traffic->channel, LONG_MS)) != NULL)
        atomic_fetch_add(&traffic->received[(intptr_t)number], 1);
    return NULL;
}

static void many_threads_lose_and_double_nothing(void **state)
{
    CLEANUP(channel_freep) struct channel *channel = made(7);
    static struct traffic traffic;
    struct sender senders[SENDERS];
    pthread_t sending[SENDERS];
    pthread_t receiving[RECEIVERS];
    void *answer;

    (void)state;
    traffic.channel = channel;
    for (int i = 0; i < RECEIVERS; i++)
        pthread_create(&receiving[i], NULL, receive_many, &traffic);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){&traffic, 1 + i * EACH};
        pthread_create(&sending[i], NULL, send_many, &senders[i]);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(sending[i], &answer);
        assert_null(answer);
    }
    channel_close(channel);
    for (int i = 0; i < RECEIVERS; i++)
        pthread_join(receiving[i], &answer);
    for (int i = 1; i <= SENDERS * EACH; i++)
        assert_int_equal(atomic_load(&traffic.received[i]), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_come_out_in_order),
        cmocka_unit_test(a_full_channel_refuses_and_an_empty_one_gives_nothing),
        cmocka_unit_test(a_closed_channel_is_drained_and_then_over),
        cmocka_unit_test(closing_wakes_a_receiver),
        cmocka_unit_test(many_threads_lose_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
