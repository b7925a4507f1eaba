/* Start, end, errors and acceptable names of the git room. */
#include "worker/git/git_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define OBJECT_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define CACHE_MAX_BYTES  ((ssize_t)64 * 1024 * 1024)

int git_start(struct err *err)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                 GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};

    if (git_libgit2_init() < 0)
        return git_fail(NULL, -1, "start libgit2", err);

    /* Whatever the machine's or the user's configuration says is not meant for this program. */
    for (size_t i = 0; i < COUNT(levels); i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
    /* A volume may belong to another user than the container's. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, OBJECT_MAX_BYTES);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_MAX_BYTES);
    return 0;
}

void git_end(void)
{
    git_libgit2_shutdown();
}

static int class_of(int code, int klass)
{
    if (klass == GIT_ERROR_NOMEMORY)
        return ERR_FATAL;
    if (code == GIT_ELOCKED || code == GIT_EMODIFIED) /* somebody else, this instant */
        return ERR_RETRY;
    if (klass == GIT_ERROR_REFERENCE || code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC ||
        klass == GIT_ERROR_TREE || klass == GIT_ERROR_INVALID)
        return ERR_REJECT;
    return ERR_RETRY;
}

int git_fail(const struct git_mirror *mirror, int code, const char *doing, struct err *err)
{
    const git_error *last = git_error_last();

    if (mirror != NULL && mirror->failed != 0) {
        *err = mirror->failure;
        return err_wrap(err, mirror->failed, "%s %s", doing, mirror->name);
    }
    return err_set(err, class_of(code, last != NULL ? last->klass : 0), "%s%s%s: %s (libgit2 %d)",
                   doing, mirror != NULL ? " " : "", mirror != NULL ? mirror->name : "",
                   last != NULL && last->message != NULL ? last->message : "no reason given", code);
}

int git_id_parse(git_oid *out, const char *hex, struct err *err)
{
    if (strlen(hex) != GIT_OID_HEXSZ || git_oid_fromstr(out, hex) < 0)
        return err_set(err, ERR_REJECT, "%.70s is not a commit id", hex);
    return 0;
}

void git_id_print(const git_oid *id, char out[GIT_ID_BYTES])
{
    git_oid_tostr(out, GIT_ID_BYTES, id);
}

static bool is_plain_name(const char *name, size_t len)
{
    if (len == 0 || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)name[i]) && strchr("._-", name[i]) == NULL)
            return false;
    }
    return true;
}

bool git_is_repository_name(const char *name)
{
    size_t parts = 0;

    if (strlen(name) > GIT_BRANCH_BYTES)
        return false;
    for (const char *part = name;; part++) {
        size_t len = strcspn(part, "/");
        if (!is_plain_name(part, len))
            return false;
        parts++;
        part += len;
        if (*part == '\0')
            return parts >= 2;
    }
}

/* ".git" however a file system might spell it. */
static bool is_git_directory(const char *name, size_t len)
{
    while (len > 0 && (name[len - 1] == '.' || name[len - 1] == ' '))
        len--;
    return (len == 4 && strncasecmp(name, ".git", 4) == 0) ||
           (len == 5 && strncasecmp(name, "git~1", 5) == 0);
}

bool git_is_tree_path(const char *path)
{
    if (*path == '\0' || strlen(path) >= GIT_PATH_MAX_BYTES)
        return false;
    for (const char *c = path; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\')
            return false;
    }
    for (const char *part = path;; part++) {
        size_t len = strcspn(part, "/");
        bool is_dots = (len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0);
        if (len == 0 || is_dots || is_git_directory(part, len))
            return false;
        part += len;
        if (*part == '\0')
            return true;
    }
}

bool git_is_branch_name(const char *branch)
{
    char ref[GIT_REF_MAX_BYTES];
    int valid = 0;

    if (*branch == '\0' || *branch == '-' || strlen(branch) >= GIT_BRANCH_BYTES ||
        str_eq(branch, "HEAD"))
        return false;
    snprintf(ref, sizeof ref, "refs/heads/%s", branch);
    return git_reference_name_is_valid(&valid, ref) == 0 && valid == 1;
}

int git_find_commit(git_repository *repo, const char *hex, git_commit **out, struct err *err)
{
    git_oid id;
    int code;
    int r = git_id_parse(&id, hex, err);

    if (r < 0)
        return r;
    code = git_commit_lookup(out, repo, &id);
    if (code == GIT_ENOTFOUND)
        return err_set(err, ERR_REJECT, "the mirror has no commit %s", hex);
    return code < 0 ? git_fail(NULL, code, "look up a commit", err) : 0;
}

int git_init_bare(git_repository **out, const char *path, struct err *err)
{
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;

    options.flags =
        GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
    options.initial_head = "main"; /* else libgit2 asks the configuration */
    int code = git_repository_init_ext(out, path, &options);
    if (code >= 0)
        return 0;
    int r = git_fail(NULL, code, "make a bare repository", err);
    return err_wrap(err, r == ERR_REJECT ? ERR_RETRY : r, "%s", path);
}
