/* The installation and its load; what befalls it stands in soak_harm.c, the story in soak.h. */
#include "tests/chaos/soak.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "proto/topics.h"

#define BATCH      20
#define FILES_KEPT 25                   /* more than there is a backlog */
#define OVERSIZED  ((size_t)300 * 1024) /* more than an item may be */

/* xorshift: the same seed, the same dice. */
uint64_t soak_roll(struct soak *soak, uint64_t below)
{
    soak->dice ^= soak->dice << 13;
    soak->dice ^= soak->dice >> 7;
    soak->dice ^= soak->dice << 17;
    return soak->dice % below;
}

/* Each kind once, in an order by dice. */
static void shuffle_first(struct soak *soak)
{
    for (int i = 0; i < HARMS; i++) {
        int at = (int)soak_roll(soak, (uint64_t)i + 1);
        soak->first[i] = soak->first[at];
        soak->first[at] = (enum soak_harm)i;
    }
}

/* The servers, and where roles find them. */
static int open_servers(struct soak *soak, struct err *err)
{
    const struct redis_server_options durable = {.durable = true};
    int r = doors_open(&soak->doors, err);

    if (r < 0)
        return r;
    soak->broker = broker_start_behind(proxy_port(soak->doors.at[DOOR_KAFKA].proxy));
    soak->redis = redis_start_with(&durable);
    r = door_lead(&soak->doors, DOOR_KAFKA, broker_behind(soak->broker), err);
    for (int i = 0; r == 0 && i <= SOAK_WORKERS; i++)
        r = door_lead(&soak->doors, DOOR_REDIS(i), redis_server_url(soak->redis), err);
    return r;
}

static int open_lane(struct soak *soak, const char *dir, const char *plumb, struct err *err)
{
    char kafka[DOOR_URL_BYTES], redis[DOOR_URL_BYTES], github[DOOR_URL_BYTES];
    const struct lane_setting settings[] = {
        {"KAFKA_BOOTSTRAP_SERVERS", kafka},
        {"REDIS_URL", redis},
        {"GITHUB_API_URL", github},
        {"GITHUB_URL", github},
        {NULL, NULL},
    };
    const struct lane_place place = {.brokers = broker_address(soak->broker),
                                     .redis_url = redis_server_url(soak->redis),
                                     .dir = dir,
                                     .plumb = plumb,
                                     .partitions = 8,
                                     .buckets = SOAK_BUCKETS,
                                     .github = soak->github,
                                     .settings = settings};

    door_address(&soak->doors, DOOR_KAFKA, "", kafka);
    door_address(&soak->doors, DOOR_OTHERS_REDIS, "redis://", redis);
    door_address(&soak->doors, DOOR_GITHUB, "http://", github);
    int r = lane_open(&soak->lane, &place, 0, 0, err);
    if (r < 0 || !soak->github)
        return r;
    char upstream[DOOR_URL_BYTES];
    snprintf(upstream, sizeof upstream, "127.0.0.1:%d", soak->lane.github.port);
    return door_lead(&soak->doors, DOOR_GITHUB, upstream, err);
}

int soak_open(struct soak *soak, const char *dir, const char *plumb, const struct soak_order *order,
              struct err *err)
{
    char path[400];

    *soak = (struct soak){
        .items = order->items, .github = order->github, .dice = order->seed * 2654435761U + 1};
    shuffle_first(soak);
    int r = open_servers(soak, err);
    if (r == 0)
        r = open_lane(soak, dir, plumb, err);
    soak->lane.lost_at_ms = soak->lost_at_ms;
    soak->lane.held_up = true;
    snprintf(path, sizeof path, "%s/findings", soak->lane.dir);
    if (r == 0)
        r = files_make_directory(path, err);
    if (r == 0)
        r = guest_start(&soak->guest, soak->lane.group, err);
    return r == 0 ? soak_mend(soak, true, err) : r;
}

void soak_close(struct soak *soak, bool keep)
{
    struct lane_role *roles[SOAK_WORKERS + SOAK_POLLERS];
    size_t n = 0;

    for (size_t i = 0; i < SOAK_WORKERS; i++)
        roles[n++] = &soak->workers[i];
    for (size_t i = 0; i < SOAK_POLLERS; i++)
        roles[n++] = &soak->pollers[i];
    for (size_t i = 0; i < n; i++) {
        if (roles[i]->pid <= 0)
            continue;
        (void)kill(roles[i]->pid, SIGKILL);
        (void)waitpid(roles[i]->pid, NULL, 0);
    }
    guest_stop(soak->guest);
    lane_close(&soak->lane, keep);
    redis_stop(soak->redis);
    broker_stop(soak->broker);
    doors_close(&soak->doors);
}

