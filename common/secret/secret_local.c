/* Secrets of this machine: an environment variable, a file. */
#include "common/files.h"
#include "common/secret/secret_inside.h"

static int fetch_variable(struct secret *secret, struct buf *out, struct err *err)
{
    const char *value = secret_variable(secret, secret->place);

    if (value == NULL)
        return err_set(err, ERR_REJECT, "it is not set");
    buf_text(out, value);
    return 0;
}

/* Its owner replaces it: so it may be away for a moment. */
static int fetch_file(struct secret *secret, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(SECRET_MAX_BYTES);

    text.secret = true;
    int r = files_read(secret->place, &text, err);
    if (r < 0)
        return ERR_RETRY;
    buf_bytes(out, buf_str(&text), files_secret_len(buf_str(&text)));
    return 0;
}

const struct secret_provider secret_env = {"env", false, fetch_variable};
const struct secret_provider secret_file = {"file", false, fetch_file};
