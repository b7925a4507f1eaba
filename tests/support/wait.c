/* See wait.h. */
#include "tests/support/wait.h"

#include <poll.h>

#include "common/clock.h"

#define STEP_MS 5

bool wait_until(wait_condition_fn condition, void *context, int64_t deadline_ms)
{
    int64_t until_ms = clock_mono_ms() + deadline_ms;

    while (!condition(context)) {
        if (clock_mono_ms() >= until_ms)
            return false;
        (void)poll(NULL, 0, STEP_MS);
    }
    return true;
}
