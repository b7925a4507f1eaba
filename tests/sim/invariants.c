/* The checks; what they are stands in invariants.h. */
#include "tests/sim/invariants.h"

#include <stdio.h>

#include "common/redis/redis.h"
#include "proto/audit.h"
#include "tests/sim/kafka.h"
#include "tests/sim/outside.h"
#include "tests/sim/redis_model.h"
#include "worker/audit.h"

#define GRANTS_MAX  32
#define HOLDERS_MAX 512

struct grant { /* the last take of a key that was answered "yours" */
    char key[96];
    char owner[64];
    int64_t fence;
    bool stands;     /* Redis has not gone back since */
    char ended[24];  /* how, when finish was the last that happened; "": it is open */
    char replay[65]; /* that opened it last */
    size_t losses;   /* of Redis, when it was ended or opened */
};

struct holder { /* of a resource's lock */
    char owner[64];
    size_t upsets; /* when it was last given */
};

static struct grant grants[GRANTS_MAX];
static struct holder holders[HOLDERS_MAX];
static size_t n_holders;
static size_t clock_moves;
static bool clock_went_back;

void invariants_begin(void)
{
    memset(grants, 0, sizeof grants);
    n_holders = clock_moves = 0;
    clock_went_back = false;
    for (size_t i = 0; i < COUNT(findings); i++) {
        findings[i].sent = findings[i].events = 0;
        findings[i].sent_ms = 0;
        findings[i].state[0] = '\0';
        findings[i].replays = 0;
        findings[i].asked = false;
    }
}

/* --- I1: terminal events --- */

static struct finding *finding_of(const char *fp, int64_t generation)
{
    for (size_t i = 0; i < COUNT(findings); i++)
        if (str_eq(findings[i].fp, fp) && findings[i].generation == generation)
            return &findings[i];
    return NULL;
}

/* Was there a pull request that gives the state its right? */
static bool is_true(const struct finding *finding, const char *state)
{
    bool open = str_eq(state, "PR_OPEN") || str_eq(state, "ADOPTED");
    bool merged = str_eq(state, "MERGED");
    bool closed = str_eq(state, "CLOSED_BY_HUMAN");

    if (str_eq(state, "DLQ"))
        return true;
    if (!open && !merged && !closed)
        return false;
    for (size_t i = 0; i < n_pulls; i++) {
        if (!str_eq(pulls[i].fp, finding->fp))
            continue;
        bool was_open = pulls[i].closed_ms == 0 || pulls[i].closed_ms > finding->sent_ms;
        if ((open && was_open) || (merged && pulls[i].state == FORGE_MERGED) ||
            (closed && pulls[i].state == FORGE_CLOSED))
            return true;
    }
    return false;
}

/* The end of the first run, or of one that a replay began. */
static bool is_its_event(const struct finding *finding, const struct audit_event *event)
{
    char occasion[128], id[SHA256_HEX_BYTES];

    if (finding->fp[0] == '\0' || event->replay_id == NULL)
        return finding->fp[0] == '\0' || str_eq(event->event_id, finding->ended_id);
    snprintf(occasion, sizeof occasion, "item.ended/0/replay:%.64s", event->replay_id);
    audit_event_id(finding->fp, finding->generation, occasion, id);
    return finding->replays > 0 && str_eq(event->event_id, id);
}

static void note_event(struct finding *finding, const struct audit_event *event)
{
    if (!is_its_event(finding, event))
        violation("I1: %.8s generation %lld has a terminal event of another id", finding->fp,
                  (long long)finding->generation);
    finding->asked = false;
    if (finding->events++ > 0 && event->replay_id == NULL)
        return; /* the sink keeps the first */
    (void)str_copy(finding->state, sizeof finding->state, event->state);
    if (!is_true(finding, event->state))
        violation("I1: %.8s generation %lld ended as %s, which is not so", finding->fp,
                  (long long)finding->generation, event->state);
}

