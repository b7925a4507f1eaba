/*
 * Fault points: named places where a test may make this process die, freeze or be lied to.
 *
 *     PLUMB_FAULT="push.ok:kill@2,fetch:reply"       the 2nd passing kills, the 1st reply is lost
 *     PLUMB_FAULT="@/path"                           the rules stand in a file, and may change
 *     PLUMB_FAULT="fetch=acme/r:kill"                only while this thread works on acme/r
 *
 *     FAULT_POINT("take.begun");                     a place between two steps
 *     r = FAULT_REPLY("push.ok", push(…), err);      passed when r is 0: the effect has happened
 *     n = FAULT_IO("sink.write", pwrite(…));         passed before the call
 *
 * Actions: kill (SIGKILL), stop (SIGSTOP), term (SIGTERM to itself), exit (_exit 70), pause (700
 * ms); reply: the caller is told ERR_RETRY, as if the answer had been lost; enospc, eio: the call
 * is not made and fails so. @n: at the n-th passing, 1 when absent. PLUMB_FAULT_TRACE=path: a line
 * for each point's first passing and for each act.
 *
 * PLUMB_FAULT_CLOCK="3600000" or "@/path": the wall clock is so many milliseconds off.
 *
 * Every name stands in fault_points.def. Compiled only into builds with PLUMB_FAULT_POINTS: a
 * release binary holds neither the names nor the code (tests/checks/faults).
 */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

#ifdef PLUMB_FAULT_POINTS
#include "common/base.h"

void fault_point(const char *name);
int fault_reply(const char *name, int r, struct err *err);
/* True: fail instead; errno is set. */
bool fault_io(const char *name);
int64_t fault_clock(void);
/* What this thread works on from now on; borrowed, NULL: nothing. */
void fault_subject(const char *subject);
/* With PLUMB_TOPIC_PREFIX before it, so that many tests share one broker; lives for ever. */
const char *fault_topic(const char *topic);

#define FAULT_POINT(name)         fault_point(name)
#define FAULT_REPLY(name, r, err) fault_reply(name, r, err)
#define FAULT_IO(name, call)      (fault_io(name) ? -1 : (call))
#define FAULT_TOPIC(topic)        fault_topic(topic)
#define FAULT_SUBJECT(subject)    fault_subject(subject)
#define FAULT_CLOCK()             fault_clock()
#else
#define FAULT_POINT(name)         ((void)0)
#define FAULT_REPLY(name, r, err) (r)
#define FAULT_IO(name, call)      (call)
#define FAULT_TOPIC(topic)        (topic)
#define FAULT_SUBJECT(subject)    ((void)0)
#define FAULT_CLOCK()             0
#endif

#endif
