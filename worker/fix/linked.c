#include "worker/fix/linked.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* A symlink that has gone since, or leads out, has no file here. */
static int add_target(struct names *linked, const char *top, const char *path, struct err *err)
{
    CLEANUP(mem_freep) char *real = realpath(path, NULL);
    size_t len = strlen(top);

    if (real == NULL || !str_starts(real, top) || real[len] != '/')
        return 0;
    return names_add(linked, real + len + 1, err);
}

int linked_find(struct names *linked, const struct hcl_repo *repo, const char *directory,
                struct err *err)
{
    CLEANUP(mem_freep) char *top = realpath(directory, NULL);
    char full[PATH_MAX];
    const char *path;
    struct stat at;
    int r = 0;

    for (size_t i = 0; r == 0 && top != NULL && (path = hcl_repo_path(repo, i)) != NULL; i++) {
        int n = snprintf(full, sizeof full, "%s/%s", top, path);
        if (n < 0 || (size_t)n >= sizeof full || lstat(full, &at) != 0 || !S_ISLNK(at.st_mode))
            continue;
        r = names_add(linked, path, err);
        if (r == 0)
            r = add_target(linked, top, full, err);
    }
    return r;
}
