/*
 * matrix: the kill matrix. Every fault point x what may happen there x seeds, on a real Kafka and a
 * real Redis; the invariant checker looks after every few cases, and right after each death.
 *
 *     matrix [--github] [--seeds N] [--lanes N] [--case POINT:ACTION:SEED] [--keep] [--verbose]
 *     matrix --points
 *
 * Lanes run side by side; each takes the next case when it has ended one. Ends with 0, with 1 when
 * a case failed (its seed and how to repeat it are printed), with 77 where there is no real Kafka.
 */
#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/chaos/cases.h"
#include "tests/support/kafka.h"
#include "tests/support/redis_server.h"
#include "tests/support/temp_dir.h"

#define CASES_MAX    8192
#define LANES_MAX    14 /* a Redis has sixteen databases */
#define LANES        10
#define JUDGED_EVERY 4

struct order {
    int seeds, lanes;
    const char *only;
    bool keep, verbose, points, github;
};

struct shared { /* by all lanes */
    atomic_int next, done, failed, looks;
    atomic_int by_action[ACTIONS];
};

static struct chaos_case cases[CASES_MAX];
static int n_cases;

/* With the fake GitHub, which is written to once a second, only a worker's ordinary way. */
static bool is_of_any_forge(const struct way_point *point)
{
    return point->role == WORK && point->way == ORDINARY && !str_starts(point->name, "forge.");
}

static void list_cases(const struct order *order)
{
    char name[64];

    for (int seed = 1; seed <= order->seeds; seed++)
        for (size_t p = 0; p < way_points_count; p++)
            for (int a = 0; a < ACTIONS; a++) {
                struct chaos_case c = {&way_points[p], (enum way_action)a, seed};
                case_name(&c, name);
                if (!way_knows(c.point, c.action) || n_cases == CASES_MAX ||
                    (order->github && !is_of_any_forge(c.point)) ||
                    (order->only != NULL && !str_eq(order->only, name)))
                    continue;
                cases[n_cases++] = c;
            }
}

static void list_points(void)
{
    static const char *const roles[] = {"work", "poll", "sink"};

    for (size_t p = 0; p < way_points_count; p++) {
        printf("%-16s %s ", way_points[p].name, roles[way_points[p].role]);
        for (int a = 0; a < ACTIONS; a++)
            if (way_knows(&way_points[p], (enum way_action)a))
                printf(" %s", way_actions[a]);
        printf("\n");
    }
    printf("%zu points\n", way_points_count);
}

/* --- one lane --- */

struct driver {
    const struct order *order;
    const struct lane_place *place;
    struct shared *shared;
    struct lane lane;
    int index, opened;
    bool is_open;
    char unjudged[JUDGED_EVERY][64];
    int n_unjudged;
};

static void tell_failure(struct driver *driver, const char *name, const struct err *err)
{
    atomic_fetch_add(&driver->shared->failed, 1);
    printf("FAILED %s: %s\n  again: ./dev chaos %s--case %s\n  left in %s\n", name, err->text,
           driver->order->github ? "--github " : "", name, driver->lane.dir);
    lane_show_logs(&driver->lane);
    fflush(stdout);
    lane_close(&driver->lane, true);
    driver->is_open = false;
    driver->n_unjudged = 0;
}

static void look(struct driver *driver)
{
    char names[JUDGED_EVERY * 64] = "";
    struct err err;

    if (!driver->is_open || driver->n_unjudged == 0)
        return;
    atomic_fetch_add(&driver->shared->looks, 1);
    for (int i = 0; i < driver->n_unjudged; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? " or " : "",
                 driver->unjudged[i]);
    if (lane_judge(&driver->lane, JUDGE_ENDED, &err) < 0)
        tell_failure(driver, names, &err);
    driver->n_unjudged = 0;
}

static void run_one(struct driver *driver, const struct chaos_case *c)
{
    int64_t from_ms = clock_mono_ms();
    char name[64];
    struct err err;
    int r = 0;

    case_name(c, name);
    if (!driver->is_open) {
        r = lane_open(&driver->lane, driver->place, driver->index + LANES_MAX * driver->opened++,
                      driver->index, &err);
        driver->is_open = true;
    }
    if (r == 0)
        r = case_run(&driver->lane, c, &err);
    atomic_fetch_add(&driver->shared->done, 1);
    atomic_fetch_add(&driver->shared->by_action[c->action], 1);
    if (r < 0) {
        tell_failure(driver, name, &err);
        return;
    }
    if (driver->order->verbose)
        printf("ok %-28s %5lld ms, lane %d\n", name, (long long)(clock_mono_ms() - from_ms),
               driver->index);
    (void)str_copy(driver->unjudged[driver->n_unjudged++], 64, name);
    if (driver->n_unjudged == JUDGED_EVERY)
        look(driver);
}

