/*
 * fake_llm: a process that speaks the APIs of language models on loopback: Bedrock InvokeModel and
 * Converse, Anthropic's Messages, OpenAI's chat completions.
 *
 *     fake_llm [--script FILE] [--log FILE] [--api-key KEY] [--key ID:SECRET[:TOKEN]]…
 *              [--clock-offset SECONDS] [--port-file FILE]
 *
 * The script is a JSON list, read anew for each request; the first entry whose "match" stands in
 * the question (and that has "times" left) answers:
 *
 *     {"match": "aws_s3_bucket.logs", "times": 1, "input": {"edits": […], "summary": "…"},
 *      "text": "said before the call", "stop": "max_tokens", "no_tool": true, "tool": "other",
 *      "arguments": "OpenAI's, as text", "status": 429, "code": "ThrottlingException",
 *      "message": "…", "retry_after": "1", "retry_after_ms": "50", "delay_ms": 10, "raw_body": "…",
 *      "filler_bytes": 0, "input_tokens": 1200, "output_tokens": 350}
 *
 * Without a fitting entry it proposes nothing. The log has one JSON line for each question: "path",
 * "model", "tool", "system", "user", and the whole "body"; no header, since keys stand there. With
 * --key, Bedrock's paths demand a right signature (or --api-key as bearer); POST /_fake/keys
 * {"id", "secret", "token", "expired"} adds keys or changes them. Further faults: common_faults.h.
 */
#include <getopt.h>
#include <stdio.h>

#include "common/files.h"
#include "tests/fakes/fake_llm_internal.h"

static bool add_key(struct fake_llm *llm, const char *id, const char *secret, const char *token,
                    bool expired)
{
    size_t i = 0;

    while (i < llm->n_keys && !str_eq(llm->keys[i].id, id))
        i++;
    if (i == FAKE_LLM_KEYS_MAX)
        return false;
    struct fake_llm_key *key = &llm->keys[i];
    llm->n_keys += i == llm->n_keys;
    (void)str_copy(key->id, sizeof key->id, id);
    if (secret != NULL)
        (void)str_copy(key->secret, sizeof key->secret, secret);
    if (token != NULL)
        (void)str_copy(key->token, sizeof key->token, token);
    key->expired = expired;
    return true;
}

static bool parse_key(struct fake_llm *llm, const char *text)
{
    char copy[600];
    char *rest = NULL;

    (void)str_copy(copy, sizeof copy, text);
    const char *id = strtok_r(copy, ":", &rest);
    const char *secret = strtok_r(NULL, ":", &rest);
    const char *token = strtok_r(NULL, "", &rest);
    return id != NULL && secret != NULL && add_key(llm, id, secret, token, false);
}

static void change_keys(struct fake_llm *llm, const struct fake_request *request,
                        struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *asked = NULL;
    struct err err;

    if (json_parse(&asked, request->body, request->body_len, &err) < 0 ||
        !add_key(llm, json_get_text(asked, "id", ""), json_get_text(asked, "secret", NULL),
                 json_get_text(asked, "token", NULL), json_get_bool(asked, "expired", false)))
        fake_reply_error(reply, 400, "no key");
    else
        fake_reply_json_give(reply, 200, json_object());
}

/* --- who asks --- */

static bool is_anthropic(const struct fake_request *request)
{
    return str_eq(request->path, "/v1/messages");
}

static bool has_api_key(const struct fake_llm *llm, const struct fake_request *request)
{
    const char *bearer = fake_header(request, "Authorization");
    const char *own = fake_header(request, "x-api-key");

    if (llm->api_key == NULL)
        return llm->n_keys == 0;
    if (is_anthropic(request))
        return own != NULL && str_eq(own, llm->api_key);
    return bearer != NULL && str_starts(bearer, "Bearer ") && str_eq(bearer + 7, llm->api_key);
}

static bool is_known(struct fake_llm *llm, const struct fake_request *request,
                     struct fake_reply *reply)
{
    bool is_bedrock = str_starts(request->path, "/model/");
    const char *bearer = fake_header(request, "Authorization");

    if (has_api_key(llm, request))
        return true;
    if (is_bedrock && llm->n_keys > 0 && (bearer == NULL || !str_starts(bearer, "Bearer ")))
        return fake_llm_is_signed(llm, request, reply);
    if (is_bedrock)
        fake_llm_error(API_BEDROCK, reply, 403, "AccessDeniedException", "Invalid API Key format");
    else if (is_anthropic(request))
        fake_llm_error(API_ANTHROPIC, reply, 401, "authentication_error", "invalid x-api-key");
    else
        fake_llm_error(API_OPENAI, reply, 401, "invalid_request_error",
                       "Incorrect API key provided.");
    return false;
}

/* --- the script --- */

static bool stands_in(const struct fake_llm_question *question, const char *text)
{
    return strstr(question->user, text) != NULL || strstr(question->system, text) != NULL;
}

/* Read anew: whoever tests may have written on. */
static struct json *read_script(const struct fake_llm *llm)
{
    CLEANUP(buf_done) struct buf text = BUF(FAKE_BODY_MAX);
    struct json *script = NULL;
    struct err err;

