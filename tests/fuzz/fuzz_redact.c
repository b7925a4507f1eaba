/* Any bytes as log text: what comes out holds no registered secret and is no longer than it may be.
 */
#include "common/redact.h"

#define SECRET "sw0rdf1sh"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    CLEANUP(buf_done) struct buf out = BUF((size_t)64 * 1024 * 1024);

    redact_register(SECRET);
    redact(&out, (const char *)bytes, len);
    assert(!out.too_long);
    assert(memmem(buf_str(&out), out.len, SECRET, strlen(SECRET)) == NULL);
    return 0;
}
