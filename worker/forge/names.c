/* Names; the story stands in names.h. */
#include "worker/forge/names.h"

#include "worker/forge/forge.h"

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* The length of one part; 0 when it is none. */
static size_t part(const char *text)
{
    size_t n = 0;

    if (text[0] == '.')
        return 0;
    while (is_name_byte(text[n]))
        n++;
    return n;
}

int forge_check_repository(const char *repository, struct err *err)
{
    size_t owner = part(repository);
    size_t name = owner > 0 && repository[owner] == '/' ? part(repository + owner + 1) : 0;

    if (name == 0 || repository[owner + 1 + name] != '\0' ||
        strlen(repository) > FORGE_REPOSITORY_MAX)
        return err_set(err, ERR_REJECT, "%.100s is not a repository; expected owner/name",
                       repository);
    return 0;
}

static bool is_branch(const char *branch)
{
    size_t len = strlen(branch);

    if (len == 0 || len > FORGE_BRANCH_MAX || branch[0] == '-' || branch[0] == '/' ||
        branch[len - 1] == '/' || branch[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)branch[i];

        if (c <= ' ' || c == 0x7f || strchr("~^:?*[\\", c) != NULL)
            return false;
        if (c == '.' && (i == 0 || branch[i - 1] == '.' || branch[i - 1] == '/'))
            return false;
        if (c == '/' && branch[i - 1] == '/')
            return false;
    }
    return strstr(branch, "@{") == NULL && strstr(branch, ".lock/") == NULL &&
           !str_ends(branch, ".lock") && !str_eq(branch, "@");
}

int forge_check_branch(const char *branch, struct err *err)
{
    return is_branch(branch)
               ? 0
               : err_set(err, ERR_REJECT, "%.100s cannot be the name of a branch", branch);
}

bool forge_is_kin(const struct forge_kin *kin, const char *branch)
{
    const char *name = str_starts(branch, kin->long_name) ? kin->long_name : kin->name;
    const char *rest = branch + strlen(name);

    if (!str_starts(branch, name))
        return false;
    if (rest[0] == '\0')
        return true;
    return str_starts(rest, "-g") && rest[2] != '\0' &&
           rest[2 + strspn(rest + 2, "0123456789")] == '\0';
}
