/* Making and sending audit events; the story stands in audit.h. */
#include "worker/audit.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "proto/audit.h"
#include "proto/topics.h"
#include "worker/item.h"
#include "worker/services.h"
#include "worker/settle.h"

const char *audit_status_of(const char *state, bool dry_run)
{
    if (str_eq(state, "DLQ"))
        return "failed";
    if (str_eq(state, "SUPPRESSED") || str_eq(state, "CLOSED_BY_HUMAN") || str_eq(state, ""))
        return "skipped";
    if (str_eq(state, "PENDING_REVIEW") && !dry_run)
        return "pending_review";
    return "success";
}

/* With nothing under way for this item yet, and room at the desk. */
static int send_and_leave(struct services *services, const struct queue_message *message,
                          struct err *err)
{
    struct settling *settling = services->desk != NULL && services->settling == NULL
                                    ? settling_begin(services->desk)
                                    : NULL;

    if (settling == NULL)
        return queue_send_wait(services->shared->producer, message, err);
    int r = queue_send_told(services->shared->producer, message, settling_receipt(settling), err);
    if (r < 0)
        settling_drop(settling, false);
    else
        services->settling = settling;
    return r;
}

static int send(struct services *services, const struct audit_event *event, const char *trace,
                struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(QUEUE_RECORD_MAX_BYTES);
    struct envelope envelope;
    struct queue_header_text texts[ENVELOPE_HEADERS];
    struct queue_header headers[ENVELOPE_HEADERS];
    int r = audit_event_encode(event, &bytes, err);

    if (r < 0)
        return r;
    envelope_start(&envelope, event->event_id, TYPE_AUDIT, "plumbline/work", event->at_unix_ms);
    traceparent_next(trace, envelope.traceparent);
    envelope_headers(&envelope, texts);
    for (size_t i = 0; i < ENVELOPE_HEADERS; i++)
        headers[i] = queue_text_header(texts[i].key, texts[i].value);
    const char *fp = event->fingerprint != NULL ? event->fingerprint : "";
    struct queue_message message = {
        .topic = TOPIC_AUDIT,
        .key = fp,
        .key_len = strlen(fp),
        .value = bytes.bytes,
        .value_len = bytes.len,
        .headers = headers,
        .n_headers = ENVELOPE_HEADERS,
    };
    return str_eq(event->kind, AUDIT_ENDED)
               ? send_and_leave(services, &message, err)
               : queue_send_wait(services->shared->producer, &message, err);
}

static bool fill(struct audit_event *event, const struct item_run *run, const char *kind)
{
    const struct item_end *end = run->end;
    const struct item *item = run->item;
    char resource[2048], node[2304], occasion[160], id[SHA256_HEX_BYTES];
    bool deferred = str_eq(kind, AUDIT_DEFERRED);
    bool planned = str_eq(kind, AUDIT_PLAN_SAVED);

    item_resource_key(item, resource, sizeof resource);
    snprintf(node, sizeof node, "%.200s:%s", item->repository, resource);
    /* Each deferral is an event of its own; every other kind happens once per generation and run,
     * and once more in a dry run, or the pull request that follows it would be taken for known. A
     * run is named by the replay that began it: its number starts again when Redis forgets. */
    snprintf(occasion, sizeof occasion, "%s/%lld%s%s%s", kind,
             deferred ? (long long)end->attempts : 0LL,
             run->services->shared->dry_run ? "/dry" : "",
             run->claim.replay[0] != '\0' ? "/replay:" : "", run->claim.replay);
    audit_event_id(run->fp, item->generation, occasion, id);
    event->generation = item->generation;
    event->at_unix_ms = clock_unix_ms();
    event->dry_run = end->dry_run;
    event->run = run->claim.run;
    const char *status = deferred  ? "skipped"
                         : planned ? "success"
                                   : audit_status_of(end->state, end->dry_run);
    const char *action = item->kind == ITEM_DRIFT ? "record_drift" : "remediate";
    bool failed = end->reason[0] != '\0';
    const char *replay = run->claim.replay[0] != '\0' ? run->claim.replay : NULL;
    return audit_event_set(event, &event->event_id, id) &&
           audit_event_set(event, &event->kind, kind) &&
           audit_event_set(event, &event->fingerprint, run->fp) &&
           audit_event_set(event, &event->node_id, node) &&
           audit_event_set(event, &event->suggestion_id, run->control) &&
           audit_event_set(event, &event->action, action) &&
           audit_event_set(event, &event->status, status) &&
           audit_event_set(event, &event->state, end->state) &&
           audit_event_set(event, &event->pr_url, end->pr_url[0] != '\0' ? end->pr_url : NULL) &&
           audit_event_set(event, &event->branch, end->branch) &&
           audit_event_set(event, &event->error_message, failed ? end->reason : NULL) &&
           audit_event_set(event, &event->details_json, end->details_json) &&
           audit_event_set(event, &event->replay_id, replay) &&
           audit_event_set(event, &event->worker, run->services->shared->worker_id);
}

int audit_item(const struct item_run *run, const char *kind, struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    char trace[TRACEPARENT_BYTES];
    int r = audit_event_new(&event, err);

    if (r < 0)
        return r;
    if (!fill(event, run, kind))
        return err_nomem(err);
    bool has_trace = run->record != NULL &&
                     queue_record_text(run->record, "traceparent", trace, sizeof trace) == 0;
    return send(run->services, event, has_trace ? trace : NULL, err);
}

int audit_rejected(struct services *services, const struct queue_record *record, const char *why,
                   struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    char where[400], id[SHA256_HEX_BYTES];
    int r = audit_event_new(&event, err);

    if (r < 0)
        return r;
    snprintf(where, sizeof where, "%.249s/%d/%lld", record->topic, record->partition,
             (long long)record->offset);
    /* With the time: an embedded broker starts its offsets anew, and the log stays. */
    audit_event_id(where, record->timestamp_unix_ms, AUDIT_REJECTED, id);
    event->at_unix_ms = clock_unix_ms();
    if (!audit_event_set(event, &event->event_id, id) ||
        !audit_event_set(event, &event->kind, AUDIT_REJECTED) ||
        !audit_event_set(event, &event->node_id, where) ||
        !audit_event_set(event, &event->action, "none") ||
        !audit_event_set(event, &event->status, "failed") ||
        !audit_event_set(event, &event->state, "DLQ") ||
        !audit_event_set(event, &event->error_message, why) ||
        !audit_event_set(event, &event->worker, services->shared->worker_id))
        return err_nomem(err);
    return send(services, event, NULL, err);
}
