/*
 * Git: a bare mirror per repository, through libgit2 over our own HTTP transport. There is never a
 * work tree: blobs are read from and written to the object database.
 *
 *     git_mirror_open -> _fetch -> _read -> _commit -> _push_new -> git_mirror_free
 *
 * Holds:    one holder per mirror while fetching, between threads and processes; empty config
 *           search paths; no hooks, filters, submodules, LFS or symlinks; the token only in answer
 *           to the remote's own 401, never to another host, never in a file; a push creates a
 *           branch or says it exists, never moves one. A remote that is a directory is read
 *           through alternates and written under git's own reference lock.
 * Limits:   options.max_bytes for what one fetch may bring; http's timeouts; should_stop is asked
 *           while bytes come. A mirror keeps all history of its branches and is never repacked.
 *
 * One mirror handle per thread; several handles may stand on one directory.
 */
#ifndef WORKER_GIT_GIT_H
#define WORKER_GIT_GIT_H

#include "common/base.h"
#include "common/buf.h"

#define GIT_ID_BYTES 65 /* hex, with the NUL */

struct http;
struct git_mirror;
struct token_source;

enum git_answer {
    GIT_NO_BRANCH = 1,     /* the remote has no such branch */
    GIT_BRANCH_EXISTS = 2, /* push: the branch is there already, at *out_existing */
};

struct git_options {
    struct http *http;                 /* for http(s) remotes; borrowed, this thread's */
    const char *username;              /* "x-access-token" */
    const char *token;                 /* "" for none; or */
    const struct token_source *tokens; /* whose token may change; borrowed; NULL: the one above */
    int64_t max_bytes;
    bool (*should_stop)(void *context);
    void *stop_context;
};

int git_start(struct err *err) MUST_USE; /* once per process, before any thread */
void git_end(void);

/* directory/owner/name.git is made when absent; url is http(s)://… without credentials, or an
 * absolute local path. */
int git_mirror_open(struct git_mirror **out, const char *directory, const char *repository,
                    const char *url, const struct git_options *options, struct err *err) MUST_USE;
void git_mirror_free(struct git_mirror *mirror);
DEFINE_CLEANUP(struct git_mirror *, git_mirror_free)

/* Brings branch (NULL or "": the remote's HEAD) up to date. *out_branch (size 256) gets its name. 0
 * or GIT_NO_BRANCH. ERR_REJECT: not found, not allowed (401, 403, 404), too large; ERR_RETRY:
 * network. */
int git_mirror_fetch(struct git_mirror *mirror, const char *branch, char out_branch[256],
                     char out_commit[GIT_ID_BYTES], struct err *err) MUST_USE;

/* Calls visit for every regular file (mode 100644/100755) below directory ("" all) whose path
 * passes wanted (NULL: all). Paths are from the repository's top. Files over max_file_bytes are
 * skipped. A non-zero return of visit ends the walk and is returned. */
typedef int (*git_visit_fn)(void *context, const char *path, const char *bytes, size_t len,
                            struct err *err);
int git_mirror_read(struct git_mirror *mirror, const char *commit, const char *directory,
                    bool (*wanted)(const char *path), size_t max_file_bytes, git_visit_fn visit,
                    void *context, struct err *err) MUST_USE;

struct git_change {
    const char *path;
    const char *bytes; /* NULL deletes (not used by fixes) */
    size_t len;
};
struct git_signature {
    const char *name, *email;
    int64_t when_unix_s;
};
/* A commit that is a pure function of its arguments; author = committer. Existing file modes are
 * kept. */
int git_mirror_commit(struct git_mirror *mirror, const char *parent,
                      const struct git_change *changes, size_t n, const char *message,
                      const struct git_signature *who, char out_commit[GIT_ID_BYTES],
                      struct err *err) MUST_USE;
/* Unified diff of two commits, 3 lines of context; also counts. ERR_REJECT when over the buffer's
 * maximum. */
struct git_diff_stat {
    size_t files, added, removed;
};
int git_mirror_diff(struct git_mirror *mirror, const char *from, const char *to, struct buf *out,
                    struct git_diff_stat *stat, struct err *err) MUST_USE;
/* The same of two texts of one file, as git apply and patch -p1 take it; needs no mirror. before
 * NULL: the file is new; after NULL: it goes. Nothing is appended when they are equal. ERR_REJECT:
 * not a path in a repository, or over the buffer's maximum. */
int git_text_diff(const char *path, const char *before, size_t before_len, const char *after,
                  size_t after_len, struct buf *out, struct err *err) MUST_USE;

/* The tip of a remote branch now: 0 or GIT_NO_BRANCH. Fetches that one commit too when message is
 * wanted (not NULL). */
int git_mirror_remote_tip(struct git_mirror *mirror, const char *branch,
                          char out_commit[GIT_ID_BYTES], struct buf *out_message,
                          struct err *err) MUST_USE;
/* Create-only push of one commit. 0: the branch is now at commit (also when it already was).
 * GIT_BRANCH_EXISTS: somebody else's commit is there. ERR_RETRY: outcome unknown, ask remote_tip.
 * ERR_REJECT: refused (permission, hook). */
int git_mirror_push_new(struct git_mirror *mirror, const char *commit, const char *branch,
                        char out_existing[GIT_ID_BYTES], struct err *err) MUST_USE;

/* For a plain directory of Terraform (demo --repo DIR): makes a bare repository at bare_path whose
 * one commit on branch holds the directory's regular files under the cap, .git and .terraform left
 * out. Never writes into directory. */
int git_import_directory(const char *directory, const char *bare_path, const char *branch,
                         struct err *err) MUST_USE;
bool git_is_branch_name(const char *branch);
bool git_is_repository_name(const char *name); /* "owner/name", safe as a path */

#endif
