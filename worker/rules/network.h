/*
 * Network: address ranges as numbers, and whether several of them together are the whole world.
 *
 * The world is more than "0.0.0.0/0": two halves of it, its IPv6 spelling in full, the one eighth
 * of IPv6 from which addresses are given out, or a list of everything but the private ranges. So
 * what is asked is not how a range is written but whether any public address is left outside.
 *
 * Pure, any thread.
 */
#ifndef WORKER_RULES_NETWORK_H
#define WORKER_RULES_NETWORK_H

#include "common/base.h"

__extension__ typedef unsigned __int128 network_address;

struct network { /* from first to last address, both in it */
    bool is_ipv6;
    int bits; /* of the prefix */
    network_address first, last;
};
/* "10.0.0.0/8", "::/0", "0:0:0:0:0:0:0:0/0"; host bits are cut off. false: that is no range. */
bool network_read(const char *text, struct network *out);
/* Is every public address of that family in one of them? */
bool networks_are_world(const struct network *networks, size_t n, bool is_ipv6);
/* Are all of one's addresses in the others? */
bool network_is_within(const struct network *one, const struct network *networks, size_t n);
/* For networks that are the world: -1 none; else those with at most so many bits are what makes
 * them the world, and without these they are none. */
int networks_world_bits(const struct network *networks, size_t n, bool is_ipv6);

#endif
