/*
 * The fake GitHub's insides: pull requests in memory, repositories as bare ones on disk.
 *
 * Threads: one per connection. Everything in struct fake_github but what main() sets is under its
 * lock.
 */
#ifndef TESTS_FAKES_FAKE_GITHUB_INTERNAL_H
#define TESTS_FAKES_FAKE_GITHUB_INTERNAL_H

#include <limits.h>
#include <pthread.h>

#include "common/base.h"
#include "tests/fakes/common_http.h"

#define REPOSITORIES_MAX 64
#define LABELS_MAX       32
#define SHA_BYTES        65
#define FAKE_PER_HOUR    5000
#define WRITES_KEPT      256

struct pull {
    char *repository; /* owner/name, as first asked for */
    int64_t number;
    char *title;
    char *body;
    char *head;
    char *base;
    char head_sha[SHA_BYTES];
    char base_sha[SHA_BYTES];
    char merge_sha[SHA_BYTES];
    bool open;
    bool merged;
    bool draft;
    int times_shown; /* mergeable is null the first time */
    char *labels[LABELS_MAX];
    size_t n_labels;
    char created_at[32];
    char closed_at[32];
    char merged_at[32];
};

struct settings { /* of one repository, changed by POST /_fake/settings */
    char repository[160];
    bool no_drafts;
    bool archived;
    bool no_push;
};

#define APP_TOKENS_MAX 4096

struct app_token {
    char token[64];
    char repository[160]; /* its name, without the owner */
    int64_t ends_at_ms;
};

struct fake_github {
    const char *repositories; /* directory of owner/name.git */
    char *token;              /* a person's; NULL: there is none */
    const char *app_key;      /* file of an app's public key, PEM; NULL: there is no app */
    const char *app_id;
    int64_t app_token_life_s;
    struct app_token app_tokens[APP_TOKENS_MAX]; /* under the lock */
    size_t n_app_tokens;
    pthread_mutex_t lock;
    struct pull *pulls;
    size_t n_pulls;
    struct settings settings[REPOSITORIES_MAX];
    size_t n_settings;
    struct json *history; /* what happened to pull requests, in order */
    int64_t most_open_per_head;
    int64_t writes;
    int64_t unauthorized;
    int64_t last_write_at_ms;
    int64_t least_gap_ms;             /* between two writes; -1 before the second */
    int64_t write_at_ms[WRITES_KEPT]; /* of the newest, by number modulo WRITES_KEPT */
    int64_t most_per_minute;          /* writes within any minute; WRITES_KEPT: or more */
    int64_t remaining;                /* of the primary limit, for show */
};

struct call { /* one API request on its way */
    struct fake_github *github;
    const struct fake_request *request;
    struct fake_reply *reply;
    char repository[160]; /* owner/name */
    char dir[PATH_MAX];   /* its bare repository */
    const char *rest;     /* the path after it: "/pulls/7" */
    char base_url[300];   /* "http://127.0.0.1:port" */
};

/* Error bodies: message, documentation_url, status; with errors[] when error is not NULL (given).
 */
void github_refuse(struct fake_reply *reply, int status, const char *message,
                   struct json *error_give);
/* One element of errors[]: code custom with a message, or a field with its code. */
struct json *github_error(const char *resource, const char *field, const char *code,
                          const char *message);
struct settings *github_settings(struct fake_github *github, const char *repository);

/* Refs of the bare repository in dir, "refs/heads/x"; false when absent. */
bool repo_exists(const char *dir);
bool repo_is_empty(const char *dir);
bool repo_default_branch(const char *dir, char *out, size_t size);
bool repo_read_ref(const char *dir, const char *ref, char out[SHA_BYTES]);
/* Runs git in dir, its output (at most size - 1 bytes, no newline at the end) into out; its status.
 */
int repo_git(const char *dir, char *out, size_t size, const char *const *argv);

/* fake_github_app.c */
bool github_app_wants(const struct fake_request *request);
void github_app_serve(struct fake_github *github, const struct fake_request *request,
                      struct fake_reply *reply);
/* 200, 401: nobody's, or ended; 404: for another repository. Under the lock. */
int github_token_judge(const struct fake_github *github, const char *token, const char *path);

/* Everything below /repos. */
void github_serve(struct fake_github *github, const struct fake_request *request,
                  struct fake_reply *reply);
void github_repository_get(struct call *call);
void github_ref_get(struct call *call);
void github_refs_get(struct call *call); /* those that begin so */
void github_ref_post(struct call *call);
void github_settings_post(struct fake_github *github, const struct fake_request *request,
                          struct fake_reply *reply);

/* Under the lock. */
void github_pulls_get(struct call *call);
void github_pulls_post(struct call *call);
void github_pull_get(struct call *call, int64_t number);
void github_pull_patch(struct call *call, int64_t number);
void github_pull_merge(struct call *call, int64_t number);
void github_labels_post(struct call *call, int64_t number);
struct json *pull_json(const struct call *call, const struct pull *pull);
struct json *labels_json(const struct pull *pull);
struct pull *pull_find(struct fake_github *github, const char *repository, int64_t number);
struct pull *pull_open_of(struct fake_github *github, const char *repository, const char *head,
                          const char *base);
/* Takes a zeroed place at the end; pointers to others may move. NULL without memory. */
struct pull *pull_new(struct fake_github *github, const char *repository);
void pull_happened(struct fake_github *github, const struct pull *pull, const char *event);
void pulls_free(struct fake_github *github);

#endif
