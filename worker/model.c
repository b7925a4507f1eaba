/* Model; the story stands in model.h. */
#include "worker/model.h"

#include <fnmatch.h>
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/config.h"
#include "worker/llm/llm.h"
#include "worker/services.h"

#define PATTERN_BYTES 300

static const struct {
    const char *provider, *model;
} defaults[] = {
    {"bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0"},
    {"bedrock-converse", "global.anthropic.claude-opus-4-5-20251101-v1:0"},
    {"anthropic", "claude-opus-4-5-20251101"},
};

static bool is_bedrock(const struct config *config)
{
    return str_starts(config->llm_provider, "bedrock");
}

const char *model_key_setting(const struct config *config)
{
    return is_bedrock(config) ? config->llm_bedrock_key : config->llm_api_key;
}

static bool has_key(const struct config *config)
{
    return model_key_setting(config)[0] != '\0';
}

bool model_may_see(const struct config *config, const char *repository)
{
    char pattern[PATTERN_BYTES];

    if (str_eq(config->llm_provider, "none"))
        return false;
    for (const char *at = config->llm_repositories; *at != '\0';) {
        size_t len = strcspn(at, ",");
        const char *next = at + len + (at[len] == ',');

        while (len > 0 && *at == ' ') {
            at++;
            len--;
        }
        while (len > 0 && at[len - 1] == ' ')
            len--;
        (void)snprintf(pattern, sizeof pattern, "%.*s", (int)len, at);
        if (len < sizeof pattern && fnmatch(pattern, repository, 0) == 0)
            return true;
        at = next;
    }
    return false;
}

const char *model_name(const struct config *config)
{
    if (config->llm_model[0] != '\0')
        return config->llm_model;
    for (size_t i = 0; i < COUNT(defaults); i++) {
        if (str_eq(defaults[i].provider, config->llm_provider))
            return defaults[i].model;
    }
    return "";
}

int model_open(struct services *services, struct err *err)
{
    const struct config *config = services->shared->config;
    struct llm_options options = {
        .provider = config->llm_provider,
        .model = model_name(config),
        .base_url = config->llm_base_url,
        .region = config->aws_region,
        .api_key = has_key(config) ? &services->shared->llm_tokens : NULL,
        .chain = services->shared->aws,
        .http = services->http,
        .timeout_ms = config->llm_timeout_seconds * 1000,
    };

    if (str_eq(config->llm_provider, "none"))
        return 0;
    if (options.model[0] == '\0')
        return err_set(err, ERR_FATAL, "LLM_PROVIDER is %s: say which model with LLM_MODEL",
                       config->llm_provider);
    return llm_new(&services->llm, &options, err);
}
