/* Any bytes as a saved plan: what decodes encodes again to the same plan, with the same digest. */
#include "tests/fuzz/fuzz.h"

#include "worker/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(plan_freep) struct plan *plan = NULL;
    CLEANUP(plan_freep) struct plan *again = NULL;
    CLEANUP(buf_done) struct buf once = BUF(PLAN_MAX_BYTES);
    CLEANUP(buf_done) struct buf twice = BUF(PLAN_MAX_BYTES);
    struct err err;

    if (plan_decode(&plan, (const char *)data, size, &err) != 0)
        return 0;
    int r = plan_encode(plan, &once, &err);
    assert(r == 0);
    r = plan_decode(&again, buf_str(&once), once.len, &err);
    assert(r == 0);
    assert(str_eq(plan->digest, again->digest));
    r = plan_encode(again, &twice, &err);
    assert(r == 0 && str_eq(buf_str(&once), buf_str(&twice)));
    return 0;
}
