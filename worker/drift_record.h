/*
 * Drift record: what a drift event leaves in its pull request for now: one Markdown file that says
 * which values differ. It changes no Terraform.
 */
#ifndef WORKER_DRIFT_RECORD_H
#define WORKER_DRIFT_RECORD_H

#include "common/base.h"
#include "common/buf.h"

struct item;
struct hcl_edits;

/* Adds .plumbline/drift/{first 16 of fp}.md. ERR_REJECT: expected_json or actual_json is no JSON.
 */
int drift_record_add(const struct item *item, const char *fp, struct hcl_edits *edits,
                     struct err *err) MUST_USE;
/* "create", "delete" or "update": what Terraform would do; the event's own word is never repeated.
 */
const char *drift_verb(const struct item *item);
/* A Markdown table of the arguments that differ: name, in the code, running. */
int drift_table(const struct item *item, struct buf *out, struct err *err) MUST_USE;

#endif
