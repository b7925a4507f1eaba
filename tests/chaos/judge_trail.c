/* I3, I5 and I10: what was told, to whom, and whether all of it arrived; the story stands in
 * judge.h. */
#include <stdio.h>

#include "tests/chaos/index.h"
#include "tests/chaos/judge.h"

static void id_key(const struct json *event, char out[INDEX_KEY_BYTES])
{
    (void)str_copy(out, INDEX_KEY_BYTES, json_get_text(event, "id", ""));
}

/* The events that the sink's commits cover, while it is still at work. */
static bool is_due(const struct judgement *j, const struct json *event)
{
    const struct json *offsets = json_get(j->facts, "offsets");

    if (j->moment == JUDGE_ENDED)
        return true;
    for (size_t i = 0; i < json_count(offsets); i++) {
        const struct json *row = json_at(offsets, i);
        if (json_get_bool(row, "sink", false) &&
            json_get_int(row, "partition", -1) == json_get_int(event, "partition", -2))
            return json_get_int(event, "offset", -1) < json_get_int(row, "committed", -1);
    }
    return false;
}

static void judge_chain(struct judgement *j)
{
    const struct json *log = json_get(j->facts, "log");
    struct index kept, sent;
    size_t n;

    j->verdicts[3].what = "lines";
    j->verdicts[3].looked_at = json_get_int(log, "lines", 0);
    if (json_get_int(log, "bad_line", 0) > 0)
        judge_violation(j, 3, "line %lld: %s", (long long)json_get_int(log, "bad_line", 0),
                        json_get_text(log, "why", ""));
    index_of(&kept, json_get(log, "events"), id_key);
    index_of(&sent, json_get(j->facts, "sent"), id_key);
    for (size_t i = 0; i < kept.n; i += index_group(&kept, i)) {
        if (index_group(&kept, i) > 1)
            judge_violation(j, 3, "event %s stands in the log %zu times", kept.entries[i].key,
                            index_group(&kept, i));
        if (index_find(&sent, kept.entries[i].key, &n), n == 0)
            judge_violation(j, 3, "event %s of the log was never sent", kept.entries[i].key);
    }
    for (size_t i = 0; i < sent.n; i++) {
        (void)index_find(&kept, sent.entries[i].key, &n);
        if (n == 0 && is_due(j, sent.entries[i].value))
            judge_violation(j, 3, "event %s (%s of %.12s) was sent and is not in the log",
                            sent.entries[i].key, json_get_text(sent.entries[i].value, "kind", ""),
                            json_get_text(sent.entries[i].value, "fp", ""));
    }
    index_done(&kept);
    index_done(&sent);
}

static void judge_secrets(struct judgement *j)
{
    const struct json *leaks = json_get(j->facts, "leaks");

    j->verdicts[5] = (struct verdict){.what = "files",
                                      .looked_at = json_get_int(j->facts, "files_searched", 0),
                                      .not_due = json_get(j->facts, "leaks") == NULL};
    for (size_t i = 0; i < json_count(leaks); i++)
        judge_violation(j, 5, "a canary stands in %s", json_text(json_at(leaks, i), ""));
}

static void judge_rest(struct judgement *j)
{
    const struct json *offsets = json_get(j->facts, "offsets");

    j->verdicts[10].what = "partitions";
    j->verdicts[10].not_due = j->moment != JUDGE_ENDED;
    for (size_t i = 0; j->moment == JUDGE_ENDED && i < json_count(offsets); i++) {
        const struct json *row = json_at(offsets, i);
        int64_t end = json_get_int(row, "end", 0);
        int64_t committed = json_get_int(row, "committed", -1);
        j->verdicts[10].looked_at++;
        if (end > 0 && committed < end)
            judge_violation(
                j, 10, "%s[%lld] is committed up to %lld of %lld", json_get_text(row, "topic", ""),
                (long long)json_get_int(row, "partition", 0), (long long)committed, (long long)end);
    }
}

void judge_trail(struct judgement *j)
{
    judge_chain(j);
    judge_secrets(j);
    judge_rest(j);
}
