/* The common end of plumb replay and plumb dlq retry: what was chosen is shown, or sent and told.
 */
#ifndef CLI_REPLAY_DO_H
#define CLI_REPLAY_DO_H

#include "cli/operator.h"
#include "cli/progress.h"
#include "cli/replay_options.h"

/* Shows the choice on standard output. The exit code. */
int replay_show(const struct operator_doors *op, struct queue_scan *scan,
                struct replay_choice *choice, const struct replay_request *request, bool json);
/* Sends it. The exit code: 1 when something chosen was not sent. */
int replay_send(const struct operator_doors *op, struct queue_scan *scan,
                struct replay_choice *choice, const struct replay_request *request,
                const struct replay_options *options);
/* Runs under this id so far, this one counted; 0 when Redis does not say. */
int64_t replay_count_runs(const struct operator_doors *op, const char *id);

#endif
