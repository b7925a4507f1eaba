/*
 * Forge: where pull requests live. Two implementations: github (REST) and local (a bare repository;
 * each PR is Markdown plus a patch). The item protocol looks before it creates, so create_pr may be
 * asked twice.
 *
 * One forge per thread.
 */
#ifndef WORKER_FORGE_FORGE_H
#define WORKER_FORGE_FORGE_H

#include "common/base.h"
#include "common/buf.h"

struct http;
struct forge;
struct github_floor;
struct token_source;

enum forge_state { FORGE_OPEN, FORGE_MERGED, FORGE_CLOSED };

struct forge_pr {
    int64_t number;
    char url[512];
    char branch[256]; /* its head */
    enum forge_state state;
    char head_commit[65];
    char fingerprint[65]; /* from the body's marker; "" when there is none */
    bool created;         /* by this very call */
};

struct forge_pr_request {
    const char *repository; /* owner/name */
    const char *branch;
    const char *base;
    const char *title;
    const char *body; /* Markdown with the hidden marker <!-- plumb fp=… plan=sha256:… --> */
    const char *const *labels;
    size_t n_labels;
    bool draft;
    const char *patch; /* unified diff, for the local forge; NULL is fine */
};

/* All branches of one finding: each generation's is one of these names, from the second on with
 * "-g" and its number behind. */
struct forge_kin {
    const char *fingerprint;
    const char *name;
    const char *long_name; /* begins with name */
};

struct forge_repository {
    char default_branch[256];
    bool archived;
    bool can_push;
};

enum forge_answer {
    FORGE_NO_PR = 1,      /* none with this head branch, in any state */
    FORGE_NO_BRANCH = 2,  /* create: the head branch is not there (not pushed yet) */
    FORGE_NO_COMMITS = 3, /* create: nothing between base and head */
};

struct forge_ops {
    const char *name; /* "github", "local" */
    /* ERR_REJECT "not found, or the token may not see it", … */
    int (*repository)(struct forge *forge, const char *repository, struct forge_repository *out,
                      struct err *err);
    /* Where git clones from and pushes to, without credentials. */
    int (*clone_url)(struct forge *forge, const char *repository, struct buf *out, struct err *err);
    /* The newest PR with this head, open ones first. 0 or FORGE_NO_PR. */
    int (*find_pr)(struct forge *forge, const char *repository, const char *branch,
                   struct forge_pr *out, struct err *err);
    /* An open PR of any generation, with this fingerprint or none in its body. 0 or FORGE_NO_PR. */
    int (*find_open)(struct forge *forge, const char *repository, const struct forge_kin *kin,
                     struct forge_pr *out, struct err *err);
    /* 0 (also when the PR exists already: it is adopted, out->created false) or an answer.
     * ERR_RETRY: look before retrying. */
    int (*create_pr)(struct forge *forge, const struct forge_pr_request *request,
                     struct forge_pr *out, struct err *err);
    void (*free)(struct forge *forge);
};
struct forge {
    const struct forge_ops *ops;
    bool urgent; /* set by whoever asks: for a critical or high finding, which has a reserve */
};

struct forge_github_options {
    struct http *http;                 /* borrowed */
    struct redis *redis;               /* for the fleet's budget; NULL: none */
    struct github_floor *floor;        /* borrowed; what is allowed without Redis; NULL: nothing */
    const char *api_url;               /* https://api.github.com */
    const char *git_url;               /* https://github.com */
    const char *token;                 /* one that stays; or NULL, and */
    const struct token_source *tokens; /* borrowed */
    const char *scope; /* of tokens: what the fleet's budget belongs to, whichever is in use */
};
int forge_github_new(struct forge **out, const struct forge_github_options *options,
                     struct err *err) MUST_USE;
/* repositories: directory with owner/name.git bare repositories; pulls: where owner/name/N.md,
 * N.patch and N.json go. */
int forge_local_new(struct forge **out, const char *repositories, const char *pulls,
                    struct err *err) MUST_USE;
static inline void forge_free(struct forge *forge)
{
    if (forge != NULL)
        forge->ops->free(forge);
}
DEFINE_CLEANUP(struct forge *, forge_free)

/* Text from outside made harmless inside Markdown, and one line: no mention, HTML, comment, closing
 * keyword, link or fence survives; what cannot be seen is dropped; cut to max bytes. */
void markdown_escape(struct buf *out, const char *text, size_t max);
/* The same for titles and commit messages, which are not Markdown but in which GitHub acts on
 * mentions and closing keywords too: one line of visible characters, a blank where a mention,
 * reference or link would begin. */
void plain_escape(struct buf *out, const char *text, size_t max);
/* The marker of the body: reads fp and plan digest; false when absent. */
bool forge_marker_read(const char *body, char fp[65], char plan_sha256[65]);
void forge_marker_write(struct buf *out, const char *fp, const char *plan_sha256);

#endif
