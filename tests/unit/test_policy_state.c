/* terraform_state in the policy file: which entry a root module gets, and every mistake's place. */
#include <unistd.h>

#include "tests/support/test.h"
#include "worker/policy.h"
#include "worker/state_source.h"

static int load(const char *text, struct policy **out, struct err *err)
{
    char path[] = "/tmp/plumb-policy-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int r = policy_load(out, path, err);
    unlink(path);
    return r;
}

static const char POLICY[] =
    "terraform_state:\n"
    "  - repository: acme/infra\n"
    "    directory: envs/prod\n"
    "    source: s3://acme-states/prod.tfstate\n"
    "    region: eu-west-1\n"
    "    required: true\n"
    "    max_age_seconds: 60\n"
    "  - {repository: acme/infra, source: /srv/states/top.tfstate}\n"
    "  - repository: 'acme/*'\n"
    "    directory: '*'\n"
    "    source: https://states.example.com/{repository}/{directory}/state\n"
    "    username: plumb\n"
    "    password_env: STATES_PASSWORD\n";

static void the_first_entry_that_fits_counts(void **state)
{
    CLEANUP(policy_freep) struct policy *policy = NULL;
    struct err err = {0};

    (void)state;
    assert_ok(load(POLICY, &policy, &err), err);
    const struct state_source *prod = policy_state(policy, "acme/infra", "envs/prod");
    assert_string_equal(prod->source, "s3://acme-states/prod.tfstate");
    assert_string_equal(prod->region, "eu-west-1");
    assert_true(prod->required);
    assert_int_equal(prod->max_age_ms, 60000);
    const struct state_source *top = policy_state(policy, "acme/infra", "");
    assert_string_equal(top->source, "/srv/states/top.tfstate");
    assert_false(top->required);
    assert_int_equal(top->max_age_ms, 300000);
    const struct state_source *any = policy_state(policy, "acme/infra", "envs/staging");
    assert_string_equal(any->password_env, "STATES_PASSWORD");
    assert_null(policy_state(policy, "other/infra", "envs/prod"));
}

static void placeholders_are_filled_in(void **state)
{
    static const struct {
        const char *source, *repository, *directory, *location;
    } cases[] = {
        {"s3://b/{repository}/{directory}/x", "a/b", "envs/p q", "s3://b/a/b/envs/p q/x"},
        {"s3://b/{name}-{directory}", "a/b", "", "s3://b/b-"},
        {"s3://b/{directory}/x", "a/b", "", "s3://b/x"},
        {"https://h/{directory}?n={name}", "a/b", "envs/p q", "https://h/envs/p%20q?n=b"},
        {"/s/{other}/{name", "a/b", "d", "/s/{other}/{name"},
        {"/s/{directory}", "a/b", "../../etc", NULL},
        {"/s/{name}", "a/..", "d", NULL},
        {"/s/{directory}", "a/b", "./d", NULL},
        {"/s/{directory}", "a/b", "d?x", NULL},
        {"/s/{repository}", "../b", "d", NULL},
        {"/s/{repository}", "a/../b", "d", NULL},
        {"/s/{name}", "..", "d", NULL},
        {"/s/{directory}", "a/b", "d/..", NULL},
        {"/s/{directory}", "a/b", "d\\..\\e", NULL},
        {"https://h/{directory}", "a/b", "d#x", NULL},
        {"https://h/{name}/s", "a/b%2f..", "d", "https://h/b%252f../s"},
        {"https://h/{name}/s", "a/x@evil:80", "d", "https://h/x%40evil%3A80/s"},
        {"s3://b/{directory}/s", "a/b", "%2e%2e/d", "s3://b/%2e%2e/d/s"},
        {"/s/{directory}", "a/b", "d\n", NULL},
    };
    char location[STATE_LOCATION_BYTES];
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct state_source source = {.source = cases[i].source};
        int r =
            state_source_locate(&source, cases[i].repository, cases[i].directory, location, &err);
        if (cases[i].location == NULL) {
            assert_int_equal(r, ERR_REJECT);
            continue;
        }
        assert_ok(r, err);
        assert_string_equal(location, cases[i].location);
    }
}

static void every_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *place, *word;
    } mistakes[] = {
        {"terraform_state: {}\n", ":1:", "must be a list"},
        {"terraform_state:\n  - s3://x/y\n", ":2:5", "must be a map"},
        {"terraform_state:\n  - {repository: a/b}\n", ":2:5", "a repository and a source"},
        {"terraform_state:\n  - {source: /x}\n", ":2:5", "a repository and a source"},
        {"terraform_state:\n  - {repository: a/b, source: /x, sorce: y}\n", ":2:", "sorce"},
        {"terraform_state:\n  - {repository: a/b, source: [x]}\n", ":2:", "must be a text"},
        {"terraform_state:\n  - {repository: a/b, source: states/x}\n", ":2:", "absolute path"},
        {"terraform_state:\n  - {repository: a/b, source: 's3://bucket'}\n", ":2:", "s3://BUCKET"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://u:s3cr3t@h/'}\n",
         ":2:", "credentials"},
        {"terraform_state:\n  - {repository: a/b, source: /x, region: r}\n", ":2:", "s3:// alone"},
        {"terraform_state:\n  - {repository: a/b, source: 's3://b/k', token_env: T}\n",
         ":2:", "https:// alone"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h/', token_env: ghp-s3cr3t}\n",
         ":2:", "name of an environment variable"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h/', token_env: A, "
         "password_env: B}\n",
         ":2:", "not both"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h/', username: u}\n",
         ":2:", "needs a password_env"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://{name}.h/x'}\n",
         ":2:", "host of a source"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h:{name}/x'}\n",
         ":2:", "host of a source"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h@{name}/x'}\n",
         ":2:", "host of a source"},
        {"terraform_state:\n  - {repository: a/b, source: 'https://h\\{name}/x'}\n",
         ":2:", "host of a source"},
        {"terraform_state:\n  - {repository: 'a/*', source: /x}\n", ":2:", "{repository}"},
        {"terraform_state:\n  - {repository: '*', source: '/x/{name}'}\n", ":2:", "every owner"},
        {"terraform_state:\n  - {repository: 'a*/b', source: '/x/{name}'}\n", ":2:", "every owner"},
        {"terraform_state:\n  - {repository: a/b, directory: '*', source: /x}\n",
         ":2:", "{directory}"},
        {"terraform_state:\n  - {repository: a/b, source: /x, max_age_seconds: 0}\n",
         ":2:", "max_age_seconds"},
        {"terraform_state:\n  - {repository: a/b, source: /x, required: yes}\n",
         ":2:", "true or false"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct policy *policy = NULL;
        struct err err = {0};
        assert_int_equal(load(mistakes[i].text, &policy, &err), ERR_FATAL);
        assert_has(err.text, mistakes[i].place);
        assert_has(err.text, mistakes[i].word);
        assert_lacks(err.text, "s3cr3t");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_entry_that_fits_counts),
        cmocka_unit_test(placeholders_are_filled_in),
        cmocka_unit_test(every_mistake_is_told_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
