/*
 * A moto_server of the test's own: Amazon's services in one process, on a free port of loopback.
 *
 *     struct moto_server *moto = moto_server_start();  …  moto_server_stop(moto);
 *
 * moto_server_start skips the program (exit 77, with a line that says so) where moto is not
 * installed. It speaks HTTP; signatures are checked once moto_server_demand_keys was called.
 */
#ifndef TESTS_SUPPORT_MOTO_SERVER_H
#define TESTS_SUPPORT_MOTO_SERVER_H

#include "common/aws/aws_sign.h"

struct moto_server;

struct moto_server *moto_server_start(void);
void moto_server_stop(struct moto_server *moto);
const char *moto_server_url(const struct moto_server *moto); /* "http://127.0.0.1:PORT" */

struct moto_call {
    const char *service, *method, *path;
    const struct http_header *query;
    size_t n_query;
    const char *content_type; /* NULL: none */
    const char *body;         /* NULL: none */
};
/* Sends a signed request; ends the test unless the status is the wanted one. The answer's body is
 * the caller's to free. */
char *moto_server_call(struct moto_server *moto, const struct moto_call *call, int wanted);
/* A user that may do what the policy (JSON) says, and its keys. */
void moto_server_add_user(struct moto_server *moto, const char *name, const char *policy,
                          struct aws_keys *out);
/* From now on moto checks signatures and rights, except for its own API. */
void moto_server_demand_keys(struct moto_server *moto);

#endif
