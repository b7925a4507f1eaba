/* No secret leaves in words, common/text/redact.h. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/text/redact.h"

#define SECRET "p\"ss/w+rd \\ €1~"

static void check(const char *given, const char *expected)
{
    CLEANUP(buf_done) struct buf out = BUF(100000);

    redact(&out, given, strlen(given));
    assert_string_equal(buf_str(&out), expected);
}

static int register_secrets(void **state)
{
    (void)state;
    redact_register(SECRET);
    redact_register("hunter2hunter2");
    redact_register("hunter2hunter2-and-more");
    redact_register("short");
    redact_register("");
    redact_register(NULL);
    return 0;
}

static void a_registered_value_is_replaced_wherever_it_stands(void **state)
{
    (void)state;
    check("hunter2hunter2", "[redacted]");
    check("a=hunter2hunter2&b=hunter2hunter2!", "a=[redacted]&b=[redacted]!");
    check("xhunter2hunter2x", "x[redacted]x");
    check("nothing here", "nothing here");
    check("", "");
}

static void the_longer_of_two_secrets_wins(void **state)
{
    (void)state;
    check("hunter2hunter2-and-more", "[redacted]");
    check("hunter2hunter2-and-less", "[redacted]-and-less");
}

static void its_encoded_forms_are_replaced(void **state)
{
    (void)state;
    check("x " SECRET " y", "x [redacted] y");
    check("p%22ss%2Fw%2Brd%20%5C%20%E2%82%AC1~", "[redacted]");
    check("p%22ss%2fw%2brd%20%5c%20%e2%82%ac1~", "[redacted]");
    check("p%22ss%2Fw%2Brd+%5C+%E2%82%AC1%7E", "[redacted]");
    check("{\"p\":\"p\\\"ss/w+rd \\\\ €1~\"}", "{\"p\":\"[redacted]\"}");
    check("{\"p\":\"p\\\"ss\\/w+rd \\\\ €1~\"}", "{\"p\":\"[redacted]\"}");
}

/* As in "Authorization: Basic", where a name stands before and something may follow. */
static void it_is_found_inside_any_base64(void **state)
{
    static const char *const before[] = {"", "x", "xy", "user:", "x-access-token:"};
    static const char *const after[] = {"", "1", "12", "\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(before); i++) {
        for (size_t k = 0; k < COUNT(after); k++) {
            CLEANUP(buf_done) struct buf encoded = BUF(1000);
            CLEANUP(buf_done) struct buf out = BUF(1000);
            char plain[100];

            snprintf(plain, sizeof plain, "%s%s%s", before[i], SECRET, after[k]);
            base64_encode(&encoded, plain, strlen(plain));
            redact(&out, encoded.bytes, encoded.len);
            assert_has(buf_str(&out), "[redacted]");
            assert_true(str_ends(buf_str(&out), "[redacted]"));
        }
    }
}

static void it_is_found_in_the_url_safe_alphabet(void **state)
{
    CLEANUP(buf_done) struct buf encoded = BUF(1000);
    const char secret[] = "\xff\xfe\xfd\xfb\xef\xff\xff";

    (void)state;
    redact_register(secret);
    base64_encode(&encoded, secret, strlen(secret));
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.bytes[i];
        encoded.bytes[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    check(encoded.bytes, "[redacted]");
}

static void its_beginning_at_a_cut_is_replaced(void **state)
{
    (void)state;
    check("cut: hunter2hun", "cut: [redacted]");
    check("cut: hunt", "cut: hunt"); /* too little to be known */
    check("hunter2hun go on", "hunter2hun go on");
}

static void known_shapes_need_no_registration(void **state)
{
    (void)state;
    check("ghp_0123456789abcdefABCDEF0123456789abcd", "[redacted]");
    check("token=ghs_0123456789abcdefABCDEF0123456789abcd.", "token=[redacted]");
    check("github_pat_11AAAAAAA0123456789_abcdefghij", "[redacted]");
    check("id AKIAIOSFODNN7EXAMPLE;", "id [redacted];");
    check("ASIAIOSFODNN7EXAMPLE", "[redacted]");
    check("xoxb-123456789012-abcdef", "[redacted]");
    check("vat_0123456789 vcs_abcdefgh", "[redacted] [redacted]");
    check("https://hooks.slack.com/services/T0/B0/xyz said",
          "https://hooks.slack.com/[redacted] said");
}

static void words_that_only_resemble_them_stay(void **state)
{
    (void)state;
    check("aghp_0123456789abcdefABCDEF", "aghp_0123456789abcdefABCDEF");
    check("ghp_short", "ghp_short");
    check("AKIAIOSFODNN7EXAMPLEX", "AKIAIOSFODNN7EXAMPLEX");
    check("XAKIAIOSFODNN7EXAMPLE", "XAKIAIOSFODNN7EXAMPLE");
    check("private_vat_rate is 20", "private_vat_rate is 20");
    check("hooks.slack.com", "hooks.slack.com");
    check("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----");
}

static void private_keys_go_as_a_whole(void **state)
{
    (void)state;
    check("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
          "a\n[redacted]\nb");
    check("-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\nb", "[redacted]\\nb");
    /* no label, no key: what stands on either side of other words is kept */
    check("-----BEGIN RSA | PRIVATE KEY-----\nb", "-----BEGIN RSA | PRIVATE KEY-----\nb");
    check("cut: -----BEGIN EC PRIVATE KEY-----\nMHcC", "cut: [redacted]");
}

static void an_error_text_is_cleaned_in_place(void **state)
{
    struct err err;

    (void)state;
    (void)err_throttled(&err, 9, "server said hunter2hunter2");
    redact_err(&err);
    assert_string_equal(err.text, "server said [redacted]");
    assert_int_equal(err.retry_after_ms, 9);
}

static void nul_bytes_do_not_end_the_search(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(1000);

    (void)state;
    redact(&out, "a\0hunter2hunter2", 16);
    assert_int_equal(out.len, 12);
    assert_memory_equal(out.bytes, "a\0[redacted]", 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registered_value_is_replaced_wherever_it_stands),
        cmocka_unit_test(the_longer_of_two_secrets_wins),
        cmocka_unit_test(its_encoded_forms_are_replaced),
        cmocka_unit_test(it_is_found_inside_any_base64),
        cmocka_unit_test(it_is_found_in_the_url_safe_alphabet),
        cmocka_unit_test(its_beginning_at_a_cut_is_replaced),
        cmocka_unit_test(known_shapes_need_no_registration),
        cmocka_unit_test(words_that_only_resemble_them_stay),
        cmocka_unit_test(private_keys_go_as_a_whole),
        cmocka_unit_test(an_error_text_is_cleaned_in_place),
        cmocka_unit_test(nul_bytes_do_not_end_the_search),
    };
    return cmocka_run_group_tests(tests, register_secrets, NULL);
}
