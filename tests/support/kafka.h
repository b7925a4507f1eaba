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

#include "common/kafka/queue_consumer.h"

#define FRESH_NAME_BYTES 80

enum broker_kind { BROKER_EMBEDDED, BROKER_REAL };

struct broker;

const char *broker_kind_name(enum broker_kind kind);
/* False when this kind was not asked for or is not to be had; says why on stderr. */
bool broker_wanted(enum broker_kind kind);

struct broker *broker_start(enum broker_kind kind);
struct broker *broker_start_own(enum broker_kind kind);
/* A real one of one's own that clients reach through a proxy of theirs, too: who comes to
 * broker_behind is told that it is at 127.0.0.1:proxy_port. */
struct broker *broker_start_behind(int proxy_port);
const char *broker_behind(const struct broker *broker);
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

/* The ends for a test; they fail it when they cannot be made. */
struct queue_producer *producer_for(struct broker *broker);
struct queue_consumer *consumer_for(struct broker *broker, const char *group, const char *topic);
/* Sends n records with keys "k<i>", values "v<i>" and header "number" = "<i>", i from first on. */
void send_numbered(struct queue_producer *producer, const char *topic, int first, int n);
/* The next record, or NULL when none came within that time; brokers that are away are waited for.
 */
struct queue_record *next_record(struct queue_consumer *consumer, int64_t within_ms);
/* The first record of a topic that holds one, looked at from the side; the caller frees. */
struct queue_record *first_record(struct broker *broker, const char *topic);
/* The message, sent to a fresh topic, as its reader sees it; the caller frees. */
struct queue_record *read_back(struct broker *broker, struct queue_producer *producer,
                               const struct queue_message *message);
/* Polls, without expecting records, until the consumer owns n partitions; fails after 30 s. */
void wait_for_partitions(struct queue_consumer *consumer, int64_t n);

/* "stem-pid-n", the same in no other test run. */
void fresh_name(char out[FRESH_NAME_BYTES], const char *stem);
/* Such a name, and a topic that has it. */
void fresh_topic(struct broker *broker, char out[FRESH_NAME_BYTES], const char *stem,
                 int partitions);

#endif
