/* Needs: the inputs that a rule declares. Part of statement.h, which includes it. */
#ifndef WORKER_RULES_NEED_H
#define WORKER_RULES_NEED_H

#include "common/base.h"

#define NEEDS_MAX 8 /* inputs of one rule */

struct rule_need { /* an input that the rule's texts take */
    const char *name;
    const char *means;     /* for the person who is asked for it */
    const char *type;      /* of the resource that may give it; NULL: only the policy file can */
    const char *attribute; /* of that resource */
    bool is_used;          /* while the rule is read */
};
struct rule_needs {
    struct rule_need items[NEEDS_MAX];
    size_t n;
};

#endif
