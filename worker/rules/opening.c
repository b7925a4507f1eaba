#include "worker/rules/opening.h"

#include <stdio.h>
#include <strings.h>

#include "worker/rules/network.h"

/* --- where they are --- */

static void unsure(struct openings *out, const char *text, const char *why)
{
    if (out->unsure[0] == '\0')
        (void)snprintf(out->unsure, sizeof out->unsure, "%s%s%s", text, why[0] != '\0' ? ": " : "",
                       why);
}

static struct opening *add(struct openings *out, enum opening_form form,
                           const struct hcl_instance *instance)
{
    static const char *const lists[] = {"cidr_blocks", "ipv6_cidr_blocks"};
    static const char *const singles[] = {"cidr_ipv4", "cidr_ipv6"};
    const char *const *sources = form == OPENING_VPC_RULE ? singles : lists;
    struct opening *one;

    if (out->n >= OPENINGS_MAX) {
        unsure(out, "there are more rules than can be looked at", "");
        return NULL;
    }
    one = &out->items[out->n++];
    *one =
        (struct opening){.form = form, .instance = instance, .sources = {sources[0], sources[1]}};
    return one;
}

static const char *why_unknown(const struct hcl_value *value)
{
    return value != NULL && value->kind == HCL_V_UNKNOWN && value->unknown != NULL ? value->unknown
                                                                                   : "";
}

/* ingress = [{ … }] */
static void add_elements(const struct place *place, const struct hcl_node *attribute,
                         const struct hcl_instance *instance, struct openings *out)
{
    const struct hcl_resource *resource = place->resource;
    const struct hcl_value *list =
        hcl_eval(resource->module, resource->file, attribute->child, instance);
    const struct hcl_node *written =
        attribute->child->kind == HCL_TUPLE ? attribute->child->child : NULL;

    if (list->kind == HCL_V_NULL)
        return;
    if (list->kind != HCL_V_LIST) {
        unsure(out, "which rules there are cannot be known", why_unknown(list));
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        struct opening *one = add(out, OPENING_ELEMENT, instance);

        if (one == NULL)
            return;
        one->block = attribute;
        one->object = list->items[i];
        one->element = written != NULL && written->kind == HCL_OBJECT ? written : NULL;
        written = written != NULL ? written->next : NULL;
    }
}

static void iterator_of(const struct hcl_file *file, const struct hcl_node *block, const char *type,
                        char *out, size_t size)
{
    const struct hcl_node *iterator = hcl_attribute(file, block, "iterator");

    if (iterator == NULL || !expr_name(file, iterator->child, 0, out, size))
        (void)str_copy(out, size, type);
}

static void add_dynamic(const struct place *place, const struct hcl_node *block, const char *type,
                        const struct hcl_instance *instance, struct openings *out)
{
    const struct hcl_resource *resource = place->resource;
    const struct hcl_node *each = hcl_attribute(resource->file, block, "for_each");
    const struct hcl_node *content = hcl_block_next(resource->file, block, "content", NULL);
    const struct hcl_value *over =
        each != NULL ? hcl_eval(resource->module, resource->file, each->child, instance) : NULL;

    if (over == NULL || content == NULL ||
        (over->kind != HCL_V_LIST && over->kind != HCL_V_OBJECT)) {
        unsure(out, "what a dynamic block walks over cannot be known", why_unknown(over));
        return;
    }
    for (size_t i = 0; i < over->n; i++) {
        struct opening *one = add(out, OPENING_DYNAMIC, instance);

        if (one == NULL)
            return;
        one->block = block;
        one->body = hcl_block_body(content);
        one->turn = (struct hcl_turn){.over = over, .i = i};
        iterator_of(resource->file, block, type, one->turn.name, sizeof one->turn.name);
    }
}

static void add_inline(const struct place *place, const struct hcl_instance *instance,
                       const char *type, struct openings *out)
{
    const struct hcl_file *file = place->resource->file;
    const struct hcl_node *attribute = hcl_attribute(file, place->body, type);
    const struct hcl_node *block = NULL;
    char label[128];

    if (attribute != NULL)
        add_elements(place, attribute, instance, out);
    while ((block = hcl_block_next(file, place->body, type, block)) != NULL) {
        struct opening *one = add(out, OPENING_BLOCK, instance);

        if (one == NULL)
            return;
        one->block = block;
        one->body = hcl_block_body(block);
    }
    while ((block = hcl_block_next(file, place->body, "dynamic", block)) != NULL) {
        if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, type))
            add_dynamic(place, block, type, instance, out);
    }
}

/* aws_security_group_rule says which way it goes. */
static void add_rule(const struct place *place, const struct hcl_instance *instance, bool egress,
                     struct openings *out)
{
    const struct hcl_value *type =
        hcl_eval_attribute(place->resource, place->body, "type", instance);
    struct opening *one;

    if (type != NULL && type->kind == HCL_V_TEXT &&
        !str_eq(type->text, egress ? "egress" : "ingress"))
        return;
    if (type != NULL && type->kind != HCL_V_TEXT) {
        unsure(out, "whether it is an ingress cannot be known", why_unknown(type));
        return;
    }
    one = add(out, OPENING_RULE, instance);
    if (one != NULL)
        one->body = place->body;
}

void openings_of(const struct place *place, const struct hcl_instance *instance, bool egress,
                 struct openings *out)
{
    const char *type = place->resource->type;
    struct opening *one;

