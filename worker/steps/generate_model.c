/*
 * Step 6, where no rule makes a fix: the model is asked, and what it says goes through the gate. It
 * is asked again, told which layer refused its answer and why, at most LLM_REASKS times; then the
 * item is a dead letter. That the model itself has no fix is an answer for a person.
 */
#include <stdio.h>

#include "common/config.h"
#include "common/json.h"
#include "worker/explain.h"
#include "worker/llm/llm.h"
#include "worker/llm/prompt.h"
#include "worker/llm/proposal.h"
#include "worker/llm/scope.h"
#include "worker/model.h"
#include "worker/model_trace.h"
#include "worker/policy.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

struct asking {
    struct item_run *run;
    char rule_refused[1024]; /* "": no rule */
    struct scope scope;
    struct prompt *prompt;
    struct model_trace *trace; /* the run's */
};

enum { ANSWER_REFUSED = 50 }; /* the trace says by what: ask again */

/* The same walk asks the very same words, so that its answer is found; another run draws anew. */
static uint64_t seed_of(const struct item_run *run)
{
    char head[17];

    (void)snprintf(head, sizeof head, "%.16s", run->fp);
    return strtoull(head, NULL, 16) ^ (uint64_t)run->claim.run;
}

static int write_prompt(struct asking *asking, struct err *err)
{
    struct item_run *run = asking->run;
    struct prompt_refusal refusals[MODEL_ASKS_MAX];
    struct rule_input inputs[POLICY_INPUTS_MAX];
    const struct prompt_facts facts = {
        .item = run->item,
        .control = run->control,
        .rule = run->rule,
        .rule_refused = asking->rule_refused[0] != '\0' ? asking->rule_refused : NULL,
        .scope = &asking->scope,
        .instance_address = run->instance != NULL ? run->instance->address : NULL,
        .inputs = inputs,
        .n_inputs = policy_inputs(run->services->shared->policy, run->item->repository, inputs),
        .refusals = refusals,
        .n_refusals = asking->trace->n,
        .seed = seed_of(run),
    };

    for (size_t i = 0; i < asking->trace->n; i++) {
        const struct model_ask_trace *ask = &asking->trace->asks[i];

        refusals[i] = (struct prompt_refusal){ask->layer, ask->why, ask->proposal_json};
    }
    int r = prompt_write(asking->prompt, &facts, err);
    if (r < 0)
        return err_wrap(err, r, "question to the model");
    (void)str_copy(asking->trace->prompt_version, sizeof asking->trace->prompt_version,
                   prompt_version(asking->prompt));
    if (asking->trace->n == 0) /* it stays the same */
        explain_text(run->services, "question: system", prompt_system(asking->prompt));
    explain_text(run->services, "question", prompt_user(asking->prompt));
    return 0;
}

static int refuse(struct model_ask_trace *ask, const char *layer, const char *why)
{
    (void)str_copy(ask->layer, sizeof ask->layer, layer);
    (void)str_copy(ask->why, sizeof ask->why, why);
    str_drop_half_character(ask->why);
    return ANSWER_REFUSED;
}

/* Edits of an earlier answer go; what the gate opened for them stays in the repo's memory. */
static int fresh_edits(struct item_run *run, struct err *err)
{
    hcl_edits_free(run->edits);
    run->edits = NULL;
    run->edited = NULL;
    run->n_edited = 0;
    run->outcome = (struct rule_outcome){0};
    run->gate = (struct gate_report){0};
    return hcl_edits_new(&run->edits, err);
}

/* 0: it passed the gate. ANSWER_REFUSED; STEP_ENDED: it says that it has none. */
static int try_answer(struct asking *asking, const struct llm_answer *answer,
                      struct model_ask_trace *ask, struct err *err)
{
    struct item_run *run = asking->run;
    struct proposal proposal = {0};
    int r = fresh_edits(run, err);

    if (r < 0)
        return r;
    r = proposal_apply(answer->input_json, asking->prompt, &asking->scope, run->edits,
                       &run->outcome, &proposal, err);
    if (r == PROPOSAL_NOTHING)
        return step_end(run, "PENDING_REVIEW", "no rule answers, and the model has no fix: %.300s",
                        proposal.summary);
    if (r == 0)
        r = hcl_edits_apply(run->edits, &run->edited, &run->n_edited, err);
    if (r == PROPOSAL_REFUSED || r == ERR_REJECT) {
        explain_line(run->services, "refused: %s", err->text);
        return refuse(ask, "proposal", err->text);
    }
    if (r == 0)
        r = step_judge(run, err);
    if (r < 0)
        return r;
    const struct gate_layer_result *failed = gate_first_failed(&run->gate);
    if (failed != NULL)
        return refuse(ask, failed->layer, failed->detail);
    (void)str_copy(asking->trace->summary, sizeof asking->trace->summary, proposal.summary);
    return 0;
}

