/* Records whose last event is under way: who comes second, the ack or the thread, ends it. */
#include "common/channel.h"
#include "common/kafka/queue.h"
#include "common/kafka/queue_consumer.h"
#include "tests/support/test.h"
#include "worker/settle.h"

enum { MAX = 2 };

struct scene {
    struct channel *outbox;
    struct settle_desk *desk;
    atomic_int under_way;
};

static void scene_open(struct scene *s)
{
    struct err err;

    atomic_init(&s->under_way, 0);
    assert_ok(channel_new(&s->outbox, MAX, &err), err);
    assert_ok(settle_desk_new(&s->desk, s->outbox, &s->under_way, MAX, &err), err);
}

static void scene_close(struct scene *s)
{
    assert_int_equal(atomic_load(&s->under_way), 0);
    assert_null(settle_take_failed(s->desk));
    settle_desk_free(s->desk);
    channel_free(s->outbox);
}

/* One as a thread has it in hand; its handle is what queue_record_free frees. */
static struct queue_record *take_one(struct scene *s)
{
    struct queue_record *record = calloc(1, sizeof *record);

    assert_non_null(record);
    record->handle = record;
    record->topic = "plumb.findings.v1";
    atomic_fetch_add(&s->under_way, 1);
    return record;
}

/* As the thread does with one that stayed its own. */
static void keep(struct scene *s, struct queue_record *record)
{
    queue_record_free(record);
    atomic_fetch_sub(&s->under_way, 1);
}

static void tell(struct queue_receipt *receipt, const char *why)
{
    receipt->told(receipt, why);
}

static void a_parked_record_is_handed_back_when_its_event_is_acked(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    struct queue_record *record = take_one(&s);
    struct settling *settling = settling_begin(s.desk);
    struct queue_receipt *receipt = settling_receipt(settling);
    assert_int_equal(settling_park_give(settling, record), SETTLE_PARKED);
    assert_null(channel_receive(s.outbox, 0));
    assert_int_equal(atomic_load(&s.under_way), 1);
    tell(receipt, NULL);
    assert_int_equal(atomic_load(&s.under_way), 0);
    assert_ptr_equal(channel_receive(s.outbox, 0), record);
    queue_record_free(record);
    scene_close(&s);
}

static void an_ack_before_the_thread_lets_go_is_the_threads_answer(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    struct queue_record *record = take_one(&s);
    struct settling *settling = settling_begin(s.desk);
    tell(settling_receipt(settling), NULL);
    assert_int_equal(settling_park_give(settling, record), SETTLE_ACKED);
    settling = settling_begin(s.desk);
    tell(settling_receipt(settling), "the broker is away");
    assert_int_equal(settling_park_give(settling, record), SETTLE_FAILED);
    assert_null(channel_receive(s.outbox, 0));
    keep(&s, record);
    scene_close(&s);
}

static void a_record_whose_event_failed_comes_up_again_and_is_not_done(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    struct queue_record *record = take_one(&s);
    struct settling *settling = settling_begin(s.desk);
    struct queue_receipt *receipt = settling_receipt(settling);
    assert_int_equal(settling_park_give(settling, record), SETTLE_PARKED);
    tell(receipt, "timed out");
    assert_null(channel_receive(s.outbox, 0));
    assert_int_equal(atomic_load(&s.under_way), 1);
    assert_ptr_equal(settle_take_failed(s.desk), record);
    assert_null(settle_take_failed(s.desk));
    keep(&s, record);
    scene_close(&s);
}

static void what_failed_is_given_up_at_a_stop(void **state)
{
    struct queue_receipt *receipts[MAX];
    struct scene s;

    (void)state;
    scene_open(&s);
    for (int i = 0; i < MAX; i++) {
        struct settling *settling = settling_begin(s.desk);
        receipts[i] = settling_receipt(settling);
        assert_int_equal(settling_park_give(settling, take_one(&s)), SETTLE_PARKED);
    }
    for (int i = 0; i < MAX; i++)
        tell(receipts[i], "timed out");
    settle_give_up_failed(s.desk);
    assert_null(channel_receive(s.outbox, 0));
    scene_close(&s);
}

static void an_event_that_counts_for_nothing_hands_nothing_back(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    struct settling *early = settling_begin(s.desk), *late = settling_begin(s.desk);
    struct queue_receipt *receipt = settling_receipt(late);
    tell(settling_receipt(early), NULL);
    settling_drop(early, true);
    settling_drop(late, true);
    settling_drop(settling_begin(s.desk), false);
    assert_null(channel_receive(s.outbox, 0));
    scene_close(&s);
    tell(receipt, NULL); /* after the desk is gone */
}

static void only_so_many_settle_at_a_time(void **state)
{
    struct scene s;

    (void)state;
    scene_open(&s);
    struct settling *one = settling_begin(s.desk), *two = settling_begin(s.desk);
    assert_non_null(two);
    assert_null(settling_begin(s.desk));
    settling_drop(one, false);
    one = settling_begin(s.desk);
    assert_non_null(one);
    settling_drop(one, false);
    settling_drop(two, false);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parked_record_is_handed_back_when_its_event_is_acked),
        cmocka_unit_test(an_ack_before_the_thread_lets_go_is_the_threads_answer),
        cmocka_unit_test(a_record_whose_event_failed_comes_up_again_and_is_not_done),
        cmocka_unit_test(what_failed_is_given_up_at_a_stop),
        cmocka_unit_test(an_event_that_counts_for_nothing_hands_nothing_back),
        cmocka_unit_test(only_so_many_settle_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
