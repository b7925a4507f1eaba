/*
 * soak: many items, and harm of every kind while they are worked on; at the end the invariants.
 *
 *     soak [--github] [--items N] [--harms N] [--seed N] [--keep]
 *
 * With --github pull requests go to the fake GitHub, at one write a second as to the real one.
 * Ends with 0, with 1 after a violation, with 77 where there is no real Kafka. SIGTERM: enough;
 * what was sent so far shall end, and is judged.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/chaos/soak.h"
#include "tests/support/temp_dir.h"

enum {
    ITEMS = 100000,
    HARMS_ALL = 1000,
    ITEMS_GITHUB = 500,
    HARMS_GITHUB = 200,
    UNDERWAY_MS = 300, /* what was sent has arrived */
    FEW_ITEMS = 1000,
    LOOKS = 3, /* of the invariant checker, before the last */
    TURN_MS = 100,
    BACKLOG = 300,
    BACKLOG_GITHUB = 30, /* half a minute's */
    SETTLE_MS = 600000,
    FDS_MORE = 12, /* connections that are just being made anew */
#ifdef __SANITIZE_ADDRESS__
    RSS_MORE_KB = 64 * 1024, /* it keeps some of what was freed */
#else
    RSS_MORE_KB = 12 * 1024, /* an arena more, or less */
#endif
};

struct order {
    struct soak_order soak;
    bool keep;
};

static volatile sig_atomic_t enough;

static void on_term(int signal)
{
    (void)signal;
    enough = 1;
}

/* After each quarter of many items, and halfway through few: what must hold at every instant. What
 * was lost and is sent again later cannot be seen at the end. Nobody moves meanwhile, so all leases
 * are over then, too. */
static int look_underway(struct soak *soak, int *looks, struct err *err)
{
    int all = soak->items < FEW_ITEMS ? 1 : LOOKS;

    if (*looks == all || (int64_t)soak->ended * (all + 1) < (int64_t)(*looks + 1) * soak->items)
        return 0;
    ++*looks;
    soak_pause(soak, true);
    (void)poll(NULL, 0, UNDERWAY_MS);
    int r = lane_judge(&soak->lane, JUDGE_UNDERWAY, err);
    soak_pause(soak, false);
    return r < 0 ? err_wrap(err, r, "after %d items", soak->ended) : 0;
}

/* Harm is done evenly over the items' ends, while there is always something waiting. */
static int storm(struct soak *soak, const struct soak_order *order, struct err *err)
{
    int backlog = order->github ? BACKLOG_GITHUB : BACKLOG;
    int harms = 0, looks = 0;
    int r = 0;

    while (r == 0 && !enough && (soak->written < soak->items || harms < order->harms)) {
        soak_count(soak);
        if (soak->written < soak->items && soak->written - soak->ended < backlog)
            r = soak_feed(soak, err);
        if (r == 0 && harms < order->harms &&
            (int64_t)harms * soak->items <= (int64_t)soak->ended * order->harms) {
            r = soak_harm(soak, err);
            harms++;
        }
        if (r == 0)
            r = soak_mend(soak, false, err);
        if (r == 0)
            r = look_underway(soak, &looks, err);
        if (soak->ended >= soak->items / 3 && soak->early.fds == 0)
            soak_look(soak, &soak->early);
        (void)poll(NULL, 0, TURN_MS);
    }
    soak->items = soak->written;
    return r;
}

static int check_witness(const struct soak *soak, struct err *err)
{
    printf("the witness: %lld to %lld MiB, %lld to %lld descriptors\n",
           (long long)soak->early.rss_kb / 1024, (long long)soak->late.rss_kb / 1024,
           (long long)soak->early.fds, (long long)soak->late.fds);
    if (soak->early.fds == 0) /* told that it is enough before a third was done */
        return 0;
    if (soak->late.fds > soak->early.fds + FDS_MORE)
        return err_set(err, ERR_REJECT, "the witness's descriptors grew");
    if (soak->late.rss_kb > soak->early.rss_kb + RSS_MORE_KB)
        return err_set(err, ERR_REJECT, "the witness's memory grew");
    return 0;
}

static int check_doors(const struct soak *soak, struct err *err)
{
    int64_t n = doors_connections(&soak->doors, soak->github);

    printf("%lld connections through doors, %d visits to the group\n", (long long)n,
           guest_visits(soak->guest));
    return n > 0 ? 0 : err_set(err, ERR_REJECT, "a door was never used");
}

static int run(struct soak *soak, const struct order *order, struct err *err)
{
    int r = storm(soak, &order->soak, err);

    if (r == 0)
        r = soak_settle(soak, SETTLE_MS, err);
    if (r < 0)
        return r;
    soak_look(soak, &soak->late);
    soak->lane.talkative = true;
    r = lane_judge(&soak->lane, JUDGE_ENDED, err);
    if (r == 0)
        r = check_doors(soak, err);
    return r == 0 ? check_witness(soak, err) : r;
}

static void summarize(const struct soak *soak, int64_t took_ms)
{
    int all = 0;

    for (int i = 0; i < HARMS; i++)
        all += soak->harmed[i];
    printf("%d items, %d sent twice, %d spoilt, %d dead letters; %d harms:", soak->items,
           soak->doubled, soak->spoilt, soak->letters, all);
    for (int i = 0; i < HARMS; i++)
        printf(" %d %s%s", soak->harmed[i], soak_harms[i], i < HARMS - 1 ? "," : "");
    printf("; %lld s\n", (long long)took_ms / 1000);
}

static bool read_order(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {
        {"items", required_argument, NULL, 'i'}, {"harms", required_argument, NULL, 'h'},
        {"seed", required_argument, NULL, 's'},  {"keep", no_argument, NULL, 'k'},
        {"github", no_argument, NULL, 'g'},      {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 'i')
            order->soak.items = (int)strtol(optarg, NULL, 10);
        else if (c == 'h')
            order->soak.harms = (int)strtol(optarg, NULL, 10);
        else if (c == 's')
            order->soak.seed = strtoull(optarg, NULL, 10);
        else if (c == 'k')
            order->keep = true;
        else if (c == 'g')
            order->soak.github = true;
        else
            return false;
    }
    if (order->soak.items == 0)
        order->soak.items = order->soak.github ? ITEMS_GITHUB : ITEMS;
    if (order->soak.harms < 0)
        order->soak.harms = order->soak.github ? HARMS_GITHUB : HARMS_ALL;
    return order->soak.items > 0;
}

int main(int argc, char **argv)
{
    struct order order = {.soak = {.harms = -1, .seed = 1}};
    int64_t from_ms = clock_mono_ms();
    char plumb[600];
    struct soak soak;
    struct err err;

    if (!read_order(argc, argv, &order)) {
        fprintf(stderr, "usage: soak [--github] [--items N] [--harms N] [--seed N] [--keep]\n");
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
    (void)sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_term, .sa_flags = SA_RESTART},
                    NULL);
    int r = lane_program(dir, plumb, sizeof plumb, &err);
    if (r < 0) {
        fprintf(stderr, "soak: %s\n", err.text);
        return 2;
    }
    r = soak_open(&soak, dir, plumb, &order.soak, &err);
    if (r == 0)
        r = run(&soak, &order, &err);
    summarize(&soak, clock_mono_ms() - from_ms);
    if (r < 0) {
        printf("FAILED: %s\n  again: ./dev chaos --soak %s--items %d --harms %d --seed %llu\n"
               "  left in %s\n",
               err.text, order.soak.github ? "--github " : "", order.soak.items, order.soak.harms,
               (unsigned long long)order.soak.seed, dir);
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
