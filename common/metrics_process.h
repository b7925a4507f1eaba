/*
 * What Prometheus' own client libraries say about every process: processor time, memory, file
 * descriptors, start. Read from /proc when asked; only metrics.c asks.
 */
#ifndef COMMON_METRICS_PROCESS_H
#define COMMON_METRICS_PROCESS_H

#include "common/buf.h"

void metrics_process_render(struct buf *out);

#endif
