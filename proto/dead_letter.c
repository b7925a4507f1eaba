/* Headers of dead letters; the story stands in dead_letter.h. */
#include "proto/dead_letter.h"

#include <stdio.h>

#include "common/buf.h"
#include "common/text/redact.h"
#include "proto/replay.h"
#include "proto/wire.h"
#include "version.h"

static void add(struct dead_letter *out, const char *key, const char *value)
{
    assert(out->n < DEAD_LETTER_HEADERS);
    if (value != NULL)
        out->headers[out->n++] = (struct queue_header_text){key, value};
}

static void write_why(struct dead_letter *out, const char *why)
{
    CLEANUP(buf_done) struct buf clean = BUF((size_t)64 * 1024);

    redact(&clean, why, strnlen(why, DEAD_LETTER_WHY_BYTES));
    if (str_copy(out->why, sizeof out->why, buf_str(&clean)))
        return;
    size_t len = strlen(out->why); /* a cut may have gone through a character */
    while (len > 0 && !utf8_is_valid(out->why, len))
        out->why[--len] = '\0';
}

void dead_letter_write(struct dead_letter *out, const struct dead_letter_facts *facts)
{
    bool cut = facts->value_len > DEAD_LETTER_VALUE_MAX;

    *out = (struct dead_letter){.value_len = cut ? DEAD_LETTER_VALUE_MAX : facts->value_len};
    snprintf(out->partition, sizeof out->partition, "%d", (int)facts->partition);
    snprintf(out->offset, sizeof out->offset, "%lld", (long long)facts->offset);
    snprintf(out->failed_at, sizeof out->failed_at, "%lld", (long long)facts->now_unix_ms);
    snprintf(out->cut_from, sizeof out->cut_from, "%zu", facts->value_len);
    snprintf(out->class_name, sizeof out->class_name, "plumbline.%.20s", facts->role);
    write_why(out, facts->why);

    add(out, "__connect.errors.topic", facts->topic);
    add(out, "__connect.errors.partition", out->partition);
    add(out, "__connect.errors.offset", out->offset);
    add(out, "__connect.errors.stage", facts->stage);
    add(out, "__connect.errors.class.name", out->class_name);
    add(out, "__connect.errors.exception.message", out->why);
    bool has_fp = facts->fingerprint != NULL && facts->fingerprint[0] != '\0';
    add(out, "x-plumb-fingerprint", has_fp ? facts->fingerprint : NULL);
    add(out, "x-plumb-run-id", facts->run_id);
    add(out, "x-plumb-failed-at-ms", out->failed_at);
    add(out, "x-plumb-build", PLUMB_VERSION);
    add(out, "x-plumb-cut-from-bytes", cut ? out->cut_from : NULL);
}

bool dead_letter_is_own_header(const char *key)
{
    /* Which replay brought the record that failed again is the letter's to tell. */
    return str_starts(key, "__connect.errors.") ||
           (str_starts(key, "x-plumb-") && !str_starts(key, HEADER_REPLAY_PREFIX));
}
