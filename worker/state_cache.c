/* The cache of states; the story stands in state_cache.h. */
#include "worker/state_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "common/aws/aws_credentials.h"

struct state_held {
    struct hcl_state *state;
    atomic_int holders;
};

struct entry {
    struct entry *next;
    const struct state_source *source;
    char *location;
    uint64_t used; /* the cache's lock guards this and the next */
    int users;

    pthread_mutex_t lock; /* guards the rest; whoever has it is the one that fetches */
    struct state_held *held;
    char etag[STATE_ETAG_BYTES];
    int failed; /* the class of the last answer; 0: held is good */
    char why[ERR_TEXT_BYTES];
    int64_t retry_after_ms;
    bool is_failure;
    int64_t asked_at_ms; /* 0: never */
};

struct chain {
    struct chain *next;
    const char *profile; /* the source's; NULL */
    struct aws_chain *chain;
};

struct state_cache {
    pthread_mutex_t lock;
    struct entry *entries;
    struct chain *chains;
    char *user_agent;
    uint64_t clock;
};

/* --- held states --- */

const struct hcl_state *state_held_state(const struct state_held *held)
{
    return held->state;
}

void state_held_drop(struct state_held *held)
{
    if (held == NULL || atomic_fetch_sub(&held->holders, 1) > 1)
        return;
    hcl_state_free(held->state);
    free(held);
}

static int hold(struct hcl_state *state_give, struct state_held **out, struct err *err)
{
    struct state_held *held = calloc(1, sizeof *held);

    if (held == NULL) {
        hcl_state_free(state_give);
        return err_nomem(err);
    }
    held->state = state_give;
    atomic_init(&held->holders, 1);
    *out = held;
    return 0;
}

/* --- the cache --- */

int state_cache_new(struct state_cache **out, const char *user_agent, struct err *err)
{
    CLEANUP(state_cache_freep) struct state_cache *cache = calloc(1, sizeof *cache);

    if (cache == NULL)
        return err_nomem(err);
    pthread_mutex_init(&cache->lock, NULL);
    cache->user_agent = strdup(user_agent);
    if (cache->user_agent == NULL)
        return err_nomem(err);
    *out = STEAL(cache);
    return 0;
}

static void entry_free(struct entry *entry)
{
    state_held_drop(entry->held);
    pthread_mutex_destroy(&entry->lock);
    free(entry->location);
    free(entry);
}

void state_cache_free(struct state_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->entries != NULL) {
        struct entry *next = cache->entries->next;
        entry_free(cache->entries);
        cache->entries = next;
    }
    while (cache->chains != NULL) {
        struct chain *next = cache->chains->next;
        aws_chain_free(cache->chains->chain);
        free(cache->chains);
        cache->chains = next;
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache->user_agent);
    free(cache);
}

static struct entry *entry_new(struct state_cache *cache, const struct state_source *source,
                               const char *location)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        return NULL;
    entry->location = strdup(location);
    if (entry->location == NULL) {
        free(entry);
        return NULL;
    }
    pthread_mutex_init(&entry->lock, NULL);
    entry->source = source;
    entry->next = cache->entries;
    cache->entries = entry;
    return entry;
}

/* The chain of a source's profile; under the cache's lock. */
static int chain_for(struct state_cache *cache, const char *profile, struct aws_chain **out,
                     struct err *err)
{
    struct aws_chain_options options = {.profile = profile, .user_agent = cache->user_agent};

    for (struct chain *at = cache->chains; at != NULL; at = at->next)
        if (str_eq(at->profile != NULL ? at->profile : "", profile != NULL ? profile : "")) {
            *out = at->chain;
            return 0;
        }
    struct chain *made = calloc(1, sizeof *made);
    if (made == NULL)
        return err_nomem(err);
    int r = aws_chain_new(&made->chain, &options, err);
    if (r < 0) {
        free(made);
        return r;
    }
    made->profile = profile;
    made->next = cache->chains;
    cache->chains = made;
    *out = made->chain;
    return 0;
}

static int enter(struct state_cache *cache, const struct state_source *source, const char *location,
                 struct entry **out, struct aws_chain **out_chain, struct err *err)
{
    struct entry *entry;
    int r = 0;

