/* One question of an item; the story stands in model.h. */
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/fault.h"
#include "common/json.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis/rate_budget.h"
#include "common/redis/spend.h"
#include "common/stop.h"
#include "worker/forge/forge.h"
#include "worker/item.h"
#include "worker/lease.h"
#include "worker/llm/llm.h"
#include "worker/llm/prompt.h"
#include "worker/model.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

#define BYTES_PER_TOKEN                                                                            \
    3 /* of Terraform in English; fewer than there are, so that none is short                      \
       */
#define MICRO_PER_CENT   10000
#define TOKENS_PER_PRICE 1000000
#define DAY_MS           ((int64_t)24 * 3600 * 1000)
#define MINUTE_MS        60000
#define NAP_MAX_MS       2000 /* a longer wait is the retry topic's business */
#define SAVED_VERSION    1
#define SAVED_MAX_BYTES  (4 * LLM_ANSWER_MAX_BYTES)

static atomic_int in_flight; /* of the process */

enum { ACCOUNT_ITEM, ACCOUNT_REPOSITORY, ACCOUNT_FLEET, ACCOUNTS };

/* --- what it may cost --- */

static int64_t price_micro_usd(const struct config *config, int64_t in, int64_t out)
{
    return (in * config->llm_input_cents + out * config->llm_output_cents) * MICRO_PER_CENT /
           TOKENS_PER_PRICE;
}

static void write_day(int64_t unix_ms, char out[16])
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm day;

    (void)strftime(out, 16, "%Y-%m-%d", gmtime_r(&seconds, &day));
}

static void fill_accounts(const struct item_run *run, int64_t unix_ms,
                          struct spend_entry accounts[ACCOUNTS])
{
    const struct config *config = run->services->shared->config;
    char day[16];

    write_day(unix_ms, day);
    accounts[ACCOUNT_ITEM] = (struct spend_entry){
        .limit = config->llm_item_tokens,
        .keep_ms = config->state_retention_days * DAY_MS,
    };
    /* Another run of the item, which somebody asked for, has tokens of its own. */
    (void)snprintf(accounts[ACCOUNT_ITEM].account, SPEND_ACCOUNT_BYTES, "item:%s:%lld", run->fp,
                   (long long)run->claim.run);
    accounts[ACCOUNT_REPOSITORY] = (struct spend_entry){
        .limit = config->llm_repository_day_cents * MICRO_PER_CENT, .keep_ms = 2 * DAY_MS};
    (void)snprintf(accounts[ACCOUNT_REPOSITORY].account, SPEND_ACCOUNT_BYTES, "day:%s:%.200s", day,
                   run->item->repository);
    accounts[ACCOUNT_FLEET] = (struct spend_entry){.limit = config->llm_day_cents * MICRO_PER_CENT,
                                                   .keep_ms = 2 * DAY_MS};
    (void)snprintf(accounts[ACCOUNT_FLEET].account, SPEND_ACCOUNT_BYTES, "day:%s", day);
}

/* One charge for each time that it goes out: a claim asks one question once. */
static void charge_id(const struct item_run *run, const struct prompt *prompt, char out[128])
{
    (void)snprintf(out, 128, "%.64s:%lld", prompt_sha256(prompt), (long long)run->claim.fence);
}

static void set_amounts(const struct config *config, int64_t in, int64_t out,
                        struct spend_entry accounts[ACCOUNTS])
{
    int64_t micro_usd = price_micro_usd(config, in, out);

    accounts[ACCOUNT_ITEM].amount = in + out;
    accounts[ACCOUNT_REPOSITORY].amount = micro_usd;
    accounts[ACCOUNT_FLEET].amount = micro_usd;
}

static int64_t input_estimate(const struct prompt *prompt)
{
    return (int64_t)(strlen(prompt_system(prompt)) + strlen(prompt_user(prompt)) +
                     strlen(PROMPT_TOOL_SCHEMA)) /
               BYTES_PER_TOKEN +
           1;
}

