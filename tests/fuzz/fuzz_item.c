/* Any bytes as an item: what decodes encodes again to bytes that decode the same. */
#include "tests/fuzz/fuzz.h"

#include "common/json.h"
#include "proto/item.h"

static void json_says_the_same(const struct item *item)
{
    CLEANUP(json_freep) struct json *json = item_to_json(item);
    CLEANUP(item_freep) struct item *again = NULL;
    char ours[SHA256_HEX_BYTES], theirs[SHA256_HEX_BYTES];
    struct err err;
    int r = item_from_json(&again, json, item->kind, &err);

    assert(r == 0);
    item_fingerprint(item, "control", ours);
    item_fingerprint(again, "control", theirs);
    assert(str_eq(ours, theirs));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(item_freep) struct item *item = NULL;
    CLEANUP(item_freep) struct item *again = NULL;
    CLEANUP(buf_done) struct buf once = BUF(2 * ITEM_MAX_BYTES);
    CLEANUP(buf_done) struct buf twice = BUF(2 * ITEM_MAX_BYTES);
    char key[512];
    struct err err;

    if (item_decode(&item, data, size, &err) != 0)
        return 0;
    int r = item_check(item, &err);
    assert(r == 0);
    r = item_encode(item, &once, &err);
    assert(r == 0);
    r = item_decode(&again, once.bytes, once.len, &err);
    assert(r == 0);
    r = item_encode(again, &twice, &err);
    assert(r == 0 && once.len == twice.len && memcmp(once.bytes, twice.bytes, once.len) == 0);
    item_resource_key(item, key, sizeof key);
    json_says_the_same(item);
    return 0;
}
