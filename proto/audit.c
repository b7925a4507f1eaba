/* Audit events: life and the wire; the story stands in audit.h. */
#include "proto/audit.h"

#include <stdio.h>

#include "common/arena.h"
#include "common/text/redact.h"
#include "proto/wire.h"

#define AUDIT_ARENA_BYTES ((size_t)1024 * 1024)

static const struct wire_entry fields[] = {
    {"event_id", WIRE_FIELD_TEXT, offsetof(struct audit_event, event_id)},
    {"kind", WIRE_FIELD_TEXT, offsetof(struct audit_event, kind)},
    {"fingerprint", WIRE_FIELD_TEXT, offsetof(struct audit_event, fingerprint)},
    {"generation", WIRE_FIELD_INT, offsetof(struct audit_event, generation)},
    {"node_id", WIRE_FIELD_TEXT, offsetof(struct audit_event, node_id)},
    {"suggestion_id", WIRE_FIELD_TEXT, offsetof(struct audit_event, suggestion_id)},
    {"action", WIRE_FIELD_TEXT, offsetof(struct audit_event, action)},
    {"status", WIRE_FIELD_TEXT, offsetof(struct audit_event, status)},
    {"state", WIRE_FIELD_TEXT, offsetof(struct audit_event, state)},
    {"pr_url", WIRE_FIELD_TEXT, offsetof(struct audit_event, pr_url)},
    {"branch", WIRE_FIELD_TEXT, offsetof(struct audit_event, branch)},
    {"error_message", WIRE_FIELD_TEXT, offsetof(struct audit_event, error_message)},
    {"details_json", WIRE_FIELD_TEXT, offsetof(struct audit_event, details_json)},
    {"worker", WIRE_FIELD_TEXT, offsetof(struct audit_event, worker)},
    {"at_unix_ms", WIRE_FIELD_INT, offsetof(struct audit_event, at_unix_ms)},
    {"dry_run", WIRE_FIELD_BOOL, offsetof(struct audit_event, dry_run)},
    {"run", WIRE_FIELD_INT, offsetof(struct audit_event, run)},
    {"replay_id", WIRE_FIELD_TEXT, offsetof(struct audit_event, replay_id)},
    {NULL, WIRE_FIELD_TEXT, 0},
};

int audit_event_new(struct audit_event **out, struct err *err)
{
    struct arena *arena = arena_new(AUDIT_ARENA_BYTES);
    struct audit_event *event = arena != NULL ? arena_alloc(arena, sizeof *event) : NULL;

    if (event == NULL) {
        arena_free(arena);
        return err_nomem(err);
    }
    event->arena = arena;
    event->generation = 1;
    *out = event;
    return 0;
}

void audit_event_free(struct audit_event *event)
{
    if (event != NULL)
        arena_free(event->arena); /* the event itself lies in it */
}

static bool store_text(void *record, const char **field, const char *text, size_t len)
{
    struct audit_event *event = record;

    if (len > AUDIT_TEXT_MAX || !utf8_is_valid(text, len))
        return false;
    const char *copy = arena_copy(event->arena, text, len);
    if (copy == NULL)
        return false;
    *field = copy;
    return true;
}

/* Whoever reads it must not take the start for all of it. */
static void cut(struct buf *text)
{
    char mark[48];
    int mark_len = snprintf(mark, sizeof mark, " … (cut from %zu bytes)", text->len);

    text->bytes[AUDIT_TEXT_MAX - (size_t)mark_len] = '\0';
    str_drop_half_character(text->bytes);
    text->len = strlen(text->bytes);
    buf_text(text, mark);
}

bool audit_event_set(struct audit_event *event, const char **field, const char *text)
{
    if (text == NULL) {
        *field = NULL;
        return true;
    }
    size_t len = strlen(text);
    /* The least that is replaced has 6 bytes and becomes 10; a byte that is mended becomes 3. */
    CLEANUP(buf_done) struct buf clean = BUF(2 * len + 1);
    redact(&clean, text, len);
    CLEANUP(buf_done) struct buf valid = BUF(3 * clean.len + 1);
    buf_utf8(&valid, buf_str(&clean), clean.len);
    if (clean.no_memory || clean.too_long || valid.no_memory)
        return false;
    if (valid.len > AUDIT_TEXT_MAX)
        cut(&valid);
    return store_text(event, field, buf_str(&valid), valid.len);
}

void audit_event_id(const char *fingerprint, int64_t generation, const char *kind,
                    char out[SHA256_HEX_BYTES])
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)generation);
    const char *elements[] = {"audit-1", fingerprint, number, kind};
    sha256_list_hex(elements, COUNT(elements), out);
}

static int check(const struct audit_event *event, struct err *err)
{
    const struct {
        const char *name, *text;
    } required[] = {
        {"event_id", event->event_id},
        {"kind", event->kind},
        {"action", event->action},
        {"status", event->status},
    };

    for (size_t i = 0; i < COUNT(required); i++)
        if (required[i].text == NULL || required[i].text[0] == '\0')
            return err_set(err, ERR_REJECT, "field %s is missing", required[i].name);
    return 0;
}

int audit_event_encode(const struct audit_event *event, struct buf *out, struct err *err)
{
    int r = check(event, err);

    if (r < 0)
        return r;
    return wire_encode_table(event, fields, AUDIT_VERSION_MAJOR * 1000 + AUDIT_VERSION_MINOR, out,
                             err);
}

int audit_event_decode(struct audit_event **out, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    int64_t version = 0;
    int r = audit_event_new(&event, err);

    if (r < 0)
        return r;
    r = wire_decode_table(event, fields, AUDIT_VERSION_MAJOR, bytes, len, store_text, &version,
                          err);
    if (r < 0)
        return r;
    r = check(event, err);
    if (r < 0)
        return r;
    *out = STEAL(event);
    return 0;
}
