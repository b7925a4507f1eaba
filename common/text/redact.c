/*
 * Finding secrets in text; the story stands in redact.h.
 *
 * Each registered secret becomes a set of needles, one for every way it may be written. Texts are
 * short and needles few, so a look at each position's first byte is fast enough.
 */
#include "common/text/redact.h"

#include <ctype.h>
#include <pthread.h>

#include "common/digest.h"

#define SECRET_MIN_BYTES 6
#define NEEDLE_MAX_BYTES (256 * 1024)
#define REPLACEMENT      "[redacted]"
#define PEM_BEGIN        "-----BEGIN "
#define PEM_KEY          "PRIVATE KEY-----"
#define PEM_END          "-----"
#define PEM_LABEL_MAX    64
#define SLACK_HOST       "hooks.slack.com/"

struct needle {
    char *bytes;
    size_t len;
    bool is_base64; /* what follows in the alphabet belongs to the same value */
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct needle *needles;
static size_t n_needles;
static bool starts_needle[256];

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_base64(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("+/-_=", c) != NULL);
}

/* --- needles ------------------------------------------------------------------------------- */

static bool is_known(const char *bytes, size_t len)
{
    for (size_t i = 0; i < n_needles; i++) {
        if (needles[i].len == len && memcmp(needles[i].bytes, bytes, len) == 0)
            return true;
    }
    return false;
}

static void add_needle(const char *bytes, size_t len, bool base64)
{
    if (len < SECRET_MIN_BYTES || is_known(bytes, len))
        return;
    struct needle *more = realloc(needles, (n_needles + 1) * sizeof *needles);
    char *copy = malloc(len);

    /* Going on without this needle would print the secret one day. */
    if (more == NULL || copy == NULL)
        abort();
    memcpy(copy, bytes, len);
    needles = more;
    needles[n_needles++] = (struct needle){.bytes = copy, .len = len, .is_base64 = base64};
    starts_needle[(unsigned char)bytes[0]] = true;
}

/*
 * Base64 of a longer text that holds the secret: it depends on where in a group of three bytes
 * the secret begins. The characters shared with neighbours are left out on both sides.
 */
static void add_base64(const char *secret, size_t len)
{
    static const size_t shared_before[] = {0, 2, 3};
    static const size_t kept_of_last[] = {4, 1, 2};

    for (size_t shift = 0; shift < 3; shift++) {
        CLEANUP(buf_done) struct buf plain = BUF(NEEDLE_MAX_BYTES);
        CLEANUP(buf_done) struct buf text = BUF(NEEDLE_MAX_BYTES);

        buf_bytes(&plain, "\0\0", shift);
        buf_bytes(&plain, secret, len);
        base64_encode(&text, plain.bytes, plain.len);
        if (text.len == 0 || text.too_long)
            return;

        size_t begin = shared_before[shift];
        size_t end = text.len - 4 + kept_of_last[plain.len % 3];
        add_needle(text.bytes + begin, end - begin, true);
        for (size_t i = 0; i < text.len; i++) {
            if (text.bytes[i] == '+')
                text.bytes[i] = '-';
            if (text.bytes[i] == '/')
                text.bytes[i] = '_';
        }
        add_needle(text.bytes + begin, end - begin, true);
    }
}

static void add_url_encoded(const char *secret, size_t len, const char *hex, const char *kept,
                            bool space_is_plus)
{
    CLEANUP(buf_done) struct buf text = BUF(NEEDLE_MAX_BYTES);

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)secret[i];
        if (isalnum(c) || strchr(kept, c) != NULL) {
            buf_char(&text, (char)c);
        } else if (c == ' ' && space_is_plus) {
            buf_char(&text, '+');
        } else {
            buf_char(&text, '%');
            buf_char(&text, hex[c >> 4]);
            buf_char(&text, hex[c & 15]);
        }
    }
    if (!text.too_long)
        add_needle(buf_str(&text), text.len, false);
}

static void add_json_escaped(const char *secret, size_t len, bool slashes)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    CLEANUP(buf_done) struct buf text = BUF(NEEDLE_MAX_BYTES);

    for (size_t i = 0; i < len; i++) {
        const char *found = strchr(plain, secret[i]);
        if (found != NULL)
            buf_print(&text, "\\%c", letter[found - plain]);
        else if (secret[i] == '/' && slashes)
            buf_text(&text, "\\/");
        else if ((unsigned char)secret[i] < 0x20)
            buf_print(&text, "\\u%04x", (unsigned char)secret[i]);
        else
            buf_char(&text, secret[i]);
    }
    if (!text.too_long)
        add_needle(buf_str(&text), text.len, false);
}

void redact_register(const char *secret)
{
    static const char upper[] = "0123456789ABCDEF";
    static const char lower[] = "0123456789abcdef";
    size_t len = secret != NULL ? strlen(secret) : 0;

    if (len < SECRET_MIN_BYTES)
        return;
    pthread_rwlock_wrlock(&lock);
    if (!is_known(secret, len)) {
        add_needle(secret, len, false);
        add_url_encoded(secret, len, upper, "-._~", false);
        add_url_encoded(secret, len, lower, "-._~", false);
        add_url_encoded(secret, len, upper, "-._*", true); /* forms */
        add_json_escaped(secret, len, false);
        add_json_escaped(secret, len, true);
        add_base64(secret, len);
    }
    pthread_rwlock_unlock(&lock);
}

/*
 * How much of text, from its start, is a registered secret. Error texts are cut to a fixed size,
 * so a secret's beginning at the very end counts as well.
 */
