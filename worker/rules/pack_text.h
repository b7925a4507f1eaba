/* Pack text: the lines of one rule, cut out of its pack. */
#ifndef WORKER_RULES_PACK_TEXT_H
#define WORKER_RULES_PACK_TEXT_H

#include "common/arena.h"
#include "common/yaml.h"

/* The i-th rule of the list, from its dash to where the next begins, without the comments and empty
 * lines between them, and without the indentation they share; bytes end with a NUL. ERR_FATAL. */
int pack_rule_text(struct arena *arena, const char *bytes, const struct yaml_node *list, size_t i,
                   const char **out, struct err *err) MUST_USE;

#endif
