/* Encodings, hashes and CSV. */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "common/digest.h"
#include "common/text/graphemes.h"
#include "worker/hcl/functions/functions.h"

static const struct hcl_value *base64encode(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(2 * TEXT_MAX);

    base64_encode(&out, text_at(a, 0), strlen(text_at(a, 0)));
    return value_from_buf(a->repo, &out);
}

/* Strictly padded, line breaks allowed. */
static bool is_base64(const char *text)
{
    size_t n = 0;
    size_t padding = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\r' || *text == '\n')
            continue;
        if (*text == '=')
            padding++;
        else if (padding > 0 || (!isalnum((unsigned char)*text) && *text != '+' && *text != '/'))
            return false;
        n++;
    }
    return n % 4 == 0 && padding <= 2;
}

static const struct hcl_value *base64decode(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    struct err err;

    if (!is_base64(text_at(a, 0)) ||
        base64_decode(&out, text_at(a, 0), strlen(text_at(a, 0)), &err) < 0)
        return refuse(a, "this is no base64");
    if (!text_is_utf8(buf_str(&out), out.len))
        return refuse(a, "the bytes are no text");
    return value_from_buf(a->repo, &out);
}

/* --- hashes --- */

static const struct hcl_value *hashed(const struct arguments *a, enum hash_kind kind)
{
    uint8_t hash[HASH_BYTES_MAX];
    char hex[2 * HASH_BYTES_MAX + 1];
    size_t n = hash_bytes(kind, text_at(a, 0), strlen(text_at(a, 0)), hash);

    hex_encode(hash, n, hex);
    return value_text(a->repo, hex);
}

static const struct hcl_value *md5(const struct arguments *a)
{
    return hashed(a, HASH_MD5);
}

static const struct hcl_value *sha1_of(const struct arguments *a)
{
    return hashed(a, HASH_SHA1);
}

static const struct hcl_value *sha256_of(const struct arguments *a)
{
    return hashed(a, HASH_SHA256);
}

static const struct hcl_value *sha512_of(const struct arguments *a)
{
    return hashed(a, HASH_SHA512);
}

static const struct hcl_value *hashed_base64(const struct arguments *a, enum hash_kind kind)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);
    uint8_t hash[HASH_BYTES_MAX];
    size_t n = hash_bytes(kind, text_at(a, 0), strlen(text_at(a, 0)), hash);

    base64_encode(&out, hash, n);
    return value_from_buf(a->repo, &out);
}

static const struct hcl_value *base64sha256(const struct arguments *a)
{
    return hashed_base64(a, HASH_SHA256);
}

static const struct hcl_value *base64sha512(const struct arguments *a)
{
    return hashed_base64(a, HASH_SHA512);
}

/* The 16 bytes of a namespace: one of RFC 4122's, or a UUID as text. */
static bool read_namespace(const char *text, uint8_t out[16])
{
    static const struct {
        const char *name;
        uint8_t last;
    } known[] = {{"dns", 0x10}, {"url", 0x11}, {"oid", 0x12}, {"x500", 0x14}};
    const char *digits = text;
    char uuid[64];

    for (size_t i = 0; i < COUNT(known); i++) {
        if (!str_eq(known[i].name, text))
            continue;
        snprintf(uuid, sizeof uuid, "6ba7b8%02x-9dad-11d1-80b4-00c04fd430c8", known[i].last);
        digits = uuid;
    }
    if (strlen(digits) != 36)
        return false;
    for (size_t i = 0, n = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? digits[i] != '-' : !isxdigit((unsigned char)digits[i]))
            return false;
        if (dash)
            continue;
        unsigned value;
        char pair[3] = {digits[i], digits[i + 1], '\0'};
        if (sscanf(pair, "%2x", &value) != 1)
            return false;
        out[n++] = (uint8_t)value;
        i++;
    }
    return true;
}

