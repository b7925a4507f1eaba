/* Local refs; the story stands in local_ref.h. */
#include "worker/forge/local_ref.h"

#include <limits.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/files.h"
#include "worker/forge/forge.h"
#include "worker/forge/names.h"

#define REF_MAX_BYTES    4096
#define PACKED_MAX_BYTES ((size_t)64 * 1024 * 1024)

static bool read_file(const char *dir, const char *name, struct buf *out)
{
    char path[PATH_MAX];
    struct err ignored;
    int len = snprintf(path, sizeof path, "%s/%s", dir, name);

    return len > 0 && (size_t)len < sizeof path && files_read(path, out, &ignored) == 0;
}

/* Copies the id that text begins with, if end follows it. */
static bool copy_id(const char *text, char end, char out[LOCAL_ID_BYTES])
{
    size_t len = strspn(text, "0123456789abcdef");

    if ((len != 40 && len != 64) || text[len] != end)
        return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

int local_ref_default(const char *repository_dir, char *out, size_t size, struct err *err)
{
    static const char prefix[] = "ref: refs/heads/";
    CLEANUP(buf_done) struct buf head = BUF(REF_MAX_BYTES);
    struct err ignored;

    if (!read_file(repository_dir, "HEAD", &head))
        return err_set(err, ERR_REJECT, "no bare repository at %s", repository_dir);
    if (head.len > 0 && head.bytes[head.len - 1] == '\n')
        head.bytes[head.len - 1] = '\0';
    if (!str_starts(buf_str(&head), prefix) ||
        forge_check_branch(head.bytes + strlen(prefix), &ignored) < 0 ||
        !str_copy(out, size, head.bytes + strlen(prefix)))
        return err_set(err, ERR_REJECT, "HEAD of %s names no branch", repository_dir);
    return 0;
}

/* "id refs/heads/x" lines, comments and "^peeled" lines between them. */
static bool find_packed(const char *packed, const char *ref, char out[LOCAL_ID_BYTES])
{
    size_t ref_len = strlen(ref);

    for (const char *line = packed; line != NULL && *line != '\0';) {
        const char *name = strchr(line, ' ');
        const char *end = strchr(line, '\n');

        if (name != NULL && strncmp(name + 1, ref, ref_len) == 0 &&
            (name[1 + ref_len] == '\n' || name[1 + ref_len] == '\0') && copy_id(line, ' ', out))
            return true;
        line = end != NULL ? end + 1 : NULL;
    }
    return false;
}

int local_ref_read(const char *repository_dir, const char *branch, char out[LOCAL_ID_BYTES],
                   struct err *err)
{
    CLEANUP(buf_done) struct buf loose = BUF(REF_MAX_BYTES);
    CLEANUP(buf_done) struct buf packed = BUF(PACKED_MAX_BYTES);
    char ref[FORGE_BRANCH_MAX + 16];

    /* Loose first: packing writes the packed one before it removes the loose one. */
    snprintf(ref, sizeof ref, "refs/heads/%s", branch);
    if (read_file(repository_dir, ref, &loose)) {
        if (copy_id(buf_str(&loose), '\n', out))
            return 0;
        return err_set(err, ERR_RETRY, "%s of %s is not a commit id", ref, repository_dir);
    }
    if (read_file(repository_dir, "packed-refs", &packed) &&
        find_packed(buf_str(&packed), ref, out))
        return 0;
    return FORGE_NO_BRANCH;
}
