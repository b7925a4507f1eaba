/*
 * JSON Web Tokens (RFC 7519), signed with RS256: how a GitHub App says who it is. OpenSSL behind
 * one door. Pure; any thread.
 */
#ifndef COMMON_JWT_H
#define COMMON_JWT_H

#include "common/buf.h"

/* Appends header.claims.signature, base64url without padding. claims_json: an object; key_pem: a
 * private RSA key. ERR_REJECT: the key cannot be read (the text does not quote it). */
int jwt_sign(const char *claims_json, const char *key_pem, struct buf *out,
             struct err *err) MUST_USE;

#endif
