/* Environment into configuration, common/config.h. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/config.h"
#include "common/text/redact.h"
#include "tests/support/temp_dir.h"

/* An environment of the test's own: NAME, value, NAME, value, …, NULL. */
static const char *look_up(void *context, const char *name)
{
    const char *const *pairs = context;

    for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
        if (str_eq(pairs[0], name))
            return pairs[1];
    }
    return NULL;
}

#define ENV(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static struct config loaded(const char *const *pairs)
{
    struct config config;
    struct err err;

    assert_ok(config_load(&config, look_up, (void *)pairs, &err), err);
    return config;
}

static void check_refused(const char *const *pairs, const char *expected)
{
    struct config config = {.tenant = NULL};
    struct err err;

    if (config_load(&config, look_up, (void *)pairs, &err) != ERR_FATAL)
        fail_msg("was accepted: %s=%s", pairs[0], pairs[1]);
    assert_has(err.text, expected);
    assert_null(config.tenant);
}

static void an_empty_environment_gives_the_defaults(void **state)
{
    CLEANUP(config_done) struct config config = loaded(ENV());

    (void)state;
    assert_string_equal(config.environment, "development");
    assert_false(config.remediation_enabled);
    assert_int_equal(config.max_pr_per_run, 3);
    assert_int_equal(config.poll_interval_seconds, 300);
    assert_int_equal(config.max_concurrent_workers, 3);
    assert_int_equal(config.state_retention_days, 7);
    assert_string_equal(config.redis_url, "redis://localhost:6379/0");
    assert_string_equal(config.kafka_brokers, "localhost:9092");
    assert_string_equal(config.kafka_security_protocol, "PLAINTEXT");
    assert_string_equal(config.retry_tiers, "30,300,1800,7200");
    assert_string_equal(config.terraform_path, ".");
    assert_string_equal(config.terraform_binary, "terraform");
    assert_string_equal(config.github_token, "");
    assert_string_equal(config.vanta_base_url, "https://api.vanta.com");
    assert_int_equal(config.log_level, LOG_LEVEL_INFO);
    assert_int_equal(config.intake_max_bytes, 8388608);
}

static void values_are_read_and_stripped(void **state)
{
    CLEANUP(config_done)
    struct config config =
        loaded(ENV("TENANT", "  acme \n", "MAX_CONCURRENT_WORKERS", " 256 ", "DRY_RUN", "Yes",
                   "GITHUB_REMEDIATION_ENABLED", "1", "LOG_LEVEL", "warning", "GITHUB_URL",
                   "https://git.example.com//", "SOURCES", "file , Vanta", "DRIFT_ACTION", "REVIEW",
                   "RETRY_TIERS_SECONDS", "1, 2, 3, 4", "REDIS_URL", "unix:///run/redis.sock"));

    (void)state;
    assert_string_equal(config.tenant, "acme");
    assert_int_equal(config.max_concurrent_workers, 256);
    assert_true(config.dry_run);
    assert_true(config.remediation_enabled);
    assert_int_equal(config.log_level, LOG_LEVEL_WARN);
    assert_string_equal(config.github_url, "https://git.example.com");
    assert_string_equal(config.sources, "file,vanta");
    assert_string_equal(config.drift_action, "review");
    assert_string_equal(config.retry_tiers, "1,2,3,4");
    assert_string_equal(config.redis_url, "unix:///run/redis.sock");
}

static void set_to_nothing_is_not_set_except_for_terraform(void **state)
{
    CLEANUP(config_done)
    struct config config =
        loaded(ENV("TENANT", "", "HTTP_PORT", " ", "TERRAFORM_BINARY", "", "GITHUB_TOKEN", "\n"));

    (void)state;
    assert_string_equal(config.tenant, "default");
    assert_int_equal(config.http_port, 8080);
    assert_string_equal(config.terraform_binary, "");
    assert_string_equal(config.github_token, "");
}

