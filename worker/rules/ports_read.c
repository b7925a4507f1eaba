/*
 * Ports read: closed_ports and open_only, from YAML.
 */
#include "worker/rules/port_set.h"
#include "worker/rules/statement_read.h"

const char *const ports_keys[] = {"closed_ports", "open_only", "direction", "input",
                                  "ipv6_input",   "reason",    NULL};

static int direction_read(const struct pack_reader *reader, const struct yaml_node *map,
                          struct statement *out, struct err *err)
{
    const char *text = "ingress";
    int r = statement_text(reader, map, "direction", &text, err);

    if (r == 0 && !str_eq(text, "ingress") && !str_eq(text, "egress"))
        return yaml_complain(reader->yaml, yaml_get(map, "direction"), err,
                             "direction is 'ingress' or 'egress'");
    out->egress = str_eq(text, "egress");
    return r;
}

static int numbers_read(const struct pack_reader *reader, const struct yaml_node *ports,
                        struct statement *out, struct err *err)
{
    int r = literals_read(reader, ports, &out->ports, err);

    for (size_t i = 0; r == 0 && i < out->ports.n; i++) {
        const struct literal *port = &out->ports.items[i];

        if (port->kind != LITERAL_NUMBER || port->number < 0 || port->number > PORT_LAST)
            return yaml_complain(reader->yaml, ports, err, "a port is a number from 0 to 65535");
    }
    return r;
}

int ports_read(const struct pack_reader *reader, const struct yaml_node *map, struct statement *out,
               struct err *err)
{
    const struct yaml_node *closed = yaml_get(map, "closed_ports");
    const struct yaml_node *open = yaml_get(map, "open_only");
    bool is_every = closed != NULL && closed->kind == YAML_SCALAR && str_eq(closed->text, "all");
    int r = 0;

    out->verb = VERB_PORTS;
    out->name = "";
    out->ports_kind = is_every ? PORTS_EVERY : open != NULL ? PORTS_OPEN_ONLY : PORTS_CLOSED;
    if (closed != NULL && open != NULL)
        return yaml_complain(reader->yaml, open, err, "closed_ports and open_only exclude another");
    if (!is_every)
        r = numbers_read(reader, open != NULL ? open : closed, out, err);
    if (r == 0)
        r = direction_read(reader, map, out, err);
    if (r == 0)
        r = statement_text(reader, map, "input", &out->input, err);
    if (r == 0)
        r = statement_text(reader, map, "ipv6_input", &out->ipv6_input, err);
    if (r == 0 && out->input == NULL)
        return yaml_complain(reader->yaml, map, err, "input is missing: who may come in instead");
    if (r == 0)
        r = needs_use(reader, yaml_get(map, "input"), out->input, err);
    if (r == 0 && out->ipv6_input != NULL)
        r = needs_use(reader, yaml_get(map, "ipv6_input"), out->ipv6_input, err);
    return r;
}
