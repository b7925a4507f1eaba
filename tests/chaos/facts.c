/* Redis, and everything together; the story stands in facts.h. */
#include "tests/chaos/facts.h"

#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "common/redis/redis.h"
#include "worker/forge/forge.h"
#include "worker/forge/local_ref.h"
#include "worker/rules/rules.h"

#define STATE_MAX_BYTES ((size_t)64 * 1024 * 1024)

bool facts_leak(const struct facts_source *source, const char *bytes, size_t len)
{
    for (size_t i = 0; i < FACTS_CANARIES_MAX && source->canaries[i] != NULL; i++)
        if (memmem(bytes, len, source->canaries[i], strlen(source->canaries[i])) != NULL)
            return true;
    return false;
}

static int add_state(struct redis *redis, const char *key, struct json *states, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *const ask[] = {"HMGET", key, "state", "crashes", "attempts"};
    struct json *state = json_object();
    int r = redis_command(redis, &reply, err, COUNT(ask), ask, NULL);

    json_set_text(state, "fp", key + strlen("plumb:item:"));
    if (r == 0) {
        json_set_text(state, "state", redis_reply_text(redis_reply_at(reply, 0), NULL));
        json_set_int(state, "crashes", redis_reply_int(redis_reply_at(reply, 1)));
        json_set_int(state, "attempts", redis_reply_int(redis_reply_at(reply, 2)));
    }
    json_push_give(states, state);
    return r;
}

static int add_states(const struct facts_source *source, struct json *facts, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    CLEANUP(redis_reply_freep) struct redis_reply *keys = NULL;
    const char *const ask[] = {"KEYS", "plumb:item:*"};
    struct redis_options options = {.url = source->redis_url, .timeout_ms = 30000};
    struct json *states = json_array();
    int r = redis_new(&redis, &options, err);

    json_set_give(facts, "states", states);
    if (r == 0)
        r = redis_command(redis, &keys, err, COUNT(ask), ask, NULL);
    for (size_t i = 0; r == 0 && i < redis_reply_count(keys); i++)
        r = add_state(redis, redis_reply_text(redis_reply_at(keys, i), NULL), states, err);
    return r;
}

/* What the branch changes, by git's word. */
static struct json *changed_paths(const char *bare, const char *base, const char *head)
{
    struct json *paths = json_array();
    char command[1500], line[1024];

    snprintf(command, sizeof command,
             "git --git-dir='%s' diff --name-only 'refs/heads/%s...refs/heads/%s' 2>/dev/null",
             bare, base, head);
    FILE *stream = popen(command, "re");
    while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        json_push_text(paths, line);
    }
    if (stream != NULL)
        pclose(stream);
    return paths;
}

static struct json *pull_of(const struct facts_source *source, const struct json *theirs)
{
    const char *repository = json_text(json_find(theirs, "base.repo.full_name"), "");
    const char *head = json_text(json_find(theirs, "head.ref"), "");
    char bare[900], fp[65] = "", plan[65], tip[LOCAL_ID_BYTES] = "";
    struct json *pull = json_object();
    struct err err;

    (void)forge_marker_read(json_get_text(theirs, "body", ""), fp, plan);
    snprintf(bare, sizeof bare, "%s/repositories/%s.git", source->dir, repository);
    if (local_ref_read(bare, head, tip, &err) != 0)
        tip[0] = '\0';
    json_set_text(pull, "repository", repository);
    json_set_int(pull, "number", json_get_int(theirs, "number", 0));
    json_set_text(pull, "state", json_get_text(theirs, "state", ""));
    json_set_text(pull, "fp", fp);
    json_set_text(pull, "url", json_get_text(theirs, "html_url", ""));
    json_set_text(pull, "head_commit", json_text(json_find(theirs, "head.sha"), ""));
    json_set_text(pull, "tip", tip);
    json_set_give(pull, "paths",
                  changed_paths(bare, json_text(json_find(theirs, "base.ref"), ""), head));
    return pull;
}

static int add_github(const struct facts_source *source, struct json *facts, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(STATE_MAX_BYTES);
    struct json *all = NULL;

    if (source->github_file == NULL)
        return 0;
    int r = files_read(source->github_file, &text, err);
    if (r == 0)
        r = json_parse(&all, buf_str(&text), text.len, err);
    if (r < 0)
        return r;
    const struct json *github = json_get(all, "fake") != NULL ? json_get(all, "fake") : all;
    struct json *pulls = json_copy(json_get(facts, "pulls"));
    for (size_t i = 0; i < json_count(json_get(github, "pulls")); i++)
        json_push_give(pulls, pull_of(source, json_at(json_get(github, "pulls"), i)));
    json_set_give(facts, "pulls", pulls);
    json_set_give(facts, "github", json_copy(github));
    json_free(all);
    return 0;
}

static void add_losses(const struct facts_source *source, struct json *facts)
{
    struct json *times = json_array();

    for (int64_t i = 0; source->lost_at_ms != NULL && i < source->redis_losses; i++)
        json_push_give(times, json_new_int(source->lost_at_ms[i]));
    json_set_give(facts, "redis_lost_at", times);
    json_set_int(facts, "redis_losses", source->redis_losses);
}

int facts_collect(const struct facts_source *source, struct json **out, struct err *err)
{
    CLEANUP(json_freep) struct json *facts = json_object();
    CLEANUP(rules_freep) struct rules *rules = NULL;
    int r = rules_load(&rules, NULL, err);

    json_set_give(facts, "leaks", json_array());
    add_losses(source, facts);
    json_set_bool(facts, "held_up", source->held_up);
    if (r == 0)
        r = facts_add_topics(source, rules, facts, err);
    if (r == 0)
        r = add_states(source, facts, err);
    if (r == 0)
        r = facts_add_files(source, facts, err);
    if (r == 0)
        r = add_github(source, facts, err);
    if (r == 0)
        *out = STEAL(facts);
    return r;
}
