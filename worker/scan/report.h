/*
 * Report: what a scan found, kept and put in order, for a person or a machine to read.
 *
 *     report_new -> report_watch (to scan_read, scan_repo) -> report_finish -> baseline.h
 *         -> formats.h -> report_free
 *
 * Findings stand by file and line, the worst first; one for each rule and block. Texts are copies,
 * so the repo may go; the rules are borrowed.
 */
#ifndef WORKER_SCAN_REPORT_H
#define WORKER_SCAN_REPORT_H

#include "common/arena.h"
#include "common/digest.h"
#include "worker/scan/marks.h"
#include "worker/scan/scan.h"

enum finding_status {
    FINDING_NEW,
    FINDING_BASELINE,   /* known, and accepted for now */
    FINDING_SUPPRESSED, /* a comment says so */
    FINDING_UNKNOWN,    /* no finding, and not compliant either */
};
const char *finding_status_name(enum finding_status status);

struct finding {
    const struct rule *rule;
    enum rule_verdict verdict; /* RULE_FAILS or RULE_UNKNOWN */
    enum finding_status status;
    const char *address;
    const char *root; /* its directory; "" is the top */
    const char *file; /* from the scanned directory on */
    int line, last_line;
    const char *why;
    size_t n_more_roots;   /* that show the same block */
    const char *mark;      /* suppressed: by what ("checkov:skip=CKV_AWS_18"), else NULL */
    const char *reason;    /* and with what reason; "" none */
    const char *mark_file; /* and where */
    int mark_line;
    char fingerprint[SHA256_HEX_BYTES]; /* of rule, address and file: lines may move */
    size_t order;
};

struct report_trouble {
    enum scan_trouble_kind kind;
    const char *path;
    const char *text;
    size_t n_roots; /* root modules that are not looked at for it */
};

struct report_mark { /* a comment that deserves a word */
    const char *mark, *file;
    int line;
    enum scan_mark_state state;
    const char *words; /* "is over since 2026-01-02", "gives no reason" … */
};

struct report_gone { /* in the baseline, and not in the tree any more */
    const char *fingerprint, *rule, *address, *file;
};

struct report {
    struct arena *arena;
    struct finding *findings;
    size_t n_findings, cap_findings;
    struct report_trouble *troubles;
    size_t n_troubles, cap_troubles;
    struct report_mark *marks;
    size_t n_marks, cap_marks;
    struct report_gone *gone; /* in the arena */
    size_t n_gone;
    bool has_baseline;
    bool all_asked; /* set before the scan: every rule there is was asked */
    size_t n_rules;
    struct scan_counts counts;
};

int report_new(struct report **out, struct err *err) MUST_USE;
void report_free(struct report *report);
DEFINE_CLEANUP(struct report *, report_free)
struct scan_watch report_watch(struct report *report);
/* Puts everything in order; once, after the scan. */
void report_finish(struct report *report, const struct scan_counts *counts, size_t n_rules);

enum { SEVERITIES = 4 };
/* "low" is 0, "critical" 3; -1 for none of them. */
int severity_rank(const char *severity);
const char *severity_name(int rank);

struct report_totals {
    size_t new_ones, by_severity[SEVERITIES]; /* of the new ones */
    size_t baseline, suppressed, unknown;
    size_t files; /* with new ones */
};
void report_totals(const struct report *report, struct report_totals *out);

#endif