    if (llm->script_path == NULL || files_read(llm->script_path, &text, &err) < 0)
        return json_array();
    if (json_parse(&script, buf_str(&text), text.len, &err) < 0) {
        fprintf(stderr, "fake_llm: %s: %s\n", llm->script_path, err.text);
        return json_array();
    }
    return script;
}

static const struct json *choose(struct fake_llm *llm, const struct json *script,
                                 const struct fake_llm_question *question)
{
    for (size_t i = 0; i < json_count(script) && i < FAKE_LLM_ENTRIES_MAX; i++) {
        const struct json *entry = json_at(script, i);
        int64_t times = json_get_int(entry, "times", INT64_MAX);

        if (stands_in(question, json_get_text(entry, "match", "")) && llm->uses[i] < times) {
            llm->uses[i]++;
            return entry;
        }
    }
    return NULL;
}

static void write_log(const struct fake_llm *llm, const struct fake_request *request,
                      const struct fake_llm_question *question)
{
    CLEANUP(json_freep) struct json *line = json_object();
    CLEANUP(buf_done) struct buf text = BUF(FAKE_BODY_MAX);
    FILE *log = llm->log_path != NULL ? fopen(llm->log_path, "ae") : NULL;

    if (log == NULL)
        return;
    json_set_text(line, "path", request->raw_path);
    json_set_text(line, "model", question->model);
    json_set_text(line, "tool", question->tool);
    json_set_text(line, "system", question->system);
    json_set_text(line, "user", question->user);
    json_set_text(line, "body", request->body);
    json_write(line, JSON_COMPACT, &text);
    fprintf(log, "%s\n", buf_str(&text));
    fclose(log);
}

static void answer(struct fake_llm *llm, const struct fake_request *request,
                   struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *body = NULL;
    CLEANUP(json_freep) struct json *script = NULL;
    struct fake_llm_question question;
    const struct json *entry = NULL;
    struct err err;
    bool good;

    pthread_mutex_lock(&llm->lock);
    good = is_known(llm, request, reply);
    if (good && json_parse(&body, request->body, request->body_len, &err) < 0) {
        fake_reply_error(reply, 400, "%s", err.text);
        good = false;
    }
    good = good && fake_llm_check(request, body, &question, reply);
    if (good) {
        write_log(llm, request, &question);
        script = read_script(llm);
        entry = choose(llm, script, &question);
    }
    llm->answered += good;
    llm->refused += !good;
    pthread_mutex_unlock(&llm->lock);
    if (good)
        fake_llm_answer(&question, entry, reply);
}

static void handle(void *context, const struct fake_request *request, struct fake_reply *reply)
{
    struct fake_llm *llm = context;

    if (str_eq(request->path, "/_fake/keys")) {
        pthread_mutex_lock(&llm->lock);
        change_keys(llm, request, reply);
        pthread_mutex_unlock(&llm->lock);
    } else if (!str_eq(request->method, "POST")) {
        fake_reply_error(reply, 405, "only POST here");
    } else {
        answer(llm, request, reply);
    }
}

static struct json *state(void *context)
{
    struct fake_llm *llm = context;
    struct json *body = json_object();

    pthread_mutex_lock(&llm->lock);
    json_set_int(body, "answered", llm->answered);
    json_set_int(body, "refused", llm->refused);
    json_set_int(body, "signatures", llm->signatures);
    pthread_mutex_unlock(&llm->lock);
    return body;
}

static const char usage[] =
    "fake_llm: language models' APIs on loopback (Bedrock InvokeModel and Converse, Anthropic's\n"
    "Messages, OpenAI's chat completions); it says what its script says, or proposes nothing.\n"
    "\n"
    "  --script FILE            JSON list, read anew for each question; the first entry whose\n"
    "                           \"match\" stands in the question answers with its \"input\"\n"
    "  --log FILE               one JSON line for each question is appended\n"
    "  --api-key KEY            is demanded: x-api-key of Anthropic, Bearer of the others\n"
    "  --key ID:SECRET[:TOKEN]  Bedrock's requests have to be signed with it, or another one\n"
    "  --clock-offset SECONDS   how far its clock is ahead\n"
    "  --port-file FILE         the port is written there\n"
    "\n"
    "All members of an entry stand at the top of tests/fakes/fake_llm_main.c, faults that can be\n"
    "asked for while it runs in tests/fakes/common_faults.h.\n";

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"script", required_argument, NULL, 's'},
        {"log", required_argument, NULL, 'l'},
        {"api-key", required_argument, NULL, 'a'},
        {"key", required_argument, NULL, 'k'},
        {"clock-offset", required_argument, NULL, 'c'},
        {"port-file", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    static struct fake_llm llm = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct fake_options options = {
        .handler = handle, .state = state, .context = &llm, .concurrent = true};
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 's')
            llm.script_path = optarg;
        else if (c == 'l')
            llm.log_path = optarg;
        else if (c == 'a')
            llm.api_key = optarg;
        else if (c == 'c')
            llm.clock_offset_s = strtoll(optarg, NULL, 10);
        else if (c == 'p')
            options.port_file = optarg;
        else if (c == 'h')
            return fputs(usage, stdout) < 0;
        else if (c != 'k' || !parse_key(&llm, optarg))
            return 2;
    }
    return fake_serve(&options);
}
