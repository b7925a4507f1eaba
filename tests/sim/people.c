/* Who finds things and who answers pull requests; a part of nature, see outside.h. */
#include <stdio.h>

#include "proto/replay.h"
#include "tests/sim/invariants.h"
#include "tests/sim/kafka.h"
#include "tests/sim/outside.h"

static bool all_sent;
static uint32_t hasty; /* per mille of pull requests that are answered as soon as they are seen */

void people_begin(void)
{
    all_sent = false;
    hasty = chance(300) ? 700 : dice(50);
}

bool people_have_sent_all(void)
{
    return all_sent;
}

static void add_header(rd_kafka_headers_t *headers, const char *name, const char *text)
{
    rd_kafka_header_add(headers, name, -1, text, (ssize_t)strlen(text));
}

/* replay: the id of one, NULL none. */
static void send_finding(struct finding *finding, struct part *part, const char *replay)
{
    struct stored record = {.value = malloc(finding->len),
                            .key = strdup(finding->fp),
                            .key_len = strlen(finding->fp),
                            .value_len = finding->len};

    assert(record.value != NULL && record.key != NULL);
    memcpy(record.value, finding->bytes, finding->len);
    if (finding->sent++ == 0)
        finding->sent_ms = sim_now_ms();
    if (replay != NULL) {
        record.headers = rd_kafka_headers_new(2);
        add_header(record.headers, HEADER_REPLAY_ID, replay);
        add_header(record.headers, HEADER_REPLAY_REOPENS,
                   chance(500) ? REPLAY_REOPENS_REVIEW : REPLAY_REOPENS_DLQ);
    }
    trace("finder  sends %.8s generation %lld %s", finding->fp, (long long)finding->generation,
          replay != NULL ? replay : "");
    kafka_append_give(part, &record);
}

static struct part *part_of(const struct finding *finding)
{
    return kafka_part_for(TOPIC_DRIFT, finding->fp, strlen(finding->fp));
}

/* From somebody who keys them in another way. */
void people_send_again(void)
{
    struct finding *finding = &findings[dice(COUNT(findings) - 1)];

    if (finding->sent > 0)
        send_finding(finding, kafka_part(TOPIC_DRIFT, (int32_t)dice(2)), NULL);
}

/* Dead letters first. A replay that is begun again sends the same under the same id. */
void people_replay(void)
{
    struct finding *finding = &findings[dice(COUNT(findings) - 1)];
    char id[32];

    for (size_t i = 0; i + 1 < COUNT(findings) && chance(700); i++)
        if (str_eq(findings[i].state, "DLQ"))
            finding = &findings[i];
    if (finding->events == 0)
        return;
    if (finding->replays == 0 || chance(700))
        finding->replays++;
    finding->asked = true;
    snprintf(id, sizeof id, "replay-%zu", finding->replays);
    send_finding(finding, part_of(finding), id);
}

/* A person answers it; sometimes the same trouble is there again later. */
static void answer(struct pull *pull, bool merge)
{
    if (pull->state != FORGE_OPEN)
        return;
    people_close(pull, merge, chance(500));
    for (size_t i = 0; i + 1 < COUNT(findings); i++)
        if (str_eq(findings[i].fp, pull->fp) && findings[i].sent > 0 && findings[i].events > 0 &&
            findings[i].generation < GENERATIONS_MAX && findings[i + 1].sent == 0 && chance(700)) {
            send_finding(&findings[i + 1], part_of(&findings[i + 1]), NULL);
            break;
        }
}

void people_answer(bool merge)
{
    if (n_pulls > 0)
        answer(&pulls[dice((uint32_t)n_pulls)], merge);
}

static void *answer_soon(void *context)
{
    task_sleep(dice(chance(500) ? 30 : 1500));
    if (!nature_is_calm())
        answer(context, chance(500));
    return NULL;
}

void people_see(struct pull *pull)
{
    if (!nature_is_calm() && chance(hasty))
        (void)task_spawn(NULL, "person", answer_soon, pull);
}

/* Its next generation is there before it: the first one's record was held up on its way. */
static void send_late(size_t number)
{
    send_finding(finding_at(number, 2), part_of(finding_at(number, 2)), NULL);
    task_sleep(dice(chance(500) ? 300 : 5000));
}

/* All that is found at first; the number of findings comes as context. */
void *people_find(void *context)
{
    int n = *(const int *)context;

    for (int i = 0; i < n; i++) {
        task_sleep(dice(1500));
        if (chance(150))
            send_late((size_t)i);
        send_finding(finding_at((size_t)i, 1), part_of(finding_at((size_t)i, 1)), NULL);
        if (chance(300)) {
            task_sleep(dice(200));
            send_finding(finding_at((size_t)i, 1), part_of(finding_at((size_t)i, 1)), NULL);
        }
    }
    if (chance(200))
        send_finding(&findings[COUNT(findings) - 1], kafka_part(TOPIC_DRIFT, 0), NULL);
    all_sent = true;
    return NULL;
}
