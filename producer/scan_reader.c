/* Reading with patience; the story stands in scan_reader.h. */
#include "producer/scan_reader.h"

#include "common/clock.h"
#include "common/stop.h"

enum { POLL_MS = 200, PATIENCE_MS = 60000 };

int scan_reader_start(struct scan_reader *out, struct queue_scan *scan, struct err *err)
{
    int r = queue_scan_start(scan, err);

    if (r == 0)
        *out = (struct scan_reader){scan, clock_mono_ms()};
    return r;
}

int scan_reader_next(struct scan_reader *reader, struct queue_record **out, struct err *err)
{
    /* What the caller did with the last record is no silence of the broker's. */
    reader->heard_at_ms = clock_mono_ms();
    (void)err_set(err, ERR_RETRY, "no record came for %d seconds", PATIENCE_MS / 1000);
    while (!stop_requested()) {
        int r = queue_scan_next(reader->scan, POLL_MS, out, err);
        if (r == QUEUE_SCAN_END)
            return SCAN_READER_END;
        if (r == ERR_FATAL || *out != NULL)
            return r;
        if (clock_mono_ms() - reader->heard_at_ms >= PATIENCE_MS)
            return ERR_RETRY;
    }
    return SCAN_READER_STOPPED;
}
