/* The default rule pack (aws.yaml) as it was built into the binary. */
#ifndef WORKER_RULES_BUILTIN_PACK_H
#define WORKER_RULES_BUILTIN_PACK_H

extern const unsigned char builtin_pack[]; /* YAML text with a NUL after it */
extern const unsigned long builtin_pack_len;

#endif
