/* Any bytes as JSON: what parses is written as text that parses to the same. */
#include "tests/fuzz/fuzz.h"

#include "common/json.h"

#define TEXT_MAX_BYTES ((size_t)16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum json_style styles[] = {JSON_COMPACT, JSON_CANONICAL, JSON_PRETTY};
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(buf_done) struct buf canonical = BUF(TEXT_MAX_BYTES);
    struct err err;

    if (json_parse(&json, (const char *)data, size, &err) != 0)
        return 0;
    json_write(json, JSON_CANONICAL, &canonical);
    assert(buf_check(&canonical, &err) == 0);
    for (size_t i = 0; i < COUNT(styles); i++) {
        CLEANUP(json_freep) struct json *again = NULL;
        CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX_BYTES);
        CLEANUP(buf_done) struct buf same = BUF(TEXT_MAX_BYTES);

        json_write(json, styles[i], &text);
        int r = json_parse(&again, buf_str(&text), text.len, &err);
        assert(r == 0);
        json_write(again, JSON_CANONICAL, &same);
        assert(str_eq(buf_str(&canonical), buf_str(&same)));
    }
    return 0;
}
