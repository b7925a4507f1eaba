/*
 * Progress: how far a long reading or sending is. A bar with what is left on a terminal, a plain
 * line every few seconds elsewhere. On standard error, so that standard output stays the answer.
 *
 *     struct progress progress = progress_start("replay")   .progress = progress_show
 *         -> progress_end(&progress)
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "common/base.h"

struct progress {
    const char *title;
    const char *what; /* the phase under way; NULL before the first */
    bool is_terminal, bar_stands;
    int64_t phase_at_ms, shown_at_ms;
};

struct progress progress_start(const char *title);
/* For struct replay_watch; context is the struct progress. what: "read" or "sent". */
void progress_show(void *context, const char *what, int64_t done, int64_t total, int64_t found);
void progress_end(struct progress *progress);

#endif