/* --- load --- */

static int add_line(struct soak *soak, int item, struct buf *out, struct err *err)
{
    char repository[64], line[600];
    int r = 0;

    snprintf(repository, sizeof repository, "chaos/s%d", item / SOAK_BUCKETS);
    /* Made when its first item is: thousands at once would hold up the start. */
    if (item == soak->repositories * SOAK_BUCKETS) {
        soak->repositories++;
        r = lane_repository(&soak->lane, repository, err);
    }
    if (r == 0)
        r = lane_finding(&soak->lane, repository, 1 + item % SOAK_BUCKETS, false, line, sizeof line,
                         err);
    buf_print(out, "%s\n", line);
    return r;
}

/* Straight onto the topic: bytes that are no item, or more of them than an item may be. */
static int send_spoilt(struct soak *soak, bool oversized, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(2 * OVERSIZED);

    buf_print(&bytes, "spoilt %d ", ++soak->spoilt);
    while (oversized && bytes.len < OVERSIZED)
        buf_text(&bytes, "more than an item may be, ");
    return lane_send_raw(&soak->lane, TOPIC_FINDINGS, buf_str(&bytes), err);
}

int soak_feed(struct soak *soak, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    char path[420];
    int r = 0;

    for (int i = 0; r == 0 && i < BATCH && soak->written < soak->items; i++) {
        r = add_line(soak, soak->written++, &text, err);
        if (r == 0 && soak_roll(soak, 10) == 0) {
            soak->doubled++;
            r = add_line(soak, (int)soak_roll(soak, (uint64_t)soak->written), &text, err);
        }
        if (r == 0 && soak_roll(soak, 100) < 2)
            r = send_spoilt(soak, soak_roll(soak, 2) == 0, err);
    }
    snprintf(path, sizeof path, "%s/findings/%06d.jsonl", soak->lane.dir, ++soak->files);
    if (r == 0)
        r = files_write(path, buf_str(&text), text.len, err);
    /* What was sent long ago is moved away, as people do. After a FLUSHALL pollers send all anew,
     * and what is sent anew hides that it had been lost. */
    snprintf(path, sizeof path, "%s/findings/%06d.jsonl", soak->lane.dir, soak->files - FILES_KEPT);
    (void)unlink(path);
    return r;
}

/* --- the end --- */

/* Whole lines of the audit log that are new: one that has its newline stays. */
void soak_count(struct soak *soak)
{
    char *line = NULL, path[400];
    size_t size = 0;
    ssize_t len;

    snprintf(path, sizeof path, "%s/data/audit/audit.jsonl", soak->lane.dir);
    FILE *log = fopen(path, "re");
    if (log == NULL || fseek(log, soak->counted, SEEK_SET) != 0)
        len = -1;
    else
        while ((len = getline(&line, &size, log)) > 0 && line[len - 1] == '\n') {
            bool ended = strstr(line, "\"kind\":\"item.ended\"") != NULL;
            soak->ended += ended;
            soak->letters += ended && strstr(line, "\"state\":\"DLQ\"") != NULL;
            soak->counted += len;
        }
    if (log != NULL)
        fclose(log);
    free(line);
}

int soak_settle(struct soak *soak, int64_t within_ms, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + within_ms;

    for (;;) {
        soak_count(soak);
        if (soak->ended >= soak->items && group_is_at_rest(soak->lane.group) &&
            group_is_at_rest(soak->lane.sink_group))
            return 0;
        int r = soak_mend(soak, true, err);
        if (r < 0)
            return r;
        if (clock_mono_ms() > until_ms)
            return err_set(err, ERR_REJECT, "%d of %d items ended, or offsets are not committed",
                           soak->ended, soak->items);
        (void)poll(NULL, 0, 500);
    }
}

/* --- the witness --- */

void soak_look(const struct soak *soak, struct soak_sample *out)
{
    char path[64], line[256];
    struct soak_sample sample = {0};

    snprintf(path, sizeof path, "/proc/%d/status", (int)soak->workers[0].pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (str_starts(line, "VmRSS:"))
            sample.rss_kb = strtoll(line + strlen("VmRSS:"), NULL, 10);
    if (status != NULL)
        fclose(status);
    snprintf(path, sizeof path, "/proc/%d/fd", (int)soak->workers[0].pid);
    DIR *fds = opendir(path);
    while (fds != NULL && readdir(fds) != NULL)
        sample.fds++;
    if (fds != NULL)
        closedir(fds);
    *out = sample;
}
