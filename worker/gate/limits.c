/*
 * Layer "limits": a fix is small, and stays among the module's own Terraform files. Paths are
 * compared as text, in their normal form only, so nothing can point out of the repository or into a
 * workflow.
 */
#include "worker/gate/gate_inside.h"

#include <ctype.h>

#define SHARE_FROM_LINES 50 /* a smaller file may change as a whole */
#define SHARE_FREE_LINES 40 /* this many lines are never too large a share */
#define SHARE_PERCENT    20
#define PATH_BYTES_MAX   1024

/* --- paths --- */

static bool has_bad_part(const char *path)
{
    while (*path != '\0') {
        size_t len = strcspn(path, "/");

        if (len == 0 || path[0] == '.') /* "", ".", "..", ".github", ".terraform", … */
            return true;
        path += len;
        if (*path == '/' && *++path == '\0')
            return true;
    }
    return false;
}

static const char *path_fault(const char *path)
{
    size_t len = strlen(path);

    if (len == 0 || len > PATH_BYTES_MAX)
        return "has no usable length";
    for (size_t i = 0; i < len; i++) {
        if (iscntrl((unsigned char)path[i]) || path[i] == '\\' || path[i] == ':')
            return "holds a character that no path of ours has";
    }
    if (path[0] == '/' || has_bad_part(path))
        return "is not a normalised path inside the repository, or is hidden";
    if (!str_ends(path, ".tf") && !str_ends(path, ".tfvars"))
        return "is no .tf or .tfvars file";
    return NULL;
}

static bool is_directory_of(const char *directory, const char *path)
{
    size_t len = strlen(directory);

    if (len == 0)
        return strchr(path, '/') == NULL;
    return str_starts(path, directory) && path[len] == '/' && strchr(path + len + 1, '/') == NULL;
}

/* Another root may have a block of the same address: only the directories of this root's modules
 * count. */
static bool is_of_this_root(const struct gate_run *run, const char *path)
{
    if (is_directory_of(run->in->directory, path))
        return true;
    for (size_t i = 0; i < hcl_resource_count(run->root_after); i++) {
        const struct hcl_module *module = hcl_resource_at(run->root_after, i)->module;

        /* A module of the way may hold nothing but the call of the next one. */
        for (; module != NULL; module = hcl_module_parent(module))
            if (is_directory_of(hcl_module_directory(module), path))
                return true;
    }
    return false;
}

/* --- how many lines differ --- */

struct line {
    const char *text;
    size_t len;
};
struct lines {
    struct line *items;
    size_t n;
};

static int lines_split(const char *bytes, size_t len, struct lines *out, struct err *err)
{
    size_t n = 1;

    for (size_t i = 0; i < len; i++)
        n += bytes[i] == '\n';
    out->items = calloc(n, sizeof *out->items);
    if (out->items == NULL)
        return err_nomem(err);
    for (out->n = 0; len > 0; out->n++) {
        const char *end = memchr(bytes, '\n', len);
        size_t used = end != NULL ? (size_t)(end - bytes) + 1 : len;

        out->items[out->n] = (struct line){bytes, used};
        bytes += used;
        len -= used;
    }
    return 0;
}

static bool same_line(const struct line *a, const struct line *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Myers: the smallest number of deleted plus added lines, or max + 1 when it is more than that.
 * Each diagonal holds how far into a it reaches with d changes. */
static size_t lines_differ(const struct lines *a, const struct lines *b, size_t max)
{
    size_t reach[2 * (GATE_CHANGED_LINES_MAX * 2) + 3] = {0};
    long origin = (long)max + 1;

    for (long d = 0; d <= (long)max; d++) {
        for (long k = -d; k <= d; k += 2) {
            bool down = k == -d || (k != d && reach[origin + k - 1] < reach[origin + k + 1]);
            size_t x = down ? reach[origin + k + 1] : reach[origin + k - 1] + 1;
            size_t y = (size_t)((long)x - k);

            while (x < a->n && y < b->n && same_line(&a->items[x], &b->items[y])) {
                x++;
                y++;
            }
            reach[origin + k] = x;
            if (x >= a->n && y >= b->n)
                return (size_t)d;
        }
    }
    return max + 1;
}

static int count_changed(const struct hcl_file *before, const struct hcl_edited *edited,
                         size_t *changed, size_t *lines_before, struct err *err)
{
    struct lines a = {0};
    struct lines b = {0};
    int r =
        lines_split(before != NULL ? before->bytes : "", before != NULL ? before->len : 0, &a, err);

    if (r == 0)
        r = lines_split(edited->bytes, edited->len, &b, err);
    if (r == 0) {
        *changed = lines_differ(&a, &b, GATE_CHANGED_LINES_MAX * 2);
        *lines_before = a.n;
    }
    free(a.items);
    free(b.items);
    return r;
}

static bool is_large_share(size_t changed, size_t lines)
{
    return lines > SHARE_FROM_LINES && changed > SHARE_FREE_LINES &&
           changed * 100 > lines * SHARE_PERCENT;
}

int gate_limits(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    size_t total = 0;

    if (run->in->n_edited > GATE_FILES_MAX)
        return gate_fail(result, "%zu files would change, at most %d may", run->in->n_edited,
                         GATE_FILES_MAX);
    for (size_t i = 0; i < run->in->n_edited; i++) {
        const struct hcl_edited *edited = &run->in->edited[i];
        const struct hcl_file *before = gate_before(run, edited->path);
        const char *fault = path_fault(edited->path);
        size_t changed = 0;
        size_t lines = 0;
        int r;

        if (fault != NULL)
            return gate_fail(result, "%.200s %s", edited->path, fault);
        if (!is_of_this_root(run, edited->path))
            return gate_fail(result, "%.200s is no file of this root module", edited->path);
        if (edited->is_new == (before != NULL))
            return gate_fail(result, "%.200s %s", edited->path,
                             edited->is_new ? "exists already"
                                            : "is no regular file of the repository");
        if (edited->len > GATE_FILE_MAX_BYTES)
            return gate_fail(result, "%.200s would have %zu bytes, at most %zu may", edited->path,
                             edited->len, GATE_FILE_MAX_BYTES);
        r = count_changed(before, edited, &changed, &lines, err);
        if (r < 0)
            return r;
        total += changed;
        if (total > GATE_CHANGED_LINES_MAX)
            return gate_fail(result, "more than %d lines would change", GATE_CHANGED_LINES_MAX);
        if (before != NULL && is_large_share(changed, lines))
            return gate_fail(result, "%zu of %zu lines of %.200s would change, more than %d %%",
                             changed, lines, edited->path, SHARE_PERCENT);
    }
    return gate_pass(result, "%zu line%s in %zu file%s", total, total == 1 ? "" : "s",
                     run->in->n_edited, run->in->n_edited == 1 ? "" : "s");
}
