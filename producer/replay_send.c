/*
 * The sending half of a replay; the story stands in replay.h.
 *
 *     started event, acked -> (records -> acks -> marks of letters -> acks) … -> finished event
 *
 * A mark comes after the ack of what it speaks of: a letter that was not sent again never looks as
 * if it had been.
 */
#include "producer/replay.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/stop.h"
#include "producer/letter_mark.h"
#include "producer/replay_audit.h"
#include "proto/onward.h"
#include "proto/topics.h"

#define BATCH_RECORDS  200
#define RANGES_SHOWN   64
#define WAIT_SLICE_MS  200
#define MINUTE_MS      60000
#define PATIENT_GAP_MS 50 /* at a slower rate than this, each record is acked by itself */

struct sender {
    const struct replay_request *request;
    struct replay_choice *choice;
    struct queue_producer *producer;
    const struct replay_watch *watch;
    struct replay_totals *totals;
    struct queue_batch *batch;
    struct replay_pick *pending[BATCH_RECORDS];
    size_t n_pending;
    int64_t started_at_ms; /* monotonic */
    int64_t begun;         /* handed to the queue */
};

static void show(struct sender *s)
{
    s->watch->progress(s->watch->context, "sent", s->totals->sent, (int64_t)s->choice->n,
                       s->totals->refused);
}

/* --- one record --- */

struct message_texts {
    char traceparent[TRACEPARENT_BYTES];
    char of[320];
};

static bool keeps_header(const char *key)
{
    return replay_keeps_header(key) && !str_eq(key, "traceparent");
}

/* All of them: a record that is too large with them is refused, and that is told. */
static int write_headers(const struct sender *s, const struct queue_record *record,
                         struct message_texts *texts, struct onward *out, struct err *err)
{
    char trace[TRACEPARENT_BYTES];
    int r = onward_init(out, record, keeps_header, ONWARD_NO_LIMIT, err);

    if (r < 0)
        return r;
    bool has_trace = queue_record_text(record, "traceparent", trace, sizeof trace) == 0;
    traceparent_next(has_trace ? trace : NULL, texts->traceparent);
    snprintf(texts->of, sizeof texts->of, "%.249s/%d/%lld", record->topic, (int)record->partition,
             (long long)record->offset);
    onward_add(out, "traceparent", texts->traceparent);
    onward_add(out, HEADER_REPLAY_ID, s->request->id);
    onward_add(out, HEADER_REPLAY_BY, s->request->by);
    onward_add(out, HEADER_REPLAY_OF, texts->of);
    onward_add(out, HEADER_REPLAY_REOPENS,
               s->request->reopens_review ? REPLAY_REOPENS_REVIEW : REPLAY_REOPENS_DLQ);
    return 0;
}

static void refuse(struct sender *s, const struct queue_record *record, struct replay_pick *pick,
                   const char *why)
{
    if (s->totals->refused++ == 0)
        snprintf(s->totals->first_refusal, sizeof s->totals->first_refusal, "%d/%lld: %.300s",
                 (int)record->partition, (long long)record->offset, why);
    pick->is_done = true;
}

static int send_marks(struct sender *s, struct err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < s->n_pending; i++)
        r = letter_mark_send(s->producer, s->batch, s->pending[i]->partition, s->pending[i]->offset,
                             MARK_RETRIED, s->request->id, err);
    int waited = queue_batch_wait(s->producer, s->batch, err);
    return r < 0 ? r : waited;
}

/* Waits for the acks of what was sent. */
static int flush(struct sender *s, struct err *err)
{
    if (s->n_pending == 0)
        return 0;
    int r = queue_batch_wait(s->producer, s->batch, err);
    if (r == 0 && str_eq(s->request->topic, TOPIC_DLQ))
        r = send_marks(s, err);
    for (size_t i = 0; r == 0 && i < s->n_pending; i++)
        s->pending[i]->is_done = true;
    if (r == 0)
        s->totals->sent += (int64_t)s->n_pending;
    s->n_pending = 0;
    show(s);
    return r;
}

/* Until the rate lets the next one go. False: a stop was asked. */
static int wait_for_turn(struct sender *s, struct err *err)
{
    if (s->request->rate_per_minute == 0)
        return 0;
    int64_t due_ms = s->started_at_ms + s->begun * MINUTE_MS / s->request->rate_per_minute;
    for (;;) {
        int64_t left_ms = due_ms - clock_mono_ms();
        if (left_ms <= 0)
            return 0;
        int r = left_ms >= PATIENT_GAP_MS ? flush(s, err) : 0;
        if (r < 0)
            return r;
        show(s);
        if (stop_wait(left_ms < WAIT_SLICE_MS ? left_ms : WAIT_SLICE_MS))
            return REPLAY_STOPPED;
    }
}

static int send_one(void *context, const struct replay_facts *facts, struct replay_pick *pick,
                    struct err *err)
{
    struct sender *s = context;
    const struct queue_record *record = facts->record;
    CLEANUP(onward_done) struct onward onward = {0};
    struct message_texts texts;
    const char *why = NULL;
    const char *target = replay_facts_target(facts, &why);

