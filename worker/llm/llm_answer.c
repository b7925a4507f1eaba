/* Parts of an answer that all APIs have; the story stands in llm_inside.h. */
#include <stdarg.h>
#include <stdio.h>

#include "worker/llm/llm_inside.h"

void llm_answer_done(struct llm_answer *answer)
{
    free(answer->input_json);
    free(answer->text);
    answer->input_json = NULL;
    answer->text = NULL;
}

int llm_no_proposal(struct llm_answer *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out->why, sizeof out->why, format, args);
    va_end(args);
    str_drop_half_character(out->why);
    return LLM_NO_PROPOSAL;
}

int llm_read_stop(struct llm_answer *out, const char *stop, const struct llm_question *question)
{
    static const char *const cut[] = {"max_tokens", "length", "model_context_window_exceeded"};
    static const char *const whole[] = {"tool_use", "tool_calls", "end_turn", "stop",
                                        "function_call"};

    (void)str_copy(out->stop_reason, sizeof out->stop_reason, stop);
    for (size_t i = 0; i < COUNT(cut); i++) {
        if (str_eq(stop, cut[i]))
            return llm_no_proposal(out, "the answer was cut at %lld tokens (%s)",
                                   (long long)question->max_tokens, cut[i]);
    }
    for (size_t i = 0; i < COUNT(whole); i++) {
        if (str_eq(stop, whole[i]))
            return 0;
    }
    return llm_no_proposal(out, "the model stopped before it had answered (%.60s)",
                           stop[0] != '\0' ? stop : "it does not say why");
}

int llm_take_input(struct llm_answer *out, const struct json *input, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(LLM_ANSWER_MAX_BYTES);

    if (input == NULL)
        return llm_no_proposal(out, "the model did not call the tool");
    if (!json_is_object(input))
        return llm_no_proposal(out, "the tool was called with %s instead of an object",
                               json_type_name(input));
    json_write(input, JSON_COMPACT, &text);
    if (text.too_long)
        return llm_no_proposal(out, "the answer is longer than %zu bytes", LLM_ANSWER_MAX_BYTES);
    out->input_json = buf_take(&text);
    return out->input_json != NULL ? 0 : err_nomem(err);
}

void llm_take_text(struct llm_answer *out, const char *text)
{
    if (out->text == NULL && text[0] != '\0')
        out->text = strndup(text, LLM_ANSWER_MAX_BYTES);
}
