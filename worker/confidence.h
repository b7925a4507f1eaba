/*
 * Confidence: how far a reviewer may trust a fix, from what was checked and from what people did
 * with earlier ones of the same author. A model's own word counts for nothing.
 *
 * High: the rule's predicate holds and terraform validate is content; of a model's fix the plan was
 * looked at too, and people merged most of its earlier ones. Low: nothing states what must hold, or
 * nobody but us looked at a model's fix. In between: medium. Most of what came before was closed:
 * one lower.
 */
#ifndef WORKER_CONFIDENCE_H
#define WORKER_CONFIDENCE_H

#include "common/base.h"
#include "common/buf.h"
#include "worker/gate/gate.h"
#include "worker/merge_history.h"

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

enum confidence confidence_of(const struct gate_report *gate, bool by_model,
                              const struct merge_history *history);
/* One paragraph of Markdown. */
void confidence_write(struct buf *out, const struct gate_report *gate, bool by_model,
                      const struct merge_history *history);

#endif
