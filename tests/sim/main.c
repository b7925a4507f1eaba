/*
 * sim: runs schedules, and replays one.
 *
 *     sim [--runs N] [--from SEED] [--variant NAME]   exit 1 at the first violation, with its seed
 *     sim --seed SEED [--trace] [--variant NAME]      one schedule, told line by line
 *     sim --variants N                                every broken variant is found within N, or
 * exit 1
 *
 * Exit 2: an argument that is none of these, or no number.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/resource.h>

#include "common/log.h"
#include "tests/sim/invariants.h"
#include "tests/sim/outside.h"

struct totals {
    size_t runs, steps, faults, late;
};

static double cpu_seconds(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6 +
           (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
}

static bool run_one(const struct sim_options *options, struct totals *totals)
{
    bool holds = world_run(options);

    totals->runs++;
    totals->steps += task_steps();
    totals->faults += nature_faults();
    totals->late += late_reopens();
    return holds;
}

static int run_many(struct sim_options options, uint64_t n)
{
    struct totals totals = {0};
    double started = cpu_seconds();
    uint64_t from = options.seed;

    for (; options.seed < from + n; options.seed++)
        if (!run_one(&options, &totals)) {
            printf("sim: seed %llu: %s\n", (unsigned long long)options.seed, world_verdict());
            printf("sim: replay it: sim --seed %llu --trace\n", (unsigned long long)options.seed);
            return 1;
        }
    double took = cpu_seconds() - started;
    printf("sim: %zu schedules from seed %llu, 0 violations; %.0f schedules/s, %zu steps, %zu "
           "faults, %zu answers of people that came too late to be seen\n",
           totals.runs, (unsigned long long)from, (double)totals.runs / (took > 0 ? took : 1),
           totals.steps, totals.faults, totals.late);
    return 0;
}

static int find_variants(uint64_t n)
{
    int missed = 0;

    for (int v = 1; v < VARIANT_COUNT; v++) {
        struct sim_options options = {.seed = 1, .variant = (enum variant)v};
        struct totals totals = {0};
        while (options.seed <= n && run_one(&options, &totals))
            options.seed++;
        bool found = options.seed <= n;
        missed += !found;
        printf("%-20s %s %llu schedules: %s\n", variant_names[v],
               found ? "found after" : "NOT FOUND in", (unsigned long long)totals.runs,
               found ? world_verdict() : variant_stories[v]);
    }
    return missed > 0;
}

static enum variant variant_of(const char *name)
{
    for (int v = 0; v < VARIANT_COUNT; v++)
        if (str_eq(variant_names[v], name))
            return (enum variant)v;
    fprintf(stderr, "sim: no variant is called %s; there are", name);
    for (int v = 1; v < VARIANT_COUNT; v++)
        fprintf(stderr, " %s", variant_names[v]);
    fputc('\n', stderr);
    exit(2);
}

/* Digits only: whatever else is no run that found nothing, it is no run. */
static uint64_t number_of(const char *text, uint64_t least)
{
    char *end;

    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && number >= least)
        return number;
    fprintf(stderr, "sim: \"%s\" is not a number from %llu on\n", text, (unsigned long long)least);
    exit(2);
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"runs", required_argument, NULL, 'n'},
        {"from", required_argument, NULL, 's'},
        {"seed", required_argument, NULL, 'o'},
        {"variant", required_argument, NULL, 'v'},
        {"variants", required_argument, NULL, 'a'},
        {"trace", no_argument, NULL, 't'},
        {"log", no_argument, NULL, 'l'},
        {0},
    };
    struct sim_options options = {.seed = 1};
    uint64_t runs = 1000, variants = 0;
    bool log = false;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        switch (option) {
        case 'n':
            runs = number_of(optarg, 1);
            break;
        case 'o':
            runs = 1;
            options.seed = number_of(optarg, 0);
            break;
        case 's':
            options.seed = number_of(optarg, 0);
            break;
        case 'v':
            options.variant = variant_of(optarg);
            break;
        case 'a':
            variants = number_of(optarg, 1);
            break;
        case 't':
            options.trace = true;
            break;
        case 'l':
            log = true;
            break;
        default:
            return 2;
        }
    if (optind < argc) {
        fprintf(stderr, "sim: unexpected argument \"%s\"\n", argv[optind]);
        return 2;
    }
    /* Above every level: a run tells nothing unless it is asked to. */
    log_open("sim", log ? LOG_LEVEL_DEBUG : (enum log_level)(LOG_LEVEL_ERROR + 1));
    findings_make();
    int r = variants > 0 ? find_variants(variants) : run_many(options, runs);
    findings_done();
    return r;
}