static void second_names_are_read_when_the_first_is_missing(void **state)
{
    CLEANUP(config_done)
    struct config config =
        loaded(ENV("DRIFT_REMEDIATION_TOKEN", "second-token", "https_proxy", "http://proxy:3128"));
    CLEANUP(config_done)
    struct config both =
        loaded(ENV("DRIFT_REMEDIATION_TOKEN", "second-token", "GITHUB_TOKEN", "first-token"));

    (void)state;
    assert_string_equal(config.github_token, "second-token");
    assert_string_equal(config.https_proxy, "http://proxy:3128");
    assert_string_equal(both.github_token, "first-token");
}

static void what_is_not_accepted_is_refused_by_name(void **state)
{
    (void)state;
    check_refused(ENV("POLL_INTERVAL_SECONDS", "0"),
                  "POLL_INTERVAL_SECONDS=0: accepted is 1 to 604800");
    check_refused(ENV("POLL_INTERVAL_SECONDS", "5m"), "POLL_INTERVAL_SECONDS=5m");
    check_refused(ENV("MAX_CONCURRENT_WORKERS", "257"), "1 to 256");
    check_refused(ENV("HTTP_PORT", "65536"), "HTTP_PORT=65536");
    check_refused(ENV("HTTP_PORT", "99999999999999999999"), "HTTP_PORT=");
    check_refused(ENV("KAFKA_SESSION_TIMEOUT_MS", "3999"), "4000 to");
    check_refused(ENV("DRY_RUN", "maybe"), "DRY_RUN=maybe: accepted is true or false");
    check_refused(ENV("LOG_LEVEL", "loud"), "one of DEBUG, INFO");
    check_refused(ENV("DRIFT_ACTION", "merge"), "one of pull_request, review");
    check_refused(ENV("SOURCES", "vanta,,file"), "any of vanta, file, terraform");
    check_refused(ENV("GITHUB_API_URL", "ftp://x"), "an http:// or https:// URL");
    check_refused(ENV("GITHUB_API_URL", "https://"), "an http:// or https:// URL");
    check_refused(ENV("GITHUB_API_URL", "https://a b"), "an http:// or https:// URL");
    check_refused(ENV("REDIS_URL", "localhost:6379"), "redis://host:port/db");
    check_refused(ENV("GITHUB_REPOSITORY", "no-slash"), "GITHUB_REPOSITORY=no-slash");
    check_refused(ENV("GITHUB_REPOSITORY", "../x"), "owner/name");
    check_refused(ENV("GITHUB_REPOSITORY", "a/.."), "owner/name");
    check_refused(ENV("GITHUB_REPOSITORY", "a/b/c"), "owner/name");
    check_refused(ENV("RETRY_TIERS_SECONDS", "30,300,1800"), "four growing numbers");
    check_refused(ENV("RETRY_TIERS_SECONDS", "30,30,40,50"), "four growing numbers");
    check_refused(ENV("RETRY_TIERS_SECONDS", "1,2,3,4,5"), "four growing numbers");
}

static void the_mapping_is_checked_when_it_is_read(void **state)
{
    (void)state;
    check_refused(ENV("GITHUB_REPO_MAPPING", "{\"default\""), "GITHUB_REPO_MAPPING=");
    check_refused(ENV("GITHUB_REPO_MAPPING", "[\"a/b\"]"), "a JSON object");
    check_refused(ENV("GITHUB_REPO_MAPPING", "{\"default\": 7}"), "GITHUB_REPO_MAPPING=");
    check_refused(ENV("GITHUB_REPO_MAPPING", "{\"default\": \"no-slash\"}"), "owner/name");
}

