/*
 * Circuit breaker: leaves a server alone that fails again and again. Pure: time is a parameter.
 *
 *     breaker_ask() -> 0: send, then breaker_report()      or how long to leave it alone
 *
 *     CLOSED --failures within window_ms--> OPEN --open_ms--> HALF_OPEN --the probe works--> CLOSED
 *                                            ^                    |
 *                                            +---the probe fails--+
 *
 * Only failures that are more than half of all that was reported since the first of them open it: a
 * busy server of which a few requests in a hundred fail is not left alone.
 *
 * Half open lets one request through, the probe; what comes meanwhile waits for its outcome. A
 * probe that never reports is given up after open_ms. What was sent before it opened, and reports
 * after, is not listened to.
 */
#ifndef COMMON_HTTP_BREAKER_H
#define COMMON_HTTP_BREAKER_H

#include "common/base.h"

#define BREAKER_FAILURES 5

struct breaker_rules {
    int64_t window_ms; /* BREAKER_FAILURES within it, and fewer that worked, open it */
    int64_t open_ms;
};

struct breaker_failure {
    int64_t at_ms;
    int64_t worked; /* before it */
};

struct breaker {                                       /* all zero: closed */
    struct breaker_failure failures[BREAKER_FAILURES]; /* a ring; only the first n_failed count */
    int n_failed, next;
    int64_t worked;
    bool open;
    bool probing;
    int64_t until_ms; /* open: until then nobody, or nobody but the probe, may send */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_HALF_OPEN, BREAKER_OPEN };
enum breaker_outcome {
    BREAKER_WORKED,
    BREAKER_FAILED,
    BREAKER_UNKNOWN, /* it was stopped, or never was its server's matter */
};

/* 0: send it, *is_probe is for the report. Else the milliseconds to wait. */
int64_t breaker_ask(struct breaker *breaker, const struct breaker_rules *rules, int64_t now_ms,
                    bool *is_probe);
void breaker_report(struct breaker *breaker, const struct breaker_rules *rules, int64_t now_ms,
                    bool is_probe, enum breaker_outcome outcome);
enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms);

#endif