static void note_audit(const struct stored *record)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    struct err err;

    if (audit_event_decode(&event, record->value, record->value_len, &err) < 0) {
        violation("an audit event cannot be read: %s", err.text);
        return;
    }
    trace("audit   %s %.8s %s %s", event->kind,
          event->fingerprint != NULL ? event->fingerprint : "", event->state,
          event->error_message != NULL ? event->error_message : "");
    bool rejected = str_eq(event->kind, AUDIT_REJECTED);
    if (!rejected && !str_eq(event->kind, AUDIT_ENDED))
        return;
    struct finding *finding = rejected ? &findings[COUNT(findings) - 1]
                                       : finding_of(event->fingerprint, event->generation);
    if (finding == NULL || finding->sent == 0)
        violation("I1: a terminal event of what was never found: %s", event->fingerprint);
    else
        note_event(finding, event);
}

void invariants_appended(const struct part *part, const struct stored *record)
{
    if (str_eq(part->topic->name, TOPIC_AUDIT))
        note_audit(record);
}

/* --- I4: nothing falls below a commit unfinished --- */

static bool stands_above_commits(const struct finding *finding)
{
    for (size_t i = 0; i < n_parts; i++) {
        const struct part *part = &parts[i];
        if (str_eq(part->topic->name, TOPIC_DLQ) || str_eq(part->topic->name, TOPIC_AUDIT))
            continue;
        for (size_t k = part->committed > 0 ? (size_t)part->committed : 0; k < part->n; k++)
            if (part->records[k].value_len == finding->len &&
                memcmp(part->records[k].value, finding->bytes, finding->len) == 0 &&
                !kafka_is_done(part, (int64_t)k))
                return true;
    }
    return false;
}

void invariants_committed(const struct part *part)
{
    for (size_t i = 0; i < COUNT(findings); i++)
        if (findings[i].sent > 0 && (findings[i].events == 0 || findings[i].asked) &&
            !stands_above_commits(&findings[i]))
            violation("I4: %s[%d] was committed at %lld, and %.8s generation %lld is lost",
                      part->topic->name, part->number, (long long)part->committed, findings[i].fp,
                      (long long)findings[i].generation);
}

/* --- I2 --- */

void invariants_opened(const struct pull *pull, int64_t looked_at)
{
    for (size_t i = 0; i < n_pulls; i++)
        if (&pulls[i] != pull && pulls[i].state == FORGE_OPEN && str_eq(pulls[i].fp, pull->fp) &&
            pulls[i].opened_at < looked_at)
            violation("I2: %s was opened while %s was open", pull->branch, pulls[i].branch);
}

/* --- I6: fences --- */

static struct grant *grant_of(const char *key)
{
    int i = 0;

    while (grants[i].key[0] != '\0' && !str_eq(grants[i].key, key))
        assert(++i < GRANTS_MAX);
    (void)str_copy(grants[i].key, sizeof grants[i].key, key);
    return &grants[i];
}

/* An earlier holder may then go on where it was. After FLUSHALL nobody may. */
void invariants_redis_went_back(void)
{
    for (int i = 0; i < GRANTS_MAX; i++)
        grants[i].stands = false;
}

void invariants_clock_went_back(void)
{
    clock_went_back = true;
}

static void note_take(const char *const *argv, const struct redis_reply *reply)
{
    struct grant *grant = grant_of(argv[0]);
    int64_t fence = redis_reply_int(redis_reply_at(reply, 1));
    bool repeat = !grant->stands || str_eq(grant->owner, argv[1]);

    if (!repeat && fence <= grant->fence && !(clock_went_back && redis_losses() > 0))
        violation("I6: the fence of %.24s fell from %lld to %lld", argv[0], (long long)grant->fence,
                  (long long)fence);
    grant->fence = fence;
    grant->stands = true;
    grant->ended[0] = '\0';
    (void)str_copy(grant->owner, sizeof grant->owner, argv[1]);
}

