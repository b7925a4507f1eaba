/*
 * Stop: SIGTERM and SIGINT ask the process to drain; it has STOP_DRAIN_MS. A second signal, or
 * the deadline, ends it at once (exit 1); one within STOP_SAME_WISH_MS of the first is the same
 * wish (a key pressed twice, a signal from the terminal and one from a parent).
 *
 *     stop_install();  while (!stop_requested()) { …; stop_wait(1000); }
 *
 * Also ignores SIGPIPE. stop_request() asks the same from inside. Any thread.
 */
#ifndef COMMON_STOP_H
#define COMMON_STOP_H

#include "common/base.h"

#define STOP_DRAIN_MS     25000
#define STOP_SAME_WISH_MS 1000

void stop_install(void);
bool stop_requested(void);
void stop_request(void);
/* Sleeps up to ms, or until a stop is asked; returns stop_requested(). */
bool stop_wait(int64_t ms);
/* In a freshly forked child that goes on without exec: a stop of its own, unasked, and installed.
 */
void stop_forked(void);
void stop_reset(void); /* tests only */

#endif
