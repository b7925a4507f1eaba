/* Events of operators; the story stands in replay_audit.h. */
#include "producer/replay_audit.h"

#include <stdio.h>
#include <unistd.h>

#include "common/json.h"
#include "common/kafka/queue.h"
#include "producer/publish.h"
#include "proto/audit.h"

#define DETAILS_MAX ((size_t)64 * 1024)

static bool fill(struct audit_event *out, const struct operator_event *event, const char *details)
{
    char id[SHA256_HEX_BYTES], host[64] = "", worker[96], node[200];

    audit_event_id(event->id, event->started_unix_ms, event->kind, id);
    (void)gethostname(host, sizeof host - 1);
    snprintf(worker, sizeof worker, "%.60s:%d", host, (int)getpid());
    snprintf(node, sizeof node, "%.100s:%.80s", event->topic, event->id);
    out->at_unix_ms = event->now_unix_ms;
    return audit_event_set(out, &out->event_id, id) &&
           audit_event_set(out, &out->kind, event->kind) &&
           audit_event_set(out, &out->node_id, node) &&
           audit_event_set(out, &out->action, event->action) &&
           audit_event_set(out, &out->status, event->why == NULL ? "success" : "failed") &&
           audit_event_set(out, &out->error_message, event->why) &&
           audit_event_set(out, &out->details_json, details) &&
           audit_event_set(out, &out->worker, worker) &&
           audit_event_set(out, &out->replay_id, event->id);
}

static struct json *details_of(const struct operator_event *event)
{
    struct json *details = event->details != NULL ? json_copy(event->details) : json_object();

    json_set_text(details, "by", event->by);
    json_set_text(details, "reason", event->reason);
    return details;
}

int operator_event_send(struct queue_producer *producer, const struct operator_event *event,
                        struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *audit = NULL;
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    CLEANUP(json_freep) struct json *details = details_of(event);
    CLEANUP(buf_done) struct buf text = BUF(DETAILS_MAX);
    int r = audit_event_new(&audit, err);

    json_write(details, JSON_COMPACT, &text);
    if (r == 0)
        r = buf_check(&text, err);
    if (r == 0 && !fill(audit, event, buf_str(&text)))
        r = err_nomem(err);
    if (r == 0)
        r = queue_batch_new(&batch, err);
    if (r == 0)
        r = publish_event(producer, batch, audit, "operator", err);
    if (r == 0)
        r = queue_batch_wait(producer, batch, err);
    return r < 0 ? err_wrap(err, r, "audit event %s", event->kind) : 0;
}
