/*
 * Standing, inside: what a model leaves as it is. Who a resource runs as and where it stands: what
 * another role, group or subnet means is not looked into. And how long something is kept: fewer
 * days may be what a transition wants, but a model does not decide it.
 */
#ifndef WORKER_GATE_STANDING_H
#define WORKER_GATE_STANDING_H

#include "worker/hcl/eval/evaluate.h"

/* Values of one argument before and after; NULL: absent. same_source: they are written alike. */
bool standing_moved(const char *name, const struct hcl_value *was, const struct hcl_value *is,
                    bool same_source);
bool standing_ends_sooner(const char *name, const struct hcl_value *was,
                          const struct hcl_value *is);

#endif
