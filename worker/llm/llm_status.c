/*
 * What a status means. Limits put the fleet off and cost nobody an attempt. So does what is wrong
 * with our settings or keys, since the same item works as soon as that is mended. What is wrong
 * with the question itself is the item's.
 */
#include <stdio.h>

#include "common/aws/aws_call.h"
#include "common/digest.h"
#include "common/log.h"
#include "worker/llm/llm_inside.h"

#define LIMIT_WAIT_MS    30000 /* where no time is told, and as much again by chance */
#define SETTINGS_WAIT_MS (5 * 60 * 1000)
#define TOLD_WAIT_MAX_MS ((int64_t)2 * 3600 * 1000) /* the whole fleet waits as long */
#define MESSAGE_BYTES    240

/* The three APIs' error bodies. It is outside text: nothing in it may steer a terminal. */
static void read_message(const struct http_response *response, char out[MESSAGE_BYTES])
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(buf_done) struct buf shown = BUF((size_t)64 * 1024);
    struct err err;
    const char *text = "";

    if (json_parse(&json, buf_str(&response->body), response->body.len, &err) == 0) {
        text = json_get_text(json, "message", "");
        text = json_get_text(json, "Message", text);
        text = json_text(json_find(json, "error.message"), text);
    }
    buf_shown(&shown, text, strnlen(text, MESSAGE_BYTES));
    (void)str_copy(out, MESSAGE_BYTES, buf_str(&shown));
    str_drop_half_character(out);
}

static int64_t told_wait_ms(const struct http_response *response, const struct err *err)
{
    char text[32];
    const char *ms = http_response_header(response, "retry-after-ms", text, sizeof text);
    uint32_t chance;

    if (ms != NULL && ms[0] != '\0' && ms[strspn(ms, "0123456789")] == '\0') {
        int64_t told_ms = strlen(ms) > 9 ? TOLD_WAIT_MAX_MS : atoll(ms);
        return told_ms < TOLD_WAIT_MAX_MS ? told_ms : TOLD_WAIT_MAX_MS;
    }
    if (err->retry_after_ms > 0)
        return err->retry_after_ms;
    random_bytes(&chance, sizeof chance);
    return LIMIT_WAIT_MS + (int64_t)(chance % LIMIT_WAIT_MS);
}

/* Which setting is wrong, and what it should be. */
static int bad_settings(const struct llm *llm, int status, const char *code, const char *message,
                        struct err *err)
{
    if (strstr(message, "inference profile") != NULL)
        return err_throttled(err, SETTINGS_WAIT_MS,
                             "model: %.100s cannot be called by its bare id: set LLM_MODEL to "
                             "global.%.100s, or to another inference profile that holds it",
                             llm->model, llm->model);
    if (status == 401 || (status == 403 && !llm->ops->is_aws))
        return err_throttled(err, SETTINGS_WAIT_MS, "model: the key is refused (HTTP %d %s): %s",
                             status, code, message);
    if (status == 403)
        return err_throttled(err, SETTINGS_WAIT_MS,
                             "model: access is refused (%s): %s Allow bedrock:InvokeModel on the "
                             "inference profile and on its models",
                             code[0] != '\0' ? code : "HTTP 403", message);
    if (status != 404)
        return err_throttled(
            err, SETTINGS_WAIT_MS,
            "model: no model's API answers where LLM_BASE_URL (or AWS_ENDPOINT_URL) "
            "says (HTTP %d): give the address that it has itself",
            status);
    return err_throttled(err, SETTINGS_WAIT_MS,
                         "model: %.100s is not known there (HTTP 404): %s See LLM_MODEL and "
                         "LLM_BASE_URL",
                         llm->model, message);
}

static bool is_limit(int status, const char *code)
{
    return status == 429 || status == 529 || aws_code_is_throttling(code);
}

/* A redirect too: a question is not carried elsewhere. */
static bool is_settings(int status)
{
    return status == 401 || status == 403 || status == 404 || status == 405 ||
           (status >= 300 && status < 400);
}

/* A server that failed may have worked, and asked for money, all the same; one that began to answer
 * has worked. */
static bool is_unknown(const struct http_response *response)
{
    return response->status == 0 ? !response->never_sent
                                 : response->status == 200 || response->status == 408 ||
                                       response->status == 502 || response->status == 504;
}

int llm_status(const struct llm *llm, int r, const struct http_response *response,
               struct llm_answer *out, struct err *err)
{
    char code[AWS_CODE_BYTES];
    char message[MESSAGE_BYTES];
    int status = response->status;

    if (r == ERR_REJECT && status == 200)
        return llm_no_proposal(out, "%s", err->text); /* larger than anybody may answer */
    if (r == ERR_FATAL || (r < 0 && (status == 0 || status == 200)) || r == ERR_REJECT) {
        out->may_be_paid = r == ERR_RETRY && is_unknown(response);
        return err_wrap(err, r, "model");
    }
    aws_error_code(response, code);
    read_message(response, message);
    if (is_limit(status, code))
        return err_throttled(err, told_wait_ms(response, err), "model: HTTP %d %s: %s", status,
                             code, message);
    if (is_settings(status) || strstr(message, "inference profile") != NULL)
        return bad_settings(llm, status, code, message, err);
    if (r == ERR_RETRY || status >= 500 || status == 424) {
        out->may_be_paid = is_unknown(response);
        return err_set(err, ERR_RETRY, "model: HTTP %d %s: %s", status, code, message);
    }
    return err_set(err, ERR_REJECT, "model: it refuses the question (HTTP %d %s): %s", status, code,
                   message);
}
