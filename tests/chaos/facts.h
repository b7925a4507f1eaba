/*
 * Facts: what a run left behind, gathered into one JSON document (its shape stands in judge.h).
 *
 *     facts_collect(&source, &facts, err)  ->  judge(facts, …)
 *
 * Looks only: topics are read from their start without a group, Redis is asked, files are read.
 * Commits are asked first, so that what they cover must be seen in everything that is read later.
 */
#ifndef TESTS_CHAOS_FACTS_H
#define TESTS_CHAOS_FACTS_H

#include "common/base.h"
#include "common/digest.h"

#define FACTS_CANARIES_MAX 16

struct json;
struct rules;

struct facts_source {
    const char *brokers;
    const char *group;        /* of the workers; the sink's is group-sink */
    const char *topic_prefix; /* "" for none */
    const char *redis_url;
    /* Holds data/ (DATA_DIR), repositories/ and the roles' *.log. */
    const char *dir;
    const char *github_file; /* what the fake GitHub says of itself (/_fake/state); NULL: none */
    const char *canaries[FACTS_CANARIES_MAX]; /* planted secrets; NULL-ended */
    int64_t redis_losses;
    const int64_t *lost_at_ms; /* of each of them, of the wall clock; NULL: not known */
    bool held_up;              /* as in judge.h */
};

int facts_collect(const struct facts_source *source, struct json **out, struct err *err) MUST_USE;

/* --- for the parts of the collector --- */

/* The topics, and the commits on them: records, sent, offsets, and leaks into topics. */
int facts_add_topics(const struct facts_source *source, const struct rules *rules,
                     struct json *facts, struct err *err) MUST_USE;
/* The forge, the audit log, the roles' logs and leaks into files. */
int facts_add_files(const struct facts_source *source, struct json *facts,
                    struct err *err) MUST_USE;
struct item;
void facts_fingerprint(const struct rules *rules, const struct item *item,
                       char out[SHA256_HEX_BYTES]);
/* One canary of the source stands in the bytes. */
bool facts_leak(const struct facts_source *source, const char *bytes, size_t len);

#endif
