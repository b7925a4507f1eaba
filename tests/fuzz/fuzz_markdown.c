/* Any bytes as a stranger's text in a pull request: it stays text, and forges no marker. */
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

#include "worker/forge/forge.h"

#define FP "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void stays_text(const char *out)
{
    for (const char *at = out; *at != '\0'; at++) {
        unsigned char next = (unsigned char)at[1];
        assert((unsigned char)*at >= 0x20 && *at != 0x7F);
        assert(strchr("<>|`~$", *at) == NULL);
        assert(*at != '@' || next == '&');                     /* a mention */
        assert(*at != '#' || !isdigit(next) || at[-1] == '&'); /* a reference; or an entity */
        assert(!str_starts(at, "://"));
        assert(*at != '*' || (at > out && at[-1] == '\\'));
        assert((*at != '[' && *at != ']') || (at > out && at[-1] == '\\'));
    }
}

static void escape(const char *text, size_t max)
{
    CLEANUP(buf_done) struct buf out = BUF(max + 1);
    char fp[65], plan[65];

    markdown_escape(&out, text, max);
    assert(!out.too_long && out.len <= max);
    stays_text(buf_str(&out));
    assert(!forge_marker_read(buf_str(&out), fp, plan));
}

/* Ours is read although the stranger's text stands before it. */
static void ours_is_read(const char *text)
{
    CLEANUP(buf_done) struct buf body = BUF(4096);
    char fp[65], plan[65];

    markdown_escape(&body, text, 2000);
    buf_text(&body, "\n");
    forge_marker_write(&body, FP, FP);
    bool found = forge_marker_read(buf_str(&body), fp, plan);
    assert(found && str_eq(fp, FP) && str_eq(plan, FP));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_freep) char *text = fuzz_text(data, size);
    char fp[65], plan[65];

    escape(text, 100000);
    escape(text, size / 2);
    escape(text, 3);
    ours_is_read(text);
    if (forge_marker_read(text, fp, plan))
        assert(strlen(fp) == 64 && (plan[0] == '\0' || strlen(plan) == 64));
    return 0;
}
