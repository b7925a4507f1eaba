/* Local store; the story stands in local_store.h. */
#include "worker/forge/local_store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "common/digest.h"
#include "common/fault.h"
#include "common/files.h"

#define NUMBER_MAX ((int64_t)1 << 40)

struct path {
    char text[PATH_MAX];
};

static int join(struct path *out, const char *dir, const char *name, struct err *err)
{
    int len = snprintf(out->text, sizeof out->text, "%s/%s", dir, name);

    if (len < 0 || (size_t)len >= sizeof out->text)
        return err_set(err, ERR_REJECT, "a path under %.200s is too long", dir);
    return 0;
}

static int broken(struct err *err, const char *doing, const char *path)
{
    return err_set(err, ERR_RETRY, "%s %s: %s", doing, path, strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = FAULT_IO("forge.write", write(fd, bytes, len));

        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return fsync(fd);
}

static int sync_directory(const char *dir, struct err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0;

    if (fd >= 0)
        close(fd);
    return failed ? broken(err, "sync", dir) : 0;
}

static int write_temporary(const char *path, const void *bytes, size_t len, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int r = 0;

    if (fd < 0)
        return broken(err, "create", path);
    if (write_all(fd, bytes, len) != 0)
        r = broken(err, "write", path);
    if (close(fd) != 0 && r == 0)
        r = broken(err, "close", path);
    return r;
}

int local_store_publish(const char *dir, const char *name, const void *bytes, size_t len,
                        struct err *err)
{
    char temporary_name[UUID_BYTES + 8] = ".tmp-";
    struct path temporary;
    struct path final;
    int r;

    random_uuid(temporary_name + strlen(temporary_name));
    r = join(&temporary, dir, temporary_name, err);
    if (r < 0)
        return r;
    r = join(&final, dir, name, err);
    if (r == 0)
        r = write_temporary(temporary.text, bytes, len, err);
    if (r == 0 && link(temporary.text, final.text) != 0)
        r = errno == EEXIST ? LOCAL_STORE_EXISTS : broken(err, "write", final.text);
    unlink(temporary.text);
    return r == 0 ? sync_directory(dir, err) : r;
}

int local_store_read(const char *dir, const char *name, struct buf *out, struct err *err)
{
    struct path path;
    int r = join(&path, dir, name, err);

    if (r < 0)
        return r;
    if (access(path.text, F_OK) != 0)
        return errno == ENOENT ? LOCAL_STORE_ABSENT : broken(err, "look at", path.text);
    return files_read(path.text, out, err);
}

static void head_name(const char *branch, char out[SHA256_HEX_BYTES])
{
    sha256_hex(branch, strlen(branch), out);
}

int local_store_number(const char *dir, const char *branch, int64_t *out, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(64);
    char name[SHA256_HEX_BYTES];
    struct path heads;
    char *end = NULL;
    long long number;
    int r = join(&heads, dir, ".heads", err);

    head_name(branch, name);
    if (r == 0)
        r = local_store_read(heads.text, name, &text, err);
    if (r != 0)
        return r;
    number = strtoll(buf_str(&text), &end, 10);
    if (number <= 0 || number > NUMBER_MAX || !str_eq(end, "\n"))
        return err_set(err, ERR_REJECT, "%s/%s holds no number", heads.text, name);
    *out = number;
    return 0;
}

static bool is_taken(const char *numbers, int64_t number)
{
    char name[24];
    struct path path;
    struct err ignored;

    snprintf(name, sizeof name, "%lld", (long long)number);
    return join(&path, numbers, name, &ignored) == 0 && access(path.text, F_OK) == 0;
}

/* Numbers are given away in order and never taken back, so the first free one is found by halving.
 */
static int64_t first_free(const char *numbers)
{
    int64_t taken = 0;
    int64_t free_one = 1;

    while (free_one < NUMBER_MAX && is_taken(numbers, free_one)) {
        taken = free_one;
        free_one *= 2;
    }
    while (free_one - taken > 1) {
        int64_t middle = taken + (free_one - taken) / 2;

        if (is_taken(numbers, middle))
            taken = middle;
        else
            free_one = middle;
    }
    return free_one;
}

static int allocate_number(const char *dir, int64_t *out, struct err *err)
{
    struct path numbers;
    struct path path;
    int r = join(&numbers, dir, ".numbers", err);

    if (r == 0)
        r = files_make_directory(numbers.text, err);
    for (int64_t number = first_free(numbers.text); r == 0; number++) {
        char name[24];
        int fd;

        snprintf(name, sizeof name, "%lld", (long long)number);
        r = join(&path, numbers.text, name, err);
        if (r < 0)
            return r;
        fd = open(path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 && errno != EEXIST)
            return broken(err, "create", path.text);
        if (fd >= 0) {
            close(fd);
            *out = number;
            return sync_directory(numbers.text, err);
        }
    }
    return r;
}

int local_store_reserve(const char *dir, const char *branch, int64_t *out, struct err *err)
{
    char name[SHA256_HEX_BYTES];
    char text[32];
    struct path heads;
    int64_t number = 0;
    int r = local_store_number(dir, branch, out, err);

    if (r != LOCAL_STORE_ABSENT)
        return r;
    r = join(&heads, dir, ".heads", err);
    if (r == 0)
        r = files_make_directory(heads.text, err);
    if (r == 0)
        r = allocate_number(dir, &number, err);
    if (r < 0)
        return r;
    head_name(branch, name);
    snprintf(text, sizeof text, "%lld\n", (long long)number);
    r = local_store_publish(heads.text, name, text, strlen(text), err);
    if (r == LOCAL_STORE_EXISTS)
        return local_store_number(dir, branch, out, err);
    if (r == 0)
        *out = number;
    return r;
}
