/* What the tests with terraform as the judge share; the story stands in hcl_oracle.h. */
#include "tests/support/hcl_oracle.h"

#include <stdio.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

struct oracle oracle;

void oracle_need(const void *what, const char *name)
{
    if (what != NULL)
        return;
    fprintf(stderr, "SKIPPED: no %s; set PLUMB_CORPUS, put terraform on the PATH\n", name);
    skip();
}

const char *oracle_new_dir(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", oracle.scratch, name);
    assert_int_equal(mkdir(path, 0755), 0);
    return path;
}

void oracle_write(const char *dir, size_t number, const char *bytes, size_t len)
{
    char path[4200];

    snprintf(path, sizeof path, "%s/f%05zu.tf", dir, number);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

struct hcl_file *oracle_parse(const char *path, const char *bytes, size_t len)
{
    struct hcl_file *file = NULL;
    struct err err = {0};

    return hcl_parse(&file, path, bytes, len, &err) == 0 ? file : NULL;
}

int oracle_set_up(void **state)
{
    (void)state;
    oracle.scratch = temp_dir_make();
    oracle.told = BUF(ORACLE_OUTPUT_MAX);
    oracle.corpus = hcl_corpus_load();
    if (oracle.corpus == NULL || !hcl_fmt_available())
        return 0;
    const char *dir = oracle_new_dir("canonical");
    for (size_t i = 0; i < oracle.corpus->n; i++)
        oracle_write(dir, i, oracle.corpus->items[i].bytes, oracle.corpus->items[i].len);
    (void)hcl_fmt(dir, "", &oracle.told);
    oracle.canonical = hcl_corpus_of(dir);
    return oracle.canonical != NULL ? 0 : -1;
}

int oracle_tear_down(void **state)
{
    (void)state;
    hcl_corpus_free(oracle.corpus);
    hcl_corpus_free(oracle.canonical);
    buf_done(&oracle.told);
    temp_dir_remove(oracle.scratch);
    return 0;
}
