/*
 * Module inputs: a resource inside a module that is kept elsewhere cannot be edited here, but its
 * caller may have an input that does the same. Which one is data: modules.yaml, built in.
 *
 *     hcl_calls() -> call.source, .version -> module_input_say() -> "versioning = { … }"
 *
 * Read-only after loading: any thread.
 */
#ifndef WORKER_RULES_MODULE_INPUTS_H
#define WORKER_RULES_MODULE_INPUTS_H

#include "common/arena.h"
#include "worker/rules/rules.h"

struct module_inputs;

/* Everything is in the arena. ERR_REJECT with file:line:column, ERR_FATAL. */
int module_inputs_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                       const struct module_inputs **out, struct err *err) MUST_USE;
/* What the caller of a module from that source is to set so that the rule holds for a resource of
 * that type inside of it: "set a = 1 and b = 2", with the versions that have it where the call's
 * does not tell. version: a constraint, or NULL. false: not known, and out is "". */
bool module_input_say(const struct rules *rules, const struct rule *rule, const char *type,
                      const char *source, const char *version, char *out, size_t size);
/* The built-in ones; NULL of rules that were read from a text. */
const struct module_inputs *rules_module_inputs(const struct rules *rules);

#endif
