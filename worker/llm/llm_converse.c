/* Bedrock's Converse, whose body is the same for every model. Written from AWS's API reference. */
#include "worker/llm/llm_inside.h"

static struct json *wrap(const char *key, struct json *child_give)
{
    struct json *object = json_object();

    json_set_give(object, key, child_give);
    return object;
}

static struct json *texts(const char *text)
{
    struct json *list = json_array();
    struct json *one = json_object();

    json_set_text(one, "text", text);
    json_push_give(list, one);
    return list;
}

static struct json *messages_of(const struct llm_question *question)
{
    struct json *messages = json_array();
    struct json *message = json_object();

    json_set_text(message, "role", "user");
    json_set_give(message, "content", texts(question->user));
    json_push_give(messages, message);
    return messages;
}

static struct json *tool_config(const struct llm_question *question)
{
    struct json *config = json_object();
    struct json *tools = json_array();
    struct json *spec = json_object();
    struct json *choice = json_object();
    struct json *schema = NULL;
    struct err err;

    json_set_text(spec, "name", question->tool);
    json_set_text(spec, "description", question->tool_description);
    if (json_parse(&schema, question->schema_json, strlen(question->schema_json), &err) == 0)
        json_set_give(spec, "inputSchema", wrap("json", schema));
    json_push_give(tools, wrap("toolSpec", spec));
    json_set_give(config, "tools", tools);
    json_set_text(choice, "name", question->tool);
    json_set_give(config, "toolChoice", wrap("tool", choice));
    return config;
}

static void write_body(const struct llm *llm, const struct llm_question *question,
                       struct json *body)
{
    struct json *inference = json_object();

    (void)llm;
    json_set_give(body, "system", texts(question->system));
    json_set_give(body, "messages", messages_of(question));
    json_set_int(inference, "maxTokens", question->max_tokens);
    json_set_int(inference, "temperature", 0);
    json_set_give(body, "inferenceConfig", inference);
    json_set_give(body, "toolConfig", tool_config(question));
}

static int read_answer(const struct json *body, const struct llm_question *question,
                       struct llm_answer *out, struct err *err)
{
    const struct json *content = json_find(body, "output.message.content");
    const struct json *usage = json_get(body, "usage");
    const struct json *input = NULL;

    if (!json_is_array(content))
        return err_set(err, ERR_RETRY, "the model's server answers without content");
    out->input_tokens = json_get_int(usage, "inputTokens", 0);
    out->output_tokens = json_get_int(usage, "outputTokens", 0);
    for (size_t i = 0; i < json_count(content); i++) {
        const struct json *part = json_at(content, i);
        const struct json *call = json_get(part, "toolUse");

        llm_take_text(out, json_get_text(part, "text", ""));
        if (input == NULL && str_eq(json_get_text(call, "name", ""), question->tool))
            input = json_get(call, "input");
    }
    int r = llm_read_stop(out, json_get_text(body, "stopReason", ""), question);
    return r != 0 ? r : llm_take_input(out, input, err);
}

const struct llm_ops llm_ops_converse = {
    .provider = "bedrock-converse",
    .path = "/model/%s/converse",
    .is_aws = true,
    .write = write_body,
    .read = read_answer,
};
