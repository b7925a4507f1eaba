/* Whom the HTTP client refuses to talk to: addresses, URLs, and servers that cannot prove a name.
 */
#include "common/http/http_internal.h"
#include "tests/support/http_scene.h"
#include "tests/support/tls_server.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- addresses and URLs --- */

static void refused(const struct http_options *options, const char *url)
{
    CLEANUP(http_freep) struct http *http = scene_http(options);
    struct http_response response;
    struct err err = {0};
    int r = http_get(http, url, &response, &err);

    if (r != ERR_REJECT)
        fail_msg("%s: %d %s", url, r, err.text);
    http_response_done(&response);
}

static void what_is_not_public_is_refused(void **state)
{
    static const char *const hosts[] = {"127.0.0.1",
                                        "127.9.9.9",
                                        "10.1.2.3",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.168.1.1",
                                        "0.0.0.0",
                                        "0.1.2.3",
                                        "100.64.0.1",
                                        "169.254.169.254",
                                        "169.254.170.2",
                                        "224.0.0.1",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "198.18.0.1",
                                        "0x7f.1",
                                        "2130706433",
                                        "127.1",
                                        "017700000001",
                                        "[::1]",
                                        "[::]",
                                        "[::ffff:127.0.0.1]",
                                        "[::ffff:a9fe:a9fe]",
                                        "[::127.0.0.1]",
                                        "[64:ff9b::7f00:1]",
                                        "[fe80::1]",
                                        "[fc00::1]",
                                        "[fd00:ec2::254]",
                                        "[fec0::1]",
                                        "[ff02::1]",
                                        "[2002:7f00:1::]",
                                        "[2001:0::1]",
                                        "localhost"};

    (void)state;
    SCENE(s, {.text = HTTP_OK});
    for (size_t i = 0; i < COUNT(hosts); i++) {
        char url[128];
        snprintf(url, sizeof url, "http://%s:%d/", hosts[i], raw_server_port(s.server));
        refused(&(struct http_options){0}, url);
    }
    assert_int_equal(raw_server_count(s.server), 0);
}

static void allowing_private_allows_nothing_odd(void **state)
{
    static const char *const hosts[] = {"169.254.169.254",
                                        "0.0.0.0",
                                        "100.64.0.1",
                                        "224.0.0.1",
                                        "[fe80::1]",
                                        "[ff02::1]",
                                        "[::ffff:169.254.169.254]",
                                        "[::]",
                                        "[fd00:ec2::254]",
                                        "[fd00:ec2::23]"};

    (void)state;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        char url[128];
        snprintf(url, sizeof url, "http://%s:1/", hosts[i]);
        refused(&(struct http_options){.allow_private = true}, url);
    }
}

static void only_a_client_of_credentials_may_ask_the_cloud(void **state)
{
    static const char *const addresses[] = {"fd00:ec2::23", "fd00:ec2::254",
                                            "::ffff:169.254.170.23"};

    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct sockaddr_in6 to = {.sin6_family = AF_INET6};
        assert_int_equal(inet_pton(AF_INET6, addresses[i], &to.sin6_addr), 1);
        assert_non_null(http_address_refusal((struct sockaddr *)&to, true, false));
        assert_null(http_address_refusal((struct sockaddr *)&to, false, true));
    }
}

static void bad_requests_are_refused(void **state)
{
    static const char *const urls[] = {"",
                                       "x",
                                       "/path",
                                       "ftp://127.0.0.1/",
                                       "file:///etc/passwd",
                                       "http://",
                                       "http:///x",
                                       "http://user:pw@127.0.0.1/",
                                       "http://u@127.0.0.1/",
                                       "http://127.0.0.1/a b",
                                       "http://127.0.0.1/\r\nX: y",
                                       "http://127.0.0.1:99999/",
                                       "gopher://127.0.0.1/"};
    struct http_header bad[] = {{"X", "a\r\nInjected: yes"}, {"X Y", "z"}, {"", "z"}};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        refused(&(struct http_options){.allow_private = true}, urls[i]);
        assert_int_equal(http_url_check(urls[i], &err), ERR_REJECT);
    }
    assert_int_equal(http_url_check("https://example.test:8443/p?q", &err), 0);

    SCENE(s, {.text = HTTP_OK});
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_request request = {.method = "GET",
                                       .url = raw_server_url(s.server, "/"),
                                       .headers = &bad[i],
                                       .n_headers = 1};
        assert_int_equal(http_send(s.http, &request, &s.response, &s.err), ERR_REJECT);
        http_response_done(&s.response);
    }
    struct http_request request = {.method = "GET /\r\n", .url = raw_server_url(s.server, "/")};
    assert_int_equal(http_send(s.http, &request, &s.response, &s.err), ERR_REJECT);
    assert_int_equal(raw_server_count(s.server), 0);
}

