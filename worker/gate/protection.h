/* Protection, inside: what the name of an argument says of its value: does it protect, or expose?
 */
#ifndef WORKER_GATE_PROTECTION_H
#define WORKER_GATE_PROTECTION_H

#include "worker/hcl/eval/evaluate.h"

/* Is it an argument whose true exposes? */
bool protection_is_exposure(const char *name);
/* Does the value protect less than the one before? Either may be NULL: absent. */
bool protection_is_worse(const char *name, const struct hcl_value *was, const struct hcl_value *is);
/* A bool, or the text of one; *known is false for anything else. */
bool protection_truth(const struct hcl_value *value, bool *known);

#endif
