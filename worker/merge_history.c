#include "worker/merge_history.h"

#include <stdio.h>

#include "common/log.h"
#include "common/redis/redis.h"
#include "worker/item.h"
#include "worker/model_trace.h"
#include "worker/services.h"

#define AUTHOR_BYTES 240
#define KEY_BYTES    400
#define OPEN_KEEP_MS "15552000000" /* 180 days: who decides later is not counted */

/* KEYS the open pull request; ARGV field -> 1 when it was counted. The author's hash is in the same
 * slot of a cluster by its tag. */
static struct redis_script end = {
    .text = "local author = redis.call('GET', KEYS[1])\n"
            "if not author then return 0 end\n"
            "redis.call('DEL', KEYS[1])\n"
            "redis.call('HINCRBY', 'plumb:{outcomes}:of:' .. author, ARGV[1], 1)\n"
            "return 1\n"};

static void write_author(const struct item_run *run, char out[AUTHOR_BYTES])
{
    if (run->model != NULL)
        (void)snprintf(out, AUTHOR_BYTES, "model:%.160s", run->model->model);
    else
        (void)snprintf(out, AUTHOR_BYTES, "rule:%.200s", run->rule != NULL ? run->rule->id : "");
}

static void write_open_key(const struct item_run *run, char out[KEY_BYTES])
{
    (void)snprintf(out, KEY_BYTES, "plumb:{outcomes}:open:%s:%lld", run->fp,
                   (long long)run->item->generation);
}

static void forgive(int r, const struct err *err)
{
    if (r < 0)
        LOG_DEBUG("merge_history.failed", LOG_ERR(err));
}

void merge_history_opened(struct item_run *run)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char author[AUTHOR_BYTES], key[KEY_BYTES];
    struct err err;

    if (run->item->kind != ITEM_FINDING || (run->model == NULL && run->rule == NULL))
        return;
    write_author(run, author);
    write_open_key(run, key);
    forgive(redis_command(run->services->redis, &reply, &err, 5,
                          (const char *const[]){"SET", key, author, "PX", OPEN_KEEP_MS}, NULL),
            &err);
}

void merge_history_ended(struct item_run *run, bool merged)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char key[KEY_BYTES];
    struct err err;

    write_open_key(run, key);
    forgive(redis_script(run->services->redis, &end, &reply, &err, 1, 2,
                         (const char *const[]){key, merged ? "merged" : "closed"}, NULL),
            &err);
}

struct merge_history merge_history_read(const struct item_run *run)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    struct merge_history history = {0};
    char author[AUTHOR_BYTES], key[KEY_BYTES];
    struct err err;

    write_author(run, author);
    (void)snprintf(key, sizeof key, "plumb:{outcomes}:of:%s", author);
    int r = redis_command(run->services->redis, &reply, &err, 4,
                          (const char *const[]){"HMGET", key, "merged", "closed"}, NULL);
    forgive(r, &err);
    if (r == 0) {
        history.merged = redis_reply_int(redis_reply_at(reply, 0));
        history.closed = redis_reply_int(redis_reply_at(reply, 1));
    }
    return history;
}
