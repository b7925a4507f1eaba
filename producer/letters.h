/*
 * Letters: what lies in plumb.dlq.v1, and what became of each.
 *
 *     letters_read -> letters_judge -> letter_is_open, letter_subject … -> letters_free
 *
 * A letter is open while its item is dead and nobody has answered it. Marks beside it say that it
 * was sent again or purged; Redis says how its item ended since; a later letter of the same item
 * stands for the earlier ones; where it cannot be decoded, a later one with the same bytes.
 *
 * Does not: know of an end that Redis has forgotten (STATE_RETENTION_DAYS): such a letter says so.
 */
#ifndef PRODUCER_LETTERS_H
#define PRODUCER_LETTERS_H

#include "producer/replay.h"

#define LETTERS_MAX_BYTES ((size_t)1024 * 1024 * 1024)

struct claim_store;

enum letter_state {
    LETTER_OPEN,
    LETTER_FORGOTTEN, /* Redis knows its item no more: open, for all that is known */
    LETTER_RETRIED,   /* sent again, not yet ended */
    LETTER_ENDED,     /* its item ended otherwise since */
    LETTER_SUPERSEDED,
    LETTER_PURGED,
};

struct letter { /* texts: "" where it does not say; they live as long as the letters */
    int32_t partition;
    int64_t offset;
    int64_t failed_unix_ms;
    int64_t at_unix_ms; /* the record's own time */
    enum letter_state state;
    const char *ended; /* the item's state by Redis; "" none */
    const char *repository, *rule, *control, *stage, *error, *fp, *resource;
    const char *claim;                  /* under which Redis knows the item; "" it does not say */
    const char *source, *tenant, *kind; /* kind: "finding", "drift", "" not decodable */
    const char *origin_topic;
    int64_t origin_partition, origin_offset; /* -1: it never was on one */
    const char *mark, *mark_by;
    const char *same; /* letters of which the newest stands for all: one item, or the same bytes */
    const char *why_not; /* it cannot be sent again; "" it can */
    size_t value_len;
};

struct letters {
    struct arena *arena;
    struct letter_mark *marks; /* newest first */
    struct letter *list;       /* oldest first */
    size_t n, capacity;
};

/* Everything that the topic holds now. 0, REPLAY_STOPPED, ERR_RETRY, ERR_FATAL. */
int letters_read(struct letters *out, struct queue_scan *scan, const struct replay_names *names,
                 const struct replay_watch *watch, struct err *err) MUST_USE;
/* Fills every state; claims NULL: by marks and letters alone. ERR_RETRY: Redis. */
int letters_judge(struct letters *letters, struct claim_store *claims, struct err *err) MUST_USE;
void letters_free(struct letters *letters);

bool letter_is_open(const struct letter *letter);
const char *letter_state_name(enum letter_state state);
void letter_subject(const struct letter *letter, struct selector_subject *out);
struct letter *letters_find(const struct letters *letters, int32_t partition, int64_t offset);
/* "3/17", "3:17" or "plumb.dlq.v1/3/17". False: it is no letter's id. */
bool letter_parse_id(const char *text, int32_t *partition, int64_t *offset);

#endif