/* Until the day ends everybody waits; an item that spent its own share is for a person. */
static int over_budget(const struct item_run *run, size_t blame, int64_t unix_ms, struct err *err)
{
    const struct config *config = run->services->shared->config;
    int64_t left_ms = DAY_MS - unix_ms % DAY_MS;

    metric_count("plumb_llm_budget_refusals_total",
                 blame == ACCOUNT_ITEM         ? "item"
                 : blame == ACCOUNT_REPOSITORY ? "repository"
                                               : "fleet",
                 1);
    if (blame == ACCOUNT_ITEM) {
        (void)err_set(err, ERR_REJECT, "its budget of %lld tokens (LLM_ITEM_TOKENS) is spent",
                      (long long)config->llm_item_tokens);
        return MODEL_ITEM_SPENT;
    }
    return err_throttled(err, left_ms, "the model's budget of today is spent: %s",
                         blame == ACCOUNT_REPOSITORY ? "LLM_REPOSITORY_DAY_CENTS"
                                                     : "LLM_DAY_CENTS");
}

/* --- the fleet's pace --- */

static struct rate_part paced(const char *name, int64_t per_minute, bool fair)
{
    int64_t burst = per_minute >= 5 ? per_minute / 5 : 1;
    int64_t refill = per_minute > burst ? per_minute - burst : 1;

    return (struct rate_part){name, burst, refill, MINUTE_MS, burst / 5, fair};
}

static struct rate_budget pace(const struct config *config, struct rate_part parts[2], char *scope,
                               size_t size)
{
    parts[0] = paced("requests", config->llm_requests_per_minute, true);
    parts[1] = paced("tokens", config->llm_tokens_per_minute, false);
    (void)snprintf(scope, size, "llm:%s:%.150s", config->llm_provider, model_name(config));
    return (struct rate_budget){.scope = scope, .parts = parts, .n = 2};
}

static int keep_pace(struct item_run *run, int64_t tokens, struct err *err)
{
    const struct config *config = run->services->shared->config;
    struct rate_part parts[2];
    char scope[220];
    struct rate_budget budget = pace(config, parts, scope, sizeof scope);
    struct rate_request request = {
        .member = run->item->repository,
        .urgent = run->services->forge->urgent,
        .nap_ms = NAP_MAX_MS,
        .tokens = {1, tokens},
    };
    int64_t most = parts[1].capacity - parts[1].reserve;

    if (tokens > most) /* or it would wait for ever */
        request.tokens[1] = most;

    for (;;) {
        struct rate_verdict verdict;
        int r = rate_budget_take(run->services->redis, &budget, &request, &verdict, err);

        if (r <= 0)
            return r < 0 ? step_own_door(run, r) : 0;
        if (verdict.wait_ms > NAP_MAX_MS)
            return err_throttled(err, verdict.wait_ms,
                                 "the fleet's model requests of this minute "
                                 "are spent");
        if (stop_wait(verdict.wait_ms))
            return err_set(err, ERR_RETRY, "stopped before a question");
    }
}

/* The provider said no: the whole fleet waits, for as long as it says. */
static void tell_fleet(struct item_run *run, int64_t wait_ms)
{
    struct rate_part parts[2];
    char scope[220];
    struct rate_budget budget = pace(run->services->shared->config, parts, scope, sizeof scope);
    struct err err;

    metric_count("plumb_llm_throttled_total", NULL, 1);
    if (rate_budget_pause(run->services->redis, &budget, wait_ms, &err) < 0)
        LOG_DEBUG("model.fleet_not_told", LOG_ERR(&err));
}

/* --- answers that were bought before --- */

