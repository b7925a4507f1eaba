/*
 * A small git server over HTTP: real `git http-backend` behind a socket, with the first answer of
 * a private host (401) and the faults a test asks for.
 *
 *     git_server_start(root, &options) -> git_server_url(server, "acme/infra") … ->
 * git_server_stop()
 *
 * Repositories are root/owner/name.git. Listens on 127.0.0.1; a thread per connection.
 * Also the shell of a test that needs git itself: git_run(), git_available().
 */
#ifndef TESTS_SUPPORT_GIT_SERVER_H
#define TESTS_SUPPORT_GIT_SERVER_H

#include "common/base.h"

struct git_server;

struct git_server_options {
    const char *token;       /* "x-access-token" and this, by Basic; NULL: everybody may */
    bool is_silent;          /* reads requests, never answers */
    size_t cut_after_bytes;  /* > 0: the answer to git-upload-pack breaks off here */
    int refuse_push;         /* > 0: the status for whoever wants to push */
    int refuse_all;          /* > 0: the status for everybody, with Retry-After: 7 */
    const char *redirect_to; /* listings are redirected to this + path, e.g. another server */
    const char *rename_from; /* "/old/name.git": listings of it are redirected to rename_to here */
    const char *rename_to;
};

struct git_server *git_server_start(const char *root, const struct git_server_options *options);
void git_server_stop(struct git_server *server);
DEFINE_CLEANUP(struct git_server *, git_server_stop)

int git_server_port(const struct git_server *server);
/* "http://127.0.0.1:PORT/owner/name.git" into out. */
void git_server_url(const struct git_server *server, const char *name, char *out, size_t size);
size_t git_server_requests(struct git_server *server);
size_t git_server_authorised(struct git_server *server); /* of them with an Authorization header */

bool git_available(void);
/* Runs a shell line in dir with a quiet git environment. Its output, without the last newline, into
 * out (may be NULL). Fails the program when the line fails and must_work. Returns its exit status.
 */
int git_run(const char *dir, bool must_work, char *out, size_t size, const char *format, ...)
    PRINTF_LIKE(5, 6);

#endif
