/*
 * PR text: title, body, labels and commit message of a pull request: the facts that a reviewer
 * needs, in the order in which they need them. Everything from outside is escaped; nothing in it is
 * the model's or scanner's word taken for truth.
 */
#ifndef WORKER_PR_TEXT_H
#define WORKER_PR_TEXT_H

#include "common/base.h"
#include "common/buf.h"

struct item_run;
struct git_diff_stat;

void pr_title(const struct item_run *run, struct buf *out);
/* plan_sha256 goes into the hidden marker. ERR_REJECT when drift JSON cannot be read. */
int pr_body(const struct item_run *run, const struct git_diff_stat *stat, const char *plan_sha256,
            struct buf *out, struct err *err) MUST_USE;
void pr_commit_message(const struct item_run *run, struct buf *out);
void pr_labels(const struct item_run *run, struct buf *out); /* comma separated */

#endif
