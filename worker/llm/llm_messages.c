/*
 * Anthropic's Messages, directly and as the body of Bedrock's InvokeModel: there the model stands
 * in the path and the version in the body. Written from Anthropic's API reference and AWS's
 * "Anthropic Claude Messages API". No top_p, no thinking: neither goes with a forced tool.
 */
#include "worker/llm/llm_inside.h"

#define ANTHROPIC_VERSION_OF_BEDROCK "bedrock-2023-05-31"

static struct json *messages_of(const char *user)
{
    struct json *messages = json_array();
    struct json *message = json_object();

    json_set_text(message, "role", "user");
    json_set_text(message, "content", user);
    json_push_give(messages, message);
    return messages;
}

static struct json *tools_of(const struct llm_question *question)
{
    struct json *tools = json_array();
    struct json *tool = json_object();
    struct json *schema = NULL;
    struct err err;

    json_set_text(tool, "name", question->tool);
    json_set_text(tool, "description", question->tool_description);
    if (json_parse(&schema, question->schema_json, strlen(question->schema_json), &err) == 0)
        json_set_give(tool, "input_schema", schema);
    json_push_give(tools, tool);
    return tools;
}

static struct json *choice_of(const struct llm_question *question)
{
    struct json *choice = json_object();

    json_set_text(choice, "type", "tool");
    json_set_text(choice, "name", question->tool);
    json_set_bool(choice, "disable_parallel_tool_use", true);
    return choice;
}

static void write_body(const struct llm *llm, const struct llm_question *question,
                       struct json *body)
{
    if (llm->ops->is_aws)
        json_set_text(body, "anthropic_version", ANTHROPIC_VERSION_OF_BEDROCK);
    else
        json_set_text(body, "model", llm->model);
    json_set_int(body, "max_tokens", question->max_tokens);
    json_set_int(body, "temperature", 0);
    json_set_text(body, "system", question->system);
    json_set_give(body, "messages", messages_of(question->user));
    json_set_give(body, "tools", tools_of(question));
    json_set_give(body, "tool_choice", choice_of(question));
}

static int read_answer(const struct json *body, const struct llm_question *question,
                       struct llm_answer *out, struct err *err)
{
    const struct json *content = json_get(body, "content");
    const struct json *usage = json_get(body, "usage");
    const struct json *input = NULL;

    if (!json_is_array(content))
        return err_set(err, ERR_RETRY, "the model's server answers without content");
    (void)str_copy(out->model, sizeof out->model, json_get_text(body, "model", ""));
    out->input_tokens = json_get_int(usage, "input_tokens", 0) +
                        json_get_int(usage, "cache_read_input_tokens", 0) +
                        json_get_int(usage, "cache_creation_input_tokens", 0);
    out->output_tokens = json_get_int(usage, "output_tokens", 0);
    for (size_t i = 0; i < json_count(content); i++) {
        const struct json *part = json_at(content, i);
        const char *type = json_get_text(part, "type", "");

        if (str_eq(type, "text"))
            llm_take_text(out, json_get_text(part, "text", ""));
        if (input == NULL && str_eq(type, "tool_use") &&
            str_eq(json_get_text(part, "name", ""), question->tool))
            input = json_get(part, "input");
    }
    int r = llm_read_stop(out, json_get_text(body, "stop_reason", ""), question);
    return r != 0 ? r : llm_take_input(out, input, err);
}

const struct llm_ops llm_ops_bedrock = {
    .provider = "bedrock",
    .path = "/model/%s/invoke",
    .is_aws = true,
    .write = write_body,
    .read = read_answer,
};

const struct llm_ops llm_ops_anthropic = {
    .provider = "anthropic",
    .default_url = "https://api.anthropic.com",
    .path = "/v1/messages",
    .write = write_body,
    .read = read_answer,
};
