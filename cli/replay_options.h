/*
 * Options that plumb replay and the verbs of plumb dlq share: what is chosen, why, and how it is
 * told. Their texts are kept as they were typed, for the trail and for the words on how to go on.
 */
#ifndef CLI_REPLAY_OPTIONS_H
#define CLI_REPLAY_OPTIONS_H

#include <argp.h>

#include "producer/replay.h"

enum replay_option_key {
    REPLAY_KEY_WHERE = 'w',
    REPLAY_KEY_MAX = 'n',
    REPLAY_KEY_REASON = 'r',
    REPLAY_KEY_FORMAT = 'f',
    REPLAY_KEY_TOPIC = 't',
    REPLAY_KEY_FROM = 0x200,
    REPLAY_KEY_TO,
    REPLAY_KEY_RATE,
    REPLAY_KEY_DRY_RUN,
    REPLAY_KEY_ID,
    REPLAY_KEY_REVIEW,
    REPLAY_KEY_ALL,
};

#define REPLAY_TEXTS_MAX 32
#define REPLAY_IDS_MAX   256

struct replay_options {
    const char *topic, *reason, *id;
    const char *from[REPLAY_TEXTS_MAX], *to[REPLAY_TEXTS_MAX], *where[REPLAY_TEXTS_MAX];
    size_t n_from, n_to, n_where;
    const char *letters[REPLAY_IDS_MAX]; /* arguments: ids of letters */
    size_t n_letters;
    struct selector *selector;
    struct replay_span span;
    int64_t now_unix_ms;
    int64_t max, rate_per_minute;
    bool dry_run, json, reopens_review, all;
};

int replay_options_init(struct replay_options *out, struct err *err) MUST_USE;
void replay_options_done(struct replay_options *options);
/* For every argp of these commands; wrong values end the program with words and code 2. */
error_t replay_options_parse(int key, char *argument, struct argp_state *state);

/* Rows of their tables. */
#define REPLAY_OPTION_WHERE                                                                        \
    {                                                                                              \
        "where", REPLAY_KEY_WHERE, "CONDITION", 0,                                                 \
            "Only what meets it: FIELD=TEXT, FIELD!=TEXT, FIELD~REGEX, FIELD!~REGEX; FIELD is "    \
            "repository, rule, control, stage, error, fingerprint, source, tenant, kind or "       \
            "resource. "                                                                           \
            "May repeat: all must hold",                                                           \
            1                                                                                      \
    }
#define REPLAY_OPTION_SPAN                                                                         \
    {"from",                                                                                       \
     REPLAY_KEY_FROM,                                                                              \
     "WHEN",                                                                                       \
     0,                                                                                            \
     "Not before: a time (2026-12-01T02:00:00Z), an age (2h, \"30m ago\"), or offsets "            \
     "(PARTITION:OFFSET,…; other partitions are left out)",                                        \
     1},                                                                                           \
    {                                                                                              \
        "to", REPLAY_KEY_TO, "WHEN", 0, "Before that, in the same words", 1                        \
    }
#define REPLAY_OPTION_REASON                                                                       \
    {                                                                                              \
        "reason", REPLAY_KEY_REASON, "TEXT", 0, "Why; it stands in the audit trail", 2             \
    }
#define REPLAY_OPTION_RATE                                                                         \
    {                                                                                              \
        "rate", REPLAY_KEY_RATE, "N/s", 0, "Send no faster: 5/s, 300/m (as fast as it goes)", 2    \
    }
#define REPLAY_OPTION_DRY_RUN                                                                      \
    {                                                                                              \
        "dry-run", REPLAY_KEY_DRY_RUN, NULL, 0, "Show what would be done, and do nothing", 2       \
    }
#define REPLAY_OPTION_REVIEW                                                                       \
    {                                                                                              \
        "reopen-review", REPLAY_KEY_REVIEW, NULL, 0,                                               \
            "Items that wait for a person (PENDING_REVIEW) run again too, not only dead ones", 2   \
    }
#define REPLAY_OPTION_FORMAT(of)                                                                   \
    {                                                                                              \
        "format", REPLAY_KEY_FORMAT, "FORMAT", 0, of, 3                                            \
    }

#endif