static void secrets_are_kept_out_of_words(void **state)
{
    CLEANUP(config_done)
    struct config config =
        loaded(ENV("GITHUB_TOKEN", "token-of-mine", "REDIS_URL", "redis://me:pa%2Fssword@h:1/0",
                   "HTTPS_PROXY", "http://u:proxy-word@p:3128"));
    CLEANUP(buf_done) struct buf shown = BUF(100000);
    CLEANUP(buf_done) struct buf said = BUF(1000);
    const char *text = "token-of-mine pa%2Fssword pa/ssword proxy-word";

    (void)state;
    redact(&said, text, strlen(text));
    assert_string_equal(buf_str(&said), "[redacted] [redacted] [redacted] [redacted]");
    config_show(&config, &shown);
    assert_has(buf_str(&shown), "GITHUB_TOKEN=set\n");
    assert_has(buf_str(&shown), "VANTA_API_TOKEN=unset\n");
    assert_has(buf_str(&shown), "REDIS_URL=redis://me:***@h:1/0\n");
    assert_has(buf_str(&shown), "HTTPS_PROXY=http://u:***@p:3128\n");
    assert_has(buf_str(&shown), "LOG_LEVEL=INFO\n");
    assert_has(buf_str(&shown), "HTTP_PORT=8080\n");
    assert_has(buf_str(&shown), "DRY_RUN=false\n");
    assert_lacks(buf_str(&shown), "token-of-mine");
    assert_string_equal(config.redis_url, "redis://me:pa%2Fssword@h:1/0");
}

static void short_secrets_are_refused_without_naming_them(void **state)
{
    struct config config;
    struct err err;

    (void)state;
    check_refused(ENV("GITHUB_TOKEN", "abcde"), "GITHUB_TOKEN: a secret shorter than 6 bytes");
    check_refused(ENV("REDIS_URL", "redis://:abc@h"), "REDIS_URL: a secret shorter than 6 bytes");
    assert_int_equal(config_load(&config, look_up, (void *)ENV("GITHUB_TOKEN", "qzxvj"), &err),
                     ERR_FATAL);
    assert_lacks(err.text, "qzxvj");
    assert_int_equal(
        config_load(&config, look_up, (void *)ENV("HTTPS_PROXY", "socks://u:wordword@h"), &err),
        ERR_FATAL);
    assert_lacks(err.text, "wordword");
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    (void)state;
    check_refused(ENV("LOG_LEVEL", "loud", "MAX_PR_PER_RUN", "many", "GITHUB_TOKEN", "abcde"),
                  "3 settings are wrong:\n  ");
    check_refused(ENV("LOG_LEVEL", "loud", "MAX_PR_PER_RUN", "many"), "\n  MAX_PR_PER_RUN=many: ");
    check_refused(ENV("LOG_LEVEL", "loud", "MAX_PR_PER_RUN", "many"), "\n  LOG_LEVEL=loud: ");
}

static void secrets_may_come_from_files(void **state)
{
    char *dir = temp_dir_make();
    char *path = temp_file_write(dir, "token", "  from-a-file \nsecond line\n");
    char *empty = temp_file_write(dir, "empty", "");
    char *pem = temp_file_write(dir, "pem", "-----BEGIN X-----\nYQ==\n-----END X-----\n");
    CLEANUP(config_done) struct config config = loaded(ENV("GITHUB_TOKEN_FILE", path));
    CLEANUP(config_done) struct config app = loaded(ENV("GITHUB_APP_PRIVATE_KEY_FILE", pem));
    CLEANUP(config_done) struct config second = loaded(ENV("DRIFT_REMEDIATION_TOKEN_FILE", path));

    (void)state;
    assert_string_equal(config.github_token, "from-a-file");
    assert_string_equal(second.github_token, "from-a-file");
    assert_string_equal(app.github_app_key, "-----BEGIN X-----\nYQ==\n-----END X-----");
    check_refused(ENV("GITHUB_TOKEN_FILE", path, "GITHUB_TOKEN", "by-value"),
                  "GITHUB_TOKEN and GITHUB_TOKEN_FILE are both set");
    check_refused(ENV("GITHUB_TOKEN_FILE", "/does/not/exist"),
                  "GITHUB_TOKEN_FILE: cannot open /does/not/exist: No such file");
    check_refused(ENV("GITHUB_TOKEN_FILE", empty), "holds no line");
    free(path);
    free(empty);
    free(pem);
    temp_dir_remove(dir);
}

