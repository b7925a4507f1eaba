/* Is a body what the API takes? As strict as the real ones, and stricter: what our program has no
 * reason to send is refused too. */
#include <stdio.h>

#include "tests/fakes/fake_llm_internal.h"

void fake_llm_error(enum fake_llm_api api, struct fake_reply *reply, int status, const char *code,
                    const char *message)
{
    struct json *body = json_object();
    struct json *error = json_object();

    if (api == API_BEDROCK || api == API_CONVERSE) {
        json_set_text(body, "message", message);
        fake_reply_header(reply, "x-amzn-ErrorType", "%s:http://internal.amazon.com/coral/", code);
        json_free(error);
    } else {
        json_set_text(error, "message", message);
        json_set_text(error, "type", code);
        if (api == API_ANTHROPIC)
            json_set_text(body, "type", "error");
        json_set_give(body, "error", error);
    }
    fake_reply_json_give(reply, status, body);
}

static bool refuse(enum fake_llm_api api, struct fake_reply *reply, const char *format,
                   const char *what)
{
    char text[300];

    snprintf(text, sizeof text, format, what);
    fake_llm_error(api, reply, 400,
                   api == API_BEDROCK || api == API_CONVERSE ? "ValidationException"
                                                             : "invalid_request_error",
                   text);
    return false;
}

static bool is_known(const char *const *known, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(known[i], key))
            return true;
    }
    return false;
}

static bool has_only(const struct json *object, const char *const *known, size_t n,
                     const char **out_other)
{
    const char *key;
    const struct json *value;

    for (size_t i = 0; json_member(object, i, &key, &value); i++) {
        if (!is_known(known, n, key)) {
            *out_other = key;
            return false;
        }
    }
    return true;
}

/* The one user message's text: a plain text, or parts. */
static const char *user_text(const struct json *messages, size_t at)
{
    const struct json *message = json_at(messages, at);
    const struct json *content = json_get(message, "content");

    if (!str_eq(json_get_text(message, "role", ""), "user") || json_count(messages) != at + 1)
        return NULL;
    if (json_is_text(content))
        return json_text(content, NULL);
    return json_get_text(json_at(content, 0), "text", NULL);
}

static bool check_messages(const struct json *body, bool is_bedrock, struct fake_llm_question *out,
                           struct fake_reply *reply)
{
    static const char *const known[] = {
        "anthropic_version", "model", "max_tokens", "temperature", "system",
        "messages",          "tools", "tool_choice"};
    const struct json *tool = json_at(json_get(body, "tools"), 0);
    const char *other = "";

    if (!has_only(body, known, COUNT(known), &other))
        return refuse(out->api, reply, "%s: Extra inputs are not permitted", other);
    if (is_bedrock && !str_eq(json_get_text(body, "anthropic_version", ""), "bedrock-2023-05-31"))
        return refuse(out->api, reply, "%s: Field required", "anthropic_version");
    if (is_bedrock == (json_get(body, "model") != NULL))
        return refuse(out->api, reply, "%s: Field required, or not permitted", "model");
    if (json_get_int(body, "max_tokens", 0) < 1)
        return refuse(out->api, reply, "%s: Field required", "max_tokens");
    out->system = json_get_text(body, "system", NULL);
    out->user = user_text(json_get(body, "messages"), 0);
    out->tool = json_get_text(tool, "name", NULL);
    if (out->user == NULL || out->system == NULL)
        return refuse(out->api, reply, "%s: at least one message is required", "messages");
    if (out->tool == NULL || !json_is_object(json_get(tool, "input_schema")) ||
        !str_eq(json_get_text(json_get(body, "tool_choice"), "name", ""), out->tool) ||
        !str_eq(json_get_text(json_get(body, "tool_choice"), "type", ""), "tool"))
        return refuse(out->api, reply, "%s: Tool not found in provided tools", "tool_choice");
    if (!is_bedrock)
        (void)str_copy(out->model, sizeof out->model, json_get_text(body, "model", ""));
    return true;
}

static bool check_converse(const struct json *body, struct fake_llm_question *out,
                           struct fake_reply *reply)
{
    static const char *const known[] = {"system", "messages", "inferenceConfig", "toolConfig"};
    const struct json *spec = json_get(json_at(json_find(body, "toolConfig.tools"), 0), "toolSpec");
    const char *other = "";