    if (target == NULL) {
        refuse(s, record, pick, why);
        return 0;
    }
    int r = wait_for_turn(s, err);
    if (r != 0)
        return r == REPLAY_STOPPED ? 0 : r; /* the walk sees the stop itself */
    r = write_headers(s, record, &texts, &onward, err);
    if (r < 0)
        return r;
    const struct queue_message message = {
        .topic = target,
        .key = record->key,
        .key_len = record->key_len,
        .value = record->value,
        .value_len = record->value_len,
        .headers = onward.headers,
        .n_headers = onward.n,
    };
    r = queue_send(s->producer, &message, s->batch, err);
    if (r == ERR_REJECT) {
        refuse(s, record, pick, err->text);
        return 0;
    }
    if (r < 0)
        return r;
    s->begun++;
    s->pending[s->n_pending++] = pick;
    return s->n_pending == BATCH_RECORDS ? flush(s, err) : 0;
}

/* --- its place in the trail --- */

static void put_moment(struct json *json, const char *name, int64_t unix_ms)
{
    char text[CLOCK_RFC3339_BYTES];

    if (unix_ms == INT64_MIN || unix_ms == INT64_MAX)
        return;
    clock_format_rfc3339(unix_ms, text);
    json_set_text(json, name, text);
}

/* "3:120-180" of each partition that something was chosen of. */
static struct json *ranges_of(const struct replay_choice *choice)
{
    struct json *ranges = json_array();
    size_t shown = 0;

    for (size_t i = 0; i < choice->n && shown < RANGES_SHOWN;) {
        size_t first = i;
        char text[64];
        while (i < choice->n && choice->picks[i].partition == choice->picks[first].partition)
            i++;
        snprintf(text, sizeof text, "%d:%lld-%lld", (int)choice->picks[first].partition,
                 (long long)choice->picks[first].offset, (long long)choice->picks[i - 1].offset);
        json_push_text(ranges, text);
        shown++;
    }
    return ranges;
}

static struct json *describe(const struct sender *s)
{
    const struct replay_request *request = s->request;
    struct json *json = json_object();
    struct json *where = json_array();
    const char *condition;

    for (size_t i = 0; (condition = selector_condition(request->selector, i)) != NULL; i++)
        json_push_text(where, condition);
    json_set_text(json, "topic", request->topic);
    json_set_give(json, "where", where);
    put_moment(json, "from", request->span->from_unix_ms);
    put_moment(json, "to", request->span->to_unix_ms);
    json_set_give(json, "offsets", ranges_of(s->choice));
    json_set_int(json, "records", (int64_t)s->choice->n);
    json_set_int(json, "looked_at", s->choice->looked_at);
    json_set_int(json, "left_out_by_max", s->choice->left_out);
    json_set_int(json, "not_decodable", s->choice->unreadable);
    json_set_int(json, "rate_per_minute", request->rate_per_minute);
    json_set_text(json, "reopens",
                  request->reopens_review ? REPLAY_REOPENS_REVIEW : REPLAY_REOPENS_DLQ);
    return json;
}

static int tell(struct sender *s, const char *kind, int64_t started_unix_ms, const char *why,
                const struct json *details, struct err *err)
{
    const struct operator_event event = {
        .kind = kind,
        .action = "replay",
        .id = s->request->id,
        .topic = s->request->topic,
        .by = s->request->by,
        .reason = s->request->reason,
        .why = why,
        .details = details,
        .started_unix_ms = started_unix_ms,
        .now_unix_ms = clock_unix_ms(),
    };

    return operator_event_send(s->producer, &event, err);
}

static int tell_end(struct sender *s, int r, const char *why, int64_t started_unix_ms,
                    struct err *err)
{
    CLEANUP(json_freep) struct json *details = json_object();
    char nothing[sizeof s->totals->first_refusal + 64];

    snprintf(nothing, sizeof nothing, "nothing was sent%s%s",
             s->totals->refused > 0 ? "; refused: " : "", s->totals->first_refusal);
    json_set_int(details, "records", (int64_t)s->choice->n);
    json_set_int(details, "sent", s->totals->sent);
    json_set_int(details, "refused", s->totals->refused);
    json_set_int(details, "gone", s->totals->gone);
    json_set_bool(details, "stopped", r == REPLAY_STOPPED);
    return tell(s, "replay.finished", started_unix_ms,
                r < 0                  ? why
                : r == REPLAY_STOPPED  ? "stopped by the operator"
                : s->totals->sent == 0 ? nothing
                                       : NULL,
                details, err);
}

static int send_all(struct sender *s, struct queue_scan *scan, struct err *err)
{
    struct err flush_err;

    s->started_at_ms = clock_mono_ms();
    show(s);
    int r = replay_walk(s->choice, scan, s->request->names, send_one, s, err);
    int flushed = flush(s, &flush_err); /* also after a stop: what was sent is told */
    if (flushed < 0 && r >= 0) {
        *err = flush_err;
        r = flushed;
    }
    for (size_t i = 0; r == 0 && i < s->choice->n; i++)
        s->totals->gone += !s->choice->picks[i].is_done;
    return r;
}

int replay_run(struct replay_choice *choice, struct queue_scan *scan,
               const struct replay_request *request, struct queue_producer *producer,
               const struct replay_watch *watch, struct replay_totals *totals, struct err *err)
{
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    struct sender sender = {request, choice, producer, watch, totals};
    CLEANUP(json_freep) struct json *details = describe(&sender);
    int64_t started_unix_ms = clock_unix_ms();
    struct err end_err;

    *totals = (struct replay_totals){0};
    int r = queue_batch_new(&batch, err);
    if (r == 0)
        r = tell(&sender, "replay.started", started_unix_ms, NULL, details, err);
    if (r < 0)
        return r;
    sender.batch = batch;
    r = send_all(&sender, scan, err);
    int told = tell_end(&sender, r, err->text, started_unix_ms, &end_err);
    if (told < 0 && r >= 0) {
        *err = end_err;
        return told;
    }
    return r;
}
