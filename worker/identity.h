/* Identity: what an item is called. The canonical control where a rule knows the source's test, and
 * the fingerprint that claims, branches and the audit trail are keyed by. */
#ifndef WORKER_IDENTITY_H
#define WORKER_IDENTITY_H

#include "common/base.h"
#include "common/digest.h"
#include "proto/item.h"
#include "worker/rules/rules.h"

#define IDENTITY_CONTROL_BYTES 200

/* Fills control (a rule's id, or "source:test") and the fingerprint; gives the rule, borrowed from
 * rules, or NULL. */
const struct rule *identity_of(const struct rules *rules, const struct item *item,
                               char control[IDENTITY_CONTROL_BYTES], char fp[SHA256_HEX_BYTES]);

#endif
