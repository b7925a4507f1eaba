/*
 * What must hold, looked at after every effect and once more when all has come to rest.
 *
 * I1: every finding gets one terminal event, by id, and one that is true.
 * I2: at every moment at most one open pull request per fingerprint; but that of another
 *     generation, opened between a worker's last look and its request, nobody can fence.
 * I4: a finding without its terminal event, or with a replay that has not been answered since,
 *     always stands in some topic that workers read, at or above its commit and not in the
 *     commit's map of what is finished.
 * I6: what was written under a fence was written by the last to be given one.
 * I8: plans are made once, but for what went wrong.
 * I9: who is told that it may write has the lock of its resource, so two findings of one resource
 *     are never edited at once, unless Redis lost writes or its clock jumped since it was given.
 * I10: a replay opens an item again once, and only one whose end it may ask about anew.
 * I11: an item that a worker died under is walked with no other beside it (variants.c).
 * G3 stands in forge_model.c, where pull requests are opened.
 */
#ifndef TESTS_SIM_INVARIANTS_H
#define TESTS_SIM_INVARIANTS_H

#include "tests/sim/sim.h"

struct part;
struct stored;
struct pull;
struct redis_reply;

#define FINDINGS_MAX    4
#define GENERATIONS_MAX 3

struct finding { /* one occurrence of a problem; its record may be sent more than once */
    char fp[SHA256_HEX_BYTES]; /* "": bytes that are no item */
    int64_t generation;
    char *bytes;
    size_t len;
    char ended_id[SHA256_HEX_BYTES];
    /* of this run */
    size_t sent;
    int64_t sent_ms;
    size_t events;
    char state[24];
    size_t replays;
    bool asked; /* by a replay, and no event has come since */
};
/* FINDINGS_MAX * GENERATIONS_MAX, by number, then generation; and the last is no item. */
extern struct finding findings[FINDINGS_MAX * GENERATIONS_MAX + 1];

void findings_make(void); /* once */
void findings_done(void);
struct finding *finding_at(size_t number, int64_t generation);

void invariants_begin(void);
void invariants_appended(const struct part *part, const struct stored *record);
void invariants_committed(const struct part *part);
/* By a worker that looked for an open one of any generation at that moment (outside.h). */
void invariants_opened(const struct pull *pull, int64_t looked_at);
void invariants_script(const char *what, const char *const *argv, size_t argc,
                       const struct redis_reply *reply);
/* step_may_write said so to the owner of a resource's lock. */
void invariants_may_write(const char *key, const char *owner);
void invariants_redis_went_back(void);
void invariants_clock_moved(void);
void invariants_clock_went_back(void);
void invariants_at_rest(void);

#endif