static int read_saved(const struct buf *bytes, struct llm_answer *out, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int r = json_parse(&json, buf_str(bytes), bytes->len, err);
    const char *input = json_get_text(json, "input", NULL);
    const char *text = json_get_text(json, "text", NULL);

    if (r < 0)
        return r;
    if (json_get_int(json, "v", 0) != SAVED_VERSION)
        return err_set(err, ERR_REJECT, "another version");
    out->input_json = input != NULL ? strdup(input) : NULL;
    out->text = text != NULL ? strdup(text) : NULL;
    if ((input != NULL && out->input_json == NULL) || (text != NULL && out->text == NULL))
        return err_nomem(err);
    (void)str_copy(out->why, sizeof out->why, json_get_text(json, "why", ""));
    (void)str_copy(out->stop_reason, sizeof out->stop_reason, json_get_text(json, "stop", ""));
    (void)str_copy(out->model, sizeof out->model, json_get_text(json, "model", ""));
    (void)str_copy(out->request_id, sizeof out->request_id, json_get_text(json, "request", ""));
    out->input_tokens = json_get_int(json, "in", 0);
    out->output_tokens = json_get_int(json, "out", 0);
    return 0;
}

enum { NOT_BOUGHT = 100 };

static int take_saved(struct item_run *run, const struct prompt *prompt, struct llm_answer *out,
                      struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(SAVED_MAX_BYTES);
    struct err why;
    int r =
        claim_store_load_answer(run->services->claims, run->fp, prompt_sha256(prompt), &bytes, err);

    if (r < 0)
        return step_own_door(run, r);
    if (r == CLAIM_NO_ANSWER)
        return NOT_BOUGHT;
    if (read_saved(&bytes, out, &why) < 0) {
        LOG_WARN("model.answer_unreadable", LOG_TEXT("item", run->fp), LOG_ERR(&why));
        llm_answer_done(out);
        *out = (struct llm_answer){0};
        return NOT_BOUGHT;
    }
    return out->input_json != NULL ? 0 : MODEL_NO_PROPOSAL;
}

static int save(struct item_run *run, const struct prompt *prompt, const struct llm_answer *answer,
                struct err *err)
{
    CLEANUP(json_freep) struct json *json = json_object();
    CLEANUP(buf_done) struct buf bytes = BUF(SAVED_MAX_BYTES);
    const struct config *config = run->services->shared->config;

    json_set_int(json, "v", SAVED_VERSION);
    json_set_text(json, "input", answer->input_json);
    json_set_text(json, "text", answer->text);
    json_set_text(json, "why", answer->why);
    json_set_text(json, "stop", answer->stop_reason);
    json_set_text(json, "model", answer->model);
    json_set_text(json, "request", answer->request_id);
    json_set_int(json, "in", answer->input_tokens);
    json_set_int(json, "out", answer->output_tokens);
    json_write(json, JSON_COMPACT, &bytes);
    int r = buf_check(&bytes, err);
    if (r == 0)
        r = claim_store_save_answer(run->services->claims, &run->claim, prompt_sha256(prompt),
                                    &bytes, config->state_retention_days * DAY_MS, err);
    if (r != CLAIM_LOST)
        return step_own_door(run, r);
    metric_count("plumb_fences_rejected_total", NULL, 1);
    lease_lose(run->lease);
    return err_set(err, ERR_RETRY, "the lease ran out before the answer was saved");
}

/* --- the question --- */

static void count(const struct llm_answer *answer, int64_t micro_usd, int r, int64_t started_ms)
{
    metric_count("plumb_llm_requests_total",
                 r == 0                 ? "proposal"
                 : r == LLM_NO_PROPOSAL ? "no_proposal"
                 : r == ERR_RETRY       ? "failed"
                                        : "refused",
                 1);
    metric_observe("plumb_llm_request_duration_seconds", NULL,
                   (double)(clock_mono_ms() - started_ms) / 1000.0);
    metric_count("plumb_llm_tokens_total", "in", (double)answer->input_tokens);
    metric_count("plumb_llm_tokens_total", "out", (double)answer->output_tokens);
    metric_count("plumb_llm_cost_usd_total", NULL, (double)micro_usd / 1e6);
}

