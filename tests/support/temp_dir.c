/* See temp_dir.h. */
#include "tests/support/temp_dir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *what)
{
    perror(what);
    abort();
}

char *temp_dir_make(void)
{
    const char *base = getenv("TMPDIR");
    char *dir;

    if (asprintf(&dir, "%s/plumb.XXXXXX", base != NULL ? base : "/tmp") < 0 || mkdtemp(dir) == NULL)
        give_up("temp_dir_make");
    return dir;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void temp_dir_remove(char *dir)
{
    if (dir == NULL)
        return;
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

char *temp_file_write(const char *dir, const char *name, const char *text)
{
    char *path;

    if (asprintf(&path, "%s/%s", dir, name) < 0)
        give_up("temp_file_write");
    FILE *file = fopen(path, "we");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        give_up(path);
    return path;
}
