/* Place: where in an expression the marks of hidden values stand (hide.h), so that an answer that
 * moves one from "password" to "name" is told from one that leaves it alone. */
#ifndef WORKER_LLM_HIDE_PLACE_H
#define WORKER_LLM_HIDE_PLACE_H

#include "common/base.h"

/* Does each text of the expression that holds a mark (what they all begin with) stand in the older
 * one too, whole, and at the same place: under the same keys, elements and arguments? False, too,
 * where a mark is in no text, or one of them does not parse. */
bool hide_stays(const char *older, const char *expression, const char *mark);

#endif