static void drive(struct driver *driver)
{
    int i;

    while ((i = atomic_fetch_add(&driver->shared->next, 1)) < n_cases)
        run_one(driver, &cases[i]);
    look(driver);
    if (driver->is_open)
        lane_close(&driver->lane, driver->order->keep);
}

/* --- all of them --- */

static bool read_order(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {
        {"seeds", required_argument, NULL, 's'}, {"lanes", required_argument, NULL, 'l'},
        {"case", required_argument, NULL, 'c'},  {"keep", no_argument, NULL, 'k'},
        {"verbose", no_argument, NULL, 'v'},     {"points", no_argument, NULL, 'p'},
        {"github", no_argument, NULL, 'g'},      {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 's')
            order->seeds = (int)strtol(optarg, NULL, 10);
        else if (c == 'l')
            order->lanes = (int)strtol(optarg, NULL, 10);
        else if (c == 'c')
            order->only = optarg;
        else if (c == 'k')
            order->keep = true;
        else if (c == 'v')
            order->verbose = true;
        else if (c == 'p')
            order->points = true;
        else if (c == 'g')
            order->github = true;
        else
            return false;
    }
    if (order->only != NULL && strrchr(order->only, ':') != NULL)
        order->seeds = (int)strtol(strrchr(order->only, ':') + 1, NULL, 10);
    return order->lanes > 0 && order->lanes <= LANES_MAX && order->seeds > 0;
}

static void run_lanes(const struct order *order, const struct lane_place *place,
                      struct shared *shared)
{
    pid_t parent = getpid();
    pid_t pids[LANES_MAX];
    int status;

    for (int i = 0; i < order->lanes; i++) {
        fflush(stdout);
        pids[i] = fork();
        if (pids[i] == 0) {
            struct driver driver = {order, place, shared, .index = i};
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent)
                _exit(1);
            drive(&driver);
            fflush(stdout);
            _exit(0);
        }
    }
    for (int i = 0; i < order->lanes; i++)
        if (pids[i] <= 0 || waitpid(pids[i], &status, 0) != pids[i] || status != 0) {
            printf("FAILED lane %d did not end well\n", i);
            atomic_fetch_add(&shared->failed, 1);
        }
}

static void summarize(const struct shared *shared, int64_t took_ms)
{
    printf("%d of %d cases over %zu fault points:", atomic_load(&shared->done), n_cases,
           way_points_count);
    for (int a = 0; a < ACTIONS; a++)
        printf(" %d %s", atomic_load(&shared->by_action[a]), way_actions[a]);
    printf("; %d looks of the invariant checker; %d failed; %lld s\n", atomic_load(&shared->looks),
           atomic_load(&shared->failed), (long long)took_ms / 1000);
}

int main(int argc, char **argv)
{
    struct order order = {.seeds = 3, .lanes = LANES};
    char plumb[600];
    struct err err;

    if (!read_order(argc, argv, &order)) {
        fprintf(
            stderr,
            "usage: matrix [--github] [--seeds N] [--lanes N] [--case POINT:ACTION:SEED] [--keep] "
            "[--verbose] | --points\n");
        return 2;
    }
    if (order.points) {
        list_points();
        return 0;
    }
    list_cases(&order);
    if (n_cases == 0) {
        fprintf(stderr, "matrix: there is no case %s; --points lists what there is\n",
                order.only != NULL ? order.only : "of that kind");
        return 2;
    }
    if (!broker_wanted(BROKER_REAL))
        return 77;
    if (order.lanes > n_cases)
        order.lanes = n_cases;

    int64_t from_ms = clock_mono_ms();
    CLEANUP(broker_stopp) struct broker *broker = broker_start(BROKER_REAL);
    struct redis_server *redis = redis_start();
    char *dir = temp_dir_make();
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (lane_program(dir, plumb, sizeof plumb, &err) < 0) {
        fprintf(stderr, "matrix: %s\n", err.text);
        return 2;
    }
    const struct lane_place place = {.brokers = broker_address(broker),
                                     .redis_url = redis_server_url(redis),
                                     .dir = dir,
                                     .plumb = plumb,
                                     .partitions = 1,
                                     .buckets = 3,
                                     .github = order.github};
    log_open("chaos", LOG_LEVEL_ERROR);
    run_lanes(&order, &place, shared);
    summarize(shared, clock_mono_ms() - from_ms);
    int failed = atomic_load(&shared->failed);
    redis_stop(redis);
    if (failed == 0 && !order.keep) {
        temp_dir_remove(dir);
    } else {
        printf("everything is kept in %s\n", dir);
        free(dir);
    }
    return failed > 0 ? 1 : 0;
}
