/*
 * Replays the kept inputs of every fuzz target: fuzz_replay tests/data/fuzz
 *
 * Each directory there is named after a target; each file in it is one input. A property that does
 * not hold, or a sanitizer, ends the run, with the file's name as the last line before.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>

#include "common/files.h"

#define INPUT_MAX_BYTES ((size_t)4 * 1024 * 1024)

typedef int (*target_fn)(const uint8_t *data, size_t size);

#define FUZZ_TARGET(name) int name(const uint8_t *data, size_t size);
#include "fuzz_targets.h"
#undef FUZZ_TARGET

static const struct {
    const char *name;
    target_fn run;
} targets[] = {
#define FUZZ_TARGET(name) {#name, name},
#include "fuzz_targets.h"
#undef FUZZ_TARGET
};

static int replay_one(target_fn run, const char *path)
{
    CLEANUP(buf_done) struct buf bytes = BUF(INPUT_MAX_BYTES);
    struct err err;

    if (files_read(path, &bytes, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    printf("%s\n", path);
    fflush(stdout);
    /* A copy of just that size, so that a byte read past the end is seen. */
    CLEANUP(mem_freep) uint8_t *exact = malloc(bytes.len > 0 ? bytes.len : 1);
    assert(exact != NULL);
    memcpy(exact, buf_str(&bytes), bytes.len);
    run(exact, bytes.len);
    return 0;
}

/* How many inputs were replayed, or -1. */
static int replay_directory(target_fn run, const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    if (dir == NULL) {
        fprintf(stderr, "%s: no inputs are kept for this target\n", path);
        return -1;
    }
    for (struct dirent *entry; n >= 0 && (entry = readdir(dir)) != NULL;) {
        char file[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        n = replay_one(run, file) < 0 ? -1 : n + 1;
    }
    closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    int total = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: fuzz_replay DIRECTORY\n");
        return 2;
    }
    for (size_t i = 0; i < COUNT(targets); i++) {
        char path[2048];
        snprintf(path, sizeof path, "%s/%s", argv[1], targets[i].name);
        int n = replay_directory(targets[i].run, path);
        if (n <= 0)
            return 1;
        total += n;
    }
    printf("%d inputs through %zu targets\n", total, COUNT(targets));
    return 0;
}
