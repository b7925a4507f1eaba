/* Facts read: what a pack says of a rule beside its statements: id, title, class, aliases … */
#ifndef WORKER_RULES_FACTS_READ_H
#define WORKER_RULES_FACTS_READ_H

#include "worker/rules/rules.h"
#include "worker/rules/statement_read.h"

/* map: the rule's. ERR_FATAL with line and column. */
int facts_read(const struct pack_reader *reader, const struct yaml_node *map, struct rule *out,
               struct err *err) MUST_USE;

#endif