    out->n = 0;
    out->unsure[0] = '\0';
    if (str_eq(type, "aws_security_group_rule")) {
        add_rule(place, instance, egress, out);
    } else if (str_starts(type, "aws_vpc_security_group_")) {
        if (!str_eq(type, egress ? "aws_vpc_security_group_egress_rule"
                                 : "aws_vpc_security_group_ingress_rule"))
            return;
        one = add(out, OPENING_VPC_RULE, instance);
        if (one != NULL)
            one->body = place->body;
    } else {
        add_inline(place, instance, egress ? "egress" : "ingress", out);
    }
}

const struct hcl_value *opening_value(const struct place *place, const struct opening *opening,
                                      const char *name)
{
    const struct hcl_resource *resource = place->resource;
    const struct hcl_node *attribute;

    if (opening->body == NULL)
        return member_of(opening->object, name);
    attribute = hcl_attribute(resource->file, opening->body, name);
    if (attribute == NULL)
        return NULL;
    if (opening->form != OPENING_DYNAMIC)
        return hcl_eval(resource->module, resource->file, attribute->child, opening->instance);
    return hcl_eval_turn(resource->module, resource->file, attribute->child, opening->instance,
                         &opening->turn);
}

/* --- ports --- */

bool port_number(const struct hcl_value *value, int fallback, int *out)
{
    char *end = NULL;
    double number = fallback;

    if (value == NULL || value->kind == HCL_V_NULL) {
        *out = fallback;
        return true;
    }
    if (value->kind == HCL_V_NUMBER)
        number = value->number;
    else if (value->kind == HCL_V_TEXT)
        number = strtod(value->text, &end);
    if ((value->kind != HCL_V_NUMBER && (end == NULL || *end != '\0')) || number < -1 ||
        number > PORT_LAST)
        return false;
    *out = (int)number;
    return true;
}

enum protocol protocol_of(const struct hcl_value *value)
{
    static const struct {
        const char *name;
        enum protocol protocol;
    } known[] = {{"-1", PROTOCOL_EVERY}, {"all", PROTOCOL_EVERY}, {"tcp", PROTOCOL_TCP},
                 {"6", PROTOCOL_TCP},    {"udp", PROTOCOL_UDP},   {"17", PROTOCOL_UDP}};
    char name[32] = "tcp";

    if (value != NULL && value->kind == HCL_V_NUMBER)
        (void)snprintf(name, sizeof name, "%.0f", value->number);
    else if (value != NULL && value->kind == HCL_V_TEXT &&
             !str_copy(name, sizeof name, value->text))
        return PROTOCOL_OTHER;
    else if (value != NULL && value->kind != HCL_V_TEXT && value->kind != HCL_V_NULL)
        return PROTOCOL_UNKNOWN;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strcasecmp(name, known[i].name) == 0)
            return known[i].protocol;
    }
    return PROTOCOL_OTHER;
}

bool opening_range(const struct place *place, const struct opening *opening, struct port_range *out)
{
    enum protocol protocol = protocol_of(opening_value(
        place, opening, opening->form == OPENING_VPC_RULE ? "ip_protocol" : "protocol"));

    *out = (struct port_range){0, PORT_LAST};
    if (protocol == PROTOCOL_EVERY) /* whatever from and to say */
        return true;
    *out = (struct port_range){0, -1}; /* ICMP's are a type and a code; others have none */
    if (protocol == PROTOCOL_OTHER)
        return true;
    if (!port_number(opening_value(place, opening, "from_port"), -1, &out->from) ||
        !port_number(opening_value(place, opening, "to_port"), -1, &out->to))
        return false;
    if (out->from == -1 && out->to == -1)
        *out = (struct port_range){0, PORT_LAST};
    return protocol != PROTOCOL_UNKNOWN;
}

/* --- sources --- */

/* "${data.http.me.body}/32": whatever the address is, it is not the world. */
static bool is_narrow(const struct hcl_value *value)
{
    const char *slash = value->suffix != NULL ? strrchr(value->suffix, '/') : NULL;

    return slash != NULL && strtol(slash + 1, NULL, 10) >= 8;
}

static enum rule_verdict world_of_list(const struct hcl_value *list)
{
    struct network networks[OPENINGS_MAX];
    enum rule_verdict otherwise = RULE_HOLDS;
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        const struct hcl_value *one = list->items[i];

        if (one->kind == HCL_V_UNKNOWN && !is_narrow(one))
            otherwise = RULE_UNKNOWN;
        if (one->kind == HCL_V_TEXT && n < COUNT(networks))
            n += network_read(one->text, &networks[n]);
    }
    return networks_are_world(networks, n, false) || networks_are_world(networks, n, true)
               ? RULE_FAILS
               : otherwise;
}

enum rule_verdict world_in(const struct hcl_value *value)
{
    const struct hcl_value list = {.kind = HCL_V_LIST, .n = 1, .items = &value};

    if (value == NULL || value->kind == HCL_V_NULL ||
        value->kind == HCL_V_REFERENCE) /* a VPC's or a subnet's own range */
        return RULE_HOLDS;
    if (value->kind == HCL_V_TEXT)
        return world_of_list(&list);
    if (value->kind == HCL_V_UNKNOWN)
        return is_narrow(value) ? RULE_HOLDS : RULE_UNKNOWN;
    return value->kind == HCL_V_LIST ? world_of_list(value) : RULE_UNKNOWN;
}

enum rule_verdict opening_world(const struct place *place, const struct opening *opening,
                                size_t family)
{
    return world_in(opening_value(place, opening, opening->sources[family]));
}
