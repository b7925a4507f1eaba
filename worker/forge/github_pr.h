/*
 * GitHub's pull requests: the one with a given head, looked for in every state, and what is read of
 * it.
 */
#ifndef WORKER_FORGE_GITHUB_PR_H
#define WORKER_FORGE_GITHUB_PR_H

#include "worker/forge/forge.h"
#include "worker/forge/github_call.h"

/* "/repos/owner/name" and the rest; ERR_REJECT when repository is no name of one. */
int github_path(char out[GITHUB_URL_BYTES], const char *repository, const char *rest,
                struct err *err) MUST_USE;
/* The pull request with this head, open before closed, then the newest: 0 and GitHub's JSON, owned
 * by the caller, or FORGE_NO_PR. */
int github_pr_find(struct github *github, const char *repository, const char *branch,
                   struct json **out, struct err *err) MUST_USE;
/* forge.h's find_open. GitHub lists the branches that begin with a name in one request, and closes
 * a pull request whose branch is deleted: so no open one is missed, whatever its generation. */
int github_pr_find_open(struct github *github, const char *repository, const struct forge_kin *kin,
                        struct forge_pr *out, struct err *err) MUST_USE;
int github_pr_read(const struct json *json, struct forge_pr *out, struct err *err) MUST_USE;

#endif
