/* What the sides of the HCL bench share; the story stands in side.h. */
#include "tests/bench/side.h"

#include <stdio.h>
#include <time.h>

#include "common/buf.h"
#include "common/files.h"

#define LIST_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define LINE_BYTES     4096

/* --- files --- */

void side_files_done(struct side_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->items[i].path);
        free(files->items[i].bytes);
    }
    free(files->items);
    *files = (struct side_files){0};
}

static int read_one(struct side_file *out, const char *directory, const char *path, struct err *err)
{
    CLEANUP(buf_done) struct buf name = BUF(LINE_BYTES);
    CLEANUP(buf_done) struct buf bytes = BUF(FILE_MAX_BYTES);

    buf_print(&name, "%s/%s", directory, path);
    int r = buf_check(&name, err);
    if (r == 0)
        r = files_read(buf_str(&name), &bytes, err);
    if (r < 0)
        return r;
    out->path = strdup(path);
    out->len = bytes.len;
    out->bytes = buf_take(&bytes);
    return out->path != NULL && out->bytes != NULL ? 0 : err_nomem(err);
}

static size_t count_lines(const char *text)
{
    size_t n = 1;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

int side_files_read(struct side_files *out, const char *directory, const char *list,
                    struct err *err)
{
    CLEANUP(buf_done) struct buf paths = BUF(LIST_MAX_BYTES);
    char *rest = NULL;

    int r = files_read(list, &paths, err);
    if (r < 0)
        return r;
    buf_text(&paths, "\n");
    r = buf_check(&paths, err);
    if (r < 0)
        return r;
    out->items = calloc(count_lines(paths.bytes), sizeof *out->items);
    if (out->items == NULL)
        return err_nomem(err);
    for (char *path = strtok_r(paths.bytes, "\n", &rest); path != NULL;
         path = strtok_r(NULL, "\n", &rest)) {
        r = read_one(&out->items[out->n++], directory, path, err);
        if (r < 0)
            return r;
        out->bytes += out->items[out->n - 1].len;
    }
    return 0;
}

/* --- turns --- */

int side_fail(const struct err *err)
{
    fprintf(stderr, "%s\n", err->text);
    return EXIT_FAILURE;
}

static int serve_line(const struct side_command *commands, void *context, char *line,
                      struct err *err)
{
    char *argument = line + strcspn(line, " ");

    if (*argument != '\0')
        *argument++ = '\0';
    for (; commands->name != NULL; commands++) {
        if (!str_eq(commands->name, line))
            continue;
        printf("%s", line);
        int r = commands->run(context, argument, err);
        printf("\n");
        fflush(stdout);
        return r;
    }
    return err_set(err, ERR_REJECT, "there is no command \"%s\"", line);
}

int side_serve(const struct side_command *commands, void *context, const char *ready)
{
    char line[LINE_BYTES];
    struct err err;

    printf("ready%s\n", ready);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (serve_line(commands, context, line, &err) < 0)
            return side_fail(&err);
    }
    return EXIT_SUCCESS;
}

/* --- measures --- */

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct side_moment side_now(void)
{
    return (struct side_moment){.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
                                .wall_ns = clock_ns(CLOCK_MONOTONIC)};
}

long side_memory_kb(const char *what)
{
    char line[256];
    long kb = 0;
    FILE *status = fopen("/proc/self/status", "re");

    if (status == NULL)
        return 0;
    while (kb == 0 && fgets(line, sizeof line, status) != NULL)
        if (str_starts(line, what))
            kb = strtol(line + strlen(what), NULL, 10);
    fclose(status);
    return kb;
}

static bool widen(int64_t **times, size_t cap)
{
    int64_t *grown = reallocarray(*times, cap, sizeof *grown);

    if (grown != NULL)
        *times = grown;
    return grown != NULL;
}

void side_times_add(struct side_times *times, struct side_moment begun, struct side_moment ended)
{
    if (times->n == times->cap) {
        size_t wider = times->cap == 0 ? 1024 : times->cap * 2;
        if (!widen(&times->cpu_ns, wider) || !widen(&times->wall_ns, wider)) {
            times->no_memory = true;
            return;
        }
        times->cap = wider;
    }
    times->cpu_ns[times->n] = ended.cpu_ns - begun.cpu_ns;
    times->wall_ns[times->n++] = ended.wall_ns - begun.wall_ns;
}

void side_times_done(struct side_times *times)
{
    free(times->cpu_ns);
    free(times->wall_ns);
    *times = (struct side_times){0};
}

static int earlier(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    return (*left > *right) - (*left < *right);
}

static void print_ordered(int64_t *ns, size_t n, const char *name, const char *clock)
{
    qsort(ns, n, sizeof *ns, earlier);
    printf(" %s%s_p50_ns=%lld %s%s_p99_ns=%lld", name, clock, (long long)ns[n / 2], name, clock,
           (long long)ns[n * 99 / 100]);
}

int side_times_print(struct side_times *times, const char *name, struct err *err)
{
    if (times->no_memory)
        return err_nomem(err);
    if (times->n == 0)
        return err_set(err, ERR_REJECT, "%s: nothing was measured", name);
    print_ordered(times->cpu_ns, times->n, name, "");
    print_ordered(times->wall_ns, times->n, name, "_wall");
    side_times_done(times);
    return 0;
}