    if (!has_only(body, known, COUNT(known), &other))
        return refuse(out->api, reply, "%s: unknown member", other);
    out->system = json_get_text(json_at(json_get(body, "system"), 0), "text", NULL);
    out->user = user_text(json_get(body, "messages"), 0);
    out->tool = json_get_text(spec, "name", NULL);
    if (out->system == NULL || out->user == NULL)
        return refuse(out->api, reply, "%s: a text is required", "messages");
    if (out->tool == NULL || !json_is_object(json_find(spec, "inputSchema.json")) ||
        !str_eq(json_text(json_find(body, "toolConfig.toolChoice.tool.name"), ""), out->tool))
        return refuse(out->api, reply, "%s: the tool is not known", "toolChoice");
    if (json_int(json_find(body, "inferenceConfig.maxTokens"), 0) < 1)
        return refuse(out->api, reply, "%s: out of range", "maxTokens");
    return true;
}

static bool check_openai(const struct json *body, struct fake_llm_question *out,
                         struct fake_reply *reply)
{
    static const char *const known[] = {"model",    "temperature", "max_tokens",
                                        "messages", "tools",       "tool_choice"};
    const struct json *messages = json_get(body, "messages");
    const struct json *function = json_get(json_at(json_get(body, "tools"), 0), "function");
    const char *other = "";

    if (!has_only(body, known, COUNT(known), &other))
        return refuse(out->api, reply, "Unrecognized request argument supplied: %s", other);
    out->system = json_get_text(json_at(messages, 0), "content", NULL);
    out->user = user_text(messages, 1);
    out->tool = json_get_text(function, "name", NULL);
    (void)str_copy(out->model, sizeof out->model, json_get_text(body, "model", ""));
    if (out->system == NULL || out->user == NULL || out->model[0] == '\0')
        return refuse(out->api, reply, "%s: required", "messages");
    if (out->tool == NULL || !json_is_object(json_get(function, "parameters")) ||
        !str_eq(json_text(json_find(body, "tool_choice.function.name"), ""), out->tool))
        return refuse(out->api, reply, "%s: the function is not known", "tool_choice");
    return true;
}

static bool check_headers(const struct fake_request *request, enum fake_llm_api api,
                          struct fake_reply *reply)
{
    const char *type = fake_header(request, "Content-Type");
    const char *version = fake_header(request, "anthropic-version");

    if (type == NULL || !str_starts(type, "application/json"))
        return refuse(api, reply, "%s: application/json is expected", "Content-Type");
    if (api == API_ANTHROPIC && (version == NULL || !str_eq(version, "2023-06-01")))
        return refuse(api, reply, "%s: header is required", "anthropic-version");
    return true;
}

/* "/model/{id}/invoke": the id, decoded. */
static bool read_model(const char *path, const char *end, char *out, size_t size)
{
    const char *id = path + strlen("/model/");
    size_t len = strlen(id);
    size_t end_len = strlen(end);

    if (!str_starts(path, "/model/") || len <= end_len || !str_ends(id, end))
        return false;
    snprintf(out, size, "%.*s", (int)(len - end_len), id);
    return true;
}

static enum fake_llm_api api_of(const char *path, struct fake_llm_question *out)
{
    if (str_eq(path, "/v1/messages"))
        return API_ANTHROPIC;
    if (str_eq(path, "/v1/chat/completions"))
        return API_OPENAI;
    if (read_model(path, "/invoke", out->model, sizeof out->model))
        return API_BEDROCK;
    if (read_model(path, "/converse", out->model, sizeof out->model))
        return API_CONVERSE;
    return API_NONE;
}

bool fake_llm_check(const struct fake_request *request, const struct json *body,
                    struct fake_llm_question *out, struct fake_reply *reply)
{
    *out = (struct fake_llm_question){0};
    out->api = api_of(request->path, out);
    if (out->api == API_NONE) {
        fake_reply_error(reply, 404, "there is nothing at %s", request->path);
        return false;
    }
    if (!check_headers(request, out->api, reply))
        return false;
    if (out->api == API_ANTHROPIC)
        return check_messages(body, false, out, reply);
    if (out->api == API_OPENAI)
        return check_openai(body, out, reply);
    if (str_starts(out->model, "anthropic.")) /* on-demand, by its bare id */
        return refuse(out->api, reply,
                      "Invocation of model ID %s with on-demand throughput isn\xE2\x80\x99t "
                      "supported. Retry your request with the ID or ARN of an inference profile "
                      "that contains this model.",
                      out->model);
    return out->api == API_BEDROCK ? check_messages(body, true, out, reply)
                                   : check_converse(body, out, reply);
}