/* What was reserved becomes what it cost: nothing, when nothing can have been paid for. */
static void settle(struct item_run *run, const struct prompt *prompt,
                   const struct llm_answer *answer, int r, struct spend_entry accounts[ACCOUNTS])
{
    const struct config *config = run->services->shared->config;
    bool answered = r == 0 || r == LLM_NO_PROPOSAL;
    char id[128];
    struct err err;

    if (!answered && answer->may_be_paid)
        return;
    if (answered && answer->input_tokens == 0) /* it does not tell: the reserve stands */
        return;
    set_amounts(config, answered ? answer->input_tokens : 0, answered ? answer->output_tokens : 0,
                accounts);
    charge_id(run, prompt, id);
    if (spend_settle(run->services->redis, accounts, ACCOUNTS, id, &err) < 0)
        LOG_WARN("model.not_settled", LOG_TEXT("item", run->fp), LOG_ERR(&err));
}

static int send(struct item_run *run, const struct prompt *prompt, struct llm_answer *out,
                struct err *err)
{
    const struct llm_question question = {
        .system = prompt_system(prompt),
        .user = prompt_user(prompt),
        .tool = PROMPT_TOOL,
        .tool_description = PROMPT_TOOL_DESCRIPTION,
        .schema_json = PROMPT_TOOL_SCHEMA,
        .max_tokens = run->services->shared->config->llm_max_output_tokens,
    };
    int64_t started_ms = clock_mono_ms();
    int r;

    metric_set("plumb_llm_in_flight", NULL, atomic_fetch_add(&in_flight, 1) + 1);
    r = llm_ask(run->services->llm, &question, out, err);
    metric_set("plumb_llm_in_flight", NULL, atomic_fetch_sub(&in_flight, 1) - 1);
    count(out,
          price_micro_usd(run->services->shared->config, out->input_tokens, out->output_tokens), r,
          started_ms);
    if (r == ERR_RETRY && err->retry_after_ms > 0 && !err->is_failure)
        tell_fleet(run, err->retry_after_ms);
    return r;
}

static int buy(struct item_run *run, const struct prompt *prompt, struct llm_answer *out,
               struct err *err)
{
    const struct config *config = run->services->shared->config;
    int64_t in = input_estimate(prompt);
    int64_t unix_ms = clock_unix_ms();
    struct spend_entry accounts[ACCOUNTS];
    char id[128];
    size_t blame = 0;
    int r = keep_pace(run, in + config->llm_max_output_tokens, err);

    if (r < 0)
        return r;
    fill_accounts(run, unix_ms, accounts);
    set_amounts(config, in, config->llm_max_output_tokens, accounts);
    charge_id(run, prompt, id);
    r = spend_reserve(run->services->redis, accounts, ACCOUNTS, id, &blame, err);
    if (r == SPEND_OVER)
        return over_budget(run, blame, unix_ms, err);
    if (r < 0)
        return step_own_door(run, r);
    r = step_may_write(run, err);
    if (r < 0)
        return r;
    r = send(run, prompt, out, err);
    settle(run, prompt, out, r, accounts);
    return r;
}

int model_ask(struct item_run *run, const struct prompt *prompt, struct llm_answer *out,
              struct model_paid *paid, struct err *err)
{
    *out = (struct llm_answer){0};
    *paid = (struct model_paid){0};
    int r = take_saved(run, prompt, out, err);

    if (r == 0 || r == MODEL_NO_PROPOSAL)
        metric_count("plumb_llm_answers_reused_total", NULL, 1);
    if (r != NOT_BOUGHT)
        return r;
    r = buy(run, prompt, out, err);
    if (r == MODEL_ITEM_SPENT || r < 0)
        return r;
    int saved = save(run, prompt, out, err);
    if (saved < 0)
        return saved;
    paid->was_bought = true;
    paid->micro_usd =
        price_micro_usd(run->services->shared->config, out->input_tokens, out->output_tokens);
    return r == LLM_NO_PROPOSAL ? MODEL_NO_PROPOSAL : 0;
}
