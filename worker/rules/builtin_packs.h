/* The default rule packs (packs/aws) as they were built into the binary, by name. */
#ifndef WORKER_RULES_BUILTIN_PACKS_H
#define WORKER_RULES_BUILTIN_PACKS_H

#include "common/embedded.h"

extern const struct embedded_text builtin_packs[];   /* "aws/storage.yaml", … */
extern const struct embedded_text builtin_modules[]; /* modules.yaml */

#endif
