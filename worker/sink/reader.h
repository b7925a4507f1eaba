/*
 * Reader: a file's lines from first to last, each at most LINE_MAX_BYTES, in one buffer.
 *
 *     reader_init(&reader, fd) -> reader_next() … -> reader_done()
 *
 * The file descriptor is borrowed and read with pread: nobody's position moves.
 */
#ifndef WORKER_SINK_READER_H
#define WORKER_SINK_READER_H

#include <sys/types.h>

#include "common/base.h"
#include "common/buf.h"

struct reader {
    int fd;
    struct buf block; /* bytes of the file not yet given out, from used on */
    size_t used;
    off_t offset;   /* in the file, of the block's end */
    off_t line_end; /* in the file, behind the newline of the last line that was given */
};

enum reader_answer {
    READER_END = 1,      /* every byte was given */
    READER_TAIL = 2,     /* bytes without a newline end the file: *line, *len */
    READER_TOO_LONG = 3, /* a line over the limit */
};

void reader_init(struct reader *out, int fd);
void reader_done(struct reader *reader);
/* The next line without its newline, borrowed until the next call. 0, a reader_answer, or
 * ERR_RETRY. */
int reader_next(struct reader *reader, const char **line, size_t *len, struct err *err) MUST_USE;

#endif