static size_t match_registered(const char *text, size_t left)
{
    size_t longest = 0;

    if (!starts_needle[(unsigned char)text[0]])
        return 0;
    for (size_t i = 0; i < n_needles; i++) {
        size_t len = needles[i].len < left ? needles[i].len : left;
        if (len < SECRET_MIN_BYTES || memcmp(text, needles[i].bytes, len) != 0)
            continue;
        while (needles[i].is_base64 && len < left && is_base64(text[len]))
            len++;
        if (len > longest)
            longest = len;
    }
    return longest;
}

/* --- known shapes -------------------------------------------------------------------------- */

struct shape {
    const char *prefix;
    const char *also; /* accepted besides letters and digits */
    size_t at_least;  /* characters after the prefix */
    size_t at_most;   /* 0: any number */
    bool upper_only;
};

static const struct shape shapes[] = {
    {"ghp_", "_", 16, 0, false},   {"gho_", "_", 16, 0, false},  {"ghu_", "_", 16, 0, false},
    {"ghs_", "_.-", 16, 0, false}, {"ghr_", "_", 16, 0, false},  {"github_pat_", "_", 20, 0, false},
    {"AKIA", "", 16, 16, true},    {"ASIA", "", 16, 16, true},   {"xoxb-", "-", 10, 0, false},
    {"xoxp-", "-", 10, 0, false},  {"xoxa-", "-", 10, 0, false}, {"xoxr-", "-", 10, 0, false},
    {"xoxs-", "-", 10, 0, false},  {"xoxe-", "-", 10, 0, false}, {"xoxe.xoxp-", "-", 10, 0, false},
    {"xapp-", "-", 10, 0, false},  {"vat_", "_-", 8, 0, false},  {"vcs_", "_-", 8, 0, false},
};

static size_t match_shape(const struct shape *shape, const char *text, size_t left)
{
    size_t prefix = strlen(shape->prefix);
    size_t end = prefix;

    if (left < prefix || memcmp(text, shape->prefix, prefix) != 0)
        return 0;
    while (end < left) {
        unsigned char c = (unsigned char)text[end];
        bool letter = shape->upper_only ? isupper(c) || isdigit(c) : isalnum(c);
        if (!letter && (c == '\0' || strchr(shape->also, c) == NULL))
            break;
        end++;
    }
    if (end - prefix < shape->at_least || (shape->at_most > 0 && end - prefix > shape->at_most))
        return 0;
    if (shape->at_most > 0 && end < left && is_word(text[end]))
        return 0;
    return end;
}

/* A private key up to its END line, or all that is left when it was cut. */
static size_t match_pem(const char *text, size_t left)
{
    size_t begin = strlen(PEM_BEGIN);

    if (left < begin || memcmp(text, PEM_BEGIN, begin) != 0)
        return 0;
    /* Capital words alone are a label, as in "RSA PRIVATE KEY": over anything else no key begins.
     */
    size_t label = begin;
    while (label < left && label < PEM_LABEL_MAX &&
           (isupper((unsigned char)text[label]) || text[label] == ' '))
        label++;
    size_t body = label + strlen(PEM_END);
    size_t key = strlen(PEM_KEY);
    if (body > left || body < begin + key || memcmp(text + body - key, PEM_KEY, key) != 0)
        return 0;

    const char *end = memmem(text + body, left - body, PEM_KEY, strlen(PEM_KEY));
    return end != NULL ? (size_t)(end - text) + strlen(PEM_KEY) : left;
}

/* The path of an incoming webhook is the whole secret; the host is worth keeping. */
static size_t match_slack_path(const char *text, size_t at, size_t left)
{
    size_t host = strlen(SLACK_HOST);
    size_t len = 0;

    if (at < host || memcmp(text + at - host, SLACK_HOST, host) != 0)
        return 0;
    while (len < left &&
           (is_word(text[at + len]) || text[at + len] == '/' || text[at + len] == '-'))
        len++;
    return len;
}

static size_t match_known(const char *text, size_t at, size_t len)
{
    size_t left = len - at;
    size_t found = match_slack_path(text, at, left);

    if (found > 0)
        return found;
    if (text[at] == '-')
        return match_pem(text + at, left);
    if (at > 0 && is_word(text[at - 1]))
        return 0;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        found = match_shape(&shapes[i], text + at, left);
        if (found > 0)
            return found;
    }
    return 0;
}

void redact(struct buf *out, const char *text, size_t len)
{
    size_t start = 0; /* of the clean run not yet appended */
    size_t at = 0;

    pthread_rwlock_rdlock(&lock);
    while (at < len) {
        size_t registered = match_registered(text + at, len - at);
        size_t known = match_known(text, at, len);
        size_t found = registered > known ? registered : known;

        if (found == 0) {
            at++;
            continue;
        }
        buf_bytes(out, text + start, at - start);
        buf_text(out, REPLACEMENT);
        at += found;
        start = at;
    }
    pthread_rwlock_unlock(&lock);
    buf_bytes(out, text + start, len - start);
}

void redact_err(struct err *err)
{
    /* A replacement may be longer than what it replaces. */
    CLEANUP(buf_done) struct buf clean = BUF(2 * ERR_TEXT_BYTES);

    redact(&clean, err->text, strlen(err->text));
    int64_t retry_after_ms = err->retry_after_ms;
    bool is_failure = err->is_failure;
    (void)err_set(err, ERR_REJECT, "%s", buf_str(&clean));
    err->retry_after_ms = retry_after_ms;
    err->is_failure = is_failure;
}
