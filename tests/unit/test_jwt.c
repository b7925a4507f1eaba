#include "common/jwt.h"

#include <stdio.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define TEXT_MAX ((size_t)64 * 1024)

static void run(const char *format, const char *dir)
{
    char command[2000];

    (void)snprintf(command, sizeof command, format, dir, dir, dir, dir);
    assert_int_equal(system(command), 0);
}

static void read_file(const char *dir, const char *name, struct buf *out)
{
    char path[700], piece[4096];
    size_t n;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_bytes(out, piece, n);
    fclose(file);
}

static void write_file(const char *dir, const char *name, const char *bytes, size_t len)
{
    char path[700];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* The openssl program is the judge. */
static void openssl_takes_the_signature(void **state)
{
    char *dir = temp_dir_make();
    CLEANUP(buf_done) struct buf key = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf jwt = BUF(TEXT_MAX);
    struct err err = {0};

    (void)state;
    run("openssl genrsa -out %s/key.pem 2048 2>/dev/null && openssl rsa -in %s/key.pem -pubout "
        "-out "
        "%s/key.pub 2>/dev/null && test -s %s/key.pub",
        dir);
    read_file(dir, "key.pem", &key);
    assert_ok(jwt_sign("{\"iss\":\"1\"}", buf_str(&key), &jwt, &err), err);
    assert_true(str_starts(buf_str(&jwt), "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIxIn0."));
    assert_null(strpbrk(buf_str(&jwt), "+/="));
    char *dot = strrchr(jwt.bytes, '.');
    write_file(dir, "text", jwt.bytes, (size_t)(dot - jwt.bytes));
    write_file(dir, "signature", dot + 1, strlen(dot + 1));
    run("(tr '_' '/' < %s/signature | tr '-' '+'; echo '==') | base64 -d > %s/raw; test -s %s/raw "
        "&& test "
        "-s %s/text",
        dir);
    run("openssl dgst -sha256 -verify %s/key.pub -signature %s/raw %s/text && test -s %s/raw", dir);
    temp_dir_remove(dir);
}

static void what_is_no_key_is_refused_without_being_quoted(void **state)
{
    CLEANUP(buf_done) struct buf jwt = BUF(TEXT_MAX);
    struct err err = {0};

    (void)state;
    assert_int_equal(jwt_sign("{}", "canary-no-key", &jwt, &err), ERR_REJECT);
    assert_lacks(err.text, "canary");
    assert_int_equal(jwt.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_takes_the_signature),
        cmocka_unit_test(what_is_no_key_is_refused_without_being_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
