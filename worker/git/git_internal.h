/*
 * What the files of the git room share. Nobody else includes this.
 *
 *     git_base.c       start and end, libgit2's errors in our classes, names that are acceptable
 *     git_lock.c       one holder per mirror or directory, between threads and processes
 *     git_transport.c  libgit2's smart protocol over common/http/http.h
 *     git_talk.c       one conversation with a remote: its branches, and what is brought from it
 *     git_local.c      a remote that is a directory: read through alternates, written by copying
 *     git_mirror.c     open, fetch, remote tip      git_read.c, git_commit.c, git_diff.c,
 * git_push.c git_import.c     a plain directory made a repository
 */
#ifndef WORKER_GIT_GIT_INTERNAL_H
#define WORKER_GIT_GIT_INTERNAL_H

#include "worker/git/git.h"

/* libgit2 has a type of that name too; here it is called by another. */
#define git_signature git2_signature
#include <git2.h>
#include <git2/sys/transport.h>
#undef git_signature

#define GIT_BRANCH_BYTES     256
#define GIT_TREE_DEPTH_MAX   64
#define GIT_TREE_ENTRIES_MAX ((size_t)1000 * 1000)
#define GIT_PATH_MAX_BYTES   ((size_t)4096)
#define GIT_FILE_MAX_BYTES   ((size_t)64 * 1024 * 1024)
#define GIT_REF_MAX_BYTES    (GIT_BRANCH_BYTES + 16)
#define GIT_TEXT_BYTES       256

struct git_mirror {
    git_repository *repo;
    git_repository *local;      /* the remote itself when it is a directory, else NULL */
    char *name;                 /* "owner/name" */
    char *url;                  /* without a slash at the end */
    char *path;                 /* of the bare mirror */
    struct git_options options; /* its strings are the two below */
    char *username;
    char *token;
    bool is_authorised; /* the remote asked for the token: say it from now on */

    /* One conversation; git_talk_open sets it back. */
    char *base;         /* url, or where the remote redirected us on the same host */
    int failed;         /* the class of failure below, or 0 */
    struct err failure; /* what our transport has to say; libgit2 would lose it */
    int64_t received_bytes;
    char refusal[GIT_TEXT_BYTES]; /* what the server said against our push */
};

/* --- git_base.c --- */
DEFINE_CLEANUP(git_repository *, git_repository_free)
DEFINE_CLEANUP(git_remote *, git_remote_free)
DEFINE_CLEANUP(git_reference *, git_reference_free)
DEFINE_CLEANUP(git_commit *, git_commit_free)
DEFINE_CLEANUP(git_tree *, git_tree_free)
DEFINE_CLEANUP(git_tree_entry *, git_tree_entry_free)
DEFINE_CLEANUP(git_blob *, git_blob_free)
DEFINE_CLEANUP(git_odb *, git_odb_free)
DEFINE_CLEANUP(git_odb_object *, git_odb_object_free)
DEFINE_CLEANUP(git_diff *, git_diff_free)
DEFINE_CLEANUP(git_diff_stats *, git_diff_stats_free)
static inline void git2_signature_freep(git2_signature **signature)
{
    git_signature_free(*signature); /* NULL is fine */
}
DEFINE_CLEANUP(git_treebuilder *, git_treebuilder_free)

/* Puts libgit2's error (or, if it has one, the conversation's) into err; returns its class. */
int git_fail(const struct git_mirror *mirror, int code, const char *doing, struct err *err);
int git_id_parse(git_oid *out, const char *hex, struct err *err) MUST_USE;
void git_id_print(const git_oid *id, char out[GIT_ID_BYTES]);
bool git_is_tree_path(const char *path); /* relative, no "..", no .git, no control bytes */
/* The commit, or ERR_REJECT when the mirror has none of that id. */
int git_find_commit(git_repository *repo, const char *hex, git_commit **out,
                    struct err *err) MUST_USE;
/* A bare repository at path, made (also half-made) or opened. */
int git_init_bare(git_repository **out, const char *path, struct err *err) MUST_USE;

/* --- git_lock.c --- */
struct git_lock {
    int fd; /* -1: not held */
};
/* ERR_RETRY when should_stop says so, or the holder does not end for long. */
int git_lock_take(struct git_lock *lock, const char *path, const struct git_options *options,
                  struct err *err) MUST_USE;
/* The same on a directory that is there: nothing is put into it. */
int git_lock_take_directory(struct git_lock *lock, const char *path,
                            const struct git_options *options, struct err *err) MUST_USE;
void git_lock_drop(struct git_lock *lock);

/* --- git_transport.c: a git_transport_cb; its payload is the mirror --- */
int git_transport_over_http(git_transport **out, git_remote *owner, void *mirror);

/* --- git_talk.c --- */
/* Connects to the remote of an http(s) mirror. */
int git_talk_open(struct git_mirror *mirror, git_direction direction, git_remote **out,
                  struct err *err) MUST_USE;
void git_talk_callbacks(struct git_mirror *mirror, git_remote_callbacks *out);
/* branch "" asks for the remote's HEAD. 0 (both outputs filled) or GIT_NO_BRANCH. */
int git_talk_tip(struct git_mirror *mirror, git_remote *remote, const char *branch,
                 char out_branch[GIT_BRANCH_BYTES], git_oid *out, struct err *err) MUST_USE;
/* Brings the branch's objects; the caller holds the lock. */
int git_talk_download(struct git_mirror *mirror, git_remote *remote, const char *branch,
                      struct err *err) MUST_USE;

/* --- git_local.c --- */
int git_local_open(struct git_mirror *mirror, struct err *err) MUST_USE;
int git_local_tip(struct git_mirror *mirror, const char *branch, char out_branch[GIT_BRANCH_BYTES],
                  git_oid *out, struct err *err) MUST_USE;
int git_local_push_new(struct git_mirror *mirror, const git_oid *commit, const char *branch,
                       git_oid *out_existing, struct err *err) MUST_USE;

#endif
