/* Any bytes as every kind of scanner output: each record is a good item or is refused with a why.
 */
#include "tests/fuzz/fuzz.h"

#include "producer/formats.h"

static int emitted(void *context, const struct item *item, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(2 * ITEM_MAX_BYTES);

    (void)context;
    int r = item_check(item, err);
    assert(r == 0);
    r = item_encode(item, &bytes, err);
    assert(r == 0);
    return 0;
}

static int refused(void *context, const char *bytes, size_t len, const char *why, struct err *err)
{
    (void)context;
    (void)err;
    assert(bytes != NULL || len == 0);
    assert(why != NULL && why[0] != '\0');
    return 0;
}

static void read_as(enum format format, const uint8_t *data, size_t size, const char *repository)
{
    struct format_options options = {
        .tenant = "t",
        .run_id = "run",
        .repository = repository,
        .now_unix_ms = 1768480245000,
    };
    struct err err = {0};

    options.kind = size % 2 == 0 ? ITEM_FINDING : ITEM_DRIFT;
    if (format_read(format, (const char *)data, size, &options, emitted, refused, NULL, &err) != 0)
        assert(err.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum format detected = format_detect((const char *)data, size);

    for (enum format format = FORMAT_LINES; format <= FORMAT_SARIF; format++)
        read_as(format, data, size, format == detected ? NULL : "acme/infra");
    read_as(detected == FORMAT_UNKNOWN ? FORMAT_LINES : detected, data, size, "acme/infra");
    return 0;
}
