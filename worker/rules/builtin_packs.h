/* The default rule packs (packs/aws) as they were built into the binary, by name. */
#ifndef WORKER_RULES_BUILTIN_PACKS_H
#define WORKER_RULES_BUILTIN_PACKS_H

#include <stddef.h>

struct builtin_pack {
    const char *name;  /* "aws/storage.yaml", for messages; NULL at the end */
    const char *bytes; /* YAML text with a NUL after it */
    size_t len;
};
extern const struct builtin_pack builtin_packs[];
extern const struct builtin_pack builtin_modules[]; /* modules.yaml */

#endif
