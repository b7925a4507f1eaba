/*
 * Brokers for tests: the embedded one (in this process) and a real Apache Kafka.
 *
 *     for each kind:  if (!broker_wanted(kind)) skip();   b = broker_start(kind) … broker_stop(b)
 *
 * PLUMB_KAFKA=embedded|real|both chooses; without it the embedded broker and, where Java and Maven
 * (or the fetched jars) are there, the real one. A whole ctest run shares one real Kafka, so tests
 * take fresh topic and group names; broker_start_own gives one that nobody else uses.
 * Failures end the test (cmocka's fail).
 */
#ifndef TESTS_SUPPORT_KAFKA_H
#define TESTS_SUPPORT_KAFKA_H

#include "common/queue.h"

#define FRESH_NAME_BYTES 80

enum broker_kind { BROKER_EMBEDDED, BROKER_REAL };

struct broker;

const char *broker_kind_name(enum broker_kind kind);
/* False when this kind was not asked for or is not to be had; says why on stderr. */
bool broker_wanted(enum broker_kind kind);

struct broker *broker_start(enum broker_kind kind);
struct broker *broker_start_own(enum broker_kind kind);
void broker_stop(struct broker *broker);
DEFINE_CLEANUP(struct broker *, broker_stop)

const char *broker_address(const struct broker *broker);
/* Short timeouts; borrows from the broker. */
struct queue_options broker_options(const struct broker *broker);
void broker_make_topics(struct broker *broker, const char *const *topics, size_t n, int partitions);
/* An outage; only of a broker of one's own. Data and address stay. */
void broker_set_up(struct broker *broker, bool up);
/* NULL for a real one. */
struct embedded_broker *broker_embedded(struct broker *broker);

/* "stem-pid-n", the same in no other test run. */
void fresh_name(char out[FRESH_NAME_BYTES], const char *stem);

#endif
