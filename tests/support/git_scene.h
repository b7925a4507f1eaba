/*
 * A scene of git: a repository acme/infra with some Terraform in it, a server for it, and a mirror.
 *
 *     GIT_SCENE(s, &options);
 *     assert_int_equal(git_scene_fetch(&s, NULL), 0);     s.branch, s.commit, s.err
 *
 * The repository holds main.tf (59 bytes), net/vpc.tf (14), net/run.tf (15, executable), link.tf (a
 * symlink) and noise.bin (64 KiB that cannot be compressed), on branch main. With options NULL the
 * mirror's remote is the directory itself.
 */
#ifndef TESTS_SUPPORT_GIT_SCENE_H
#define TESTS_SUPPORT_GIT_SCENE_H

#include "common/http/http.h"
#include "tests/support/git_server.h"
#include "worker/git/git.h"

#define SCENE_TOKEN   "ghs_canary0123456789"
#define SCENE_MESSAGE "Fix the bucket\n\nFinding-Fingerprint: abc\n"
#define SCENE_BYTES   512

struct git_scene {
    char *root;                    /* a directory of its own */
    char remote[SCENE_BYTES];      /* root/remotes/acme/infra.git */
    char mirror_path[SCENE_BYTES]; /* of the mirror that is open */
    struct git_server *server;     /* NULL when there is none */
    struct http *http;
    struct git_options options; /* for mirrors opened from now on */
    struct git_mirror *mirror;
    char branch[256];
    char commit[GIT_ID_BYTES];
    char text[4096];
    struct err err;
};

#define GIT_SCENE(name, server_options)                                                            \
    CLEANUP(git_scene_done) struct git_scene name = git_scene_make(server_options)

struct git_scene git_scene_make(const struct git_server_options *options);
void git_scene_done(struct git_scene *scene);

/* Opens a mirror of name in place of the present one; in is the mirrors' directory (NULL: the
 * usual). */
void git_scene_open(struct git_scene *scene, const char *name, const char *in);
/* The same, answering what git_mirror_open answers. */
int git_scene_try_open(struct git_scene *scene, const char *name, const char *url);
int git_scene_fetch(struct git_scene *scene, const char *branch);
/* One file changed on top of scene->commit, always by the same author at the same time. */
int git_scene_commit(struct git_scene *scene, const char *path, const char *text,
                     char out[GIT_ID_BYTES]);
/* A commit "change PATH" on a branch of the remote, made by git. */
void git_scene_change_remote(struct git_scene *scene, const char *branch, const char *path,
                             const char *text);
int64_t git_scene_files_bytes(struct git_scene *scene); /* of the mirror's object files */

struct CMUnitTest;
/* Runs the tests between git_start and git_end; 77 when there is no git program. */
int git_scene_main(const struct CMUnitTest *tests, size_t n);

#endif
