/* Claim store; the story stands in claim_store.h, the record's layout in claim_script.h. */
#include "common/redis/claim_store.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/redis/claim_script.h"
#include "common/redis/redis.h"

#define KEY_BYTES 256

struct claim_store {
    struct redis *redis;
    /* A take that got no answer may have been done, and a release may not. The token is kept, so
     * that the next take of the same fingerprint is a repeat and not a stranger who waits out our
     * own lease and counts it as a crash. */
    char unanswered_fp[CLAIM_FP_BYTES];
    char unanswered_owner[CLAIM_OWNER_BYTES];
};

/* A name from outside may be of any length; a long one is replaced by its digest. */
static void make_key(char out[KEY_BYTES], const char *kind, const char *name)
{
    char digest[SHA256_HEX_BYTES];

    if (strlen(name) >= KEY_BYTES / 2) {
        sha256_hex(name, strlen(name), digest);
        name = digest;
    }
    snprintf(out, KEY_BYTES, "plumb:%s:%s", kind, name);
}

/* Runs a script that may be repeated: once more when the first try got no answer. */
static int ask(struct claim_store *store, struct redis_script *script, struct redis_reply **out,
               struct err *err, size_t n_keys, size_t argc, const char *const *argv,
               const size_t *lens)
{
    int r = redis_script(store->redis, script, out, err, n_keys, argc, argv, lens);

    if (r == ERR_RETRY)
        r = redis_script(store->redis, script, out, err, n_keys, argc, argv, lens);
    return r;
}

/* For scripts whose answer is nothing but the code. */
static int ask_code(struct claim_store *store, struct redis_script *script, struct err *err,
                    const char *what, size_t n_keys, size_t argc, const char *const *argv,
                    const size_t *lens)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = ask(store, script, &reply, err, n_keys, argc, argv, lens);

    if (r < 0)
        return err_wrap(err, r, "%s", what);
    return (int)redis_reply_int(redis_reply_at(reply, 0));
}

static void copy_field(char *out, size_t size, const struct redis_reply *reply, size_t i)
{
    (void)str_copy(out, size, redis_reply_text(redis_reply_at(reply, i), NULL));
}

static void read_record(struct claim_record *out, const struct redis_reply *reply)
{
    *out = (struct claim_record){
        .attempts = redis_reply_int(redis_reply_at(reply, 5)),
        .crashes = redis_reply_int(redis_reply_at(reply, 6)),
        .fence = redis_reply_int(redis_reply_at(reply, 7)),
        .updated_unix_ms = redis_reply_int(redis_reply_at(reply, 8)),
        .run = redis_reply_int(redis_reply_at(reply, 9)),
    };
    copy_field(out->state, sizeof out->state, reply, 1);
    copy_field(out->pr_url, sizeof out->pr_url, reply, 2);
    copy_field(out->branch, sizeof out->branch, reply, 3);
    copy_field(out->reason, sizeof out->reason, reply, 4);
    copy_field(out->replay, sizeof out->replay, reply, 10);
}

int64_t claim_margin_ms(int64_t lease_ms)
{
    return lease_ms / 6 < CLAIM_MARGIN_MS ? lease_ms / 6 : CLAIM_MARGIN_MS;
}

/* now_mono_ms was read before Redis began to count, so the owner gives up first. */
static int64_t give_up_at(int64_t now_mono_ms, int64_t lease_ms)
{
    return now_mono_ms + lease_ms - claim_margin_ms(lease_ms);
}

int claim_store_new(struct claim_store **out, struct redis *redis, struct err *err)
{
    struct claim_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return err_nomem(err);
    store->redis = redis;
    *out = store;
    return 0;
}

void claim_store_free(struct claim_store *store)
{
    free(store);
}

/* --- the eviction policy --------------------------------------------------- */

/* Finds "maxmemory_policy:…" in INFO's text. */
static void policy_of_info(const char *info, char *out, size_t size)
{
    const char *at = strstr(info, "maxmemory_policy:");
    size_t len;

    if (at == NULL)
        return;
    at += strlen("maxmemory_policy:");
    len = strcspn(at, "\r\n");
    if (len >= size)
        return;
    memcpy(out, at, len);
    out[len] = '\0';
}

static int read_policy(struct redis *redis, char *out, size_t size, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *const config[] = {"CONFIG", "GET", "maxmemory-policy"};
    const char *const info[] = {"INFO", "memory"};
    int r = redis_command(redis, &reply, err, COUNT(config), config, NULL);

    out[0] = '\0';
    if (r == ERR_RETRY)
        return r;
    if (r == 0 && redis_reply_count(reply) == 2) {
        copy_field(out, size, reply, 1);
        return 0;
    }
    redis_reply_free(STEAL(reply));
    r = redis_command(redis, &reply, err, COUNT(info), info, NULL);
    if (r < 0)
        return r;
    policy_of_info(redis_reply_text(reply, NULL), out, size);
    return 0;
}

