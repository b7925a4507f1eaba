/* The audit log's writer, and its verification; the story stands in chain.h. */
#include "worker/sink/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/fault.h"
#include "common/files.h"
#include "common/log.h"
#include "proto/audit.h"
#include "worker/sink/reader.h"
#include "worker/sink/seen.h"
#include "worker/sink/sink.h"

#define BATCH_MAX_BYTES (4 * LINE_MAX_BYTES)

struct chain {
    char path[PATH_MAX];
    int lock;
    int fd;
    off_t size; /* of what is synced */
    struct line_head head;
    struct seen *seen;
    struct buf batch;
};

/* --- walking over a log --- */

struct walk {
    struct line_head head;
    struct seen *seen; /* NULL: not wanted */
    int64_t lines;
    off_t good_end;    /* behind the last whole line */
    size_t tail_bytes; /* > 0: so many bytes without a newline follow */
    bool tail_is_torn; /* as a crash leaves it, and not a damaged newline */
    int64_t bad_line;
    char why[LINE_WHY_BYTES];
};

/* A whole line with something else in its newline's place was complete once. */
static bool is_torn(const struct walk *walk, const char *tail, size_t len)
{
    struct line_head head = walk->head;
    char id[SHA256_HEX_BYTES];
    char why[LINE_WHY_BYTES];

    return !line_check(tail, len - 1, &head, id, why);
}

static int take_line(struct walk *walk, const char *line, size_t len, struct err *err)
{
    char id[SHA256_HEX_BYTES];

    if (!line_check(line, len, &walk->head, id, walk->why)) {
        walk->bad_line = walk->lines + 1;
        return 0;
    }
    walk->lines++;
    return walk->seen != NULL ? seen_add(walk->seen, id, err) : 0;
}

static int walk_over(struct walk *walk, int fd, struct err *err)
{
    CLEANUP(reader_done) struct reader reader;
    const char *line = NULL;
    size_t len = 0;
    int r;

    reader_init(&reader, fd);
    line_head_init(&walk->head);
    while ((r = reader_next(&reader, &line, &len, err)) == 0) {
        r = take_line(walk, line, len, err);
        if (r < 0 || walk->bad_line > 0)
            return r;
        walk->good_end = reader.line_end;
    }
    if (r == READER_TOO_LONG) {
        walk->bad_line = walk->lines + 1;
        snprintf(walk->why, sizeof walk->why, "longer than %zu bytes", LINE_MAX_BYTES);
    }
    if (r == READER_TAIL) {
        walk->tail_bytes = len;
        walk->tail_is_torn = is_torn(walk, line, len);
    }
    return r < 0 ? r : 0;
}

int chain_verify(const char *path, struct chain_report *out, struct err *err)
{
    struct walk walk = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_REJECT : ERR_RETRY, "audit log %s: %s", path,
                       strerror(errno));
    int r = walk_over(&walk, fd, err);
    close(fd);
    if (r < 0)
        return r;

    if (walk.bad_line == 0 && walk.tail_bytes > 0) {
        walk.bad_line = walk.lines + 1;
        snprintf(walk.why, sizeof walk.why, "%zu bytes do not end with a newline", walk.tail_bytes);
    }
    *out = (struct chain_report){.lines = walk.lines, .bad_line = walk.bad_line};
    memcpy(out->head_sha256, walk.head.sha256, sizeof out->head_sha256);
    memcpy(out->why, walk.why, sizeof out->why);
    return 0;
}

/* --- opening --- */

static int lock_directory(struct chain *chain, const char *directory, struct err *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", directory, AUDIT_LOCK_NAME);
    chain->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (chain->lock < 0)
        return err_set(err, ERR_FATAL, "%s: %s", path, strerror(errno));
    if (flock(chain->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return err_set(err, ERR_FATAL,
                       "another sink writes to %s: one writer at a time; stop it first", directory);
    return err_set(err, ERR_FATAL, "lock %s: %s", path, strerror(errno));
}

static int cut_tail(struct chain *chain, const struct walk *walk, struct err *err)
{
    if (!walk->tail_is_torn)
        return err_set(err, ERR_FATAL, "%s: line %lld is damaged: its newline was overwritten",
                       chain->path, (long long)walk->lines + 1);
    if (ftruncate(chain->fd, walk->good_end) != 0 || fdatasync(chain->fd) != 0)
        return err_set(err, ERR_FATAL, "%s: cut the torn last line: %s", chain->path,
                       strerror(errno));
    LOG_WARN("audit.torn_line_cut", LOG_TEXT("path", chain->path),
             LOG_INT("after_line", walk->lines), LOG_INT("bytes", (int64_t)walk->tail_bytes));
    return 0;
}

static int recover(struct chain *chain, struct err *err)
{
    struct walk walk = {.seen = chain->seen};

    int r = walk_over(&walk, chain->fd, err);
    if (r < 0)
        return err_wrap(err, ERR_FATAL, "%s", chain->path);
    if (walk.bad_line > 0)
        return err_set(err, ERR_FATAL,
                       "%s: line %lld is damaged: %s; nothing is appended to it. Keep it as it is, "
                       "find out why, and start a new log in another AUDIT_DIR",
                       chain->path, (long long)walk.bad_line, walk.why);
    if (walk.tail_bytes > 0) {
        r = cut_tail(chain, &walk, err);
        if (r < 0)
            return r;
    }
    chain->size = walk.good_end;
    chain->head = walk.head;
    return 0;
}

/* A new file's name is on disk only when its directory is. */
static int sync_directory(const char *directory, struct err *err)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0)
        close(fd);
    return synced ? 0 : err_set(err, ERR_FATAL, "sync %s: %s", directory, strerror(why));
}

