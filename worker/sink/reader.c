/* Lines of a file; the story stands in reader.h. */
#include "worker/sink/reader.h"

#include <errno.h>
#include <unistd.h>

#include "worker/sink/line.h"

enum { READ_BYTES = 128 * 1024 };

void reader_init(struct reader *out, int fd)
{
    *out = (struct reader){.fd = fd, .block = BUF(LINE_MAX_BYTES + 2 * READ_BYTES)};
}

void reader_done(struct reader *reader)
{
    buf_done(&reader->block);
}

/* What was given out goes to make room. */
static void shift(struct reader *reader)
{
    struct buf *block = &reader->block;

    if (reader->used == 0)
        return;
    memmove(block->bytes, block->bytes + reader->used, block->len - reader->used);
    block->len -= reader->used;
    reader->used = 0;
}

/* *n is 0 at the file's end. */
static int read_more(struct reader *reader, size_t *n, struct err *err)
{
    CLEANUP(mem_freep) char *bytes = malloc(READ_BYTES);
    ssize_t got;

    if (bytes == NULL)
        return err_nomem(err);
    do
        got = pread(reader->fd, bytes, READ_BYTES, reader->offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_RETRY, "read the audit log: %s", strerror(errno));
    shift(reader);
    buf_bytes(&reader->block, bytes, (size_t)got);
    reader->offset += got;
    *n = (size_t)got;
    return buf_check(&reader->block, err);
}

int reader_next(struct reader *reader, const char **line, size_t *len, struct err *err)
{
    size_t searched = 0;

    for (;;) {
        size_t left = reader->block.len - reader->used;
        const char *start = buf_str(&reader->block) + reader->used;
        const char *newline =
            left > searched ? memchr(start + searched, '\n', left - searched) : NULL;
        if (newline != NULL) {
            *line = start;
            *len = (size_t)(newline - start);
            reader->used += *len + 1;
            reader->line_end += (off_t)*len + 1;
            return 0;
        }
        if (left > LINE_MAX_BYTES)
            return READER_TOO_LONG;
        searched = left;

        size_t n = 0;
        int r = read_more(reader, &n, err);
        if (r < 0)
            return r;
        if (n == 0) {
            *line = buf_str(&reader->block) + reader->used;
            *len = left;
            return left > 0 ? READER_TAIL : READER_END;
        }
    }
}
