/* Whose code a model is shown. */
#include "common/config.h"
#include "tests/support/test.h"
#include "worker/model.h"

static bool may_see(const char *provider, const char *patterns, const char *repository)
{
    char provider_copy[40], patterns_copy[200];
    const struct config config = {.llm_provider = provider_copy, .llm_repositories = patterns_copy};

    (void)str_copy(provider_copy, sizeof provider_copy, provider);
    (void)str_copy(patterns_copy, sizeof patterns_copy, patterns);
    return model_may_see(&config, repository);
}

static void only_repositories_that_are_named_are_shown(void **state)
{
    (void)state;
    assert_true(may_see("openai", "*", "acme/infra"));
    assert_true(may_see("bedrock", "acme/*, other/open", "acme/infra"));
    assert_true(may_see("bedrock", "acme/*, other/open", "other/open"));
    assert_false(may_see("bedrock", "acme/*, other/open", "other/closed"));
    assert_false(may_see("bedrock", "acme/infra", "acme/infra2"));
    assert_false(may_see("bedrock", "", "acme/infra"));
    assert_false(may_see("bedrock", " , ", "acme/infra"));
}

static void without_a_provider_nothing_is_shown(void **state)
{
    (void)state;
    assert_false(may_see("none", "*", "acme/infra"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_repositories_that_are_named_are_shown),
        cmocka_unit_test(without_a_provider_nothing_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
