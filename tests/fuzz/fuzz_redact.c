/*
 * A secret anywhere in any bytes, written in any of the ways it may be written: it does not come
 * through, however the text around it looks and wherever the text was cut.
 *
 * The input: how to write the secret, where to cut, then the text; the secret replaces each 0xFF.
 */
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

#include "common/digest.h"
#include "common/text/redact.h"

#define SECRET         "C4n\"ary/+S3 cret\\\xc3\xa9~zZ"
#define TEXT_MAX_BYTES ((size_t)1024 * 1024)
#define CUT_MIN        6

static void write_url(struct buf *out, const char *hex)
{
    for (const unsigned char *c = (const unsigned char *)SECRET; *c != '\0'; c++)
        if (isalnum(*c) || *c == '~') {
            buf_char(out, (char)*c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[*c >> 4]);
            buf_char(out, hex[*c & 15]);
        }
}

static void write_json(struct buf *out)
{
    for (const char *c = SECRET; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            buf_char(out, '\\');
        buf_char(out, *c);
    }
}

static void write_secret(struct buf *out, unsigned way)
{
    if (way == 0)
        buf_text(out, SECRET);
    else if (way == 1)
        write_url(out, "0123456789ABCDEF");
    else if (way == 2)
        write_url(out, "0123456789abcdef");
    else
        write_json(out);
}

static bool holds(const struct buf *text, const char *part, size_t len)
{
    return len > 0 && memmem(buf_str(text), text->len, part, len) != NULL;
}

/* No way of writing it is there, nor its beginning at the end. */
static void nothing_came_through(const struct buf *clean, const struct buf *written)
{
    assert(!holds(clean, SECRET, strlen(SECRET)));
    assert(!holds(clean, buf_str(written), written->len));
    for (size_t n = CUT_MIN; n <= clean->len && n <= written->len; n++)
        assert(memcmp(clean->bytes + clean->len - n, written->bytes, n) != 0);
}

static void in_a_text(unsigned way, size_t cut, const uint8_t *data, size_t size)
{
    CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf written = BUF(TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf clean = BUF(2 * TEXT_MAX_BYTES);

    write_secret(&written, way);
    for (size_t i = 0; i < size; i++)
        if (data[i] == 0xFF)
            buf_bytes(&text, written.bytes, written.len);
        else
            buf_char(&text, (char)data[i]);
    redact(&clean, buf_str(&text), text.len > cut ? text.len - cut : 0);
    nothing_came_through(&clean, &written);
}

/* The text as a whole in base64, the secret in its midst: none of its own characters stay. */
static void in_base64(const uint8_t *data, size_t size)
{
    CLEANUP(buf_done) struct buf plain = BUF(TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf encoded = BUF(2 * TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf clean = BUF(4 * TEXT_MAX_BYTES);
    size_t before = size / 2;
    /* Of the characters that say nothing but the secret. */
    size_t begin = before / 3 * 4 + (before % 3 > 0 ? before % 3 + 1 : 0);

    buf_bytes(&plain, data, before);
    buf_text(&plain, SECRET);
    size_t end = plain.len / 3 * 4 + plain.len % 3;
    buf_bytes(&plain, data + before, size - before);
    base64_encode(&encoded, plain.bytes, plain.len);
    redact(&clean, encoded.bytes, encoded.len);
    assert(!holds(&clean, encoded.bytes + begin, end - begin));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_registered;

    if (!is_registered)
        redact_register(SECRET);
    is_registered = true;
    if (size < 2 || size > 4096)
        return 0;
    in_a_text(data[0] % 4, data[1] % 64, data + 2, size - 2);
    in_base64(data + 2, size - 2);
    return 0;
}