static void escaping_leaves_only_plain_characters(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(256);

    (void)state;
    http_url_escape(&out, "aZ0-._~ /?&=%+\xc3\xa9");
    assert_string_equal(buf_str(&out), "aZ0-._~%20%2F%3F%26%3D%25%2B%C3%A9");
}

/* --- TLS --- */

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int tls_get(const char *dir, const char *ca, const struct tls_server *server,
                   struct err *err)
{
    char ca_file[256];
    char url[128];
    struct http_response response;

    snprintf(ca_file, sizeof ca_file, "%s/%s.pem", dir, ca);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", tls_server_port(server));
    CLEANUP(http_freep)
    struct http *http =
        scene_http(&(struct http_options){.allow_private = true, .ca_file = ca_file});
    struct http_request request = {.method = "GET", .url = url, .max_attempts = 1};
    int r = http_send(http, &request, &response, err);
    if (r == 0 && response.status != 200)
        fail_msg("status %d", response.status);
    http_response_done(&response);
    return r;
}

static void tls_in(const char *dir)
{
    struct err err = {0};

    tls_make_ca(dir, "ca");
    tls_make_ca(dir, "stranger");
    tls_make_cert(dir, "ca", "server", "IP:127.0.0.1");
    tls_make_cert(dir, "ca", "elsewhere", "DNS:elsewhere.test");

    CLEANUP(tls_server_stopp) struct tls_server *tls13 = tls_server_start(dir, "server", "-tls1_3");
    assert_int_equal(tls_get(dir, "ca", tls13, &err), 0);
    assert_int_equal(tls_get(dir, "stranger", tls13, &err), ERR_RETRY);
    assert_true(text_has(err.text, "certificate"));

    CLEANUP(tls_server_stopp) struct tls_server *tls12 = tls_server_start(dir, "server", "-tls1_2");
    assert_int_equal(tls_get(dir, "ca", tls12, &err), 0);
    CLEANUP(tls_server_stopp) struct tls_server *tls11 = tls_server_start(dir, "server", "-tls1_1");
    assert_int_equal(tls_get(dir, "ca", tls11, &err), ERR_RETRY);
    CLEANUP(tls_server_stopp)
    struct tls_server *wrong = tls_server_start(dir, "elsewhere", "-tls1_3");
    assert_int_equal(tls_get(dir, "ca", wrong, &err), ERR_RETRY);
}

static void tls_needs_the_right_ca_the_right_name_and_a_recent_version(void **state)
{
    char dir[] = "/tmp/plumb-tls-XXXXXX";

    (void)state;
    if (!tls_is_available()) {
        print_message("SKIPPED: no openssl program\n");
        skip();
    }
    assert_non_null(mkdtemp(dir));
    tls_in(dir);
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void a_missing_ca_file_is_told_at_once(void **state)
{
    struct http *http = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(http_new(&http,
                              &(struct http_options){.user_agent = "x", .ca_file = "/no/such/file"},
                              &err),
                     ERR_FATAL);
    assert_true(text_has(err.text, "/no/such/file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_public_is_refused),
        cmocka_unit_test(allowing_private_allows_nothing_odd),
        cmocka_unit_test(only_a_client_of_credentials_may_ask_the_cloud),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(escaping_leaves_only_plain_characters),
        cmocka_unit_test(tls_needs_the_right_ca_the_right_name_and_a_recent_version),
        cmocka_unit_test(a_missing_ca_file_is_told_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
