/*
 * Queue, inside: what the producer, the consumer and its assignment share. Only common/queue_*.c
 * includes this; everybody else uses queue.h.
 */
#ifndef COMMON_KAFKA_QUEUE_INTERNAL_H
#define COMMON_KAFKA_QUEUE_INTERNAL_H

#include "common/kafka/offset_tracker.h"
#include "common/kafka/queue_consumer.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>

#define QUEUE_CLOSE_MS 10000
/* Unfinished records that one partition may have; then it is paused. */
#define QUEUE_UNFINISHED_MAX 10000

DEFINE_CLEANUP(rd_kafka_conf_t *, rd_kafka_conf_destroy)
DEFINE_CLEANUP(rd_kafka_topic_partition_list_t *, rd_kafka_topic_partition_list_destroy)
DEFINE_CLEANUP(rd_kafka_event_t *, rd_kafka_event_destroy)

/* --- configuration --- */
struct queue_setting {
    const char *name;
    const char *value; /* NULL: left at its default */
};
int queue_conf_set(rd_kafka_conf_t *conf, const struct queue_setting *settings, size_t n,
                   struct err *err) MUST_USE;
int queue_conf_set_int(rd_kafka_conf_t *conf, const char *name, int64_t value,
                       struct err *err) MUST_USE;
/* Connection, security and logging, the same for both ends. */
int queue_conf_new(rd_kafka_conf_t **out, const struct queue_options *options,
                   struct err *err) MUST_USE;
/* Takes the configuration in every case. Log lines come through the handle's main queue. */
int queue_handle_new_give(rd_kafka_t **out, rd_kafka_type_t type, rd_kafka_conf_t *conf,
                          struct err *err) MUST_USE;
/* Asks a broker for metadata. 0 or ERR_RETRY. */
int queue_handle_ping(rd_kafka_t *rk, int64_t timeout_ms, struct err *err) MUST_USE;

/*
 * Watchdog: librdkafka's close and destroy wait for ever when one of its objects leaked, so the
 * exit path is timed and a process that hangs there is ended.
 */
struct queue_watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t told;
    const char *what;
    bool over;
    bool running;
};
void queue_watchdog_start(struct queue_watchdog *watchdog, const char *what);
void queue_watchdog_stop(struct queue_watchdog *watchdog);

/* For queue_topics.c. */
rd_kafka_t *queue_producer_handle(struct queue_producer *producer);

/* --- consumer --- */
struct queue_slot {    /* beside the tracker's slot of the same number */
    bool paused;       /* as librdkafka was told */
    bool stopped;      /* what it would read next is gone; until the next assignment */
    bool maps_refused; /* by the broker, as too large */
    size_t held;
    int64_t expected; /* the next offset; -1 unknown */
};

struct queue_held {
    struct queue_record *record;
    int64_t due_unix_ms;
    struct queue_held *next;
};

struct queue_consumer {
    rd_kafka_t *rk;
    rd_kafka_queue_t *replies; /* to commits */
    int64_t commits;           /* the number of the last one */
    struct offset_tracker *tracker;
    struct queue_slot *slots;
    struct queue_held *held; /* soonest first */
    /* Assigned, but it could not be learned where reading begins; NULL: it is known. */
    rd_kafka_topic_partition_list_t *awaited;
    int64_t awaited_at_ms; /* since then */
    int64_t learn_at_ms;
    bool paused;
    int64_t paused_at_ms;
    bool pauses_stale; /* slots may differ from what librdkafka was told */
    bool connected;
    bool closing; /* librdkafka answers no question about the group any more */
    int64_t probed_at_ms;
    int trouble; /* an error class that a callback left for queue_poll; 0 none */
    struct err trouble_text;
};

/* For queue_poll to tell. What is fatal stays, whatever comes after it. */
void queue_note_trouble(struct queue_consumer *consumer, int r, const struct err *why);

/* queue_assignment.c */
void queue_on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                        rd_kafka_topic_partition_list_t *partitions, void *opaque);
/* > 0 while a global pause is so young that librdkafka is not told: its pause drops what was
 * fetched, and the first record after the resume then takes a second. */
int64_t queue_soft_pause_left_ms(const struct queue_consumer *consumer);
void queue_apply_pauses(struct queue_consumer *consumer);
/* Asks again, when that is due, where reading begins. */
void queue_begin_awaited(struct queue_consumer *consumer);
void queue_drop_awaited(struct queue_consumer *consumer);

/* queue_commit.c: the last commits. The one of the end comes before the close, while the
 * coordinator can still be asked whether it is there. */
void queue_commit_before_revoke(struct queue_consumer *consumer);
void queue_commit_before_close(struct queue_consumer *consumer);

/* queue_held.c */
void queue_drop_held(struct queue_consumer *consumer);
/* The soonest held record when it is due, else NULL. */
struct queue_record *queue_take_due(struct queue_consumer *consumer, int64_t now_unix_ms);

/* queue_record.c: a copy, so that records may outlive their consumer and pin no fetch buffer. */
int queue_record_new(struct queue_record **out, const rd_kafka_message_t *message,
                     int64_t generation, struct err *err) MUST_USE;

#endif
