/* The script's answer, in the words of each API. */
#include <stdio.h>
#include <time.h>

#include "tests/fakes/fake_llm_internal.h"

static void pause_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&time, NULL);
}

/* Without a script it has nothing to propose. */
static struct json *input_of(const struct json *entry)
{
    const struct json *input = json_get(entry, "input");
    struct json *none;

    if (input != NULL)
        return json_copy(input);
    none = json_object();
    json_set_text(none, "summary",
                  "This is a stand-in for a model, and its script knows no answer.");
    json_set_give(none, "edits", json_array());
    return none;
}

static struct json *part(const char *type, const char *text)
{
    struct json *json = json_object();

    json_set_text(json, "type", type);
    json_set_text(json, "text", text);
    return json;
}

static bool calls_tool(const struct json *entry)
{
    return !json_get_bool(entry, "no_tool", false);
}

static struct json *messages_body(const struct fake_llm_question *question,
                                  const struct json *entry)
{
    struct json *body = json_object();
    struct json *content = json_array();
    struct json *usage = json_object();
    struct json *call = json_object();
    const char *text = json_get_text(entry, "text", NULL);

    if (text != NULL)
        json_push_give(content, part("text", text));
    json_set_text(call, "type", "tool_use");
    json_set_text(call, "id", "toolu_01");
    json_set_text(call, "name", json_get_text(entry, "tool", question->tool));
    json_set_give(call, "input", input_of(entry));
    if (calls_tool(entry))
        json_push_give(content, call);
    else
        json_free(call);
    json_set_text(body, "id", "msg_01");
    json_set_text(body, "type", "message");
    json_set_text(body, "role", "assistant");
    json_set_text(body, "model", "claude-opus-4-5-20251101");
    json_set_give(body, "content", content);
    json_set_text(body, "stop_reason", json_get_text(entry, "stop", "tool_use"));
    json_set_text(body, "stop_sequence", NULL);
    json_set_int(usage, "input_tokens", json_get_int(entry, "input_tokens", 1200));
    json_set_int(usage, "output_tokens", json_get_int(entry, "output_tokens", 350));
    json_set_give(body, "usage", usage);
    return body;
}

static struct json *converse_body(const struct fake_llm_question *question,
                                  const struct json *entry)
{
    struct json *body = json_object();
    struct json *output = json_object();
    struct json *message = json_object();
    struct json *content = json_array();
    struct json *usage = json_object();
    struct json *call = json_object();
    struct json *use = json_object();
    const char *text = json_get_text(entry, "text", NULL);

    if (text != NULL) {
        struct json *said = json_object();
        json_set_text(said, "text", text);
        json_push_give(content, said);
    }
    json_set_text(use, "toolUseId", "tooluse_01");
    json_set_text(use, "name", json_get_text(entry, "tool", question->tool));
    json_set_give(use, "input", input_of(entry));
    json_set_give(call, "toolUse", use);
    if (calls_tool(entry))
        json_push_give(content, call);
    else
        json_free(call);
    json_set_text(message, "role", "assistant");
    json_set_give(message, "content", content);
    json_set_give(output, "message", message);
    json_set_give(body, "output", output);
    json_set_text(body, "stopReason", json_get_text(entry, "stop", "tool_use"));
    json_set_int(usage, "inputTokens", json_get_int(entry, "input_tokens", 1200));
    json_set_int(usage, "outputTokens", json_get_int(entry, "output_tokens", 350));
    json_set_give(body, "usage", usage);
    return body;
}

static struct json *tool_calls(const struct fake_llm_question *question, const struct json *entry)
{
    struct json *calls = json_array();
    struct json *call = json_object();
    struct json *function = json_object();
    CLEANUP(json_freep) struct json *input = input_of(entry);
    CLEANUP(buf_done) struct buf arguments = BUF(FAKE_BODY_MAX);

    json_write(input, JSON_COMPACT, &arguments);
    json_set_text(function, "name", json_get_text(entry, "tool", question->tool));
    json_set_text(function, "arguments", json_get_text(entry, "arguments", buf_str(&arguments)));
    json_set_text(call, "id", "call_1");
    json_set_text(call, "type", "function");
    json_set_give(call, "function", function);
    json_push_give(calls, call);
    return calls;
}

static struct json *openai_body(const struct fake_llm_question *question, const struct json *entry)
{
    struct json *body = json_object();
    struct json *choices = json_array();
    struct json *choice = json_object();
    struct json *message = json_object();
    struct json *usage = json_object();

    json_set_text(message, "role", "assistant");
    json_set_text(message, "content", json_get_text(entry, "text", NULL));
    if (calls_tool(entry))
        json_set_give(message, "tool_calls", tool_calls(question, entry));
    json_set_int(choice, "index", 0);
    json_set_text(choice, "finish_reason",
                  json_get_text(entry, "stop", calls_tool(entry) ? "tool_calls" : "stop"));
    json_set_give(choice, "message", message);
    json_push_give(choices, choice);
    json_set_text(body, "id", "chatcmpl-01");
    json_set_text(body, "object", "chat.completion");
    json_set_int(body, "created", 1700000000);
    json_set_text(body, "model", question->model);
    json_set_give(body, "choices", choices);
    json_set_int(usage, "prompt_tokens", json_get_int(entry, "input_tokens", 1200));
    json_set_int(usage, "completion_tokens", json_get_int(entry, "output_tokens", 350));
    json_set_give(body, "usage", usage);
    return body;
}

static void answer_status(const struct fake_llm_question *question, const struct json *entry,
                          struct fake_reply *reply)
{
    const char *retry = json_get_text(entry, "retry_after", NULL);
    const char *retry_ms = json_get_text(entry, "retry_after_ms", NULL);

    fake_llm_error(question->api, reply, (int)json_get_int(entry, "status", 500),
                   json_get_text(entry, "code", "InternalServerException"),
                   json_get_text(entry, "message", "as the script says"));
    if (retry != NULL)
        fake_reply_header(reply, "retry-after", "%s", retry);
    if (retry_ms != NULL)
        fake_reply_header(reply, "retry-after-ms", "%s", retry_ms);
}

void fake_llm_answer(const struct fake_llm_question *question, const struct json *entry,
                     struct fake_reply *reply)
{
    const char *raw = json_get_text(entry, "raw_body", NULL);
    int64_t filler = json_get_int(entry, "filler_bytes", 0);

    pause_ms(json_get_int(entry, "delay_ms", 0));
    if (json_get_int(entry, "status", 200) != 200) {
        answer_status(question, entry, reply);
        return;
    }
    fake_reply_header(reply, question->api == API_ANTHROPIC ? "request-id" : "x-amzn-RequestId",
                      "req_%08lx", (unsigned long)time(NULL));
    if (raw != NULL) {
        buf_text(&reply->body, raw);
    } else {
        fake_reply_json_give(reply, 200,
                             question->api == API_OPENAI     ? openai_body(question, entry)
                             : question->api == API_CONVERSE ? converse_body(question, entry)
                                                             : messages_body(question, entry));
    }
    for (int64_t i = 0; i < filler; i++) /* blanks behind JSON are JSON */
        buf_char(&reply->body, ' ');
}
