/* The fake GitHub's repositories: bare ones, read from their files and by git itself. */
#include "tests/fakes/fake_github_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"

#define GIT_ARGS_MAX   12
#define REFS_MAX_BYTES ((size_t)4 * 1024 * 1024)

extern char **environ;

static bool read_file(const char *dir, const char *name, struct buf *out)
{
    char path[PATH_MAX];
    struct err ignored;

    return snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path &&
           files_read(path, out, &ignored) == 0;
}

bool repo_exists(const char *dir)
{
    CLEANUP(buf_done) struct buf head = BUF(4096);

    return read_file(dir, "HEAD", &head);
}

bool repo_default_branch(const char *dir, char *out, size_t size)
{
    static const char prefix[] = "ref: refs/heads/";
    CLEANUP(buf_done) struct buf head = BUF(4096);

    if (!read_file(dir, "HEAD", &head) || !str_starts(buf_str(&head), prefix))
        return false;
    head.bytes[strcspn(head.bytes, "\n")] = '\0';
    return str_copy(out, size, head.bytes + strlen(prefix));
}

int repo_git(const char *dir, char *out, size_t size, const char *const *argv)
{
    const char *args[GIT_ARGS_MAX + 4] = {"git", "--git-dir", dir};
    posix_spawn_file_actions_t actions;
    size_t len = 0;
    int ends[2];
    int status = -1;
    pid_t pid;
    ssize_t n;

    for (size_t i = 0; argv[i] != NULL && i < GIT_ARGS_MAX; i++)
        args[i + 3] = argv[i];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&pid, "git", &actions, NULL, (char **)args, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    while (failed == 0 && len + 1 < size &&
           ((n = read(ends[0], out + len, size - 1 - len)) > 0 || (n < 0 && errno == EINTR)))
        len += n > 0 ? (size_t)n : 0;
    close(ends[0]);
    out[len] = '\0';
    while (len > 0 && out[len - 1] == '\n')
        out[--len] = '\0';
    while (failed == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return failed == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool repo_is_empty(const char *dir)
{
    char line[512];
    const char *const argv[] = {"for-each-ref", "--count=1", NULL};

    return repo_git(dir, line, sizeof line, argv) == 0 && line[0] == '\0';
}

bool repo_read_ref(const char *dir, const char *ref, char out[SHA_BYTES])
{
    CLEANUP(buf_done) struct buf loose = BUF(4096);
    char line[512];
    const char *const argv[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", ref, NULL};

    /* Most are loose, and reading a file is cheaper than a process. */
    if (strstr(ref, "..") == NULL && read_file(dir, ref, &loose) && loose.len >= 40) {
        loose.bytes[strcspn(loose.bytes, "\n")] = '\0';
        return str_copy(out, SHA_BYTES, loose.bytes);
    }
    return repo_git(dir, line, sizeof line, argv) == 0 && str_copy(out, SHA_BYTES, line);
}

void github_repository_get(struct call *call)
{
    struct json *body = json_object();
    struct json *permissions = json_object();
    struct json *owner = json_object();
    char branch[256] = "main";
    char login[160];

    (void)str_copy(login, sizeof login, call->repository);
    login[strcspn(login, "/")] = '\0';
    (void)repo_default_branch(call->dir, branch, sizeof branch);
    pthread_mutex_lock(&call->github->lock);
    struct settings settings = *github_settings(call->github, call->repository);
    pthread_mutex_unlock(&call->github->lock);

    json_set_text(owner, "login", login);
    json_set_text(body, "name", strchr(call->repository, '/') + 1);
    json_set_text(body, "full_name", call->repository);
    json_set_give(body, "owner", owner);
    json_set_bool(body, "private", true);
    json_set_text(body, "default_branch", branch);
    json_set_bool(body, "archived", settings.archived);
    json_set_bool(body, "allow_forking", false);
    json_set_bool(permissions, "pull", true);
    json_set_bool(permissions, "push", !settings.no_push);
    json_set_give(body, "permissions", permissions);
    fake_reply_json_give(call->reply, 200, body);
}

static struct json *describe_ref(const struct call *call, const char *ref, const char *sha)
{
    struct json *body = json_object();
    struct json *object = json_object();
    char url[1024];

    json_set_text(body, "ref", ref);
    json_set_text(body, "node_id", "REF_fake");
    snprintf(url, sizeof url, "%s/repos/%s/git/%s", call->base_url, call->repository, ref);
    json_set_text(body, "url", url);
    json_set_text(object, "type", "commit");
    json_set_text(object, "sha", sha);
    snprintf(url, sizeof url, "%s/repos/%s/git/commits/%s", call->base_url, call->repository, sha);
    json_set_text(object, "url", url);
    json_set_give(body, "object", object);
    return body;
}

static void reply_ref(struct call *call, int status, const char *ref, const char *sha)
{
    fake_reply_json_give(call->reply, status, describe_ref(call, ref, sha));
}

void github_ref_get(struct call *call)
{
    char ref[512];
    char sha[SHA_BYTES];

    snprintf(ref, sizeof ref, "refs/%s", call->rest + strlen("/git/ref/"));
    if (repo_is_empty(call->dir))
        github_refuse(call->reply, 409, "Git Repository is empty.", NULL);
    else if (!repo_read_ref(call->dir, ref, sha))
        github_refuse(call->reply, 404, "Not Found", NULL);
    else
        reply_ref(call, 200, ref, sha);
}

void github_refs_get(struct call *call)
{
    CLEANUP(mem_freep) char *lines = malloc(REFS_MAX_BYTES);
    const char *const list[] = {"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads",
                                NULL};
    struct json *body = json_array();
    char wanted[512];
    char *rest = NULL;

    assert(lines != NULL);
    snprintf(wanted, sizeof wanted, "refs/%s", call->rest + strlen("/git/matching-refs/"));
    (void)repo_git(call->dir, lines, REFS_MAX_BYTES, list);
    for (char *sha = strtok_r(lines, " ", &rest); sha != NULL; sha = strtok_r(NULL, " ", &rest)) {
        const char *ref = strtok_r(NULL, "\n", &rest);
        if (ref != NULL && str_starts(ref, wanted))
            json_push_give(body, describe_ref(call, ref, sha));
    }
    fake_reply_json_give(call->reply, 200, body);
}

void github_ref_post(struct call *call)
{
    CLEANUP(json_freep) struct json *body = NULL;
    struct err err;
    char object[80];
    char line[512];

    if (json_parse(&body, call->request->body, call->request->body_len, &err) < 0) {
        github_refuse(call->reply, 400, "Problems parsing JSON", NULL);
        return;
    }
    const char *ref = json_get_text(body, "ref", "");
    const char *sha = json_get_text(body, "sha", "");
    snprintf(object, sizeof object, "%.64s^{commit}", sha);
    const char *const look[] = {"cat-file", "-e", object, NULL};
    const char *const check[] = {"check-ref-format", ref, NULL};
    const char *const create[] = {"update-ref", ref, sha,
                                  "0000000000000000000000000000000000000000", NULL};

    if (!str_starts(ref, "refs/") || repo_git(call->dir, line, sizeof line, check) != 0)
        github_refuse(call->reply, 422, "Reference name is not valid", NULL);
    else if (strlen(sha) != 40 || repo_git(call->dir, line, sizeof line, look) != 0)
        github_refuse(call->reply, 422, "Object does not exist", NULL);
    else if (repo_git(call->dir, line, sizeof line, create) != 0) /* atomic: expects absence */
        github_refuse(call->reply, 422, "Reference already exists", NULL);
    else
        reply_ref(call, 201, ref, sha);
}
