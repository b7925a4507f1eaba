/* Redact, escape, redact; the story stands in outside.h. */
#include "worker/outside.h"

#include "common/text/redact.h"
#include "worker/forge/forge.h"

#define TEXT_MAX_BYTES ((size_t)64 * 1024)

typedef void (*escape_fn)(struct buf *out, const char *text, size_t max);

static void write_clean(struct buf *out, const char *text, size_t max, escape_fn escape)
{
    CLEANUP(buf_done) struct buf clean = BUF(2 * TEXT_MAX_BYTES);
    CLEANUP(buf_done) struct buf escaped = BUF(max + 1);

    redact(&clean, text, strnlen(text, TEXT_MAX_BYTES));
    escape(&escaped, buf_str(&clean), max);
    redact(out, buf_str(&escaped), escaped.len);
    out->no_memory = out->no_memory || clean.no_memory || escaped.no_memory;
}

void outside_markdown(struct buf *out, const char *text, size_t max)
{
    write_clean(out, text, max, markdown_escape);
}

void outside_plain(struct buf *out, const char *text, size_t max)
{
    write_clean(out, text, max, plain_escape);
}
