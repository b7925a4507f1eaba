/* A repository, its server and a mirror for one test; the story stands in git_scene.h. */
#include "tests/support/git_scene.h"
#include "tests/support/http_scene.h"
#include "tests/support/temp_dir.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void make_repository(struct git_scene *scene)
{
    snprintf(scene->remote, sizeof scene->remote, "%s/remotes/acme/infra.git", scene->root);
    git_run(scene->root, true, NULL, 0,
            "git init -q --bare -b main '%s' && git init -q -b main made && cd made && mkdir net &&"
            " printf 'resource \"aws_s3_bucket\" \"b\" {\\n  acl = \"public-read\"\\n}\\n#xy\\n'"
            " > main.tf && printf '# the network\\n' > net/vpc.tf &&"
            " printf '# run by a man\\n' > net/run.tf && chmod +x net/run.tf &&"
            " ln -s /etc/passwd link.tf && head -c 65536 /dev/urandom > noise.bin &&"
            " git add -A . && git commit -q -m first && git push -q '%s' main && cd .. &&"
            " rm -rf made",
            scene->remote, scene->remote);
}

struct git_scene git_scene_make(const struct git_server_options *options)
{
    struct git_scene scene = {.root = temp_dir_make()};
    char remotes[SCENE_BYTES];

    make_repository(&scene);
    snprintf(remotes, sizeof remotes, "%s/remotes", scene.root);
    if (options != NULL)
        scene.server = git_server_start(remotes, options);
    scene.http =
        scene_http(&(struct http_options){.allow_private = true, .silence_timeout_ms = 2000});
    scene.options = (struct git_options){.http = scene.http,
                                         .username = "x-access-token",
                                         .token = SCENE_TOKEN,
                                         .max_bytes = (int64_t)64 * 1024 * 1024};
    git_scene_open(&scene, "acme/infra", NULL);
    return scene;
}

void git_scene_done(struct git_scene *scene)
{
    git_mirror_free(scene->mirror);
    http_free(scene->http);
    git_server_stop(scene->server);
    temp_dir_remove(scene->root);
}

static int open_in(struct git_scene *scene, const char *directory, const char *name,
                   const char *url)
{
    git_mirror_free(STEAL(scene->mirror));
    snprintf(scene->mirror_path, sizeof scene->mirror_path, "%s/%s.git", directory, name);
    return git_mirror_open(&scene->mirror, directory, name, url, &scene->options, &scene->err);
}

int git_scene_try_open(struct git_scene *scene, const char *name, const char *url)
{
    char directory[SCENE_BYTES];

    snprintf(directory, sizeof directory, "%s/mirrors", scene->root);
    return open_in(scene, directory, name, url);
}

void git_scene_open(struct git_scene *scene, const char *name, const char *in)
{
    char directory[SCENE_BYTES];
    char url[2 * SCENE_BYTES];

    snprintf(directory, sizeof directory, "%s/%s", scene->root, in != NULL ? in : "mirrors");
    if (scene->server != NULL)
        git_server_url(scene->server, name, url, sizeof url);
    else
        snprintf(url, sizeof url, "%s/remotes/%s.git", scene->root, name);
    if (open_in(scene, directory, name, url) < 0) {
        fprintf(stderr, "git_mirror_open: %s\n", scene->err.text);
        abort();
    }
}

int git_scene_fetch(struct git_scene *scene, const char *branch)
{
    return git_mirror_fetch(scene->mirror, branch, scene->branch, scene->commit, &scene->err);
}

int git_scene_commit(struct git_scene *scene, const char *path, const char *text,
                     char out[GIT_ID_BYTES])
{
    struct git_change change = {.path = path, .bytes = text, .len = strlen(text)};
    struct git_signature who = {"Plumbline", "p@example.test", 1700000000};

    return git_mirror_commit(scene->mirror, scene->commit, &change, 1, SCENE_MESSAGE, &who, out,
                             &scene->err);
}

void git_scene_change_remote(struct git_scene *scene, const char *branch, const char *path,
                             const char *text)
{
    git_run(scene->root, true, NULL, 0,
            "rm -rf other && git clone -q -b '%s' '%s' other && cd other && printf '%%s' '%s' > %s"
            " && git add . && git commit -q -m 'change %s' && git push -q origin '%s'",
            branch, scene->remote, text, path, path, branch);
}

int64_t git_scene_files_bytes(struct git_scene *scene)
{
    char out[64];

    git_run(scene->mirror_path, true, out, sizeof out,
            "find objects -type f -printf '%%s\\n' | awk '{n += $1} END {print n + 0}'");
    return atoll(out);
}

int git_scene_main(const struct CMUnitTest *tests, size_t n)
{
    struct err err = {0};

    if (!git_available()) {
        print_message("SKIPPED: no git program\n");
        return 77;
    }
    if (git_start(&err) < 0) {
        print_error("%s\n", err.text);
        return 1;
    }
    int failed = _cmocka_run_group_tests("git", tests, n, NULL, NULL);
    git_end();
    return failed;
}
