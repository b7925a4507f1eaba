/*
 * Digest: hashes, encodings and random ids (OpenSSL's EVP behind one door).
 * All functions are pure but the random ones; OpenSSL's own failure aborts (no memory).
 */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include "common/base.h"
#include "common/buf.h"

#define SHA256_BYTES     32
#define SHA256_HEX_BYTES 65 /* with the NUL */
#define UUID_BYTES       37 /* with the NUL */

void sha256(const void *bytes, size_t len, uint8_t out[SHA256_BYTES]);
void sha256_hex(const void *bytes, size_t len, char out[SHA256_HEX_BYTES]);

/* The hashes that Terraform's functions know; answers how many bytes it wrote. */
#define HASH_BYTES_MAX 64
enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA512 };
size_t hash_bytes(enum hash_kind kind, const void *bytes, size_t len, uint8_t out[HASH_BYTES_MAX]);

/* SHA-256 over a list, each element preceded by its length (8 bytes, big endian), so that no
 * two lists share an encoding. NULL elements count as "". */
void sha256_list_hex(const char *const *elements, size_t n, char out[SHA256_HEX_BYTES]);

void hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                 uint8_t out[SHA256_BYTES]);
bool bytes_equal(const void *a, const void *b, size_t len); /* constant time */

void hex_encode(const void *bytes, size_t len, char *out /* 2 * len + 1 */);
void base64_encode(struct buf *out, const void *bytes, size_t len); /* RFC 4648, padded */
/* RFC 4648, padding and line breaks tolerated. ERR_REJECT on any other byte. */
int base64_decode(struct buf *out, const char *text, size_t len, struct err *err) MUST_USE;
/* Lower case RFC 4648 base32 of the first bytes, without padding; out holds n_chars + 1. */
void base32_prefix(const uint8_t *bytes, size_t len, size_t n_chars, char *out);

void random_bytes(void *out, size_t len);
void random_uuid(char out[UUID_BYTES]); /* version 4 */

#endif
