/* I2, I6, I7 and I9: what was written outside; the story stands in judge.h. */
#include <stdio.h>

#include "tests/chaos/index.h"
#include "tests/chaos/judge.h"

static void open_key(const struct json *pull, char out[INDEX_KEY_BYTES])
{
    out[0] = '\0';
    if (str_eq(json_get_text(pull, "state", ""), "open"))
        snprintf(out, INDEX_KEY_BYTES, "%.64s in %.140s", json_get_text(pull, "fp", ""),
                 json_get_text(pull, "repository", ""));
}

static void judge_one_open(struct judgement *j)
{
    const struct json *github = json_get(j->facts, "github");
    struct index open;

    j->verdicts[2].what = "open pull requests";
    index_of(&open, json_get(j->facts, "pulls"), open_key);
    j->verdicts[2].looked_at = (int64_t)open.n;
    for (size_t i = 0; i < open.n; i += index_group(&open, i))
        if (index_group(&open, i) > 1)
            judge_violation(j, 2, "item %s has %zu open pull requests", open.entries[i].key,
                            index_group(&open, i));
    index_done(&open);
    if (json_get_int(github, "most_open_per_head", 0) > 1)
        judge_violation(j, 2, "at one moment a branch had %lld open pull requests",
                        (long long)json_get_int(github, "most_open_per_head", 0));
}

static void fp_key(const struct json *element, char out[INDEX_KEY_BYTES])
{
    (void)str_copy(out, INDEX_KEY_BYTES, json_get_text(element, "fp", ""));
}

/* The worker's line may be later than what it tells of: the worker was frozen, or Redis slow. */
#define LINE_LATE_MS 8000

/* Redis was emptied so often while the item was ended again; all times when they are not known. */
static size_t losses_between(const struct judgement *j, const struct index_entry *ends, size_t n)
{
    const struct json *times = json_get(j->facts, "redis_lost_at");
    int64_t first_ms = INT64_MAX, last_ms = 0;
    size_t losses = 0;

    if (json_count(times) == 0)
        return (size_t)json_get_int(j->facts, "redis_losses", 0);
    for (size_t i = 0; i < n; i++) {
        int64_t at_ms = json_get_int(ends[i].value, "unix_ms", 0);
        first_ms = at_ms < first_ms ? at_ms : first_ms;
        last_ms = at_ms > last_ms ? at_ms : last_ms;
    }
    for (size_t i = 0; i < json_count(times); i++) {
        int64_t at_ms = json_int(json_at(times, i), 0);
        losses += at_ms > first_ms - LINE_LATE_MS && at_ms < last_ms + LINE_LATE_MS;
    }
    return losses;
}

/* An end is recorded under the fence: a second worker that recorded one held an outdated claim. And
 * a branch is only ever created: what stands there now is what its pull request was opened with. */
static void judge_owners(struct judgement *j)
{
    const struct json *pulls = json_get(j->facts, "pulls");
    struct index ends;

    j->verdicts[6].what = "ends and branches";
    index_of(&ends, json_get(j->facts, "ends"), fp_key);
    for (size_t i = 0; i < ends.n; i += index_group(&ends, i))
        if (index_group(&ends, i) > 1 + losses_between(j, &ends.entries[i], index_group(&ends, i)))
            judge_violation(j, 6, "item %s: %zu workers recorded its end", ends.entries[i].key,
                            index_group(&ends, i));
    j->verdicts[6].looked_at = (int64_t)(ends.n + json_count(pulls));
    index_done(&ends);
    for (size_t i = 0; i < json_count(pulls); i++) {
        const struct json *pull = json_at(pulls, i);
        const char *tip = json_get_text(pull, "tip", "");
        if (!str_eq(tip, json_get_text(pull, "head_commit", "")))
            judge_violation(j, 6, "pull request %s#%lld was opened on %.12s, its branch is at %s",
                            json_get_text(pull, "repository", ""),
                            (long long)json_get_int(pull, "number", 0),
                            json_get_text(pull, "head_commit", ""), tip[0] != '\0' ? tip : "none");
    }
}

static bool is_allowed(const char *path)
{
    if (path[0] == '/' || strstr(path, "..") != NULL)
        return false;
    if (str_starts(path, ".plumbline/drift/"))
        return str_ends(path, ".md");
    return path[0] != '.' && str_ends(path, ".tf");
}

static void judge_paths(struct judgement *j)
{
    const struct json *pulls = json_get(j->facts, "pulls");

    j->verdicts[7].what = "changed files";
    for (size_t i = 0; i < json_count(pulls); i++) {
        const struct json *pull = json_at(pulls, i);
        const struct json *paths = json_get(pull, "paths");
        for (size_t k = 0; k < json_count(paths); k++) {
            const char *path = json_text(json_at(paths, k), "");
            j->verdicts[7].looked_at++;
            if (!is_allowed(path))
                judge_violation(j, 7, "pull request %s#%lld changes %s",
                                json_get_text(pull, "repository", ""),
                                (long long)json_get_int(pull, "number", 0), path);
        }
    }
}

/* A second is kept between two writes of one token; what is measured is their coming, and on the
 * way one may be held up and the next not. Two that nobody spaced out are milliseconds apart. */
#define LEAST_GAP_MS 500
/* What GitHub allows. Holds however long requests are held up on their way, and after Redis forgot.
 */
#define MOST_PER_MINUTE 80

static void judge_rate(struct judgement *j)
{
    const struct json *github = json_get(j->facts, "github");
    int64_t writes = json_get_int(github, "writes", 0);
    int64_t gap_ms = json_get_int(github, "least_gap_ms", -1);

    j->verdicts[9] =
        (struct verdict){.what = "writes", .looked_at = writes, .not_due = !json_is_object(github)};
    if (writes > 1 && gap_ms < LEAST_GAP_MS && !json_get_bool(j->facts, "held_up", false))
        judge_violation(j, 9, "two writes to GitHub were %lld ms apart", (long long)gap_ms);
    if (json_get_int(github, "most_per_minute", 0) > MOST_PER_MINUTE)
        judge_violation(j, 9, "GitHub was written to %lld times within a minute",
                        (long long)json_get_int(github, "most_per_minute", 0));
}

void judge_effects(struct judgement *j)
{
    judge_one_open(j);
    judge_owners(j);
    judge_paths(j);
    judge_rate(j);
}
