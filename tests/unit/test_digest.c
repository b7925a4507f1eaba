/* Hashes and encodings, common/digest.h; expected values are the published test vectors. */
#include "tests/support/test.h"

#include "common/digest.h"

/* FIPS 180-4 examples. */
static void sha256_gives_the_published_values(void **state)
{
    char hex[SHA256_HEX_BYTES];

    (void)state;
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_list_is_hashed_with_its_borders(void **state)
{
    const char *const split_early[] = {"a", "bc"};
    const char *const split_late[] = {"ab", "c"};
    const char *const with_null[] = {"a", NULL};
    const char *const with_empty[] = {"a", ""};
    const char *const alone[] = {"a"};
    char one[SHA256_HEX_BYTES];
    char two[SHA256_HEX_BYTES];

    (void)state;
    sha256_list_hex(split_early, 2, one);
    sha256_list_hex(split_late, 2, two);
    assert_string_not_equal(one, two);
    sha256_list_hex(with_null, 2, one);
    sha256_list_hex(with_empty, 2, two);
    assert_string_equal(one, two);
    sha256_list_hex(alone, 1, two);
    assert_string_not_equal(one, two);

    char same[SHA256_HEX_BYTES];
    sha256_hex("\0\0\0\0\0\0\0\1a", 9, same);
    assert_string_equal(two, same);
}

/* RFC 4231, case 2. */
static void hmac_gives_the_published_value(void **state)
{
    uint8_t out[SHA256_BYTES];
    char hex[SHA256_HEX_BYTES];

    (void)state;
    hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    hex_encode(out, sizeof out, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_true(bytes_equal(out, out, sizeof out));
    assert_false(bytes_equal("abc", "abd", 3));
}

static void check_base64(const char *plain, const char *expected)
{
    CLEANUP(buf_done) struct buf text = BUF(1000);
    CLEANUP(buf_done) struct buf back = BUF(1000);
    struct err err;

    base64_encode(&text, plain, strlen(plain));
    assert_string_equal(buf_str(&text), expected);
    assert_ok(base64_decode(&back, expected, strlen(expected), &err), err);
    assert_string_equal(buf_str(&back), plain);
}

/* RFC 4648, section 10. */
static void base64_gives_the_published_values(void **state)
{
    (void)state;
    check_base64("", "");
    check_base64("f", "Zg==");
    check_base64("fo", "Zm8=");
    check_base64("foo", "Zm9v");
    check_base64("foob", "Zm9vYg==");
    check_base64("fooba", "Zm9vYmE=");
    check_base64("foobar", "Zm9vYmFy");
}

static void base64_of_much_comes_back(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(100000);
    CLEANUP(buf_done) struct buf back = BUF(100000);
    uint8_t bytes[10001];
    struct err err;

    (void)state;
    random_bytes(bytes, sizeof bytes);
    base64_encode(&text, bytes, sizeof bytes);
    assert_ok(base64_decode(&back, text.bytes, text.len, &err), err);
    assert_int_equal(back.len, sizeof bytes);
    assert_memory_equal(back.bytes, bytes, sizeof bytes);
}

static void line_breaks_and_missing_padding_are_tolerated(void **state)
{
    CLEANUP(buf_done) struct buf back = BUF(100);
    struct err err;

    (void)state;
    assert_ok(base64_decode(&back, "Zm9v\r\nYm E", 10, &err), err);
    assert_string_equal(buf_str(&back), "fooba");
}

static void what_is_not_base64_is_refused_with_its_place(void **state)
{
    static const char *const wrong[] = {"Zm9*", "Z", "Zm9vY", "Zg=a", "Zg=", "====", "Zg==Zg=="};
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        CLEANUP(buf_done) struct buf back = BUF(100);
        if (base64_decode(&back, wrong[i], strlen(wrong[i]), &err) != ERR_REJECT)
            fail_msg("was read: %s", wrong[i]);
        assert_has(err.text, "not base64");
    }
    CLEANUP(buf_done) struct buf back = BUF(100);
    assert_int_equal(base64_decode(&back, "Zm9*", 4, &err), ERR_REJECT);
    assert_has(err.text, "offset 3");
}

/* RFC 4648, section 10, in lower case. */
static void base32_gives_the_published_values(void **state)
{
    char out[17];

    (void)state;
    base32_prefix((const uint8_t *)"foobar", 6, 9, out);
    assert_string_equal(out, "mzxw6ytbo");
    base32_prefix((const uint8_t *)"fooba", 5, 8, out);
    assert_string_equal(out, "mzxw6ytb");
    base32_prefix((const uint8_t *)"foobar", 6, 1, out);
    assert_string_equal(out, "m");
}

static void uuids_are_version_4_and_differ(void **state)
{
    char one[UUID_BYTES];
    char two[UUID_BYTES];

    (void)state;
    random_uuid(one);
    random_uuid(two);
    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), 36);
    assert_int_equal(one[14], '4');
    assert_non_null(strchr("89ab", one[19]));
    assert_int_equal(one[8], '-');
    assert_int_equal(strspn(one, "0123456789abcdef-"), 36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_published_values),
        cmocka_unit_test(a_list_is_hashed_with_its_borders),
        cmocka_unit_test(hmac_gives_the_published_value),
        cmocka_unit_test(base64_gives_the_published_values),
        cmocka_unit_test(base64_of_much_comes_back),
        cmocka_unit_test(line_breaks_and_missing_padding_are_tolerated),
        cmocka_unit_test(what_is_not_base64_is_refused_with_its_place),
        cmocka_unit_test(base32_gives_the_published_values),
        cmocka_unit_test(uuids_are_version_4_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
