/* Network ACLs: a port that the world does not reach before the fix, it does not reach after. Asked
 * at every port where an entry begins or ends, since nothing changes in between. */
#include <stdio.h>

#include "worker/gate/widening.h"
#include "worker/rules/acl.h"

#define PORTS_MAX 1100

struct ports {
    int items[PORTS_MAX];
    size_t n;
};

static void add_port(struct ports *ports, int port)
{
    if (port < 0 || port > PORT_LAST || ports->n == COUNT(ports->items))
        return;
    for (size_t i = 0; i < ports->n; i++) {
        if (ports->items[i] == port)
            return;
    }
    ports->items[ports->n++] = port;
}

static void add_edges(struct ports *ports, const struct acl *acl)
{
    for (size_t i = 0; i < acl->n; i++) {
        add_port(ports, acl->items[i].range.from);
        add_port(ports, acl->items[i].range.from - 1);
        add_port(ports, acl->items[i].range.to);
        add_port(ports, acl->items[i].range.to + 1);
    }
}

struct pair {
    const struct hcl_resource *was, *is;
    struct acl before, after;
    struct acl_open open;
};

static void read_acl(const struct hcl_module *root, const struct hcl_resource *resource, size_t i,
                     bool egress, struct acl *out)
{
    const struct place place = {root, resource, hcl_block_body(resource->block), NULL};
    const struct hcl_instance *instances = NULL;
    size_t n = hcl_instances(resource, &instances);

    out->n = 0;
    out->unsure[0] = '\0';
    if (i < n)
        acl_read(&place, &instances[i], egress, out);
}

static bool port_opened(struct pair *pair, int port, size_t family)
{
    enum rule_verdict was =
        pair->was != NULL ? acl_port(&pair->before, port, family, &pair->open) : RULE_HOLDS;
    enum rule_verdict is = acl_port(&pair->after, port, family, &pair->open);

    return (is == RULE_FAILS && was != RULE_FAILS) || (is == RULE_UNKNOWN && was == RULE_HOLDS);
}

static void compare(struct widening *widening, struct pair *pair)
{
    struct ports ports = {.n = 0};

    add_port(&ports, 0);
    add_edges(&ports, &pair->before);
    add_edges(&ports, &pair->after);
    for (size_t i = 0; i < ports.n && widening->found[0] == '\0'; i++) {
        for (size_t family = 0; family < 2; family++) {
            if (port_opened(pair, ports.items[i], family))
                (void)snprintf(widening->found, sizeof widening->found,
                               "%.160s lets the world reach port %d, which it did not before",
                               pair->is->address, ports.items[i]);
        }
    }
}

int widening_acl(struct widening *widening, struct err *err)
{
    const struct gate_run *run = widening->run;
    struct pair *pair = calloc(1, sizeof *pair);

    if (pair == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < hcl_resource_count(run->root_after); i++) {
        const struct hcl_resource *is = hcl_resource_at(run->root_after, i);
        const struct place place = {run->root_after, is, hcl_block_body(is->block), NULL};
        const struct hcl_instance *instances = NULL;

        if (is->is_data || !acl_is_meant(&place))
            continue;
        pair->is = is;
        pair->was = hcl_resource_find(run->before, is->address);
        for (size_t k = 0; k < 2 * hcl_instances(is, &instances) && widening->found[0] == '\0';
             k++) {
            if (pair->was != NULL)
                read_acl(run->before, pair->was, k / 2, k % 2 == 1, &pair->before);
            read_acl(run->root_after, is, k / 2, k % 2 == 1, &pair->after);
            compare(widening, pair);
        }
    }
    free(pair);
    return 0;
}