/* --- I9: locks of resources --- */

static size_t upsets(void)
{
    return redis_losses() + clock_moves;
}

void invariants_clock_moved(void)
{
    clock_moves++;
}

static struct holder *holder_of(const char *owner)
{
    for (size_t i = 0; i < n_holders; i++)
        if (str_eq(holders[i].owner, owner))
            return &holders[i];
    return NULL;
}

static void note_hold(const char *owner)
{
    struct holder *holder = holder_of(owner);

    if (holder == NULL && n_holders == HOLDERS_MAX)
        return; /* a long run: those that come now are not judged */
    if (holder == NULL)
        holder = &holders[n_holders++];
    (void)str_copy(holder->owner, sizeof holder->owner, owner);
    holder->upsets = upsets();
}

void invariants_may_write(const char *key, const char *owner)
{
    const struct holder *holder = holder_of(owner);
    const struct entry *lock = redis_entry(key);

    if (holder != NULL ? holder->upsets != upsets() : n_holders == HOLDERS_MAX)
        return;
    if (holder == NULL || lock == NULL || !str_eq(lock->value.bytes, owner))
        violation("I9: %s may write, and the lock of its resource is %s", owner,
                  lock != NULL ? lock->value.bytes : "free");
}

/* --- I10: replays --- */

static void note_reopen(const char *const *argv)
{
    struct grant *grant = grant_of(argv[0]);
    bool known = grant->losses == redis_losses();
    const char *ended = grant->ended;

    if (known && ended[0] != '\0' && !str_eq(ended, "DLQ") && !str_eq(ended, "PENDING_REVIEW"))
        violation("I10: %s opened %.24s, which ended as %s", argv[1], argv[0], ended);
    if (known && str_eq(grant->replay, argv[1]))
        violation("I10: %s opened %.24s twice", argv[1], argv[0]);
    grant->ended[0] = '\0';
    grant->losses = redis_losses();
    (void)str_copy(grant->replay, sizeof grant->replay, argv[1]);
}

static void note_finish(struct grant *grant, const char *state)
{
    if (grant->losses != redis_losses())
        grant->replay[0] = '\0';
    (void)str_copy(grant->ended, sizeof grant->ended, state);
    grant->losses = redis_losses();
}

void invariants_script(const char *what, const char *const *argv, size_t argc,
                       const struct redis_reply *reply)
{
    bool take = str_eq(what, "take");
    bool write = str_eq(what, "plan") || str_eq(what, "finish");

    if (reply_code(reply) != 0 || argc < 3)
        return;
    if (take)
        note_take(argv, reply);
    if (str_eq(what, "hold"))
        note_hold(argv[1]);
    if (str_eq(what, "reopen"))
        note_reopen(argv);
    if (!write)
        return;
    struct grant *grant = grant_of(argv[0]);
    if (grant->stands &&
        (!str_eq(grant->owner, argv[2]) || grant->fence != strtoll(argv[3], NULL, 10)))
        violation("I6: %s of %.24s was taken under the old fence %s", what, argv[0], argv[3]);
    if (str_eq(what, "finish"))
        note_finish(grant, argv[4]);
}

/* --- at rest --- */

void invariants_at_rest(void)
{
    size_t sent = 0;

    for (size_t i = 0; i < COUNT(findings); i++) {
        sent += findings[i].sent > 0;
        if (findings[i].sent > 0 && findings[i].events == 0)
            violation("I1: %.8s generation %lld has no terminal event", findings[i].fp,
                      (long long)findings[i].generation);
        if (findings[i].asked)
            violation("I1: the last replay of %.8s generation %lld has no answer", findings[i].fp,
                      (long long)findings[i].generation);
    }
    if (plans_made() > sent + nature_faults())
        violation("I8: %zu plans for %zu findings and %zu faults", plans_made(), sent,
                  nature_faults());
}
