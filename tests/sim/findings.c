/* The findings of a run: a few resources, each with generations; made once for all runs. */
#include <stdio.h>

#include "common/buf.h"
#include "proto/audit.h"
#include "proto/item.h"
#include "tests/sim/invariants.h"

struct finding findings[FINDINGS_MAX * GENERATIONS_MAX + 1];

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void make(struct finding *out, size_t number, int64_t generation)
{
    CLEANUP(item_freep) struct item *item = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(ITEM_MAX_BYTES);
    char address[64], event[64], control[64], full[96];
    struct err err;

    /* Two findings a resource. */
    snprintf(address, sizeof address, "aws_sns_topic.t%zu", number / 2);
    snprintf(control, sizeof control, number % 2 == 0 ? "terraform-drift" : "terraform-tags");
    snprintf(full, sizeof full, "terraform:%s", control);
    snprintf(event, sizeof event, "event-%zu-%lld", number, (long long)generation);
    must(item_new(&item, ITEM_DRIFT, &err) == 0);
    must(item_set_text(item, &item->event_id, event) &&
         item_set_text(item, &item->tenant, "acme") &&
         item_set_text(item, &item->source, "terraform") &&
         item_set_text(item, &item->control, control) &&
         item_set_text(item, &item->repository, "acme/infra") &&
         item_set_text(item, &item->address, address) &&
         item_set_text(item, &item->drift_action, "update") &&
         item_set_text(item, &item->expected_json, "{\"name\":\"a\"}") &&
         item_set_text(item, &item->actual_json, "{\"name\":\"b\"}"));
    item->generation = generation;
    item->detected_unix_ms = 1767225600000LL;
    must(item_encode(item, &bytes, &err) == 0);
    item_fingerprint(item, full, out->fp);
    audit_event_id(out->fp, generation, "item.ended/0", out->ended_id);
    out->generation = generation;
    out->len = bytes.len;
    out->bytes = buf_take(&bytes);
    must(out->bytes != NULL);
}

struct finding *finding_at(size_t number, int64_t generation)
{
    return &findings[number * GENERATIONS_MAX + (size_t)generation - 1];
}

void findings_make(void)
{
    struct finding *no_item = &findings[COUNT(findings) - 1];

    for (size_t i = 0; i < FINDINGS_MAX; i++)
        for (int64_t g = 1; g <= GENERATIONS_MAX; g++)
            make(finding_at(i, g), i, g);
    no_item->bytes = strdup("these bytes are no item");
    must(no_item->bytes != NULL);
    no_item->len = strlen(no_item->bytes);
}

void findings_done(void)
{
    for (size_t i = 0; i < COUNT(findings); i++)
        free(findings[i].bytes);
}
