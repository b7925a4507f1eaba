/* One line of the audit log; the story stands in line.h. */
#include "worker/sink/line.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "proto/audit.h"

/* Sorts after every other member, so it ends the line. */
#define SEAL_START ",\"verify_sha256\":\""
#define SEAL_END   "\"}"
enum {
    SEAL_START_BYTES = sizeof SEAL_START - 1,
    SEAL_END_BYTES = sizeof SEAL_END - 1,
    HEX_BYTES = SHA256_HEX_BYTES - 1,
    SEAL_BYTES = SEAL_START_BYTES + HEX_BYTES + SEAL_END_BYTES,
};

void line_head_init(struct line_head *out)
{
    *out = (struct line_head){.seq = 0};
    memset(out->sha256, '0', HEX_BYTES);
}

/* The event's own JSON where it is some, else its text. */
static struct json *details_of(const struct audit_event *event)
{
    struct json *details = NULL;
    struct err ignored;

    if (event->details_json == NULL)
        return NULL;
    if (json_parse(&details, event->details_json, strlen(event->details_json), &ignored) == 0)
        return details;
    return json_new_text(event->details_json);
}

static struct json *tree_of(const struct audit_event *event, const struct line_place *place,
                            const struct line_head *head)
{
    struct json *metadata = json_object();
    struct json *line = json_object();
    char timestamp[CLOCK_RFC3339_BYTES];

    clock_format_rfc3339(event->at_unix_ms, timestamp);
    json_set_text(metadata, "branch", event->branch);
    json_set_bool(metadata, "dry_run", event->dry_run);
    json_set_text(metadata, "worker", event->worker);
    if (event->replay_id != NULL)
        json_set_text(metadata, "replay_id", event->replay_id);
    if (event->run != 0)
        json_set_int(metadata, "run", event->run);

    json_set_text(line, "audit_id", event->event_id);
    json_set_text(line, "node_id", event->node_id);
    json_set_text(line, "suggestion_id", event->suggestion_id);
    json_set_text(line, "action", event->action);
    json_set_text(line, "status", event->status);
    json_set_text(line, "pr_url", event->pr_url);
    json_set_text(line, "error_message", event->error_message);
    json_set_text(line, "timestamp", timestamp);
    json_set_give(line, "metadata", metadata);
    json_set_text(line, "fingerprint", event->fingerprint);
    json_set_text(line, "kind", event->kind);
    json_set_text(line, "state", event->state);
    json_set_int(line, "generation", event->generation);
    json_set_give(line, "details", details_of(event));
    json_set_text(line, "topic", place->topic);
    json_set_int(line, "partition", place->partition);
    json_set_int(line, "offset", place->offset);
    json_set_int(line, "seq", head->seq + 1);
    json_set_text(line, "prev", head->sha256);
    return line;
}

int line_write(struct buf *out, const struct audit_event *event, const struct line_place *place,
               struct line_head *head, struct err *err)
{
    CLEANUP(json_freep) struct json *tree = tree_of(event, place, head);
    CLEANUP(buf_done) struct buf line = BUF(LINE_MAX_BYTES);
    char seal[SHA256_HEX_BYTES];

    json_write(tree, JSON_CANONICAL, &line);
    int r = buf_check(&line, err);
    if (r < 0)
        return r;
    assert(line.len > 0 && line.bytes[line.len - 1] == '}');
    line.bytes[--line.len] = '\0';
    sha256_hex(line.bytes, line.len, seal);
    buf_print(&line, SEAL_START "%s" SEAL_END, seal);
    size_t len = line.len;
    buf_char(&line, '\n');
    r = buf_check(&line, err);
    if (r < 0)
        return r;

    size_t before = out->len;
    buf_bytes(out, line.bytes, line.len);
    r = buf_check(out, err);
    if (r < 0) {
        out->len = before;
        return r;
    }
    head->seq++;
    sha256_hex(line.bytes, len, head->sha256);
    return 0;
}

/* Do the last bytes say what the bytes before them hash to? */
static bool is_sealed(const char *bytes, size_t len)
{
    char seal[SHA256_HEX_BYTES];

    if (len <= SEAL_BYTES)
        return false;
    const char *at = bytes + len - SEAL_BYTES;
    sha256_hex(bytes, len - SEAL_BYTES, seal);
    return memcmp(at, SEAL_START, SEAL_START_BYTES) == 0 &&
           memcmp(at + SEAL_START_BYTES, seal, HEX_BYTES) == 0 &&
           memcmp(at + SEAL_START_BYTES + HEX_BYTES, SEAL_END, SEAL_END_BYTES) == 0;
}

bool line_check(const char *bytes, size_t len, struct line_head *head, char *audit_id,
                char why[LINE_WHY_BYTES])
{
    CLEANUP(json_freep) struct json *tree = NULL;
    struct err err;

    if (!is_sealed(bytes, len)) {
        snprintf(why, LINE_WHY_BYTES, "its bytes do not match its own verify_sha256");
        return false;
    }
    if (json_parse(&tree, bytes, len, &err) != 0) {
        snprintf(why, LINE_WHY_BYTES, "not JSON: %.200s", err.text);
        return false;
    }
    int64_t seq = json_get_int(tree, "seq", -1);
    if (seq != head->seq + 1) {
        snprintf(why, LINE_WHY_BYTES, "seq is %lld where %lld is due", (long long)seq,
                 (long long)head->seq + 1);
        return false;
    }
    if (!str_eq(json_get_text(tree, "prev", ""), head->sha256)) {
        snprintf(why, LINE_WHY_BYTES, "prev is not the hash of the line before");
        return false;
    }
    head->seq = seq;
    sha256_hex(bytes, len, head->sha256);
    (void)str_copy(audit_id, SHA256_HEX_BYTES, json_get_text(tree, "audit_id", ""));
    return true;
}
