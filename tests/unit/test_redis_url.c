/* Redis URLs: what each part may hold, and what is refused. */
#include "common/redis/redis_url.h"
#include "tests/support/test.h"

static struct redis_target parsed(const char *url)
{
    struct redis_target target = {0};
    struct err err;

    assert_ok(redis_url_parse(&target, url, &err), err);
    return target;
}

static void every_part_is_read(void **state)
{
    struct redis_target t = parsed("rediss://al%69:p%40ss%3A@cache.example.com:7000/12");

    (void)state;
    assert_true(t.tls);
    assert_false(t.is_unix);
    assert_string_equal(t.host, "cache.example.com");
    assert_string_equal(t.port, "7000");
    assert_string_equal(t.user, "ali");
    assert_string_equal(t.password, "p@ss:");
    assert_int_equal(t.db, 12);
    assert_string_equal(t.name, "rediss://cache.example.com:7000/12");
}

static void what_is_left_out_has_a_default(void **state)
{
    struct redis_target t = parsed("redis://localhost");

    (void)state;
    assert_false(t.tls);
    assert_string_equal(t.port, "6379");
    assert_string_equal(t.user, "");
    assert_string_equal(t.password, "");
    assert_int_equal(t.db, 0);
    t = parsed("redis://:only-a-password@h/");
    assert_string_equal(t.user, "");
    assert_string_equal(t.password, "only-a-password");
}

static void an_address_of_version_six_stands_in_brackets(void **state)
{
    struct redis_target t = parsed("redis://[::1]:7001");

    (void)state;
    assert_string_equal(t.host, "::1");
    assert_string_equal(t.port, "7001");
    assert_string_equal(t.name, "redis://[::1]:7001/0");
    assert_string_equal(parsed("redis://[fe80::2]").port, "6379");
}

static void a_socket_has_a_path_and_options(void **state)
{
    struct redis_target t = parsed("unix:///run/my%20redis.sock?db=3&user=ali&password=a%26b");

    (void)state;
    assert_true(t.is_unix);
    assert_string_equal(t.host, "/run/my redis.sock");
    assert_int_equal(t.db, 3);
    assert_string_equal(t.user, "ali");
    assert_string_equal(t.password, "a&b");
    assert_lacks(t.name, "a&b");
}

static void a_bad_url_is_refused_without_repeating_it(void **state)
{
    static const char *const urls[] = {
        "",
        "127.0.0.1:6379",
        "http://h",
        "redis://",
        "redis://user@h",
        "redis://:secret-word@",
        "redis://:secret%zz-word@h",
        "redis://:secret%4",
        "redis://:secret%00word@h",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:port",
        "redis://h/db",
        "redis://h/1?secret=word",
        "redis://[::1",
        "redis://[::1]6379",
        "unix://relative",
        "unix:///s?password=secret%",
        "unix:///s?what=secret",
    };
    struct redis_target target;
    struct err err;

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        assert_int_equal(redis_url_parse(&target, urls[i], &err), ERR_FATAL);
        assert_lacks(err.text, "secret");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_read),
        cmocka_unit_test(what_is_left_out_has_a_default),
        cmocka_unit_test(an_address_of_version_six_stands_in_brackets),
        cmocka_unit_test(a_socket_has_a_path_and_options),
        cmocka_unit_test(a_bad_url_is_refused_without_repeating_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