static void note_answer(struct asking *asking, const struct llm_answer *answer,
                        const struct model_paid *paid, struct model_ask_trace *ask)
{
    *ask = (struct model_ask_trace){
        .input_tokens = answer->input_tokens,
        .output_tokens = answer->output_tokens,
        .micro_usd = paid->micro_usd,
        .was_bought = paid->was_bought,
    };
    (void)str_copy(ask->prompt_sha256, sizeof ask->prompt_sha256, prompt_sha256(asking->prompt));
    (void)str_copy(ask->request_id, sizeof ask->request_id, answer->request_id);
    if (answer->model[0] != '\0')
        (void)str_copy(asking->trace->model, sizeof asking->trace->model, answer->model);
}

static void explain_answer(const struct asking *asking, const struct llm_answer *answer,
                           const struct model_paid *paid)
{
    const struct services *services = asking->run->services;

    explain_json(services, "answer", answer->input_json != NULL ? answer->input_json : "{}");
    explain_line(services, "%lld tokens in, %lld out, %s%.6f US dollars",
                 (long long)answer->input_tokens, (long long)answer->output_tokens,
                 paid->was_bought ? "" : "bought before; now ", (double)paid->micro_usd / 1e6);
    if (answer->input_json == NULL)
        explain_line(services, "no proposal: %s", answer->why);
}

/* One question and its answer. */
static int ask_once(struct asking *asking, struct err *err)
{
    struct item_run *run = asking->run;
    CLEANUP(llm_answer_done) struct llm_answer answer = {0};
    struct model_paid paid;
    struct model_ask_trace *ask = &asking->trace->asks[asking->trace->n];
    int r = write_prompt(asking, err);

    if (r == 0)
        r = model_ask(run, asking->prompt, &answer, &paid, err);
    if (r == MODEL_ITEM_SPENT)
        return step_end(run, "PENDING_REVIEW", "no rule answers, and for the model %s", err->text);
    if (r < 0)
        return err_wrap(err, r, "ask the model");
    note_answer(asking, &answer, &paid, ask);
    asking->trace->n++;
    explain_answer(asking, &answer, &paid);
    if (r == MODEL_NO_PROPOSAL)
        return refuse(ask, "answer", answer.why);
    r = try_answer(asking, &answer, ask, err);
    if (r == ANSWER_REFUSED)
        ask->proposal_json = STEAL(answer.input_json);
    return r;
}

static int ask_until(struct asking *asking, struct err *err)
{
    size_t most = 1 + (size_t)asking->run->services->shared->config->llm_reasks;
    int r;

    do
        r = ask_once(asking, err);
    while (r == ANSWER_REFUSED && asking->trace->n < most && asking->trace->n < MODEL_ASKS_MAX);
    if (r != ANSWER_REFUSED)
        return r;
    const struct model_ask_trace *last = &asking->trace->asks[asking->trace->n - 1];
    return err_set(err, ERR_REJECT,
                   "none of %zu answers of the model was a fix; the last one: %s: %s",
                   asking->trace->n, last->layer, last->why);
}

/* What became of the questions belongs into the trail, above all when they led to nothing. */
static void leave_trace(struct item_run *run)
{
    CLEANUP(json_freep) struct json *json = json_object();
    CLEANUP(buf_done) struct buf text = BUF(16384);

    json_set_text(json, "address", run->resource->address);
    json_set_text(json, "base_commit", run->base_commit);
    json_set_give(json, "model", model_trace_json(run->model));
    json_write(json, JSON_COMPACT, &text);
    free(run->end->details_json);
    run->end->details_json = buf_take(&text);
}

int step_generate_model(struct item_run *run, const char *rule_refused, struct err *err)
{
    const struct config *config = run->services->shared->config;
    struct asking asking = {.run = run};
    int r = model_trace_new(&run->model, err);

    if (r < 0)
        return r;
    asking.trace = run->model;
    if (rule_refused != NULL) /* it stands in run->outcome, which every answer begins anew */
        (void)str_copy(asking.rule_refused, sizeof asking.rule_refused, rule_refused);
    (void)str_copy(run->model->provider, sizeof run->model->provider, config->llm_provider);
    (void)str_copy(run->model->model, sizeof run->model->model, model_name(config));
    r = scope_find(&asking.scope, run->root, run->resource, err);
    if (r == 0)
        r = prompt_new(&asking.prompt, err);
    if (r == 0)
        r = ask_until(&asking, err);
    prompt_free(asking.prompt);
    if (r != 0)
        leave_trace(run);
    return r;
}
