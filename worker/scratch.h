/*
 * Scratch: a private directory of this process for what terraform needs on disk. A worker that was
 * killed leaves its directory behind; the next to start removes it.
 *
 *     scratch_open(&scratch, data_dir, err) -> scratch.path … -> scratch_close(&scratch)
 *
 * Who owns a directory is told by a lock on a file in it, not by a process id: workers in several
 * containers may share DATA_DIR, and their ids mean nothing to each other.
 */
#ifndef WORKER_SCRATCH_H
#define WORKER_SCRATCH_H

#include "common/base.h"

struct scratch {
    char path[1100];
    int lock; /* open while it is ours; 0: not open */
};

int scratch_open(struct scratch *out, const char *data_dir,
                 struct err *err) MUST_USE; /* ERR_RETRY */
void scratch_close(struct scratch *scratch);

#endif
