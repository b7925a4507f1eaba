/* What the files of the denied marks share. */
#ifndef WORKER_GATE_DENIED_INSIDE_H
#define WORKER_GATE_DENIED_INSIDE_H

#include "worker/gate/marks.h"

struct walk {
    struct marks *marks;
    const struct hcl_file *file;
    const char *key; /* the argument or object key that we are under, lower case; "" none */
    bool denies;     /* inside a statement whose effect is Deny */
    bool is_policy;  /* inside a policy text that is marked already */
};

/* In any case of letters. */
bool denied_is_one_of(const char *const *names, size_t n, const char *name);
#define IS_ONE_OF(names, name) denied_is_one_of((names), COUNT(names), (name))

void denied_name(const struct walk *walk, const struct hcl_node *node, char *out, size_t size);
bool denied_is_secret_key(const char *key);

/* --- denied_strict.c: what a model alone is not trusted with; nothing is marked for a rule --- */
void denied_code(const struct walk *walk, const struct hcl_node *value);
void denied_definitions(const struct walk *walk, const struct hcl_node *value);
void denied_secret(const struct walk *walk, const struct hcl_node *node); /* an HCL_GET_ATTR */

#endif