    pthread_mutex_lock(&cache->lock);
    for (entry = cache->entries; entry != NULL; entry = entry->next)
        if (entry->source == source && str_eq(entry->location, location))
            break;
    if (entry == NULL)
        entry = entry_new(cache, source, location);
    if (entry == NULL)
        r = err_nomem(err);
    if (r == 0 && str_starts(location, "s3://"))
        r = chain_for(cache, source->profile, out_chain, err);
    if (r == 0) {
        entry->users++;
        entry->used = ++cache->clock;
        *out = entry;
    }
    pthread_mutex_unlock(&cache->lock);
    return r;
}

/* Entries that nobody uses, the longest unused first, until the rest fits. */
static void evict(struct state_cache *cache)
{
    for (;;) {
        size_t bytes = 0, n = 0;
        struct entry **oldest = NULL;
        for (struct entry **at = &cache->entries; *at != NULL; at = &(*at)->next) {
            n++;
            if ((*at)->users > 0)
                continue;
            bytes += (*at)->held != NULL ? hcl_state_bytes((*at)->held->state) : 0;
            if (oldest == NULL || (*at)->used < (*oldest)->used)
                oldest = at;
        }
        if (oldest == NULL || (bytes <= STATE_CACHE_BYTES && n <= STATE_CACHE_MAX))
            return;
        struct entry *gone = *oldest;
        *oldest = gone->next;
        entry_free(gone);
    }
}

static void leave(struct state_cache *cache, struct entry *entry)
{
    pthread_mutex_lock(&cache->lock);
    entry->users--;
    evict(cache);
    pthread_mutex_unlock(&cache->lock);
}

/* --- asking the source --- */

static bool is_fresh(const struct entry *entry, int64_t now_ms)
{
    int64_t age_ms = now_ms - entry->asked_at_ms;

    if (entry->asked_at_ms == 0)
        return false;
    return age_ms < (entry->failed == ERR_RETRY ? STATE_PATIENCE_MS : entry->source->max_age_ms);
}

static int fetch(struct entry *entry, struct http *http, struct aws_chain *chain, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(HCL_STATE_MAX_BYTES);
    struct state_fetch fetch = {
        .source = entry->source, .location = entry->location, .http = http, .chain = chain};
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    struct state_held *held = NULL;

    bytes.secret = true;
    if (entry->held != NULL)
        (void)str_copy(fetch.etag, sizeof fetch.etag, entry->etag);
    int r = state_source_fetch(&fetch, &bytes, err);
    if (r == STATE_UNCHANGED)
        return 0;
    if (r < 0)
        return r;
    r = hcl_state_parse(&state, buf_str(&bytes), bytes.len, err);
    if (r < 0)
        return err_wrap(err, r, "%.*s", (int)strcspn(entry->location, "?"), entry->location);
    r = hold(STEAL(state), &held, err);
    if (r < 0)
        return r;
    state_held_drop(entry->held);
    entry->held = held;
    memcpy(entry->etag, fetch.etag, sizeof entry->etag);
    return 0;
}

static int ask(struct entry *entry, struct http *http, struct aws_chain *chain, int64_t now_ms,
               struct state_held **out, struct err *err)
{
    int r = entry->failed;

    if (is_fresh(entry, now_ms)) {
        if (r < 0) {
            (void)err_set(err, r, "%s", entry->why);
            err->retry_after_ms = entry->retry_after_ms;
            err->is_failure = entry->is_failure;
        }
    } else {
        err->retry_after_ms = 0;
        r = fetch(entry, http, chain, err);
        if (r == ERR_FATAL)
            return r;
        entry->asked_at_ms = now_ms > 0 ? now_ms : 1;
        entry->failed = r;
        if (r < 0) {
            (void)str_copy(entry->why, sizeof entry->why, err->text);
            entry->retry_after_ms = err->retry_after_ms;
            entry->is_failure = err->is_failure;
        }
    }
    if (r < 0)
        return r;
    atomic_fetch_add(&entry->held->holders, 1);
    *out = entry->held;
    return 0;
}

int state_cache_take(struct state_cache *cache, const struct state_source *source,
                     const char *location, struct http *http, int64_t now_ms,
                     struct state_held **out, struct err *err)
{
    struct entry *entry = NULL;
    struct aws_chain *chain = NULL;
    int r = enter(cache, source, location, &entry, &chain, err);

    if (r < 0)
        return r;
    pthread_mutex_lock(&entry->lock);
    r = ask(entry, http, chain, now_ms, out, err);
    pthread_mutex_unlock(&entry->lock);
    leave(cache, entry);
    return r;
}
