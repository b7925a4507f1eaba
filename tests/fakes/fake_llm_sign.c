/*
 * The signature of a request, computed again from AWS's "Signature Version 4 signing process" and
 * compared. It shares nothing with the program's own signer: the path is encoded once more here,
 * byte for byte as it was sent.
 */
#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "tests/fakes/fake_llm_internal.h"

#define HASH      32
#define SKEW_MAX  300
#define PARTS_MAX 5

static void hex_of(const unsigned char *bytes, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void hash_hex(const void *bytes, size_t len, char out[2 * HASH + 1])
{
    unsigned char digest[HASH];

    EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL);
    hex_of(digest, HASH, out);
}

static void mac(const void *key, size_t key_len, const char *text, unsigned char out[HASH])
{
    unsigned int len = HASH;

    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), out, &len);
}

static void encode_path(const char *path, struct buf *out)
{
    for (; *path != '\0'; path++) {
        if (isalnum((unsigned char)*path) || strchr("-._~/", *path) != NULL)
            buf_char(out, *path);
        else
            buf_print(out, "%%%02X", (unsigned char)*path);
    }
}

struct signature {
    char id[128], date[16], region[40], service[40], end[40];
    char headers[1024], signature[80];
};

static bool read_member(const char *text, const char *name, char *out, size_t size)
{
    const char *at = strstr(text, name);
    size_t len;

    if (at == NULL)
        return false;
    at += strlen(name);
    len = strcspn(at, ", ");
    if (len >= size)
        return false;
    memcpy(out, at, len);
    out[len] = '\0';
    return true;
}

static bool read_signature(const char *authorization, struct signature *out)
{
    char credential[400];
    char *rest = NULL;
    char *parts[PARTS_MAX] = {NULL};

    if (!str_starts(authorization, "AWS4-HMAC-SHA256 ") ||
        !read_member(authorization, "Credential=", credential, sizeof credential) ||
        !read_member(authorization, "SignedHeaders=", out->headers, sizeof out->headers) ||
        !read_member(authorization, "Signature=", out->signature, sizeof out->signature))
        return false;
    for (int i = 0; i < PARTS_MAX; i++)
        parts[i] = strtok_r(i == 0 ? credential : NULL, "/", &rest);
    if (parts[PARTS_MAX - 1] == NULL)
        return false;
    (void)str_copy(out->id, sizeof out->id, parts[0]);
    (void)str_copy(out->date, sizeof out->date, parts[1]);
    (void)str_copy(out->region, sizeof out->region, parts[2]);
    (void)str_copy(out->service, sizeof out->service, parts[3]);
    (void)str_copy(out->end, sizeof out->end, parts[4]);
    return true;
}

/* Each signed header as "name:value\n", in the order in which they are named. */
static bool canonical_headers(const struct fake_request *request, const char *names,
                              struct buf *out)
{
    char list[1024];
    char *rest = NULL;
    const char *before = "";
    bool has_host = false;

    (void)str_copy(list, sizeof list, names);
    for (char *name = strtok_r(list, ";", &rest); name != NULL; name = strtok_r(NULL, ";", &rest)) {
        const char *value = fake_header(request, name);

        if (value == NULL || strcmp(before, name) >= 0)
            return false;
        while (*value == ' ')
            value++;
        buf_print(out, "%s:%s\n", name, value);
        has_host = has_host || str_eq(name, "host");
        before = name;
    }
    return has_host;
}

static void compute(const struct fake_request *request, const struct signature *signature,
                    const char *secret, const char *when, char out[2 * HASH + 1])
{
    CLEANUP(buf_done) struct buf canonical = BUF(FAKE_BODY_MAX);
    CLEANUP(buf_done) struct buf path = BUF(16384);
    char body[2 * HASH + 1], request_hash[2 * HASH + 1], text[512], key[160];
    unsigned char a[HASH], b[HASH];

    encode_path(request->raw_path, &path);
    hash_hex(request->body, request->body_len, body);
    buf_print(&canonical, "%s\n%s\n%s\n", request->method, buf_str(&path),
              request->query[0] == '?' ? request->query + 1 : "");
    (void)canonical_headers(request, signature->headers, &canonical);
    buf_print(&canonical, "\n%s\n%s", signature->headers, body);
    hash_hex(buf_str(&canonical), canonical.len, request_hash);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%s/%s/%s/aws4_request\n%s", when,
             signature->date, signature->region, signature->service, request_hash);
    snprintf(key, sizeof key, "AWS4%s", secret);
    mac(key, strlen(key), signature->date, a);
    mac(a, HASH, signature->region, b);
    mac(b, HASH, signature->service, a);
    mac(a, HASH, "aws4_request", b);
    mac(b, HASH, text, a);
    hex_of(a, HASH, out);
}

