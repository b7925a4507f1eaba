/*
 * A raw terraform.tfstate, version 4: {"resources": [{"module", "mode", "type", "name",
 * "instances": [{"index_key", "status", "deposed", "attributes", "sensitive_attributes"}]}]}.
 * The address is put together here, as Terraform writes it.
 */
#include "worker/hcl/state/state_inside.h"

#include "worker/hcl/syntax/address.h"

#define INDEX_MAX   1000000000000 /* of count; Terraform's own limit is far lower */
#define ADDRESS_MAX ((size_t)16 * 1024)

enum resource_member { MODULE, MODE, TYPE, NAME, INSTANCES, RESOURCE_MEMBERS };
enum instance_member { INDEX_KEY, STATUS, DEPOSED, ATTRIBUTES, FLAT, SENSITIVE, INSTANCE_MEMBERS };

struct texts { /* of one resource */
    char module[CURSOR_TEXT_MAX + 1], type[CURSOR_TEXT_MAX + 1], name[CURSOR_TEXT_MAX + 1];
};

/* The text at a place; fails when there is none, unless it may be absent. */
static bool read_text(struct cursor *c, size_t place, bool may_miss, char out[CURSOR_TEXT_MAX + 1])
{
    bool usable;

    out[0] = '\0';
    if (place == 0)
        return may_miss || cursor_fail(c, "this resource has no mode, type or name");
    c->at = place;
    if (!cursor_text(c, out, &usable))
        return false;
    if (usable && (may_miss || out[0] != '\0'))
        return true;
    c->at = place;
    return cursor_fail(c, "a text that can be part of an address was expected");
}

static bool add_index(struct cursor *c, size_t place, struct buf *address)
{
    char text[CURSOR_TEXT_MAX + 1];
    int64_t index = 0;
    bool usable;

    c->at = place;
    if (cursor_peek(c) == '"') {
        if (!cursor_text(c, text, &usable))
            return false;
        if (usable)
            hcl_key_text(text, address);
    } else {
        if (!cursor_count(c, INDEX_MAX, &index, &usable))
            return false;
        if (usable)
            buf_print(address, "[%lld]", (long long)index);
    }
    if (usable)
        return true;
    c->at = place;
    return cursor_fail(c, "this is no instance key: a text or a whole number was expected");
}

static bool is_null(struct cursor *c, size_t place)
{
    struct cursor look = *c;

    look.at = place;
    return place == 0 || cursor_peek(&look) == 'n';
}

static bool is_text(struct cursor *c, size_t place, const char *wanted)
{
    char text[CURSOR_TEXT_MAX + 1];
    struct cursor look = *c;
    bool usable;

    look.at = place;
    return place != 0 && cursor_text(&look, text, &usable) && usable && str_eq(text, wanted);
}

static bool read_instance(struct state_reading *reading, const struct texts *texts)
{
    static const char *const names[] = {"index_key",  "status",          "deposed",
                                        "attributes", "attributes_flat", "sensitive_attributes",
                                        NULL};
    CLEANUP(buf_done) struct buf address = BUF(ADDRESS_MAX);
    size_t places[INSTANCE_MEMBERS];
    struct cursor *c = reading->c;

    if (!cursor_members(c, names, places))
        return false;
    size_t after = c->at;
    buf_print(&address, "%s%s%s.%s", texts->module, texts->module[0] != '\0' ? "." : "",
              texts->type, texts->name);
    if (!is_null(c, places[INDEX_KEY]) && !add_index(c, places[INDEX_KEY], &address))
        return false;
    if (address.too_long)
        return cursor_fail(c, "this address is too long");
    c->at = after;
    struct state_parts parts = {
        .address = state_copy(reading, buf_str(&address)),
        .type = reading->type,
        /* Written by Terraform below 0.12 and never refreshed since: as good, only flat. */
        .attributes = is_null(c, places[ATTRIBUTES]) ? places[FLAT] : places[ATTRIBUTES],
        .sensitive_paths = places[SENSITIVE],
        .tainted = is_text(c, places[STATUS], "tainted"),
        .deposed = !is_null(c, places[DEPOSED]) && !is_text(c, places[DEPOSED], ""),
    };
    return parts.address != NULL && state_add_instance(reading, &parts);
}

static bool read_instances(struct state_reading *reading, size_t place, const struct texts *texts)
{
    bool first = true;

    reading->c->at = place;
    while (cursor_next(reading->c, '[', &first))
        if (!read_instance(reading, texts))
            return false;
    return reading->c->why == NULL;
}

static bool read_resource(struct state_reading *reading)
{
    static const char *const names[] = {"module", "mode", "type", "name", "instances", NULL};
    size_t places[RESOURCE_MEMBERS];
    char mode[CURSOR_TEXT_MAX + 1];
    struct cursor *c = reading->c;
    struct texts texts;

    if (!cursor_members(c, names, places))
        return false;
    size_t after = c->at;
    if (!read_text(c, places[MODE], false, mode))
        return false;
    if (str_eq(mode, "managed") && places[INSTANCES] != 0) {
        if (!read_text(c, places[MODULE], true, texts.module) ||
            !read_text(c, places[TYPE], false, texts.type) ||
            !read_text(c, places[NAME], false, texts.name))
            return false;
        if (!state_want(reading, texts.type) || !read_instances(reading, places[INSTANCES], &texts))
            return false;
    }
    c->at = after;
    return true;
}

bool state_read_raw(struct state_reading *reading)
{
    bool first = true;

    if (cursor_peek(reading->c) == 'n')
        return cursor_skip(reading->c);
    while (cursor_next(reading->c, '[', &first))
        if (!read_resource(reading))
            return false;
    return reading->c->why == NULL;
}
