/* What operators did, in the audit trail: each event acked before the next thing is done. */
#ifndef PRODUCER_REPLAY_AUDIT_H
#define PRODUCER_REPLAY_AUDIT_H

#include "common/base.h"

struct json;
struct queue_producer;

struct operator_event {
    const char *kind;   /* "replay.started", … */
    const char *action; /* "replay", "purge" */
    const char *id;     /* of the replay or the purge */
    const char *topic;  /* that it is about */
    const char *by, *reason;
    const char *why;            /* what went wrong; NULL: nothing */
    const struct json *details; /* what it was about; NULL none */
    int64_t started_unix_ms;    /* tells runs of one id apart */
    int64_t now_unix_ms;
};

/* Sends it and waits for the ack. ERR_RETRY, ERR_FATAL. */
int operator_event_send(struct queue_producer *producer, const struct operator_event *event,
                        struct err *err) MUST_USE;

#endif
