/*
 * AWS signatures, bit for bit as botocore makes them: the cases, what it signs and its signatures
 * stand in tests/data/sigv4/cases.json. tests/live/test_aws_botocore.c asks it again.
 */
#include <stdio.h>

#include "common/aws/aws_sign.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"
#include "tests/support/test.h"

#define PAIRS_MAX 16

static size_t read_pairs(const struct json *list, struct http_header out[PAIRS_MAX])
{
    size_t n = json_count(list);

    assert_in_range(n, 0, PAIRS_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct http_header){json_text(json_at(json_at(list, i), 0), ""),
                                      json_text(json_at(json_at(list, i), 1), "")};
    return n;
}

static void check_case(const struct json *one, int64_t unix_ms)
{
    struct http_header query[PAIRS_MAX], headers[PAIRS_MAX];
    struct aws_signature signature;
    struct err err = {0};
    struct aws_keys keys = {0};
    struct aws_request request = {
        .method = json_get_text(one, "method", ""),
        .scheme = json_get_text(one, "scheme", ""),
        .host = json_get_text(one, "host", ""),
        .path = json_get_text(one, "path", ""),
        .query = query,
        .n_query = read_pairs(json_get(one, "query"), query),
        .headers = headers,
        .n_headers = read_pairs(json_get(one, "headers"), headers),
        .body = json_get_text(one, "body", ""),
        .body_len = strlen(json_get_text(one, "body", "")),
    };
    struct aws_scope scope = {.region = json_get_text(one, "region", ""),
                              .service = json_get_text(one, "service", ""),
                              .is_s3 = json_get_bool(one, "s3", false)};

    (void)str_copy(keys.key_id, sizeof keys.key_id, json_get_text(one, "key_id", ""));
    (void)str_copy(keys.secret, sizeof keys.secret, json_get_text(one, "secret", ""));
    (void)str_copy(keys.token, sizeof keys.token, json_get_text(one, "token", ""));
    assert_ok(aws_sign(&signature, &request, &scope, &keys, unix_ms, &err), err);
    assert_string_equal(buf_str(&signature.canonical), json_get_text(one, "canonical", NULL));
    assert_string_equal(buf_str(&signature.authorization),
                        json_get_text(one, "authorization", NULL));
    aws_signature_done(&signature);
}

static void every_signature_is_botocore_s_bit_for_bit(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);
    CLEANUP(json_freep) struct json *json = NULL;
    char path[1024];
    int64_t unix_ms = 0;
    struct err err = {0};

    (void)state;
    snprintf(path, sizeof path, "%s/tests/data/sigv4/cases.json", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(json_parse(&json, buf_str(&text), text.len, &err), err);
    assert_true(clock_parse_rfc3339(json_get_text(json, "time", ""), &unix_ms));
    assert_int_equal(json_count(json_get(json, "cases")), 9);
    for (size_t i = 0; i < json_count(json_get(json, "cases")); i++)
        check_case(json_at(json_get(json, "cases"), i), unix_ms);
}

static const struct aws_keys KEYS = {.key_id = "AKIDEXAMPLE", .secret = "secret", .token = "tok"};

static int sign(struct aws_signature *out, const struct aws_request *request, struct err *err)
{
    return aws_sign(out, request, &(struct aws_scope){"eu-west-1", "s3", true}, &KEYS, 0, err);
}

static void what_is_sent_is_what_was_signed(void **state)
{
    const struct http_header query[] = {{"b", "2 3"}, {"a", ""}};
    struct aws_request request = {.method = "GET",
                                  .scheme = "http",
                                  .host = "h:1",
                                  .path = "/k%20k",
                                  .query = query,
                                  .n_query = 2};
    struct aws_signature signature;
    struct err err = {0};
    char names[256] = "";

    (void)state;
    assert_ok(sign(&signature, &request, &err), err);
    assert_string_equal(buf_str(&signature.url), "http://h:1/k%20k?a=&b=2%203");
    assert_string_equal(signature.date, "19700101T000000Z");
    for (size_t i = 0; i < signature.n_headers; i++) {
        strncat(names, signature.headers[i].name, 64);
        strncat(names, " ", 2);
    }
    assert_string_equal(names, "Host X-Amz-Content-SHA256 X-Amz-Date X-Amz-Security-Token "
                               "Authorization ");
    aws_signature_done(&signature);
}

static void a_header_of_the_signer_s_own_is_refused(void **state)
{
    const struct http_header headers[] = {{"host", "elsewhere"}};
    struct http_header many[AWS_HEADERS_MAX];
    struct aws_request request = {
        .method = "GET", .scheme = "http", .host = "h", .path = "/", .headers = headers};
    struct aws_signature signature;
    struct err err = {0};

    (void)state;
    request.n_headers = 1;
    assert_int_equal(sign(&signature, &request, &err), ERR_REJECT);
    assert_has(err.text, "host");
    for (size_t i = 0; i < AWS_HEADERS_MAX; i++)
        many[i] = (struct http_header){"x", "y"};
    request.headers = many;
    request.n_headers = AWS_HEADERS_MAX;
    assert_int_equal(sign(&signature, &request, &err), ERR_REJECT);
    assert_has(err.text, "headers to sign");
}

static void a_path_is_encoded_but_for_its_slashes(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(256);

    (void)state;
    aws_path_escape(&out, "/a b/ü+%/~_.-");
    assert_string_equal(buf_str(&out), "/a%20b/%C3%BC%2B%25/~_.-");
}

static void wiped_keys_are_gone(void **state)
{
    struct aws_keys keys = KEYS;

    (void)state;
    aws_keys_wipe(&keys);
    for (size_t i = 0; i < sizeof keys; i++)
        assert_int_equal(((const char *)&keys)[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_signature_is_botocore_s_bit_for_bit),
        cmocka_unit_test(what_is_sent_is_what_was_signed),
        cmocka_unit_test(a_header_of_the_signer_s_own_is_refused),
        cmocka_unit_test(a_path_is_encoded_but_for_its_slashes),
        cmocka_unit_test(wiped_keys_are_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
