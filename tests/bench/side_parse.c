/* A parser as a side: the same files again and again; the story stands in side.h. */
#include <stdio.h>

#include "tests/bench/side.h"

struct parsing {
    const struct side_parser *parser;
    struct side_files files;
};

/* Verdict and blocks of each file, to be compared with what the others say. Not timed. */
static int survey(void *context, const char *path, struct err *err)
{
    const struct parsing *run = context;
    size_t accepted = 0;
    size_t blocks = 0;
    FILE *out = fopen(path, "we");

    if (out == NULL)
        return err_set(err, ERR_REJECT, "%s: cannot be written", path);
    for (size_t i = 0; i < run->files.n; i++) {
        const struct side_file *file = &run->files.items[i];
        void *tree = run->parser->parse(file);
        size_t n = tree != NULL ? run->parser->blocks(tree) : 0;
        fprintf(out, "%s\t%s\t%zu\n", file->path, tree != NULL ? "accepted" : "refused", n);
        accepted += tree != NULL;
        blocks += n;
        if (tree != NULL)
            run->parser->drop(tree);
    }
    if (fclose(out) != 0)
        return err_set(err, ERR_REJECT, "%s: cannot be written", path);
    printf(" files=%zu bytes=%zu accepted=%zu blocks=%zu", run->files.n, run->files.bytes, accepted,
           blocks);
    return 0;
}

static void pass(const struct parsing *run)
{
    for (size_t i = 0; i < run->files.n; i++) {
        void *tree = run->parser->parse(&run->files.items[i]);
        if (tree != NULL)
            run->parser->drop(tree);
    }
}

/* Passes over all files until the milliseconds are over, one at least. */
static int turn(void *context, const char *milliseconds, struct err *err)
{
    CLEANUP(side_times_done) struct side_times times = {0};
    int64_t end_ns = side_now().wall_ns + strtoll(milliseconds, NULL, 10) * 1000000;

    do {
        struct side_moment begun = side_now();
        pass(context);
        side_times_add(&times, begun, side_now());
    } while (side_now().wall_ns < end_ns);
    printf(" passes=%zu peak_kb=%ld", times.n, side_memory_kb("VmHWM:"));
    return side_times_print(&times, "pass", err);
}

/* All trees at the same time: what an editor of a whole repository would hold. */
static int hold(void *context, const char *argument, struct err *err)
{
    const struct parsing *run = context;
    CLEANUP(mem_freep) void **trees = calloc(run->files.n + 1, sizeof *trees);

    (void)argument;
    if (trees == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < run->files.n; i++)
        trees[i] = run->parser->parse(&run->files.items[i]);
    printf(" held_kb=%ld", side_memory_kb("VmRSS:"));
    for (size_t i = 0; i < run->files.n; i++)
        if (trees[i] != NULL)
            run->parser->drop(trees[i]);
    return 0;
}

int side_parse_main(int argc, char **argv, const struct side_parser *parser)
{
    static const struct side_command commands[] = {
        {"survey", survey}, {"turn", turn}, {"hold", hold}, {NULL, NULL}};
    struct parsing run = {.parser = parser};
    struct err err;
    char ready[128];

    if (argc != 3) {
        fprintf(stderr, "usage: %s DIRECTORY LIST\n", argv[0]);
        return 2;
    }
    int r = side_files_read(&run.files, argv[1], argv[2], &err);
    snprintf(ready, sizeof ready, " files=%zu bytes=%zu loaded_kb=%ld", run.files.n,
             run.files.bytes, side_memory_kb("VmRSS:"));
    int status = r == 0 ? side_serve(commands, &run, ready) : side_fail(&err);
    side_files_done(&run.files);
    return status;
}
