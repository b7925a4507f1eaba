/* OpenSSL behind its door; the story stands in digest.h. */
#include "common/digest.h"

#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

/* Hashing fails only without memory, randomness only without a kernel: neither can be answered. */
static void demand(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "plumb: OpenSSL cannot %s\n", what);
        abort();
    }
}

void sha256(const void *bytes, size_t len, uint8_t out[SHA256_BYTES])
{
    demand(EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL) == 1, "hash");
}

void sha256_hex(const void *bytes, size_t len, char out[SHA256_HEX_BYTES])
{
    uint8_t hash[SHA256_BYTES];

    sha256(bytes, len, hash);
    hex_encode(hash, sizeof hash, out);
}

size_t hash_bytes(enum hash_kind kind, const void *bytes, size_t len, uint8_t out[HASH_BYTES_MAX])
{
    const EVP_MD *const hashes[] = {EVP_md5(), EVP_sha1(), EVP_sha256(), EVP_sha512()};
    unsigned size = 0;

    demand(EVP_Digest(bytes, len, out, &size, hashes[kind], NULL) == 1, "hash");
    return size;
}

void sha256_list_hex(const char *const *elements, size_t n, char out[SHA256_HEX_BYTES])
{
    uint8_t hash[SHA256_BYTES];
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    demand(context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1, "hash");
    for (size_t i = 0; i < n; i++) {
        const char *element = elements[i] != NULL ? elements[i] : "";
        uint64_t len = strlen(element);
        uint8_t prefix[8];

        for (int k = 0; k < 8; k++)
            prefix[k] = (uint8_t)(len >> (56 - 8 * k));
        demand(EVP_DigestUpdate(context, prefix, sizeof prefix) == 1, "hash");
        demand(EVP_DigestUpdate(context, element, len) == 1, "hash");
    }
    demand(EVP_DigestFinal_ex(context, hash, NULL) == 1, "hash");
    EVP_MD_CTX_free(context);
    hex_encode(hash, sizeof hash, out);
}

void hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                 uint8_t out[SHA256_BYTES])
{
    assert(key_len <= INT32_MAX);
    demand(HMAC(EVP_sha256(), key, (int)key_len, bytes, len, out, NULL) != NULL, "sign");
}

bool bytes_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void hex_encode(const void *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * len] = '\0';
}

void base64_encode(struct buf *out, const void *bytes, size_t len)
{
    /* In slices that are a multiple of three, so only the last is padded. */
    enum { SLICE = 3 * 256 };
    unsigned char text[SLICE / 3 * 4 + 1];
    const unsigned char *in = bytes;

    while (len > 0) {
        size_t take = len < SLICE ? len : SLICE;
        int n = EVP_EncodeBlock(text, in, (int)take);
        buf_bytes(out, text, (size_t)n);
        in += take;
        len -= take;
    }
}

static int base64_value(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c != '\0' ? strchr(alphabet, c) : NULL;

    return found != NULL ? (int)(found - alphabet) : -1;
}

/* By hand, since OpenSSL's block decoder takes neither missing padding nor line breaks. */
int base64_decode(struct buf *out, const char *text, size_t len, struct err *err)
{
    uint32_t bits = 0;
    int n_bits = 0;
    size_t n_digits = 0;
    size_t n_pad = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        int value = base64_value(c);

        if (c == '\n' || c == '\r' || c == ' ' || c == '\t')
            continue;
        if (c == '=') {
            n_pad++;
            continue;
        }
        if (value < 0 || n_pad > 0)
            return err_set(err, ERR_REJECT, "not base64: byte 0x%02x at offset %zu",
                           (unsigned char)c, i);
        n_digits++;
        bits = bits << 6 | (uint32_t)value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            buf_char(out, (char)(bits >> n_bits & 0xFF));
        }
    }
    if (n_digits % 4 == 1 || n_pad > 2 || (n_pad > 0 && (n_digits + n_pad) % 4 != 0))
        return err_set(err, ERR_REJECT, "not base64: it ends in the middle of a byte");
    return buf_check(out, err);
}

void base32_prefix(const uint8_t *bytes, size_t len, size_t n_chars, char *out)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

    assert(n_chars * 5 <= len * 8);
    for (size_t i = 0; i < n_chars; i++) {
        size_t bit = i * 5;
        unsigned window = (unsigned)bytes[bit / 8] << 8;
        if (bit / 8 + 1 < len)
            window |= bytes[bit / 8 + 1];
        out[i] = alphabet[window >> (11 - bit % 8) & 31];
    }
    out[n_chars] = '\0';
}

void random_bytes(void *out, size_t len)
{
    assert(len <= INT32_MAX);
    demand(RAND_bytes(out, (int)len) == 1, "find randomness");
}

void random_uuid(char out[UUID_BYTES])
{
    uint8_t b[16];
    char hex[33];

    random_bytes(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0F) | 0x40); /* version 4 */
    b[8] = (uint8_t)((b[8] & 0x3F) | 0x80); /* variant of RFC 9562 */
    hex_encode(b, sizeof b, hex);
    snprintf(out, UUID_BYTES, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}
