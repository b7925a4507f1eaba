/*
 * OpenAI's chat completions, as local servers speak them (llama.cpp, vLLM, Ollama). Written from
 * OpenAI's API reference. The arguments of a call are a text that should be JSON. Some servers take
 * no notice of tool_choice and write the JSON into the message, in a fence or not: its first whole
 * object counts.
 */
#include "worker/llm/llm_inside.h"

static void push_message(struct json *messages, const char *role, const char *content)
{
    struct json *message = json_object();

    json_set_text(message, "role", role);
    json_set_text(message, "content", content);
    json_push_give(messages, message);
}

static struct json *function_of(const char *key, struct json *function_give)
{
    struct json *object = json_object();

    json_set_text(object, "type", "function");
    json_set_give(object, key, function_give);
    return object;
}

static struct json *tools_of(const struct llm_question *question)
{
    struct json *tools = json_array();
    struct json *function = json_object();
    struct json *schema = NULL;
    struct err err;

    json_set_text(function, "name", question->tool);
    json_set_text(function, "description", question->tool_description);
    if (json_parse(&schema, question->schema_json, strlen(question->schema_json), &err) == 0)
        json_set_give(function, "parameters", schema);
    json_push_give(tools, function_of("function", function));
    return tools;
}

static void write_body(const struct llm *llm, const struct llm_question *question,
                       struct json *body)
{
    struct json *messages = json_array();
    struct json *name = json_object();

    json_set_text(body, "model", llm->model);
    json_set_int(body, "temperature", 0);
    json_set_int(body, "max_tokens", question->max_tokens);
    push_message(messages, "system", question->system);
    push_message(messages, "user", question->user);
    json_set_give(body, "messages", messages);
    json_set_give(body, "tools", tools_of(question));
    json_set_text(name, "name", question->tool);
    json_set_give(body, "tool_choice", function_of("function", name));
}

/* How long the object is that begins at text: up to its closing brace; 0: it does not end. */
static size_t object_length(const char *text)
{
    size_t depth = 0;
    bool quoted = false;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (quoted && text[i] == '\\' && text[i + 1] != '\0')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == '{')
            depth++;
        else if (!quoted && text[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

/* What is in braces and no JSON is prose ("I set {name}"), and skipped. What never closes is the
 * end: one look from each brace in it would be quadratic. */
static struct json *first_object(const char *text)
{
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at, '{')) {
        size_t len = object_length(at);
        struct json *json = NULL;
        struct err err;

        if (len == 0)
            return NULL;
        if (json_parse(&json, at, len, &err) == 0)
            return json;
        at += len;
    }
    return NULL;
}

static const char *arguments_of(const struct json *message, const char *tool)
{
    const struct json *calls = json_get(message, "tool_calls");

    for (size_t i = 0; i < json_count(calls); i++) {
        const struct json *function = json_get(json_at(calls, i), "function");

        if (str_eq(json_get_text(function, "name", ""), tool))
            return json_get_text(function, "arguments", "");
    }
    return NULL;
}

static int take_proposal(const struct json *message, const struct llm_question *question,
                         struct llm_answer *out, struct err *err)
{
    CLEANUP(json_freep) struct json *input = NULL;
    const char *arguments = arguments_of(message, question->tool);
    struct err why;

    if (arguments != NULL) {
        int r = json_parse(&input, arguments, strlen(arguments), &why);

        if (r == ERR_REJECT)
            return llm_no_proposal(out, "the arguments of the tool are no JSON: %.120s", why.text);
        return r < 0 ? err_nomem(err) : llm_take_input(out, input, err);
    }
    input = first_object(json_get_text(message, "content", ""));
    return llm_take_input(out, input, err);
}

static int read_answer(const struct json *body, const struct llm_question *question,
                       struct llm_answer *out, struct err *err)
{
    const struct json *choice = json_at(json_get(body, "choices"), 0);
    const struct json *message = json_get(choice, "message");
    const struct json *usage = json_get(body, "usage");

    if (!json_is_object(message))
        return err_set(err, ERR_RETRY, "the model's server answers without a message");
    (void)str_copy(out->model, sizeof out->model, json_get_text(body, "model", ""));
    (void)str_copy(out->request_id, sizeof out->request_id, json_get_text(body, "id", ""));
    out->input_tokens = json_get_int(usage, "prompt_tokens", 0);
    out->output_tokens = json_get_int(usage, "completion_tokens", 0);
    llm_take_text(out, json_get_text(message, "content", ""));
    int r = llm_read_stop(out, json_get_text(choice, "finish_reason", ""), question);
    return r != 0 ? r : take_proposal(message, question, out, err);
}

const struct llm_ops llm_ops_openai = {
    .provider = "openai",
    .path = "/v1/chat/completions",
    .write = write_body,
    .read = read_answer,
};
