/*
 * Redis transport: bytes to and from one server over TCP, a unix socket or TLS, with deadlines.
 *
 *     redis_transport_open()  ->  …_write(), …_read()  ->  redis_transport_free()
 *
 * Holds:    no call outlives its deadline (the socket never blocks; poll does the waiting); a peer
 *           that is gone is an error, never a SIGPIPE; a certificate is verified, and its name.
 * Does not: bound the name look-up, which is the resolver's business; work on after an error: then
 *           free it and open another.
 *
 * The parsed CA store is shared by all connections with the same file. One thread per transport.
 */
#ifndef COMMON_REDIS_REDIS_TRANSPORT_H
#define COMMON_REDIS_REDIS_TRANSPORT_H

#include "common/base.h"
#include "common/redis/redis_url.h"

struct redis_transport;

/* All deadlines are moments of the monotonic clock. Failures are ERR_RETRY; a CA file that cannot
 * be read is ERR_FATAL. */
int redis_transport_open(struct redis_transport **out, const struct redis_target *target,
                         const char *ca_file, int64_t deadline_at_ms, struct err *err) MUST_USE;
void redis_transport_free(struct redis_transport *transport);
DEFINE_CLEANUP(struct redis_transport *, redis_transport_free)

/* False when the peer has closed, or says something although nothing was asked. Does not wait. */
bool redis_transport_is_quiet(struct redis_transport *transport);
int redis_transport_write(struct redis_transport *transport, const char *bytes, size_t len,
                          int64_t deadline_at_ms, struct err *err) MUST_USE;
/* At least one byte, at most size. */
int redis_transport_read(struct redis_transport *transport, char *bytes, size_t size,
                         size_t *out_len, int64_t deadline_at_ms, struct err *err) MUST_USE;

#endif
