/*
 * Kafka rig: one broker and one producer for all tests of a program, which runs on each kind of
 * broker in turn.
 *
 *     int main(void) { const struct CMUnitTest tests[] = {…};  return rig_run(tests); }
 *
 * The two are there while a test runs. rig_run gives how many tests failed; a kind of broker that
 * is not to be had is left out, as broker_wanted says.
 */
#ifndef TESTS_SUPPORT_KAFKA_RIG_H
#define TESTS_SUPPORT_KAFKA_RIG_H

#include "tests/support/kafka.h"

extern struct broker *broker;
extern struct queue_producer *producer;
extern enum broker_kind rig_kind;

int rig_up(void **state);
int rig_down(void **state);

/* A macro, since cmocka counts an array's tests by its type. */
#define rig_run(tests)                                                                             \
    ({                                                                                             \
        int rig_failed = 0;                                                                        \
        for (rig_kind = BROKER_EMBEDDED; rig_kind <= BROKER_REAL; rig_kind++)                      \
            if (broker_wanted(rig_kind))                                                           \
                rig_failed += cmocka_run_group_tests_name(broker_kind_name(rig_kind), tests,       \
                                                          rig_up, rig_down);                       \
        rig_failed;                                                                                \
    })

#endif