int chain_open(struct chain **out, const char *directory, struct err *err)
{
    CLEANUP(chain_closep) struct chain *chain = calloc(1, sizeof *chain);

    if (chain == NULL)
        return err_nomem(err);
    chain->lock = chain->fd = -1;
    chain->batch = BUF(BATCH_MAX_BYTES);
    if (snprintf(chain->path, sizeof chain->path, "%s/%s", directory, AUDIT_LOG_NAME) >=
        (int)sizeof chain->path)
        return err_set(err, ERR_FATAL, "the audit directory's name is too long");
    if (files_make_directory(directory, err) < 0)
        return ERR_FATAL;
    int r = lock_directory(chain, directory, err);
    if (r < 0)
        return r;

    chain->fd = open(chain->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (chain->fd < 0)
        return err_set(err, ERR_FATAL, "%s: %s", chain->path, strerror(errno));
    r = sync_directory(directory, err);
    if (r == 0)
        r = seen_new(&chain->seen, err);
    if (r == 0)
        r = recover(chain, err);
    if (r < 0)
        return r;
    *out = STEAL(chain);
    return 0;
}

void chain_close(struct chain *chain)
{
    if (chain == NULL)
        return;
    if (chain->fd >= 0)
        close(chain->fd);
    if (chain->lock >= 0)
        close(chain->lock);
    seen_free(chain->seen);
    buf_done(&chain->batch);
    free(chain);
}

const char *chain_path(const struct chain *chain)
{
    return chain->path;
}

const struct line_head *chain_head(const struct chain *chain)
{
    return &chain->head;
}

bool chain_has(const struct chain *chain, const char *audit_id)
{
    return seen_has(chain->seen, audit_id);
}

/* --- writing --- */

int chain_append(struct chain *chain, const struct audit_event *event,
                 const struct line_place *place, struct err *err)
{
    int r = line_write(&chain->batch, event, place, &chain->head, err);

    return r < 0 ? r : seen_add(chain->seen, event->event_id, err);
}

size_t chain_batch_bytes(const struct chain *chain)
{
    return chain->batch.len;
}

static bool is_for_want_of_room(int why)
{
    return why == ENOSPC || why == EDQUOT || why == EFBIG; /* the last: ulimit -f */
}

static int write_batch(struct chain *chain, struct err *err)
{
    size_t written = 0;

    while (written < chain->batch.len) {
        ssize_t n = FAULT_IO("sink.write",
                             pwrite(chain->fd, chain->batch.bytes + written,
                                    chain->batch.len - written, chain->size + (off_t)written));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, is_for_want_of_room(errno) ? ERR_RETRY : ERR_FATAL, "write %s: %s",
                           chain->path, strerror(errno));
        written += (size_t)n;
    }
    return 0;
}

int chain_sync(struct chain *chain, struct err *err)
{
    if (chain->batch.len == 0)
        return 0;
    int r = write_batch(chain, err);
    if (r < 0) {
        if (ftruncate(chain->fd, chain->size) != 0)
            return err_set(err, ERR_FATAL, "%s: cannot take back half a batch: %s", chain->path,
                           strerror(errno));
        return r;
    }
    FAULT_POINT("sink.written");
    /* After a failed sync the kernel may call pages clean that never reached the disk: no retry. */
    if (fdatasync(chain->fd) != 0)
        return err_set(err, ERR_FATAL, "sync %s: %s", chain->path, strerror(errno));

    chain->size += (off_t)chain->batch.len;
    buf_reset(&chain->batch);
    return 0;
}
