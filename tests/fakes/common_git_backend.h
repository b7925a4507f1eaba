/*
 * git's own server side for a fake or a test: runs `git http-backend` as a CGI child for one
 * request of the smart HTTP protocol, so that what answers a clone or a push is real git.
 *
 *     struct git_backend_request request = {.root = dir, .method = "GET",
 *         .path = "/owner/name.git/info/refs", .query = "service=git-upload-pack"};
 *     git_backend_run(&request, &answer, &err)  ->  status, headers, body  ->
 * git_backend_answer_done()
 *
 * The caller checks authentication before: pushing works when .remote_user is set (or the bare
 * repository says http.receivepack=true), reading always. Repositories are root + path's first
 * part, e.g. root/owner/name.git; nothing outside root can be reached.
 *
 * Holds no state. Any thread; one child per call, which is waited for.
 */
#ifndef TESTS_FAKES_COMMON_GIT_BACKEND_H
#define TESTS_FAKES_COMMON_GIT_BACKEND_H

#include "common/base.h"
#include "common/buf.h"

#define GIT_BACKEND_ANSWER_MAX_BYTES ((size_t)512 * 1024 * 1024)

struct git_backend_request {
    const char *root;         /* directory above the bare repositories, absolute */
    const char *method;       /* "GET" or "POST" */
    const char *path;         /* below root, without the query: "/owner/name.git/git-upload-pack" */
    const char *query;        /* "service=git-receive-pack", without '?'; NULL or "" for none */
    const char *content_type; /* of the request; NULL for none */
    const char *content_encoding; /* "gzip" when the body is; NULL else */
    const char *git_protocol;     /* the Git-Protocol header; NULL for none */
    const char *remote_user;      /* who authenticated; NULL for nobody */
    const void *body;
    size_t body_len;
};

struct git_backend_answer {
    int status;         /* 200 when the CGI named none */
    struct buf headers; /* "Name: value\n" lines, without Status */
    struct buf body;
};

/* True for the paths of the protocol (…/info/refs, …/git-upload-pack, …/git-receive-pack): for a
 * fake that also serves an API under the same host. */
bool git_backend_wants(const char *path);
/* True for the parts of the protocol that write (git-receive-pack as path or as service). */
bool git_backend_is_push(const char *path, const char *query);

/* 0, or ERR_FATAL when git could not be run, or ERR_REJECT for a path outside root. *out is always
 * initialised and to be freed with git_backend_answer_done. */
int git_backend_run(const struct git_backend_request *request, struct git_backend_answer *out,
                    struct err *err) MUST_USE;
void git_backend_answer_done(struct git_backend_answer *answer);

#endif
