/* What a pipeline did: HTTP, metrics, the audit log and files; the story stands in pipeline.h. */
#include <arpa/inet.h>
#include <dirent.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

#define LOG_MAX_BYTES  ((size_t)256 * 1024 * 1024)
#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define POST_MS        60000

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 30};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

int pipeline_http(int port, const char *method, const char *path, const char *body, struct buf *out)
{
    CLEANUP(buf_done) struct buf answer = BUF(FILE_MAX_BYTES);
    char head[2048], piece[16384];
    size_t len = body != NULL ? strlen(body) : 0;
    int status = 0;
    ssize_t n;
    int fd = connect_to(port);

    if (fd < 0)
        return 0;
    snprintf(head, sizeof head,
             "%s %s HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: "
             "application/json\r\nContent-Length: %zu\r\n\r\n",
             method, path, len);
    if (send_all(fd, head, strlen(head)))
        (void)send_all(fd, body != NULL ? body : "", len); /* an early refusal may cut us off */
    while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
        buf_bytes(&answer, piece, (size_t)n);
    close(fd);
    if (sscanf(buf_str(&answer), "HTTP/%*s %d", &status) != 1)
        return 0;
    const char *blank = strstr(buf_str(&answer), "\r\n\r\n");
    if (out != NULL && blank != NULL)
        buf_text(out, blank + 4);
    return status;
}

void pipeline_post(int port, const char *path, const char *body)
{
    int64_t until_ms = clock_mono_ms() + POST_MS;
    int status = pipeline_http(port, "POST", path, body, NULL);

    while (status == 503 && clock_mono_ms() < until_ms) {
        usleep(100000);
        status = pipeline_http(port, "POST", path, body, NULL);
    }
    assert_int_equal(status, 202);
}

int64_t pipeline_metric(struct pipeline *p, size_t role, const char *name)
{
    CLEANUP(buf_done) struct buf page = BUF(FILE_MAX_BYTES);
    size_t len = strlen(name);
    double sum = 0;

    assert_int_equal(pipeline_http(p->roles[role].port, "GET", "/metrics", NULL, &page), 200);
    for (char *line = page.bytes; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (strncmp(line, name, len) == 0 && (line[len] == ' ' || line[len] == '{')) {
            char *space = line[len] == '{' ? strstr(line, "} ") + 1 : line + len;
            sum += strtod(space, NULL);
        }
        line = end != NULL ? end + 1 : NULL;
    }
    return (int64_t)sum;
}

static void run_git(const char *dir, const char *const *arguments)
{
    static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                              "HOME=/nonexistent",
                                              "GIT_CONFIG_NOSYSTEM=1",
                                              "GIT_AUTHOR_NAME=t",
                                              "GIT_AUTHOR_EMAIL=t@t",
                                              "GIT_COMMITTER_NAME=t",
                                              "GIT_COMMITTER_EMAIL=t@t",
                                              "GIT_AUTHOR_DATE=1700000000 +0000",
                                              "GIT_COMMITTER_DATE=1700000000 +0000",
                                              NULL};
    int status;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (chdir(dir) == 0)
            execvpe("git", (char *const *)arguments, (char *const *)environment);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0)
        fail_msg("git %s ended with %d", arguments[1], status);
}

void pipeline_repository(struct pipeline *p, const char *name, const char *const *files)
{
    char work[600], path[1400], bare[700];
    struct err err;

    snprintf(work, sizeof work, "%s/work/%s", p->dir, name);
    snprintf(bare, sizeof bare, "%s/repositories/%s.git", p->dir, name);
    assert_ok(files_make_directory(work, &err), err);
    for (size_t i = 0; files[i] != NULL; i += 2) {
        snprintf(path, sizeof path, "%s/%s", work, files[i]);
        *strrchr(path, '/') = '\0';
        assert_ok(files_make_directory(path, &err), err);
        snprintf(path, sizeof path, "%s/%s", work, files[i]);
        assert_ok(files_write(path, files[i + 1], strlen(files[i + 1]), &err), err);
    }
    run_git(work, (const char *const[]){"git", "init", "-q", "-b", "main", ".", NULL});
    run_git(work, (const char *const[]){"git", "add", ".", NULL});
    run_git(work, (const char *const[]){"git", "commit", "-q", "-m", "start", NULL});
    run_git(work, (const char *const[]){"git", "clone", "-q", "--bare", ".", bare, NULL});
}

struct json *pipeline_events(struct pipeline *p)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX_BYTES);
    struct json *events = json_array();
    char path[600];
    struct err err;

    snprintf(path, sizeof path, "%s/data/audit/audit.jsonl", p->dir);
    if (files_read(path, &text, &err) < 0)
        return events;
    for (char *line = text.bytes; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        struct json *event;
        if (end == NULL)
            break; /* being written */
        assert_ok(json_parse(&event, line, (size_t)(end - line), &err), err);
        json_push_give(events, event);
        line = end + 1;
    }
    return events;
}

static size_t count_ended(struct pipeline *p, struct buf *seen)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        const char *kind = json_get_text(event, "kind", "");
        if (!str_eq(kind, "item.ended") && !str_eq(kind, "record.rejected"))
            continue;
        n++;
        buf_print(seen, "%s %s %s\n", json_get_text(event, "node_id", ""),
                  json_get_text(event, "state", ""), json_get_text(event, "error_message", ""));
    }
    return n;
}

void pipeline_wait_ended(struct pipeline *p, size_t n, int64_t deadline_ms)
{
    int64_t until_ms = clock_mono_ms() + deadline_ms;

    for (;;) {
        CLEANUP(buf_done) struct buf seen = BUF(LOG_MAX_BYTES);
        size_t ended = count_ended(p, &seen);
        if (ended >= n)
            return;
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(p);
            fail_msg("%zu of %zu items ended:\n%s", ended, n, buf_str(&seen));
        }
        usleep(50000);
    }
}

void pipeline_wait_stopped(struct pipeline *p, size_t role, int64_t deadline_ms)
{
    int64_t until_ms = clock_mono_ms() + deadline_ms;

    for (;;) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)p->roles[role].pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
            info.si_code == CLD_STOPPED)
            return;
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(p);
            fail_msg("role %zu did not stop", role);
        }
        usleep(20000);
    }
}

/* nftw has no context: one walk at a time. */
static struct {
    const char *needle, *suffix;
    size_t n;
} walk;

static int count_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    if (kind == FTW_F && str_ends(path, walk.suffix))
        walk.n++;
    return 0;
}

size_t pipeline_count_files(struct pipeline *p, const char *sub, const char *suffix)
{
    char path[600];

    snprintf(path, sizeof path, "%s/%s", p->dir, sub);
    walk.suffix = suffix;
    walk.n = 0;
    (void)nftw(path, count_one, 16, FTW_PHYS);
    return walk.n;
}

static int grep_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    CLEANUP(buf_done) struct buf text = BUF(FILE_MAX_BYTES);
    struct err err;

    (void)info;
    (void)where;
    if (kind != FTW_F || files_read(path, &text, &err) < 0 || text.len == 0)
        return 0;
    if (memmem(text.bytes, text.len, walk.needle, strlen(walk.needle)) == NULL)
        return 0;
    printf("found in %s\n", path);
    walk.n++;
    return 0;
}

bool pipeline_grep(struct pipeline *p, const char *bytes)
{
    walk.needle = bytes;
    walk.n = 0;
    (void)nftw(p->dir, grep_one, 16, FTW_PHYS);
    return walk.n > 0;
}
