/*
 * soak: many items, and harm of every kind while they are worked on; at the end the invariants.
 *
 *     soak [--items N] [--harms N] [--seed N] [--keep]
 *
 * Ends with 0, with 1 after a violation, with 77 where there is no real Kafka.
 */
#include <getopt.h>
#include <poll.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/chaos/soak.h"
#include "tests/support/temp_dir.h"

enum {
    TURN_MS = 100,
    BACKLOG = 150,
    SETTLE_MS = 600000,
    FDS_MORE = 12,           /* connections that are just being made anew */
    RSS_MORE_KB = 64 * 1024, /* sanitizers keep some of what was freed */
};

struct order {
    int items, harms;
    uint64_t seed;
    bool keep;
};

/* Harm is done evenly over the items' ends, while there is always something waiting. */
static int storm(struct soak *soak, const struct order *order, struct err *err)
{
    int harms = 0;
    int r = 0;

    while (r == 0 && (soak->written < soak->items || harms < order->harms)) {
        soak_count(soak);
        if (soak->written < soak->items && soak->written - soak->ended < BACKLOG)
            r = soak_feed(soak, err);
        if (r == 0 && harms < order->harms &&
            (int64_t)harms * soak->items <= (int64_t)soak->ended * order->harms) {
            r = soak_harm(soak, err);
            harms++;
        }
        if (r == 0)
            r = soak_mend(soak, false, err);
        if (soak->ended >= soak->items / 3 && soak->early.fds == 0)
            soak_look(soak, &soak->early);
        (void)poll(NULL, 0, TURN_MS);
    }
    return r;
}

static int check_witness(const struct soak *soak, struct err *err)
{
    printf("the witness: %lld to %lld MiB, %lld to %lld descriptors\n",
           (long long)soak->early.rss_kb / 1024, (long long)soak->late.rss_kb / 1024,
           (long long)soak->early.fds, (long long)soak->late.fds);
    if (soak->late.fds > soak->early.fds + FDS_MORE)
        return err_set(err, ERR_REJECT, "the witness's descriptors grew");
    if (soak->late.rss_kb > soak->early.rss_kb + RSS_MORE_KB)
        return err_set(err, ERR_REJECT, "the witness's memory grew");
    return 0;
}

static int run(struct soak *soak, const struct order *order, struct err *err)
{
    int r = storm(soak, order, err);

    if (r == 0)
        r = soak_settle(soak, SETTLE_MS, err);
    if (r < 0)
        return r;
    soak_look(soak, &soak->late);
    soak->lane.redis_losses = soak->redis_losses;
    soak->lane.talkative = true;
    r = lane_judge(&soak->lane, JUDGE_ENDED, err);
    return r == 0 ? check_witness(soak, err) : r;
}

static void summarize(const struct soak *soak, int64_t took_ms)
{
    int all = 0;

    for (int i = 0; i < HARMS; i++)
        all += soak->harmed[i];
    printf("%d items, %d sent twice, %d spoilt; %d harms:", soak->items, soak->doubled,
           soak->spoilt, all);
    for (int i = 0; i < HARMS; i++)
        printf(" %d %s%s", soak->harmed[i], soak_harms[i], i < HARMS - 1 ? "," : "");
    printf("; %lld s\n", (long long)took_ms / 1000);
}

static bool read_order(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {{"items", required_argument, NULL, 'i'},
                                            {"harms", required_argument, NULL, 'h'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"keep", no_argument, NULL, 'k'},
                                            {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'i')
            order->items = (int)strtol(optarg, NULL, 10);
        else if (c == 'h')
            order->harms = (int)strtol(optarg, NULL, 10);
        else if (c == 's')
            order->seed = strtoull(optarg, NULL, 10);
        else if (c == 'k')
            order->keep = true;
        else
            return false;
    }
    return order->items > 0 && order->harms >= 0;
}

int main(int argc, char **argv)
{
    struct order order = {.items = 600, .harms = 60, .seed = 1};
    int64_t from_ms = clock_mono_ms();
    char plumb[600];
    struct soak soak;
    struct err err;

    if (!read_order(argc, argv, &order)) {
        fprintf(stderr, "usage: soak [--items N] [--harms N] [--seed N] [--keep]\n");
        return 2;
    }
    if (!broker_wanted(BROKER_REAL))
        return 77;
    /* With the usual quarter of a gigabyte of freed memory, growth says nothing. */
    const char *sanitizer = getenv("ASAN_OPTIONS");
    char options[512];
    snprintf(options, sizeof options, "%s%squarantine_size_mb=8",
             sanitizer != NULL ? sanitizer : "", sanitizer != NULL ? ":" : "");
    setenv("ASAN_OPTIONS", options, 1);
    char *dir = temp_dir_make();
    log_open("soak", LOG_LEVEL_ERROR);
    int r = lane_program(dir, plumb, sizeof plumb, &err);
    if (r < 0) {
        fprintf(stderr, "soak: %s\n", err.text);
        return 2;
    }
    r = soak_open(&soak, dir, plumb, order.items, order.seed, &err);
    if (r == 0)
        r = run(&soak, &order, &err);
    summarize(&soak, clock_mono_ms() - from_ms);
    if (r < 0) {
        printf("FAILED: %s\n  again: ./dev chaos --soak --items %d --harms %d --seed %llu\n"
               "  left in %s\n",
               err.text, order.items, order.harms, (unsigned long long)order.seed, dir);
        lane_show_logs(&soak.lane);
    }
    bool keep = r < 0 || order.keep;
    soak_close(&soak, keep);
    if (!keep)
        temp_dir_remove(dir);
    else
        free(dir);
    return r < 0 ? 1 : 0;
}
