/*
 * The Kafka of the simulation: partitions, one consumer group, and behind librdkafka's own names a
 * client that speaks to them. Only what common/kafka uses is there; anything else does not link.
 *
 * Holds: appends are for ever and in order; a commit is taken from a member of the present
 * generation only, of whatever partition it names, as brokers do; a rebalance is eager: all give up
 * what they have, then all are given anew; a member that was silent for a session is put out.
 */
#ifndef TESTS_SIM_KAFKA_H
#define TESTS_SIM_KAFKA_H

#include <librdkafka/rdkafka.h>

#include "proto/topics.h"
#include "tests/sim/sim.h"

#define PARTITIONS_MAX 16 /* of all topics together */
#define MEMBERS_MAX    64
#define SESSION_MS     4000
#define METADATA_MAX   4096
#define DELIVERY_MS    10000 /* how long a producer tries */
#define IDLE_SLACK_MS  150   /* an idle poll may come back that much later */

struct rd_kafka_topic_s {
    const char *name;
};

struct rd_kafka_headers_s {
    size_t n, capacity;
    struct header {
        char *name;
        char *value;
        size_t len;
    } * at;
};

struct stored {
    void *key, *value;
    size_t key_len, value_len;
    rd_kafka_headers_t *headers;
    int64_t timestamp_ms; /* its sender's wall clock */
};

struct part {
    struct rd_kafka_topic_s *topic;
    int32_t number;
    struct stored *records;
    size_t n, capacity;
    int64_t committed; /* -1: never */
    int64_t reached;   /* the highest ever committed */
    char metadata[METADATA_MAX];
    size_t metadata_len;
};

struct rd_kafka_conf_s {
    void *opaque;
    void (*rebalance)(rd_kafka_t *, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *, void *);
    void (*delivered)(rd_kafka_t *, const rd_kafka_message_t *, void *);
};

enum member_pending { PENDING_NOTHING, PENDING_ASSIGN, PENDING_REVOKE };

struct member {
    rd_kafka_t *rk; /* NULL: its process is gone, and the broker does not know yet */
    struct worker *worker;
    bool used;
    bool joined; /* in the group; false: put out */
    bool ready;  /* has given up what it had and waits for the next generation */
    bool lost;
    enum member_pending pending;
    int64_t generation;
    int64_t seen_ms;
    bool given[PARTITIONS_MAX];
};

struct fetch {
    bool on, paused;
    int64_t position;
};

struct unsent {
    struct unsent *next;
    struct part *part;
    struct stored record;
    void *opaque; /* NULL: nobody waits for a report */
    int64_t due_ms;
};

struct rd_kafka_s {
    rd_kafka_type_t type;
    struct worker *worker;
    struct rd_kafka_conf_s conf;
    struct member *member;
    struct fetch fetch[PARTITIONS_MAX];
    bool closed;
    struct unsent *first, **last;
};

/* --- kafka_log.c --- */
extern struct part parts[PARTITIONS_MAX];
extern size_t n_parts;
void kafka_begin(void);
void kafka_end(void);
struct part *kafka_part(const char *topic, int32_t number);
struct rd_kafka_topic_s *kafka_topic(const char *name);
/* Which partition of a topic a key goes to. */
struct part *kafka_part_for(const char *topic, const void *key, size_t len);
/* Takes the record; wakes whoever polls. */
void kafka_append_give(struct part *part, struct stored *record);
void stored_done(struct stored *record);
void kafka_commit(struct part *part, int64_t offset, const void *metadata, size_t len);
/* Below the commit, or in its map. */
bool kafka_is_done(const struct part *part, int64_t offset);
bool kafka_is_read_to_the_end(void); /* every topic that workers read */
void kafka_forget_commits(void);     /* as when the group's offsets expired */

/* --- kafka_group.c --- */
void group_begin(void);
void group_join(rd_kafka_t *rk);
void group_leave(rd_kafka_t *rk);
void group_gave_up(rd_kafka_t *rk); /* its revoke callback is through */
void group_tick(void);              /* puts out who was silent */
void group_rebalance(void);
/* Runs a pending callback; false when there is none. */
bool group_serve(rd_kafka_t *rk);
bool group_accepts(const rd_kafka_t *rk);

/* --- kafka_lists.c --- */
rd_kafka_headers_t *headers_copy(const rd_kafka_headers_t *headers);

#endif
