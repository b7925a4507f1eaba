/*
 * Embedded broker: librdkafka's mock cluster as the broker of one machine. In memory: a restart
 * loses everything. It silently evicts past 5 MiB or 100,000 message sets per partition, so it is
 * given many partitions and watched: an eviction is a loud error.
 *
 *     embedded_broker_start() -> embedded_broker_brokers(), embedded_broker_check() -> _stop()
 */
#ifndef COMMON_KAFKA_EMBEDDED_BROKER_H
#define COMMON_KAFKA_EMBEDDED_BROKER_H

#include "common/base.h"

struct embedded_broker;

int embedded_broker_start(struct embedded_broker **out, const char *const *topics, size_t n,
                          int partitions, struct err *err) MUST_USE;
void embedded_broker_stop(struct embedded_broker *broker);
DEFINE_CLEANUP(struct embedded_broker *, embedded_broker_stop)
const char *embedded_broker_brokers(const struct embedded_broker *broker); /* "127.0.0.1:port" */
/* ERR_FATAL. One call after the other, as start. */
int embedded_broker_add_topic(struct embedded_broker *broker, const char *topic, int partitions,
                              struct err *err) MUST_USE;
/* Down: connections are cut and refused until it is up again; what it keeps stays. For trying
 * outages. */
void embedded_broker_set_up(struct embedded_broker *broker, bool up);
/* For trying what may happen to what is sent: the next n writes are refused for good; the next one
 * is done, and answered so much later. */
void embedded_broker_refuse_writes(struct embedded_broker *broker, int n);
void embedded_broker_answer_late(struct embedded_broker *broker, int late_ms);
/* One question per partition. ERR_RETRY; ERR_FATAL when records were evicted that a reader may not
 * have seen (a low watermark above 0). */
int embedded_broker_check(struct embedded_broker *broker, struct err *err) MUST_USE;

#endif
