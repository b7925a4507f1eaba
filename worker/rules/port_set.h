/*
 * Port set: the ports that a statement closes, and how they cut a range of ports into pieces.
 *
 *     closed_ports: [22]      that one        open_only: [80, 443]    all but these
 *     closed_ports: all       only a range of all ports counts
 *
 * Pure, any thread.
 */
#ifndef WORKER_RULES_PORT_SET_H
#define WORKER_RULES_PORT_SET_H

#include "worker/rules/statement.h"

#define PORT_LAST       65535
#define PORT_PIECES_MAX 7 /* of one range; more are no edit that a person wants to read */

struct port_range { /* to < from: no port */
    int from, to;
};
struct port_piece {
    struct port_range range;
    bool is_closed;
};
bool port_is_closed(const struct statement *statement, int port);
/* Is one of its ports closed? *first gets the first of these. */
bool range_has_closed(const struct statement *statement, const struct port_range *range,
                      int *first);
/* Cuts a range where closed ports begin and end; answers how many pieces there are, which may
 * exceed max. */
size_t range_pieces(const struct statement *statement, const struct port_range *range,
                    struct port_piece *out, size_t max);

#endif
