#include "worker/llm/clean.h"

#include "common/text/visible.h"

#define COMMENT_OPEN  "<!--"
#define COMMENT_CLOSE "-->"

/* Only what a reader sees: so that nothing hidden stands inside of "<!--". */
static bool drop_hidden(struct buf *out, const char *text, size_t len)
{
    bool changed = false;
    uint32_t c;

    for (size_t i = 0; i < len;) {
        size_t n = visible_decode(text + i, &c);

        n = n < len - i ? n : len - i;
        if (visible_is_hidden(c))
            changed = true;
        else
            buf_bytes(out, text + i, n);
        i += n;
    }
    return changed;
}

bool clean_text(struct buf *out, const char *text, size_t len)
{
    CLEANUP(buf_done) struct buf seen = BUF(len + 1);
    bool changed = drop_hidden(&seen, text, len);
    const char *at = buf_str(&seen);
    const char *open;

    while ((open = strstr(at, COMMENT_OPEN)) != NULL) {
        const char *close = strstr(open + strlen(COMMENT_OPEN), COMMENT_CLOSE);

        buf_bytes(out, at, (size_t)(open - at));
        buf_text(out, CLEAN_MARK);
        changed = true;
        if (close == NULL) /* it hides all that follows */
            return true;
        at = close + strlen(COMMENT_CLOSE);
    }
    buf_text(out, at);
    return changed;
}
