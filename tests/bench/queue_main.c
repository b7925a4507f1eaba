/* The queue bench's program: a verb, and what all verbs share; the story stands in queue_bench.h.
 */
#include "tests/bench/queue_bench.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "common/log.h"

int64_t queue_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int queue_number(const char *text, size_t *out, struct err *err)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (value == 0 || *end != '\0')
        return err_set(err, ERR_REJECT, "\"%s\" is no number above 0", text);
    *out = value;
    return 0;
}

/* --- the tally --- */

int queue_tally_new(struct queue_tally *out, size_t items, struct err *err)
{
    *out = (struct queue_tally){.seen = calloc(items, 1), .items = items};
    return out->seen != NULL ? 0 : err_nomem(err);
}

void queue_tally_done(struct queue_tally *tally)
{
    free(tally->seen);
    tally->seen = NULL;
}

int queue_tally_end(struct queue_tally *tally, const void *key, size_t len, struct err *err)
{
    char text[QUEUE_BENCH_KEY_LEN + 1] = "";

    if (len != QUEUE_BENCH_KEY_LEN)
        return err_set(err, ERR_REJECT, "a record with a key of %zu bytes is none of ours", len);
    memcpy(text, key, len);
    unsigned long i = strtoul(text, NULL, 16);
    if (i >= tally->items)
        return err_set(err, ERR_REJECT, "item %lu is none of our %zu", i, tally->items);
    if (tally->seen[i])
        return err_set(err, ERR_REJECT, "item %lu ended twice", i);
    tally->seen[i] = 1;
    tally->ended++;
    return 0;
}

void queue_tally_print(const struct queue_tally *tally)
{
    printf("items=%zu ns=%lld\n", tally->ended, (long long)(tally->last_ns - tally->first_ns));
}

/* --- the program --- */

static const struct {
    const char *name;
    queue_verb_fn run;
    int arguments;
} verbs[] = {
    {"script", queue_verb_script, 0},   {"claims", queue_verb_claims, 3},
    {"offsets", queue_verb_offsets, 1}, {"broker", queue_verb_broker, 1},
    {"fill", queue_verb_fill, 4},       {"depth", queue_verb_depth, 2},
    {"raw", queue_verb_raw, 4},         {"noop", queue_verb_noop, 4},
    {"path", queue_verb_path, 7},
};

int main(int argc, char **argv)
{
    struct err err = {0};

    signal(SIGPIPE, SIG_IGN);
    log_open("bench", LOG_LEVEL_WARN);
    for (size_t i = 0; argc > 1 && i < COUNT(verbs); i++) {
        if (!str_eq(argv[1], verbs[i].name) || argc - 2 != verbs[i].arguments)
            continue;
        if (verbs[i].run(argc - 2, argv + 2, &err) >= 0)
            return 0;
        fprintf(stderr, "bench_queue %s: %s\n", argv[1], err.text);
        return 1;
    }
    fprintf(stderr, "bench_queue: the verbs stand in queue_bench.h\n");
    return 2;
}
