/*
 * ACL read: every entry of one ACL, wherever it is written, in the order of their numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "worker/rules/acl.h"

static bool is_acl(const char *type)
{
    return str_eq(type, "aws_network_acl") || str_eq(type, "aws_default_network_acl");
}

static bool is_entry(const char *type)
{
    return str_eq(type, "aws_network_acl_rule");
}

bool acl_is_meant(const struct place *place)
{
    return is_acl(place->resource->type) || is_entry(place->resource->type);
}

/* --- which ACL --- */

/* A name for the ACL that an instance is or belongs to: the same for all that belong together.
 * false: it cannot be known. */
static bool acl_name(const struct hcl_resource *resource, const struct hcl_instance *instance,
                     char *out, size_t size)
{
    const struct hcl_node *attribute;
    const struct hcl_value *id;

    if (is_acl(resource->type))
        return str_copy(out, size, instance->address);
    attribute = hcl_attribute(resource->file, resource->block, "network_acl_id");
    id = hcl_eval_attribute(resource, resource->block, "network_acl_id", instance);
    if (id == NULL)
        return false;
    if (id->instance != NULL && strstr(id->instance->address, "[?]") == NULL)
        return str_eq(id->attribute, "id")
                   ? str_copy(out, size, id->instance->address)
                   : (size_t)snprintf(out, size, "%s.%s", id->instance->address, id->attribute) <
                         size;
    if (id->kind == HCL_V_TEXT)
        return str_copy(out, size, id->text);
    /* What nobody knows is still the same where it is written the same. */
    return !resource->has_count && !resource->has_for_each &&
           (size_t)snprintf(out, size, "%s %.*s", hcl_module_path(resource->module),
                            (int)(attribute->child->end - attribute->child->start),
                            resource->file->bytes + attribute->child->start) < size;
}

/* --- one entry --- */

static const struct hcl_value *value_of(const struct acl_entry *entry, const char *in_acl,
                                        const char *in_rule)
{
    return opening_value(&entry->place, &entry->opening,
                         is_entry(entry->place.resource->type) ? in_rule : in_acl);
}

static void action_read(struct acl_entry *entry)
{
    const struct hcl_value *action = value_of(entry, "action", "rule_action");
    bool is_known = action != NULL && action->kind == HCL_V_TEXT;

    entry->allows = !is_known || strcasecmp(action->text, "allow") == 0;
    entry->denies = !is_known || !entry->allows;
}

static void range_read(struct acl_entry *entry)
{
    enum protocol protocol = protocol_of(value_of(entry, "protocol", "protocol"));

    entry->range = (struct port_range){0, PORT_LAST};
    if (protocol == PROTOCOL_UNKNOWN)
        entry->unsure = true;
    if (protocol == PROTOCOL_UDP || protocol == PROTOCOL_OTHER)
        entry->range = (struct port_range){0, -1};
    if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UNKNOWN)
        return;
    if (!port_number(value_of(entry, "from_port", "from_port"), 0, &entry->range.from) ||
        !port_number(value_of(entry, "to_port", "to_port"), PORT_LAST, &entry->range.to)) {
        entry->range = (struct port_range){0, PORT_LAST};
        entry->unsure = true;
    }
}

static void networks_read(struct acl_entry *entry)
{
    for (size_t i = 0; i < COUNT(entry->networks); i++) {
        const struct hcl_value *value =
            opening_value(&entry->place, &entry->opening, entry->opening.sources[i]);

        if (value != NULL && value->kind == HCL_V_UNKNOWN)
            entry->unsure = true;
        entry->has[i] = value != NULL && value->kind == HCL_V_TEXT &&
                        network_read(value->text, &entry->networks[i]);
    }
}

static void add(struct acl *out, const struct place *place, const struct opening *opening)
{
    struct acl_entry *entry;
    const struct hcl_value *number;

    if (out->n >= ACL_ENTRIES_MAX) {
        (void)str_copy(out->unsure, sizeof out->unsure, "there are too many entries to look at");
        return;
    }
    entry = &out->items[out->n++];
    *entry = (struct acl_entry){.place = *place, .opening = *opening};
    entry->opening.sources[0] = "cidr_block";
    entry->opening.sources[1] = "ipv6_cidr_block";
    number = value_of(entry, "rule_no", "rule_number");
    entry->unsure = number == NULL || number->kind != HCL_V_NUMBER;
    entry->number = entry->unsure ? 1e9 : number->number;
    action_read(entry);
    range_read(entry);
    networks_read(entry);
}

/* --- all of them --- */

static void add_inline(const struct place *place, bool egress, struct acl *out)
{
    CLEANUP(mem_freep) struct openings *all = calloc(1, sizeof *all);

    if (all == NULL) {
        (void)str_copy(out->unsure, sizeof out->unsure, "there is no memory left to look at it");
        return;
    }
    openings_of(place, place->only, egress, all);
    for (size_t i = 0; i < all->n; i++)
        add(out, place, &all->items[i]);
    if (all->unsure[0] != '\0')
        memcpy(out->unsure, all->unsure, sizeof out->unsure);
}

static void add_rule(const struct place *place, bool egress, struct acl *out)
{
    const struct hcl_value *way =
        hcl_eval_attribute(place->resource, place->body, "egress", place->only);
    const struct opening opening = {
        .form = OPENING_RULE, .body = place->body, .instance = place->only};

    if (way != NULL && way->kind != HCL_V_BOOL && way->kind != HCL_V_NULL)
        (void)snprintf(out->unsure, sizeof out->unsure, "which way %.150s goes cannot be known",
                       place->resource->address);
    else if ((way != NULL && way->kind == HCL_V_BOOL && way->boolean) == egress)
        add(out, place, &opening);
}

static void add_instance(const struct place *place, const char *wanted, bool egress,
                         struct acl *out)
{
    char name[1024];

    if (!acl_name(place->resource, place->only, name, sizeof name))
        (void)snprintf(out->unsure, sizeof out->unsure, "%.200s may belong to it",
                       place->resource->address);
    else if (!str_eq(name, wanted))
        return;
    else if (is_acl(place->resource->type))
        add_inline(place, egress, out);
    else
        add_rule(place, egress, out);
}

static int by_number(const void *a, const void *b)
{
    double x = ((const struct acl_entry *)a)->number;
    double y = ((const struct acl_entry *)b)->number;

    return (x > y) - (x < y);
}

void acl_read(const struct place *place, const struct hcl_instance *instance, bool egress,
              struct acl *out)
{
    char wanted[1024];

    out->n = 0;
    out->unsure[0] = '\0';
    if (!acl_name(place->resource, instance, wanted, sizeof wanted)) {
        (void)str_copy(out->unsure, sizeof out->unsure, "which ACL it belongs to cannot be known");
        return;
    }
    for (size_t i = 0; i < hcl_resource_count(place->root); i++) {
        const struct hcl_resource *one = hcl_resource_at(place->root, i);
        const struct hcl_instance *instances = NULL;
        size_t n = 0;

        if (!one->is_data && (is_acl(one->type) || is_entry(one->type)))
            n = hcl_instances(one, &instances);
        for (size_t k = 0; k < n && k < LOOK_AT_INSTANCES_MAX; k++) {
            struct place there = {place->root, one, hcl_block_body(one->block), &instances[k]};

            add_instance(&there, wanted, egress, out);
        }
    }
    qsort(out->items, out->n, sizeof *out->items, by_number);
}
