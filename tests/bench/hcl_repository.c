/*
 * Ours on a whole repository, as a side of the HCL bench: opening it, locating ARNs in it, editing
 * what was found. Beside each stands what the machine itself needs for the bytes.
 *
 *     bench_hcl_repository DIRECTORY LIST EXPECTED
 *
 * open TIMES    every file parsed, every root module opened with its children; then the bare
 * reading of the same files from disk, and a copy of their bytes locate FRESH  each ARN of EXPECTED
 * sought in all roots as the worker seeks it: in one repository where others were sought before,
 * and FRESH of them in one just opened; then the name sought as text in all bytes edit          an
 * argument changed and one added, for each row: with the tree at hand, with the file parsed first,
 * and libgit2's unified diff of the two texts
 *
 * Each answer is held against EXPECTED; a wrong one is counted, and the bench fails for it.
 */
#include <fcntl.h>
#include <git2.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/bench/hcl_repository.h"
#include "worker/hcl/locate/locate.h"
#include "worker/hcl/aws/types.h"

#define MATCHES_MAX 8
/* Questions to one repository. Its answers live until it dies, so it has a bound; a worker asks it
 * about one item. */
#define WARM_QUESTIONS 100

/* --- open --- */

static int add_files(struct repository *run, struct hcl_repo *repo, struct err *err)
{
    for (size_t i = 0; i < run->files.n; i++) {
        const struct side_file *file = &run->files.items[i];
        int r = hcl_repo_add(repo, file->path, file->bytes, file->len, err);
        if (r < 0)
            return r;
        if (hcl_repo_broken(repo, file->path) != NULL)
            return err_set(err, ERR_REJECT, "%.200s", hcl_repo_broken(repo, file->path));
    }
    return 0;
}

