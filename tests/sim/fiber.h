/*
 * Fiber: a function with a stack of its own, entered and left by hand.
 *
 *     fiber_prepare(&f, fn)  ->  fiber_enter(&f) … runs until fiber_leave(&f, for_good)
 *
 * On amd64 a switch is a dozen instructions, since ucontext asks the kernel for the signal mask
 * each time and ASan clears a whole stack's shadow; elsewhere it is ucontext. The stack is kept for
 * the next use.
 */
#ifndef TESTS_SIM_FIBER_H
#define TESTS_SIM_FIBER_H

#include "common/base.h"

#ifndef __x86_64__
#include <ucontext.h>
#endif

#define FIBER_STACK_BYTES ((size_t)1024 * 1024)

struct fiber {
    char *stack;
    void *asan_stack;
#ifdef __x86_64__
    void *sp;
#else
    ucontext_t context;
#endif
};

/* fn takes nothing and must leave for good instead of returning. */
void fiber_prepare(struct fiber *fiber, void (*fn)(void));
void fiber_enter(struct fiber *fiber);
void fiber_arrived(void); /* the first thing that fn calls */
void fiber_leave(struct fiber *fiber, bool for_good);

#endif
