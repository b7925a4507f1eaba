/*
 * Redis TLS: an OpenSSL session over a non-blocking socket.
 *
 *     redis_tls_new()  ->  redis_tls_step(TLS_HANDSHAKE …), (TLS_READ …) …  ->  redis_tls_free()
 *
 * Its socket I/O is our own (send with MSG_NOSIGNAL), for OpenSSL's would raise SIGPIPE. A step
 * never waits: it tells what to poll for. The contexts, and so the parsed CA certificates, are
 * shared by all threads; a session belongs to one.
 */
#ifndef COMMON_REDIS_REDIS_TLS_H
#define COMMON_REDIS_REDIS_TLS_H

#include "common/base.h"

struct redis_tls; /* an SSL; owned */

enum redis_tls_action { TLS_HANDSHAKE, TLS_READ, TLS_WRITE, TLS_PEEK };

/* fd is borrowed. ERR_FATAL: the CA file is not there or holds no certificate. */
int redis_tls_new(struct redis_tls **out, int fd, const char *host, const char *ca_file,
                  struct err *err) MUST_USE;
void redis_tls_free(struct redis_tls *tls);
DEFINE_CLEANUP(struct redis_tls *, redis_tls_free)

/* Bytes moved (1 for a handshake that is done); 0: the peer has closed; -1: poll for *out_events;
 * -2: broken, err says how. */
int redis_tls_step(struct redis_tls *tls, enum redis_tls_action action, void *bytes, size_t len,
                   short *out_events, struct err *err);

#endif
