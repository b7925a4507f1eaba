/*
 * History: the newest events for people, from the end of the audit log backwards. Only a view:
 * whether the log holds is chain_verify's question.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"
#include "worker/sink/sink.h"

enum { WINDOW_START = 64 * 1024, WINDOW_MAX = 16 * 1024 * 1024 };

/* The end of a log, from some byte of it on. */
struct window {
    char *bytes;
    size_t len; /* up to the last newline: a line being written is left out */
    bool whole; /* from the log's first byte on */
};

static int read_window(struct window *w, int fd, size_t bytes, struct err *err)
{
    struct stat about;
    size_t got = 0;

    if (fstat(fd, &about) != 0)
        return err_set(err, ERR_RETRY, "audit log: %s", strerror(errno));
    off_t from = about.st_size > (off_t)bytes ? about.st_size - (off_t)bytes : 0;
    size_t wanted = (size_t)(about.st_size - from);
    char *grown = realloc(w->bytes, wanted + 1);
    if (grown == NULL)
        return err_nomem(err);
    w->bytes = grown;
    while (got < wanted) {
        ssize_t n = pread(fd, w->bytes + got, wanted - got, from + (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_RETRY, "read the audit log: %s", strerror(errno));
        if (n == 0) /* cut meanwhile */
            break;
        got += (size_t)n;
    }
    const char *last = memrchr(w->bytes, '\n', got);
    w->len = last != NULL ? (size_t)(last - w->bytes) + 1 : 0;
    w->whole = from == 0;
    return 0;
}

/* As the source documents name them, then ours. */
static const char *const shown[] = {"audit_id",   "node_id", "suggestion_id", "action",
                                    "status",     "pr_url",  "error_message", "timestamp",
                                    "metadata",   "seq",     "fingerprint",   "kind",
                                    "generation", "state",   "details"};

static void show(struct json *list, const char *line, size_t len)
{
    CLEANUP(json_freep) struct json *event = NULL;
    struct err ignored;

    if (json_parse(&event, line, len, &ignored) != 0)
        return;
    struct json *entry = json_object();
    for (size_t i = 0; i < COUNT(shown); i++)
        json_set_give(entry, shown[i], json_copy(json_get(event, shown[i])));
    json_push_give(list, entry);
}

/* As the log writes it; text inside a string would have its quotes escaped. */
static bool is_wanted(enum history_what what, const char *line, size_t len)
{
    static const char *const ends[] = {"\"kind\":\"item.ended\"", "\"kind\":\"record.rejected\""};

    for (size_t i = 0; what == HISTORY_ENDS && i < COUNT(ends); i++)
        if (memmem(line, len, ends[i], strlen(ends[i])) != NULL)
            return true;
    return what == HISTORY_ALL;
}

/* How many of the limit newest are in the window, each put into list if there is one. A line whose
 * start lies before the window is left out. */
static size_t walk_back(const struct window *w, enum history_what what, size_t limit,
                        struct json *list)
{
    size_t end = w->len, n = 0;

    while (n < limit && end > 0) {
        const char *before = memrchr(w->bytes, '\n', end - 1);
        if (before == NULL && !w->whole)
            break;
        size_t start = before != NULL ? (size_t)(before - w->bytes) + 1 : 0;
        if (is_wanted(what, w->bytes + start, end - 1 - start)) {
            if (list != NULL)
                show(list, w->bytes + start, end - 1 - start);
            n++;
        }
        end = start;
    }
    return n;
}

static int read_enough(struct window *w, int fd, enum history_what what, size_t limit,
                       struct err *err)
{
    for (size_t bytes = WINDOW_START;; bytes *= 2) {
        int r = read_window(w, fd, bytes, err);
        if (r < 0)
            return r;
        if (w->whole || bytes >= WINDOW_MAX || walk_back(w, what, limit, NULL) == limit)
            return 0;
    }
}

int history_read(const char *path, enum history_what what, size_t limit, struct buf *out,
                 struct err *err)
{
    CLEANUP(json_freep) struct json *list = json_array();
    struct window window = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_REJECT : ERR_RETRY, "audit log %s: %s", path,
                       strerror(errno));
    int r = read_enough(&window, fd, what, limit, err);
    close(fd);
    if (r == 0) {
        walk_back(&window, what, limit, list);
        json_write(list, JSON_COMPACT, out);
        r = buf_check(out, err);
    }
    free(window.bytes);
    return r;
}
