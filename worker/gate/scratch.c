/* Scratch: private directories for terraform's copies of the files. */
#include "worker/gate/gate_inside.h"

#include <errno.h>
#include <stdio.h>

#include "common/files.h"

int scratch_new(struct scratch *scratch, const char *parent, struct err *err)
{
    int n = snprintf(scratch->path, sizeof scratch->path, "%s/gate-XXXXXX", parent);

    if (n < 0 || (size_t)n >= sizeof scratch->path)
        return err_set(err, ERR_FATAL, "scratch directory %.200s: its path is too long", parent);
    if (mkdtemp(scratch->path) == NULL) {
        int why = errno;

        scratch->path[0] = '\0';
        return err_set(err, ERR_RETRY, "scratch directory in %.200s: %s", parent, strerror(why));
    }
    return 0;
}

void scratch_done(struct scratch *scratch)
{
    if (scratch->path[0] != '\0')
        files_remove_tree(scratch->path);
    scratch->path[0] = '\0';
}

int scratch_write(const char *root, const char *relative, const char *bytes, size_t len,
                  struct err *err)
{
    char path[8192];
    int n = snprintf(path, sizeof path, "%s/%s", root, relative);
    char *slash;
    int r;

    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(err, ERR_REJECT, "%.200s: the path is too long", relative);
    slash = strrchr(path, '/');
    *slash = '\0';
    r = files_make_directory(path, err);
    *slash = '/';
    return r < 0 ? r : files_write(path, bytes, len, err);
}