static const struct hcl_value *uuidv5(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf bytes = BUF(2 * TEXT_MAX);
    uint8_t space[16];
    uint8_t hash[HASH_BYTES_MAX];
    char hex[2 * HASH_BYTES_MAX + 1];
    char text[64];

    if (!read_namespace(text_at(a, 0), space))
        return value_unknown(a->repo, "uuidv5 of this namespace is not evaluated");
    buf_bytes(&bytes, space, sizeof space);
    buf_text(&bytes, text_at(a, 1));
    hash_bytes(HASH_SHA1, buf_str(&bytes), bytes.len, hash);
    hash[6] = (uint8_t)((hash[6] & 0x0F) | 0x50);
    hash[8] = (uint8_t)((hash[8] & 0x3F) | 0x80);
    hex_encode(hash, 16, hex);
    snprintf(text, sizeof text, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    return value_text(a->repo, text);
}

/* --- other encodings --- */

static const struct hcl_value *urlencode(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf out = BUF(TEXT_MAX);

    for (const char *at = text_at(a, 0); *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if ((c < 0x80 && isalnum(c)) || strchr("-_.~", c) != NULL)
            buf_char(&out, (char)c);
        else if (c == ' ')
            buf_char(&out, '+');
        else
            buf_print(&out, "%%%02X", c);
    }
    return value_from_buf(a->repo, &out);
}

/* UTF-8 is what texts have; UTF-16LE is the other one in use (PowerShell). */
static bool is_utf16(const char *name)
{
    return strcasecmp(name, "UTF-16LE") == 0;
}

static bool is_utf8(const char *name)
{
    return strcasecmp(name, "UTF-8") == 0;
}

static const struct hcl_value *textencodebase64(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf bytes = BUF(2 * TEXT_MAX);
    CLEANUP(buf_done) struct buf out = BUF(4 * TEXT_MAX);
    const char *text = text_at(a, 0);
    uint32_t letter;

    if (!is_utf16(text_at(a, 1)) && !is_utf8(text_at(a, 1)))
        return value_unknown(a->repo, "this encoding is not evaluated");
    while (is_utf16(text_at(a, 1)) && *text != '\0') {
        text += utf8_read(text, &letter);
        uint32_t low = letter > 0xFFFF ? 0xDC00 + ((letter - 0x10000) & 0x3FF) : letter;
        uint32_t high = letter > 0xFFFF ? 0xD800 + ((letter - 0x10000) >> 10) : 0;
        if (high != 0)
            buf_bytes(&bytes, (uint8_t[]){(uint8_t)high, (uint8_t)(high >> 8)}, 2);
        buf_bytes(&bytes, (uint8_t[]){(uint8_t)low, (uint8_t)(low >> 8)}, 2);
    }
    buf_text(&bytes, text);
    base64_encode(&out, buf_str(&bytes), bytes.len);
    return value_from_buf(a->repo, &out);
}

static const struct hcl_value *textdecodebase64(const struct arguments *a)
{
    CLEANUP(buf_done) struct buf bytes = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf out = BUF(4 * TEXT_MAX);
    struct err err;

    if (!is_utf16(text_at(a, 1)) && !is_utf8(text_at(a, 1)))
        return value_unknown(a->repo, "this encoding is not evaluated");
    if (!is_base64(text_at(a, 0)) ||
        base64_decode(&bytes, text_at(a, 0), strlen(text_at(a, 0)), &err) < 0)
        return refuse(a, "this is no base64");
    const uint8_t *at = (const uint8_t *)buf_str(&bytes);
    if (is_utf8(text_at(a, 1)))
        return value_from_buf(a->repo, &bytes);
    for (size_t i = 0; i + 1 < bytes.len; i += 2) {
        uint32_t letter = at[i] | (uint32_t)at[i + 1] << 8;
        if (letter >= 0xD800 && letter < 0xE000)
            return value_unknown(a->repo, "pairs of surrogates are not decoded");
        utf8_write(&out, letter);
    }
    return bytes.len % 2 == 0 ? value_from_buf(a->repo, &out)
                              : value_unknown(a->repo, "half a letter is left over");
}

/* --- CSV, as in RFC 4180 --- */

/* One field at *at into out; false: it is not well formed. */
static bool csv_field(const char **at, struct buf *out)
{
    const char *s = *at;

    buf_reset(out);
    if (*s != '"') {
        size_t len = strcspn(s, ",\r\n");
        buf_bytes(out, s, len);
        *at = s + len;
        return memchr(s, '"', len) == NULL;
    }
    for (s++; *s != '\0'; s++) {
        if (*s == '"' && s[1] != '"')
            break;
        s += *s == '"';
        buf_char(out, *s);
    }
    *at = s + 1;
    return *s == '"' && (s[1] == '\0' || strchr(",\r\n", s[1]) != NULL);
}

/* One line's fields; false: not well formed. */
static bool csv_line(struct hcl_repo *repo, const char **at, struct gather *out)
{
    CLEANUP(buf_done) struct buf field = BUF(TEXT_MAX);

    for (;;) {
        if (!csv_field(at, &field) || out->failed)
            return false;
        gather_add(out, NULL, value_from_buf(repo, &field));
        if (**at != ',')
            break;
        (*at)++;
    }
    if (**at == '\r' && (*at)[1] != '\n')
        return false;
    *at += **at == '\r';
    *at += **at == '\n';
    return true;
}

static const char *next_line(const char *at)
{
    while (*at == '\n' || (*at == '\r' && at[1] == '\n'))
        at += *at == '\r' ? 2 : 1;
    return at;
}

static const struct hcl_value *csvdecode(const struct arguments *a)
{
    struct gather names = {.repo = a->repo};
    struct gather rows = {.repo = a->repo};
    const char *at = next_line(text_at(a, 0));

    if (strchr(at, '\r') != NULL && strstr(at, "\"") != NULL)
        return value_unknown(a->repo, "quoted CSV with CR is not evaluated");
    if (*at == '\0' || !csv_line(a->repo, &at, &names))
        return refuse(a, "this is no CSV with a header");
    for (at = next_line(at); *at != '\0'; at = next_line(at)) {
        struct gather fields = {.repo = a->repo};
        if (!csv_line(a->repo, &at, &fields) || fields.n != names.n)
            return refuse(a, "a line is no CSV, or has another number of fields");
        for (size_t i = 0; i < fields.n; i++) {
            if (names.items[i]->kind != HCL_V_TEXT)
                return names.items[i];
            fields.keys[i] = names.items[i]->text;
        }
        const struct hcl_value *row = gather_object(&fields);
        if (row->n != names.n)
            return refuse(a, "two columns have one name");
        gather_add(&rows, NULL, row);
    }
    struct gather none = {.repo = a->repo};
    for (size_t i = 0; i < names.n; i++)
        gather_add(&none, names.items[i]->text, value_text(a->repo, ""));
    return gather_list(&rows, type_of(gather_object(&none)));
}

const struct function CODE_FUNCTIONS[] = {
    {"base64decode", "s", 1, 1, GIVES_TEXT, base64decode},
    {"base64encode", "s", 1, 1, GIVES_TEXT, base64encode},
    {"base64sha256", "s", 1, 1, GIVES_TEXT, base64sha256},
    {"base64sha512", "s", 1, 1, GIVES_TEXT, base64sha512},
    {"csvdecode", "s", 1, 1, 0, csvdecode},
    {"md5", "s", 1, 1, GIVES_TEXT, md5},
    {"sha1", "s", 1, 1, GIVES_TEXT, sha1_of},
    {"sha256", "s", 1, 1, GIVES_TEXT, sha256_of},
    {"sha512", "s", 1, 1, GIVES_TEXT, sha512_of},
    {"textdecodebase64", "ss", 2, 2, GIVES_TEXT, textdecodebase64},
    {"textencodebase64", "ss", 2, 2, GIVES_TEXT, textencodebase64},
    {"urlencode", "s", 1, 1, GIVES_TEXT, urlencode},
    {"uuidv5", "ss", 2, 2, GIVES_TEXT, uuidv5},
};
const size_t CODE_FUNCTION_COUNT = COUNT(CODE_FUNCTIONS);
