/* Files and terraform for the HCL tests; the story stands in hcl_corpus.h. */
#include "tests/support/hcl_corpus.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define OPEN_DIRECTORIES 16

/* nftw passes no context. */
static struct hcl_corpus *loading;
static size_t root_len;

static bool read_file(const char *path, struct corpus_file *out)
{
    FILE *file = fopen(path, "rb");
    size_t cap = 64 * 1024;
    size_t n;

    if (file == NULL)
        return false;
    out->bytes = malloc(cap);
    out->len = 0;
    while (out->bytes != NULL && (n = fread(out->bytes + out->len, 1, cap - out->len, file)) > 0) {
        out->len += n;
        if (out->len < cap)
            continue;
        cap *= 2;
        char *more = realloc(out->bytes, cap);
        if (more == NULL)
            free(out->bytes);
        out->bytes = more;
    }
    fclose(file);
    return out->bytes != NULL;
}

static int visit(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    struct hcl_corpus *c = loading;

    (void)info;
    (void)walk;
    if (kind != FTW_F || !str_ends(path, ".tf"))
        return 0;
    if (c->n == c->cap) {
        size_t cap = c->cap * 2 + 64;
        struct corpus_file *more = reallocarray(c->items, cap, sizeof *more);
        if (more == NULL)
            return 1;
        c->items = more;
        c->cap = cap;
    }
    struct corpus_file *file = &c->items[c->n];
    file->path = strdup(path + root_len + 1);
    if (file->path == NULL || !read_file(path, file)) {
        free(file->path);
        return 1;
    }
    c->n++;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct corpus_file *)a)->path, ((const struct corpus_file *)b)->path);
}

struct hcl_corpus *hcl_corpus_of(const char *directory)
{
    CLEANUP(hcl_corpus_freep) struct hcl_corpus *corpus = calloc(1, sizeof *corpus);

    loading = corpus;
    root_len = strlen(directory);
    if (corpus == NULL || nftw(directory, visit, OPEN_DIRECTORIES, FTW_PHYS) != 0 || corpus->n == 0)
        return NULL;
    qsort(corpus->items, corpus->n, sizeof *corpus->items, by_path);
    return STEAL(corpus);
}

struct hcl_corpus *hcl_corpus_load(void)
{
    const char *named = getenv("PLUMB_CORPUS");
    const char *source = getenv("PLUMB_SOURCE_DIR");
    char path[4096];

    if (named != NULL)
        return hcl_corpus_of(named);
    snprintf(path, sizeof path, "%s/../shared/corpus", source != NULL ? source : ".");
    return hcl_corpus_of(path);
}

void hcl_corpus_free(struct hcl_corpus *corpus)
{
    if (corpus == NULL)
        return;
    for (size_t i = 0; i < corpus->n; i++) {
        free(corpus->items[i].path);
        free(corpus->items[i].bytes);
    }
    free(corpus->items);
    free(corpus);
}

bool hcl_fmt_available(void)
{
    return system("command -v terraform >/dev/null 2>&1") == 0;
}

int hcl_fmt(const char *dir, const char *options, struct buf *output)
{
    char command[4096];
    char chunk[4096];
    size_t n;

    /* Neither a version check over the network nor a person's own configuration. */
    snprintf(command, sizeof command,
             "cd '%s' && CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null "
             "terraform fmt -no-color -recursive %s 2>&1",
             dir, options);
    FILE *pipe = popen(command, "r");
    if (pipe == NULL)
        return -1;
    while ((n = fread(chunk, 1, sizeof chunk, pipe)) > 0)
        buf_bytes(output, chunk, n);
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* splitmix64 */
uint32_t hcl_dice(uint64_t *seed, uint32_t sides)
{
    uint64_t x = *seed += 0x9E3779B97F4A7C15U;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return (uint32_t)((x ^ (x >> 31)) % sides);
}
