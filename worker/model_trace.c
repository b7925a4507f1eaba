#include "worker/model_trace.h"

#include "common/json.h"

int model_trace_new(struct model_trace **out, struct err *err)
{
    struct model_trace *trace = calloc(1, sizeof *trace);

    if (trace == NULL)
        return err_nomem(err);
    *out = trace;
    return 0;
}

void model_trace_free(struct model_trace *trace)
{
    if (trace == NULL)
        return;
    for (size_t i = 0; i < trace->n; i++)
        free(trace->asks[i].proposal_json);
    free(trace);
}

static struct json *ask_json(const struct model_ask_trace *ask)
{
    struct json *json = json_object();

    json_set_text(json, "prompt_sha256", ask->prompt_sha256);
    json_set_text(json, "request_id", ask->request_id);
    json_set_int(json, "input_tokens", ask->input_tokens);
    json_set_int(json, "output_tokens", ask->output_tokens);
    json_set_int(json, "micro_usd", ask->micro_usd);
    json_set_bool(json, "bought", ask->was_bought);
    if (ask->layer[0] != '\0') {
        json_set_text(json, "refused_by", ask->layer);
        json_set_text(json, "why", ask->why);
    }
    return json;
}

struct json *model_trace_json(const struct model_trace *trace)
{
    struct json *json = json_object();
    struct json *asks = json_array();

    json_set_text(json, "provider", trace->provider);
    json_set_text(json, "model", trace->model);
    json_set_text(json, "prompt", trace->prompt_version);
    for (size_t i = 0; i < trace->n; i++)
        json_push_give(asks, ask_json(&trace->asks[i]));
    json_set_give(json, "asks", asks);
    return json;
}
