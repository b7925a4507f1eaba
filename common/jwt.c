#include "common/jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/digest.h"

#define TOKEN_MAX_BYTES ((size_t)16 * 1024)

/* base64, in the alphabet that URLs take, without its padding. */
static void base64url(struct buf *out, const void *bytes, size_t len)
{
    CLEANUP(buf_done) struct buf text = BUF(TOKEN_MAX_BYTES);

    base64_encode(&text, bytes, len);
    for (size_t i = 0; i < text.len && text.bytes[i] != '='; i++)
        buf_char(out, text.bytes[i] == '+' ? '-' : text.bytes[i] == '/' ? '_' : text.bytes[i]);
}

static EVP_PKEY *read_key(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    if (key != NULL && EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

static bool sign(EVP_PKEY *key, const struct buf *text, unsigned char *out, size_t *len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestSign(context, out, len, (const unsigned char *)text->bytes, text->len) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

int jwt_sign(const char *claims_json, const char *key_pem, struct buf *out, struct err *err)
{
    static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
    CLEANUP(buf_done) struct buf text = BUF(TOKEN_MAX_BYTES);
    unsigned char signature[1024]; /* of a key of 8192 bits */
    size_t len = sizeof signature;
    EVP_PKEY *key = read_key(key_pem);

    if (key == NULL)
        return err_set(err, ERR_REJECT, "the private key is no RSA key in PEM");
    base64url(&text, header, strlen(header));
    buf_char(&text, '.');
    base64url(&text, claims_json, strlen(claims_json));
    int r = buf_check(&text, err);
    if (r == 0 && !sign(key, &text, signature, &len))
        r = err_set(err, ERR_REJECT, "the private key cannot sign");
    EVP_PKEY_free(key);
    if (r < 0)
        return r;
    buf_bytes(out, text.bytes, text.len);
    buf_char(out, '.');
    base64url(out, signature, len);
    return buf_check(out, err);
}