int claim_store_check(struct claim_store *store, struct err *err)
{
    char policy[64];
    int r = read_policy(store->redis, policy, sizeof policy, err);

    if (r < 0)
        return err_wrap(err, r, "read maxmemory-policy");
    if (!str_eq(policy, "noeviction"))
        return err_set(
            err, ERR_FATAL,
            "redis %s: maxmemory-policy is %s, so claims could be evicted while they are "
            "held; set it to noeviction",
            redis_name(store->redis), policy[0] != '\0' ? policy : "not to be learnt");
    return 0;
}

/* --- claims ---------------------------------------------------------------- */

static void choose_owner(struct claim_store *store, const char *fp, char out[CLAIM_OWNER_BYTES])
{
    char uuid[UUID_BYTES];

    if (str_eq(store->unanswered_fp, fp)) {
        (void)str_copy(out, CLAIM_OWNER_BYTES, store->unanswered_owner);
        return;
    }
    random_uuid(uuid);
    (void)str_copy(out, CLAIM_OWNER_BYTES, uuid);
}

static void remember_unanswered(struct claim_store *store, const char *fp, const char *owner)
{
    (void)str_copy(store->unanswered_fp, sizeof store->unanswered_fp, fp);
    (void)str_copy(store->unanswered_owner, sizeof store->unanswered_owner, owner);
}

int claim_store_take(struct claim_store *store, const char *fp, int64_t lease_ms,
                     int64_t now_mono_ms, struct claim *out, struct claim_record *record,
                     struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    struct redis_number lease = redis_number(lease_ms);
    struct claim claim = {.give_up_at_ms = give_up_at(now_mono_ms, lease_ms)};
    char key[KEY_BYTES];
    int64_t code;
    int r;

    assert(lease_ms > 0 && fp[0] != '\0' && strlen(fp) < CLAIM_FP_BYTES);
    make_key(key, "item", fp);
    choose_owner(store, fp, claim.owner);
    r = ask(store, &claim_script_take, &reply, err, 1, 3,
            (const char *const[]){key, claim.owner, lease.text}, NULL);
    if (r == ERR_RETRY)
        remember_unanswered(store, fp, claim.owner);
    if (r < 0)
        return err_wrap(err, r, "claim item %s", fp);

    if (str_eq(store->unanswered_fp, fp))
        store->unanswered_fp[0] = '\0';
    code = redis_reply_int(redis_reply_at(reply, 0));
    if (code != 0) {
        read_record(record, reply);
        return (int)code;
    }
    (void)str_copy(claim.fp, sizeof claim.fp, fp);
    claim.fence = redis_reply_int(redis_reply_at(reply, 1));
    claim.attempts = redis_reply_int(redis_reply_at(reply, 2));
    claim.crashes = redis_reply_int(redis_reply_at(reply, 3));
    claim.run = redis_reply_int(redis_reply_at(reply, 4));
    copy_field(claim.replay, sizeof claim.replay, reply, 5);
    *out = claim;
    return claim.crashes >= CLAIM_CRASHES_MAX ? CLAIM_POISON : 0;
}

int claim_store_renew(struct claim_store *store, struct claim *claim, int64_t lease_ms,
                      int64_t now_mono_ms, struct err *err)
{
    struct redis_number fence = redis_number(claim->fence);
    struct redis_number lease = redis_number(lease_ms);
    char key[KEY_BYTES];
    int r;

    make_key(key, "item", claim->fp);
    r = ask_code(store, &claim_script_renew, err, "renew claim", 1, 4,
                 (const char *const[]){key, claim->owner, fence.text, lease.text}, NULL);
    if (r == 0)
        claim->give_up_at_ms = give_up_at(now_mono_ms, lease_ms);
    return r;
}

int claim_store_save_plan(struct claim_store *store, const struct claim *claim, const void *bytes,
                          size_t len, struct err *err)
{
    struct redis_number fence = redis_number(claim->fence);
    char item[KEY_BYTES];
    char plan[KEY_BYTES];

    make_key(item, "item", claim->fp);
    make_key(plan, "plan", claim->fp);
    const char *const argv[] = {item, plan, claim->owner, fence.text, bytes};
    const size_t lens[] = {strlen(item), strlen(plan), strlen(claim->owner), strlen(fence.text),
                           len};

    return ask_code(store, &claim_script_save_plan, err, "save plan", 2, COUNT(argv), argv, lens);
}

/* absent where the command's answer is nil. */
static int load(struct claim_store *store, size_t argc, const char *const *argv, int absent,
                struct buf *out, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *bytes;
    size_t len;
    int r = redis_command(store->redis, &reply, err, argc, argv, NULL);

    if (r < 0)
        return r;
    if (redis_reply_kind(reply) == REDIS_NIL)
        return absent;
    bytes = redis_reply_text(reply, &len);
    buf_bytes(out, bytes, len);
    return buf_check(out, err);
}

