/*
 * Scan reader: a topic read to its end with patience. Brokers that are away for less than a minute
 * cost nothing but time; a stop ends the reading.
 *
 *     scan_reader_start -> scan_reader_next … SCAN_READER_END
 */
#ifndef PRODUCER_SCAN_READER_H
#define PRODUCER_SCAN_READER_H

#include "common/kafka/queue_scan.h"

enum scan_reader_answer {
    SCAN_READER_STOPPED = 1, /* a stop was asked */
    SCAN_READER_END = 2,
};

struct scan_reader {
    struct queue_scan *scan;
    int64_t heard_at_ms;
};

/* Reads the scan's extents as they stand. ERR_RETRY. */
int scan_reader_start(struct scan_reader *out, struct queue_scan *scan, struct err *err) MUST_USE;
/* 0: *out is the next record. SCAN_READER_STOPPED, SCAN_READER_END, ERR_RETRY (a minute of
 * silence), ERR_FATAL. */
int scan_reader_next(struct scan_reader *reader, struct queue_record **out,
                     struct err *err) MUST_USE;

#endif
