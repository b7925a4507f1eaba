/*
 * Baseline: the findings that are known already, so that a scan fails for new ones only.
 *
 *     {"version": 1, "findings": [{"fingerprint": "…", "rule": "…", "address": "…", "file": "…"}]}
 *
 *     baseline_apply (before a report is shown), baseline_write (what it found, for the next time)
 *
 * A finding is its rule, address and file: lines may move. Other members are passed over.
 */
#ifndef WORKER_SCAN_BASELINE_H
#define WORKER_SCAN_BASELINE_H

#include "worker/scan/report.h"

/* Findings that the file at path holds become FINDING_BASELINE. Entries that no finding fits are
 * in report->gone, where their rule was asked (rules) and nothing was left unread. ERR_REJECT: no
 * such file, or no baseline; ERR_FATAL. */
int baseline_apply(struct report *report, const char *path, const struct rule *const *rules,
                   size_t n_rules, struct err *err) MUST_USE;
/* Every finding that is not suppressed, known ones too. *n: how many. ERR_RETRY, ERR_FATAL. */
int baseline_write(const struct report *report, const char *path, size_t *n,
                   struct err *err) MUST_USE;

#endif
