/*
 * GitHub App: tokens of its installations instead of a person's. Each is for one repository, may
 * write contents and pull requests and read metadata, and nothing else, and lives for an hour.
 *
 *     github_app_open -> github_app_source -> take, refused … -> github_app_free
 *
 * Written from GitHub's documentation, "Authenticating as a GitHub App installation".
 *
 * Holds:    a token is minted once for all threads and kept until 5 minutes before its end, or a
 *           twelfth of its life; one that is refused is minted anew, at most once in 3 seconds;
 *           tokens are registered with redact(), the app's key never leaves.
 *
 * Any thread.
 */
#ifndef WORKER_FORGE_GITHUB_APP_H
#define WORKER_FORGE_GITHUB_APP_H

#include "common/http/http.h"
#include "common/secret/token_source.h"

struct github_app;

struct github_app_options {
    const char *app_id;              /* or the client id */
    const char *installation_id;     /* "": asked for, repository by repository */
    const struct token_source *key;  /* gives the private key, PEM; borrowed */
    const char *api_url;             /* copied */
    const struct http_options *http; /* copied into a handle of its own */
};

int github_app_open(struct github_app **out, const struct github_app_options *options,
                    struct err *err) MUST_USE;
void github_app_free(struct github_app *app);
DEFINE_CLEANUP(struct github_app *, github_app_free)
struct token_source github_app_source(struct github_app *app); /* borrows it */

#endif
