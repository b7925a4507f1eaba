/* External module: a finding about a resource inside a module that is kept elsewhere. */
#ifndef WORKER_STEPS_EXTERNAL_MODULE_H
#define WORKER_STEPS_EXTERNAL_MODULE_H

#include "worker/item.h"

/* Ends the item when its address leads through a call of such a module in one of the roots
 * (directories): STEP_ENDED, with the input of the module to set where one is known. Else 0.
 * ERR_FATAL. */
int external_module_end(struct item_run *run, const char *const *roots, size_t n,
                        struct err *err) MUST_USE;

#endif
