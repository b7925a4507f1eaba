/* Who finds things and who answers pull requests; a part of nature, see outside.h. */
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

static void send_finding(struct finding *finding, struct part *part)
{
    struct stored record = {.value = malloc(finding->len),
                            .key = strdup(finding->fp),
                            .key_len = strlen(finding->fp),
                            .value_len = finding->len};

    assert(record.value != NULL && record.key != NULL);
    memcpy(record.value, finding->bytes, finding->len);
    if (finding->sent++ == 0)
        finding->sent_ms = sim_now_ms();
    trace("finder  sends %.8s generation %lld", finding->fp, (long long)finding->generation);
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
        send_finding(finding, kafka_part(TOPIC_DRIFT, (int32_t)dice(2)));
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
            send_finding(&findings[i + 1], part_of(&findings[i + 1]));
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

/* All that is found at first; the number of findings comes as context. */
void *people_find(void *context)
{
    int n = *(const int *)context;

    for (int i = 0; i < n; i++) {
        task_sleep(dice(1500));
        send_finding(finding_at((size_t)i, 1), part_of(finding_at((size_t)i, 1)));
        if (chance(300)) {
            task_sleep(dice(200));
            send_finding(finding_at((size_t)i, 1), part_of(finding_at((size_t)i, 1)));
        }
    }
    if (chance(200))
        send_finding(&findings[COUNT(findings) - 1], kafka_part(TOPIC_DRIFT, 0));
    all_sent = true;
    return NULL;
}
