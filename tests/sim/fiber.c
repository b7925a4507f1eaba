/* Switching stacks; the story stands in fiber.h. */
#include "tests/sim/fiber.h"

#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

static struct fiber main_fiber;
static const void *main_bottom;
static size_t main_bytes;

static void about_to_switch(void **save, const void *bottom, size_t bytes)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(save, bottom, bytes);
#else
    (void)save;
    (void)bottom;
    (void)bytes;
#endif
}

static void has_switched(void *saved, const void **bottom, size_t *bytes)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(saved, bottom, bytes);
#else
    (void)saved;
    (void)bottom;
    (void)bytes;
#endif
}

#ifdef __x86_64__
/* Keeps what a function must keep (System V ABI) on the old stack, takes it from the new one. */
void fiber_switch(void **save_sp, void *load_sp);
__asm__(".text\n"
        ".globl fiber_switch\n"
        ".type fiber_switch, @function\n"
        "fiber_switch:\n"
        "  endbr64\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  pushq %r12\n"
        "  pushq %r13\n"
        "  pushq %r14\n"
        "  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n"
        "  popq %r14\n"
        "  popq %r13\n"
        "  popq %r12\n"
        "  popq %rbx\n"
        "  popq %rbp\n"
        "  ret\n"
        ".size fiber_switch, . - fiber_switch\n");

static void start_at(struct fiber *fiber, void (*fn)(void))
{
    void **top = (void **)(fiber->stack + FIBER_STACK_BYTES);

    *--top = NULL; /* nothing to return to; and the stack is aligned as after a call */
    *--top = (void *)(uintptr_t)fn;
    top -= 6; /* the registers */
    memset(top, 0, 6 * sizeof *top);
    fiber->sp = top;
}

static void go(struct fiber *from, struct fiber *to)
{
    fiber_switch(&from->sp, to->sp);
}
#else
static void start_at(struct fiber *fiber, void (*fn)(void))
{
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = FIBER_STACK_BYTES;
    makecontext(&fiber->context, fn, 0);
}

static void go(struct fiber *from, struct fiber *to)
{
    swapcontext(&from->context, &to->context);
}
#endif

void fiber_prepare(struct fiber *fiber, void (*fn)(void))
{
    if (fiber->stack == NULL) {
        fiber->stack = mmap(NULL, FIBER_STACK_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        assert(fiber->stack != MAP_FAILED);
    }
#ifdef __SANITIZE_ADDRESS__
    __asan_unpoison_memory_region(fiber->stack, FIBER_STACK_BYTES);
#endif
    start_at(fiber, fn);
}

void fiber_enter(struct fiber *fiber)
{
    about_to_switch(&main_fiber.asan_stack, fiber->stack, FIBER_STACK_BYTES);
    go(&main_fiber, fiber);
    has_switched(main_fiber.asan_stack, NULL, NULL);
}

void fiber_arrived(void)
{
    has_switched(NULL, &main_bottom, &main_bytes);
}

void fiber_leave(struct fiber *fiber, bool for_good)
{
    about_to_switch(for_good ? NULL : &fiber->asan_stack, main_bottom, main_bytes);
    go(fiber, &main_fiber);
    has_switched(fiber->asan_stack, &main_bottom, &main_bytes);
}
