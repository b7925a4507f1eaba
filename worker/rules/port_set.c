#include "worker/rules/port_set.h"

bool port_is_closed(const struct statement *statement, int port)
{
    for (size_t i = 0; i < statement->ports.n; i++) {
        if ((int)statement->ports.items[i].number == port)
            return statement->ports_kind == PORTS_CLOSED;
    }
    return statement->ports_kind != PORTS_CLOSED;
}

bool range_has_closed(const struct statement *statement, const struct port_range *range, int *first)
{
    if (statement->ports_kind == PORTS_EVERY && (range->from > 0 || range->to < PORT_LAST))
        return false;
    for (int port = range->from; port <= range->to; port++) {
        if (!port_is_closed(statement, port))
            continue;
        *first = port;
        return true;
    }
    return false;
}

size_t range_pieces(const struct statement *statement, const struct port_range *range,
                    struct port_piece *out, size_t max)
{
    size_t n = 0;
    bool was_closed = false;

    for (int port = range->from; port <= range->to; port++) {
        bool is_closed = port_is_closed(statement, port);

        if (n == 0 || is_closed != was_closed) {
            if (n < max)
                out[n] = (struct port_piece){{port, port}, is_closed};
            n++;
        }
        if (n <= max)
            out[n - 1].range.to = port;
        was_closed = is_closed;
    }
    return n;
}