int claim_store_load_plan(struct claim_store *store, const char *fp, struct buf *out,
                          struct err *err)
{
    char key[KEY_BYTES];

    make_key(key, "plan", fp);
    int r = load(store, 2, (const char *const[]){"GET", key}, CLAIM_NO_PLAN, out, err);
    return r < 0 ? err_wrap(err, r, "load plan") : r;
}

int claim_store_save_answer(struct claim_store *store, const struct claim *claim, const char *name,
                            const struct buf *bytes, int64_t keep_ms, struct err *err)
{
    struct redis_number fence = redis_number(claim->fence);
    struct redis_number keep = redis_number(keep_ms);
    char item[KEY_BYTES];
    char answers[KEY_BYTES];

    assert(keep_ms > 0);
    make_key(item, "item", claim->fp);
    make_key(answers, "answers", claim->fp);
    const char *const argv[] = {item, answers,        claim->owner, fence.text,
                                name, buf_str(bytes), keep.text};
    const size_t lens[] = {strlen(item), strlen(answers), strlen(claim->owner), strlen(fence.text),
                           strlen(name), bytes->len,      strlen(keep.text)};

    return ask_code(store, &claim_script_save_answer, err, "save answer", 2, COUNT(argv), argv,
                    lens);
}

int claim_store_load_answer(struct claim_store *store, const char *fp, const char *name,
                            struct buf *out, struct err *err)
{
    char key[KEY_BYTES];

    make_key(key, "answers", fp);
    int r = load(store, 3, (const char *const[]){"HGET", key, name}, CLAIM_NO_ANSWER, out, err);
    return r < 0 ? err_wrap(err, r, "load answer") : r;
}

int claim_store_finish(struct claim_store *store, const struct claim *claim,
                       const struct claim_record *record, int64_t retention_ms, struct err *err)
{
    struct redis_number fence = redis_number(claim->fence);
    struct redis_number retention = redis_number(retention_ms);
    char item[KEY_BYTES];
    char plan[KEY_BYTES];

    assert(retention_ms > 0 && record->state[0] != '\0');
    assert(!str_eq(record->state, "CLAIMED") && !str_eq(record->state, "FREE"));
    make_key(item, "item", claim->fp);
    make_key(plan, "plan", claim->fp);
    return ask_code(store, &claim_script_finish, err, "finish item", 2, 9,
                    (const char *const[]){item, plan, claim->owner, fence.text, record->state,
                                          record->pr_url, record->branch, record->reason,
                                          retention.text},
                    NULL);
}

int claim_store_release(struct claim_store *store, const struct claim *claim, bool charge,
                        struct err *err)
{
    struct redis_number fence = redis_number(claim->fence);
    char key[KEY_BYTES];

    make_key(key, "item", claim->fp);
    int r =
        ask_code(store, &claim_script_release, err, "release claim", 1, 4,
                 (const char *const[]){key, claim->owner, fence.text, charge ? "1" : "0"}, NULL);
    if (r == ERR_RETRY)
        remember_unanswered(store, claim->fp, claim->owner);
    return r;
}

int claim_store_reopen(struct claim_store *store, const char *fp, const char *replay,
                       const char *states, struct err *err)
{
    char key[KEY_BYTES];

    assert(replay[0] != '\0' && strlen(replay) < CLAIM_REPLAY_BYTES);
    make_key(key, "item", fp);
    /* A repeat whose first answer was lost hears that it is open already: as good, take follows. */
    return ask_code(store, &claim_script_reopen, err, "reopen item", 1, 3,
                    (const char *const[]){key, replay, states}, NULL);
}

int claim_store_read(struct claim_store *store, const char *fp, struct claim_record *out,
                     struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char key[KEY_BYTES];
    int r;

    make_key(key, "item", fp);
    r = ask(store, &claim_script_read, &reply, err, 1, 1, (const char *const[]){key}, NULL);
    if (r < 0)
        return err_wrap(err, r, "read item %s", fp);
    read_record(out, reply);
    return 0;
}

int claim_store_count(struct claim_store *store, const char *name, int64_t ttl_ms, int64_t *out,
                      struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    struct redis_number ttl = redis_number(ttl_ms);
    char key[KEY_BYTES];
    int r;

    make_key(key, "counter", name);
    /* Not repeatable, so asked once: a lost answer is the caller's ERR_RETRY and may count one too
     * many. */
    r = redis_script(store->redis, &claim_script_count, &reply, err, 1, 2,
                     (const char *const[]){key, ttl.text}, NULL);
    if (r < 0)
        return err_wrap(err, r, "count %s", name);
    *out = redis_reply_int(redis_reply_at(reply, 1));
    return 0;
}
