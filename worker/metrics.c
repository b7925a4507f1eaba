/* The worker's metric families: names, help and the values their one label can take. */
#include "common/metrics.h"
#include "proto/topics.h"
#include "worker/worker.h"

static const char *const states[] = {"PR_OPEN",         "ADOPTED",   "MERGED",
                                     "CLOSED_BY_HUMAN", "NO_CHANGE", "SUPPRESSED",
                                     "PENDING_REVIEW",  "DLQ",       NULL};
static const char *const stages[] = {"claim",    "find_pr", "decide",  "fetch",  "analyze",
                                     "generate", "check",   "publish", "record", NULL};
static const char *const tiers[] = {TOPIC_RETRY_30S, TOPIC_RETRY_5M, TOPIC_RETRY_30M,
                                    TOPIC_RETRY_2H, NULL};

static const char *const results[] = {"proposal", "no_proposal", "failed", "refused", NULL};
static const char *const directions[] = {"in", "out", NULL};
static const char *const budgets[] = {"item", "repository", "fleet", NULL};

static const struct metric_family families[] = {
    {"plumb_items_ended_total", METRIC_COUNTER, "Items by terminal state.", "state", states},
    {"plumb_items_retried_total", METRIC_COUNTER, "Items put on a retry topic.", "topic", tiers},
    {"plumb_items_duplicate_total", METRIC_COUNTER, "Deliveries of items that had ended.", NULL,
     NULL},
    {"plumb_items_reopened_total", METRIC_COUNTER, "Ended items that a replay opened again.", NULL,
     NULL},
    {"plumb_dead_letters_total", METRIC_COUNTER, "Records put on the dead-letter queue.", NULL,
     NULL},
    {"plumb_prs_created_total", METRIC_COUNTER, "Pull requests opened.", NULL, NULL},
    {"plumb_plans_saved_total", METRIC_COUNTER, "Fixes that passed the gate.", NULL, NULL},
    {"plumb_gate_refusals_total", METRIC_COUNTER, "Fixes that the gate refused, by layer.", "layer",
     NULL},
    {"plumb_llm_requests_total", METRIC_COUNTER, "Questions sent to the model, by what came back.",
     "result", results},
    {"plumb_llm_answers_reused_total", METRIC_COUNTER,
     "Questions whose answer had been bought before.", NULL, NULL},
    {"plumb_llm_throttled_total", METRIC_COUNTER, "Questions that the model's provider put off.",
     NULL, NULL},
    {"plumb_llm_budget_refusals_total", METRIC_COUNTER,
     "Questions that were not sent, a budget being spent.", "budget", budgets},
    {"plumb_llm_tokens_total", METRIC_COUNTER, "Tokens of questions and answers.", "direction",
     directions},
    {"plumb_llm_cost_usd_total", METRIC_COUNTER,
     "What the model cost, at the configured prices, in US dollars.", NULL, NULL},
    {"plumb_llm_in_flight", METRIC_GAUGE, "Questions being answered now.", NULL, NULL},
    {"plumb_llm_request_duration_seconds", METRIC_HISTOGRAM, "Time of one question.", NULL, NULL},
    {"plumb_leases_lost_total", METRIC_COUNTER, "Leases that ran out under their owner.", NULL,
     NULL},
    {"plumb_lease_renew_failures_total", METRIC_COUNTER, "Renewals that Redis did not answer.",
     NULL, NULL},
    {"plumb_fences_rejected_total", METRIC_COUNTER, "Writes refused by a newer fence.", NULL, NULL},
    {"plumb_claim_conflicts_total", METRIC_COUNTER, "Items that another worker had claimed.", NULL,
     NULL},
    {"plumb_resource_lock_waits_total", METRIC_COUNTER,
     "Items that waited for another finding of the same resource.", NULL, NULL},
    {"plumb_items_alone_total", METRIC_COUNTER,
     "Items walked alone in their worker, one having died under them.", NULL, NULL},
    {"plumb_retries_held_total", METRIC_COUNTER,
     "Failed items not tried again yet, too many being.", NULL, NULL},
    {"plumb_own_door_waits_total", METRIC_COUNTER, "Waits for our own Redis or Kafka.", NULL, NULL},
    {"plumb_items_in_flight", METRIC_GAUGE,
     "Items being walked now, or waiting for the ack of their last event.", NULL, NULL},
    {"plumb_queue_lag", METRIC_GAUGE, "Records behind the end, over the assignment.", NULL, NULL},
    {"plumb_queue_assigned_partitions", METRIC_GAUGE, "Partitions of this worker.", NULL, NULL},
    {"plumb_retry_due_age_seconds", METRIC_HISTOGRAM,
     "How long past its time a record of a retry topic was taken up.", "topic", tiers},
    {"plumb_stage_duration_seconds", METRIC_HISTOGRAM, "Time in each step of an item.", "stage",
     stages},
};

void worker_declare_metrics(void)
{
    metrics_declare(families, COUNT(families));
}
