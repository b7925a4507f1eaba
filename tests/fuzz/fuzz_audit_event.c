/* Any bytes as an audit event, and what decodes as the log's line of it. */
#include "tests/fuzz/fuzz.h"

#include "proto/audit.h"

#define EVENT_MAX_BYTES ((size_t)1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    CLEANUP(audit_event_freep) struct audit_event *again = NULL;
    CLEANUP(buf_done) struct buf once = BUF(EVENT_MAX_BYTES);
    CLEANUP(buf_done) struct buf twice = BUF(EVENT_MAX_BYTES);
    struct err err;

    if (audit_event_decode(&event, data, size, &err) != 0)
        return 0;
    int r = audit_event_encode(event, &once, &err);
    assert(r == 0);
    r = audit_event_decode(&again, once.bytes, once.len, &err);
    assert(r == 0);
    r = audit_event_encode(again, &twice, &err);
    assert(r == 0 && once.len == twice.len && memcmp(once.bytes, twice.bytes, once.len) == 0);
    return 0;
}
