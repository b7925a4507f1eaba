/* The forge, the audit log and the roles' logs; the story stands in facts.h. */
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"
#include "tests/chaos/facts.h"
#include "worker/forge/local_ref.h"
#include "worker/sink/sink.h"

#define FILE_MAX_BYTES ((size_t)1024 * 1024 * 1024)

/* nftw has no context: one walk at a time. */
static struct {
    const struct facts_source *source;
    struct json *facts;
    struct json *pulls, *ends, *leaks;
    int64_t files;
} walk;

/* --- the audit log --- */

static void add_event(const char *line, size_t len, struct json *events)
{
    CLEANUP(json_freep) struct json *event = NULL;
    const char *prefix = walk.source->topic_prefix;
    struct json *kept;
    struct err err;

    if (json_parse(&event, line, len, &err) < 0)
        return; /* chain_verify tells */
    const char *node = json_get_text(event, "node_id", "");
    kept = json_object();
    json_set_text(kept, "id", json_get_text(event, "audit_id", ""));
    json_set_text(kept, "kind", json_get_text(event, "kind", ""));
    json_set_text(kept, "fp", json_get_text(event, "fingerprint", ""));
    json_set_int(kept, "generation", json_get_int(event, "generation", 1));
    json_set_text(kept, "state", json_get_text(event, "state", ""));
    json_set_text(kept, "node_id", node + (str_starts(node, prefix) ? strlen(prefix) : 0));
    json_push_give(events, kept);
}

static int add_log(const struct facts_source *source, struct json *facts, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    struct chain_report report = {0};
    struct json *log = json_object();
    struct json *events = json_array();
    char path[PATH_MAX];

    json_set_give(log, "events", events);
    json_set_give(facts, "log", log);
    snprintf(path, sizeof path, "%s/data/audit/audit.jsonl", source->dir);
    if (files_read(path, &text, err) == ERR_REJECT)
        return 0; /* no sink has run */
    /* While the sink writes, its last line may be half there: the lines are those of our copy. */
    for (char *line = text.bytes, *end; line != NULL && (end = strchr(line, '\n')) != NULL;
         line = end + 1)
        add_event(line, (size_t)(end - line), events);
    int r = chain_verify(path, &report, err);
    if (r < 0)
        return r;
    json_set_int(log, "lines", report.lines);
    json_set_int(log, "bad_line", report.bad_line);
    json_set_text(log, "why", report.why);
    return 0;
}

/* --- the forge --- */

static void add_paths(const char *json_path, struct json *pull)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    struct json *paths = json_array();
    char path[PATH_MAX], name[1024];
    struct err err;

    (void)str_copy(path, sizeof path, json_path);
    (void)str_copy(strrchr(path, '.'), 8, ".patch");
    if (files_read(path, &text, &err) < 0)
        text.len = 0;
    for (const char *line = text.len > 0 ? text.bytes : NULL; line != NULL;) {
        if (sscanf(line, "diff --git a/%*s b/%1023[^\n]", name) == 1)
            json_push_text(paths, name);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    json_set_give(pull, "paths", paths);
}

/* …/pulls/owner/name/7.json */
static void add_pull(const char *path, const struct buf *text)
{
    CLEANUP(json_freep) struct json *record = NULL;
    struct json *pull = json_object();
    char repository[300], bare[PATH_MAX], tip[LOCAL_ID_BYTES] = "";
    struct err err;

    const char *below = strstr(path, "/data/pulls/") + strlen("/data/pulls/");
    (void)str_copy(repository, sizeof repository, below);
    *strrchr(repository, '/') = '\0';
    if (json_parse(&record, buf_str(text), text->len, &err) < 0)
        record = json_object();
    snprintf(bare, sizeof bare, "%s/repositories/%s.git", walk.source->dir, repository);
    if (local_ref_read(bare, json_get_text(record, "head", "?"), tip, &err) != 0)
        tip[0] = '\0';
    json_set_text(pull, "repository", repository);
    json_set_int(pull, "number", json_get_int(record, "number", 0));
    json_set_text(pull, "state", json_get_text(record, "state", ""));
    json_set_text(pull, "fp", json_get_text(record, "fingerprint", ""));
    json_set_text(pull, "url", json_get_text(record, "url", ""));
    json_set_text(pull, "head_commit", json_get_text(record, "head_commit", ""));
    json_set_text(pull, "tip", tip);
    add_paths(path, pull);
    json_push_give(walk.pulls, pull);
}

/* --- the roles' logs --- */

static void add_ends(const struct buf *text)
{
    static const char mark[] = "\"event\":\"item.ended\"";

    for (const char *at = buf_str(text); (at = strstr(at, mark)) != NULL; at += sizeof mark) {
        const char *item = strstr(at, "\"item\":\"");
        const char *line = at;
        int64_t unix_ms = 0;
        char fp[65], ts[64];
        if (item == NULL || sscanf(item, "\"item\":\"%64[0-9a-f]", fp) != 1)
            continue;
        while (line > buf_str(text) && line[-1] != '\n')
            line--;
        if (sscanf(line, "{\"ts\":\"%63[^\"]", ts) == 1)
            (void)clock_parse_rfc3339(ts, &unix_ms);
        struct json *end = json_object();
        json_set_text(end, "fp", fp);
        json_set_int(end, "unix_ms", unix_ms);
        json_push_give(walk.ends, end);
    }
}

/* --- all files --- */

static int look_at(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    bool pull = strstr(path, "/data/pulls/") != NULL && str_ends(path, ".json");
    struct err err;

    (void)where;
    if (kind != FTW_F || info->st_size == 0 || strstr(path, "/objects/") != NULL ||
        files_read(path, &text, &err) < 0)
        return 0;
    walk.files++;
    if (facts_leak(walk.source, buf_str(&text), text.len))
        json_push_text(walk.leaks, path);
    if (pull)
        add_pull(path, &text);
    if (str_ends(path, ".log"))
        add_ends(&text);
    return 0;
}

int facts_add_files(const struct facts_source *source, struct json *facts, struct err *err)
{
    struct json *leaks = json_array();

    walk.source = source;
    walk.facts = facts;
    walk.pulls = json_array();
    walk.ends = json_array();
    walk.leaks = leaks;
    walk.files = 0;
    json_set_give(facts, "pulls", walk.pulls);
    json_set_give(facts, "ends", walk.ends);
    if (nftw(source->dir, look_at, 16, FTW_PHYS) != 0)
        return err_set(err, ERR_RETRY, "walk over %s failed", source->dir);
    for (size_t i = 0; i < json_count(json_get(facts, "leaks")); i++) /* those of the topics */
        json_push_text(leaks, json_text(json_at(json_get(facts, "leaks"), i), ""));
    json_set_give(facts, "leaks", leaks);
    json_set_int(facts, "files_searched", walk.files);
    return add_log(source, facts, err);
}
