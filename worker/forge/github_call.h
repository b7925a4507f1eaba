/*
 * GitHub calls: one REST request and what its status means for us.
 *
 *     github_get(), github_post()  ->  read answer.json  ->  github_answer_done()
 *
 * Holds:    the headers GitHub wants; every request is paid from the fleet's budget; a limit (403
 * or 429, primary or secondary) becomes err_throttled with the wait it asks for, the fleet's budget
 * is paused for as long, and this handle sends nothing before it is over; after a 401 it is sent
 * once more if there is another token, else that is err_throttled too, since a new one makes the
 * same item work; 404 and a missing permission are ERR_REJECT with the reason, since asking again
 * changes nothing. Does not: repeat a POST whose outcome is unknown; with ERR_RETRY, answer.status
 * tells whether it is (0, 2xx and 5xx).
 */
#ifndef WORKER_FORGE_GITHUB_CALL_H
#define WORKER_FORGE_GITHUB_CALL_H

#include "common/base.h"
#include "common/secret/token_source.h"

struct http;
struct json;
struct redis;
struct github_floor;

#define GITHUB_SCOPE_BYTES      48
#define GITHUB_URL_BYTES        2048
#define GITHUB_REPOSITORY_BYTES 256

struct github { /* what all parts of the GitHub forge share; owned by forge_github.c */
    struct http *http;
    struct redis *redis;        /* NULL: no budget */
    struct github_floor *floor; /* NULL: none */
    char *api_url;              /* without a slash at the end */
    char *git_url;
    const struct token_source *tokens;
    struct token_source fixed;                /* of token */
    char *token;                              /* owned; NULL: it comes from elsewhere */
    char scope[GITHUB_SCOPE_BYTES];           /* names the token in the budget without telling it */
    char repository[GITHUB_REPOSITORY_BYTES]; /* for whom is asked: the budget's shares go by it */
    bool urgent;                              /* the budget's reserve is for it */
    int64_t quiet_until_ms;                   /* monotonic: GitHub asked for silence until then */
    int64_t secondary_wait_ms; /* the next wait when GitHub says no and not how long */
    bool pays_ahead; /* the next write takes from the budget for the one after it as well */
    bool paid;       /* the next write is paid for */
};

struct github_answer {
    int status;
    struct json *json;               /* NULL when the body was none */
    char next_url[GITHUB_URL_BYTES]; /* "" on the last page */
};

enum github_answer_kind {
    GITHUB_REFUSED = 1, /* 422: the request was understood and refused; answer.json says why */
};

/* path: "/repos/…", or a whole URL of the same server. */
int github_get(struct github *github, const char *path, struct github_answer *out,
               struct err *err) MUST_USE;
int github_post(struct github *github, const char *path, const struct json *body, bool idempotent,
                struct github_answer *out, struct err *err) MUST_USE;
void github_answer_done(struct github_answer *answer);

/* Does the body's message, or one of its errors (objects or plain strings), begin so? */
bool github_says(const struct json *body, const char *beginning);
/* Is one of its errors about this field? */
bool github_blames(const struct json *body, const char *field);
/* Message and errors in one line, cut to size. */
void github_reason(const struct json *body, char *out, size_t size);

#endif