static void check_repository(const char *const *pairs, const char *resource, const char *expected)
{
    CLEANUP(config_done) struct config config = loaded(pairs);
    CLEANUP(mem_freep) char *repository = config_repository_for(&config, resource);

    if (expected == NULL) {
        assert_null(repository);
        return;
    }
    assert_non_null(repository);
    assert_string_equal(repository, expected);
}

static void a_resource_finds_its_repository(void **state)
{
    const char *mapping = "{\"arn:aws:s3:::logs\":\"o/exact\",\"arn:aws:s3\":\"o/s3\","
                          "\"arn:aws\":\"o/aws\",\"arn:aws:iam\":\"\",\"default\":\"o/rest\"}";

    (void)state;
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "arn:aws:s3:::logs", "o/exact");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "arn:aws:s3:::logs-2", "o/exact");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "arn:aws:s3:::data", "o/s3");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "arn:aws:iam::1:role/x", "o/aws");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "aws_s3_bucket.x", "o/rest");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), "default", "o/rest");
    check_repository(ENV("GITHUB_REPO_MAPPING", mapping), NULL, "o/rest");
    check_repository(ENV("GITHUB_REPOSITORY", "o/only"), "arn:aws:s3:::x", "o/only");
    check_repository(ENV(), "arn:aws:s3:::x", NULL);
}

static void the_manual_equals_the_table(void **state)
{
    CLEANUP(buf_done) struct buf expected = BUF(1024 * 1024);
    const char *source_dir = getenv("PLUMB_SOURCE_DIR");
    char path[4096];
    static char present[1024 * 1024];

    (void)state;
    if (source_dir == NULL)
        skip(); /* not started by ctest */
    config_describe(&expected, CONFIG_MARKDOWN);
    snprintf(path, sizeof path, "%s/docs/configuration.md", source_dir);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    present[fread(present, 1, sizeof present - 1, file)] = '\0';
    fclose(file);
    if (!str_eq(present, buf_str(&expected))) {
        file = fopen("configuration.md", "we");
        assert_non_null(file);
        fputs(buf_str(&expected), file);
        fclose(file);
        fail_msg("docs/configuration.md is out of date: copy configuration.md from the directory "
                 "of this test over it");
    }
}

static void help_names_every_variable(void **state)
{
    CLEANUP(buf_done) struct buf help = BUF(1024 * 1024);

    (void)state;
    config_describe(&help, CONFIG_TEXT);
    assert_has(buf_str(&help), "  GITHUB_TOKEN or DRIFT_REMEDIATION_TOKEN\n");
    assert_has(buf_str(&help), "  POLL_INTERVAL_SECONDS (300)\n");
    assert_lacks(buf_str(&help), "`GITHUB_TOKEN`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_environment_gives_the_defaults),
        cmocka_unit_test(values_are_read_and_stripped),
        cmocka_unit_test(set_to_nothing_is_not_set_except_for_terraform),
        cmocka_unit_test(second_names_are_read_when_the_first_is_missing),
        cmocka_unit_test(what_is_not_accepted_is_refused_by_name),
        cmocka_unit_test(the_mapping_is_checked_when_it_is_read),
        cmocka_unit_test(secrets_are_kept_out_of_words),
        cmocka_unit_test(short_secrets_are_refused_without_naming_them),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
        cmocka_unit_test(secrets_may_come_from_files),
        cmocka_unit_test(a_resource_finds_its_repository),
        cmocka_unit_test(the_manual_equals_the_table),
        cmocka_unit_test(help_names_every_variable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