static int open_roots(struct repository *run, struct hcl_repo *repo, struct err *err)
{
    run->n_roots = hcl_repo_roots(repo, "", run->roots, ROOTS_MAX);
    if (run->n_roots > ROOTS_MAX)
        return err_set(err, ERR_REJECT, "more than %d root modules", ROOTS_MAX);
    for (size_t i = 0; i < run->n_roots; i++) {
        int r = hcl_module_open(repo, run->roots[i], &run->modules[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int open_repository(struct repository *run, struct hcl_repo **out, struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;

    int r = hcl_repo_new(&repo, err);
    if (r == 0)
        r = add_files(run, repo, err);
    if (r == 0)
        r = open_roots(run, repo, err);
    if (r == 0)
        *out = STEAL(repo);
    return r;
}

/* The bytes of every file once through read(2) into one buffer: no parser can be faster. */
static int read_files(const struct repository *run, char *buffer, size_t size, struct err *err)
{
    size_t bytes = 0;
    char path[4096];

    for (size_t i = 0; i < run->files.n; i++) {
        snprintf(path, sizeof path, "%s/%s", run->directory, run->files.items[i].path);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, buffer, size) : -1;
        if (fd >= 0)
            close(fd);
        bytes += n > 0 ? (size_t)n : 0;
    }
    if (bytes != run->files.bytes)
        return err_set(err, ERR_REJECT, "read %zu of %zu bytes", bytes, run->files.bytes);
    return 0;
}

struct opening {
    struct side_times parse, modules, all, read, copy;
};

static void opening_done(struct opening *times)
{
    side_times_done(&times->parse);
    side_times_done(&times->modules);
    side_times_done(&times->all);
    side_times_done(&times->read);
    side_times_done(&times->copy);
}

static int time_limits(const struct repository *run, struct opening *times, struct err *err)
{
    CLEANUP(mem_freep) char *buffer = malloc(run->files.bytes + 1);
    size_t used = 0;

    if (buffer == NULL)
        return err_nomem(err);
    memset(buffer, 1, run->files.bytes); /* its pages are there before the clock starts */
    struct side_moment begun = side_now();
    int r = read_files(run, buffer, run->files.bytes, err);
    side_times_add(&times->read, begun, side_now());

    begun = side_now();
    for (size_t i = 0; i < run->files.n; i++) {
        memcpy(buffer + used, run->files.items[i].bytes, run->files.items[i].len);
        used += run->files.items[i].len;
    }
    __asm__ volatile("" : : "r"(buffer) : "memory"); /* the copy is wanted */
    side_times_add(&times->copy, begun, side_now());
    return r;
}

static int time_opening(struct repository *run, struct opening *times, size_t *resources,
                        struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;

    struct side_moment begun = side_now();
    int r = hcl_repo_new(&repo, err);
    if (r == 0)
        r = add_files(run, repo, err);
    struct side_moment parsed = side_now();
    if (r == 0)
        r = open_roots(run, repo, err);
    if (r < 0)
        return r;
    struct side_moment opened = side_now();
    side_times_add(&times->parse, begun, parsed);
    side_times_add(&times->modules, parsed, opened);
    side_times_add(&times->all, begun, opened);
    *resources = 0;
    for (size_t i = 0; i < run->n_roots; i++)
        *resources += hcl_resource_count(run->modules[i]);
    return time_limits(run, times, err);
}

static int open_and_time(void *context, const char *argument, struct err *err)
{
    CLEANUP(opening_done) struct opening times = {0};
    struct repository *run = context;
    size_t again = strtoul(argument, NULL, 10);
    size_t resources;
    int r = 0;

    for (size_t i = 0; r == 0 && i < (again > 0 ? again : 1); i++)
        r = time_opening(run, &times, &resources, err);
    if (r < 0)
        return r;
    printf(" roots=%zu resources=%zu peak_kb=%ld", run->n_roots, resources,
           side_memory_kb("VmHWM:"));
    r = side_times_print(&times.parse, "parse", err);
    if (r == 0)
        r = side_times_print(&times.modules, "modules", err);
    if (r == 0)
        r = side_times_print(&times.all, "open", err);
    if (r == 0)
        r = side_times_print(&times.read, "read", err);
    return r == 0 ? side_times_print(&times.copy, "copy", err) : r;
}

/* --- locate --- */

/* In every root, as the worker does; true when it is the one resource, with its key. */
static bool locate(struct repository *run, struct hcl_repo *repo, const struct expected_row *row,
                   struct err *err)
{
    struct hcl_query query = {.arn = row->arn, .type = hcl_type_of_arn(row->arn)};
    struct hcl_match matches[MATCHES_MAX];
    size_t n_found = 0;
    bool is_right = false;

    for (size_t i = 0; i < run->n_roots; i++) {
        if (hcl_module_open(repo, run->roots[i], &run->modules[i], err) < 0)
            return false;
        size_t n = hcl_locate(run->modules[i], &query, matches, MATCHES_MAX);
        n_found += n;
        if (n != 1)
            continue;
        const struct hcl_match *match = &matches[0];
        is_right = str_eq(run->roots[i], row->root) && match->instance != NULL &&
                   str_eq(match->instance->address, row->address) &&
                   str_eq(match->resource->file->path, row->file);
    }
    return n_found == 1 && is_right;
}

static int locate_warm(struct repository *run, size_t *wrong, struct err *err)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    CLEANUP(side_times_done) struct side_times times = {0};

    for (size_t i = 0; i < run->expected.n; i++) {
        if (i % WARM_QUESTIONS == 0) {
            hcl_repo_free(STEAL(repo));
            int r = open_repository(run, &repo, err);
            if (r < 0)
                return r;
        }
        struct side_moment begun = side_now();
        bool is_right = locate(run, repo, &run->expected.rows[i], err);
        side_times_add(&times, begun, side_now());
        *wrong += !is_right;
    }
    return side_times_print(&times, "warm", err);
}

static int locate_fresh(struct repository *run, size_t n, size_t *wrong, struct err *err)
{
    CLEANUP(side_times_done) struct side_times times = {0};

    for (size_t i = 0; i < n && i < run->expected.n; i++) {
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
        int r = open_repository(run, &repo, err);
        if (r < 0)
            return r;
        struct side_moment begun = side_now();
        *wrong += !locate(run, repo, &run->expected.rows[i * run->expected.n / n], err);
        side_times_add(&times, begun, side_now());
    }
    return side_times_print(&times, "fresh", err);
}

/* The ARN's name in all bytes, as a text search would: fast, and nothing is found where names are
 * put together. */
static int search_text(const struct repository *run, struct err *err)
{
    CLEANUP(side_times_done) struct side_times times = {0};
    size_t found = 0;

    for (size_t i = 0; i < run->expected.n; i++) {
        struct hcl_arn arn;
        bool is_there = false;
        if (!hcl_arn_parse(run->expected.rows[i].arn, &arn))
            return err_set(err, ERR_REJECT, "%s is not understood", run->expected.rows[i].arn);
        struct side_moment begun = side_now();
        for (size_t f = 0; f < run->files.n && !is_there; f++)
            is_there = memmem(run->files.items[f].bytes, run->files.items[f].len, arn.name,
                              strlen(arn.name)) != NULL;
        side_times_add(&times, begun, side_now());
        found += is_there;
    }
    printf(" text_found=%zu", found);
    return side_times_print(&times, "text", err);
}

static int locate_and_time(void *context, const char *fresh, struct err *err)
{
    struct repository *run = context;
    size_t wrong = 0;

    int r = locate_warm(run, &wrong, err);
    if (r == 0)
        r = locate_fresh(run, strtoul(fresh, NULL, 10), &wrong, err);
    if (r == 0)
        r = search_text(run, err);
    printf(" arns=%zu wrong=%zu peak_kb=%ld", run->expected.n, wrong, side_memory_kb("VmHWM:"));
    return r;
}

int main(int argc, char **argv)
{
    static const struct side_command commands[] = {{"open", open_and_time},
                                                   {"locate", locate_and_time},
                                                   {"edit", repository_edit},
                                                   {NULL, NULL}};
    static struct repository run;
    struct err err;
    char ready[128];

    if (argc != 4) {
        fprintf(stderr, "usage: %s DIRECTORY LIST EXPECTED\n", argv[0]);
        return 2;
    }
    git_libgit2_init();
    run.directory = argv[1];
    int r = side_files_read(&run.files, argv[1], argv[2], &err);
    if (r == 0)
        r = expected_read(&run.expected, argv[3], &err);
    snprintf(ready, sizeof ready, " files=%zu bytes=%zu loaded_kb=%ld", run.files.n,
             run.files.bytes, side_memory_kb("VmRSS:"));
    int status = r == 0 ? side_serve(commands, &run, ready) : side_fail(&err);
    side_files_done(&run.files);
    expected_done(&run.expected);
    git_libgit2_shutdown();
    return status;
}