static const struct fake_llm_key *find_key(const struct fake_llm *llm, const char *id)
{
    for (size_t i = 0; i < llm->n_keys; i++) {
        if (str_eq(llm->keys[i].id, id))
            return &llm->keys[i];
    }
    return NULL;
}

static bool refuse(struct fake_reply *reply, const char *code, const char *message)
{
    fake_llm_error(API_BEDROCK, reply, 403, code, message);
    return false;
}

static bool is_signed(const struct signature *signature, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strstr(signature->headers, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == signature->headers || at[-1] == ';') && (at[len] == ';' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* NULL: all that have to be are signed. */
static const char *unsigned_header(const struct fake_request *request,
                                   const struct signature *signature)
{
    static const char *const names[] = {"host", "x-amz-date", "content-type",
                                        "x-amz-security-token"};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (fake_header(request, names[i]) != NULL && !is_signed(signature, names[i]))
            return names[i];
    }
    return NULL;
}

static bool is_in_time(const struct fake_llm *llm, const char *when)
{
    struct tm then = {0};
    int64_t now_s = (int64_t)time(NULL) + llm->clock_offset_s;

    if (strptime(when, "%Y%m%dT%H%M%SZ", &then) == NULL)
        return false;
    int64_t age_s = now_s - (int64_t)timegm(&then);
    return age_s <= SKEW_MAX && age_s >= -SKEW_MAX;
}

static void tell_time(const struct fake_llm *llm, struct fake_reply *reply)
{
    time_t now = time(NULL) + (time_t)llm->clock_offset_s;
    struct tm parts;
    char text[64];

    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
    fake_reply_header(reply, "Date", "%s", text);
}

bool fake_llm_is_signed(struct fake_llm *llm, const struct fake_request *request,
                        struct fake_reply *reply)
{
    const char *authorization = fake_header(request, "Authorization");
    const char *when = fake_header(request, "x-amz-date");
    const char *token = fake_header(request, "x-amz-security-token");
    struct signature signature = {0};
    char right[2 * HASH + 1];

    llm->signatures++;
    if (authorization == NULL || when == NULL)
        return refuse(reply, "MissingAuthenticationTokenException", "Missing Authentication Token");
    if (!read_signature(authorization, &signature) || !str_eq(signature.service, "bedrock") ||
        !str_eq(signature.end, "aws4_request") ||
        strncmp(when, signature.date, strlen(signature.date)) != 0)
        return refuse(reply, "IncompleteSignatureException", "The credential scope is wrong.");
    const char *missed = unsigned_header(request, &signature);
    if (missed != NULL) {
        char text[160];
        snprintf(text, sizeof text, "'%s' must be a 'SignedHeader' in the AWS Authorization.",
                 missed);
        return refuse(reply, "InvalidSignatureException", text);
    }
    const struct fake_llm_key *key = find_key(llm, signature.id);
    if (key == NULL)
        return refuse(reply, "UnrecognizedClientException",
                      "The security token included in the request is invalid.");
    if (!is_in_time(llm, when)) {
        char text[200];
        snprintf(text, sizeof text, "Signature expired: %s is now earlier than the server's time",
                 when);
        tell_time(llm, reply);
        return refuse(reply, "InvalidSignatureException", text);
    }
    compute(request, &signature, key->secret, when, right);
    if (!str_eq(right, signature.signature) || !str_eq(token != NULL ? token : "", key->token))
        return refuse(reply, "InvalidSignatureException",
                      "The request signature we calculated does not match the signature you "
                      "provided.");
    if (key->expired)
        return refuse(reply, "ExpiredTokenException",
                      "The security token included in the request is expired");
    return true;
}
