/*
 * Channel: what crosses threads. A bounded queue of pointers; many senders, many receivers.
 *
 *     channel_new(&c, 64, err);  channel_send(c, p, 1000)  /  channel_receive(c, 1000)
 *
 * Closing wakes everybody: sends fail, receives drain what is left and then give NULL. The channel
 * owns nothing that it carries.
 */
#ifndef COMMON_CHANNEL_H
#define COMMON_CHANNEL_H

#include "common/base.h"

struct channel;

int channel_new(struct channel **out, size_t capacity, struct err *err) MUST_USE;
void channel_free(struct channel *channel); /* must be empty */
DEFINE_CLEANUP(struct channel *, channel_free)

/* False when closed or still full after timeout_ms (0: at once). */
bool channel_send(struct channel *channel, void *pointer, int64_t timeout_ms) MUST_USE;
/* NULL when nothing came within timeout_ms, or closed and empty. */
void *channel_receive(struct channel *channel, int64_t timeout_ms) MUST_USE;
size_t channel_count(struct channel *channel);
void channel_close(struct channel *channel);

#endif
