/*
 * What `terraform show -json` prints of a state: {"values": {"root_module": {"resources":
 * [{"address", "mode", "type", "values", "sensitive_values", "tainted", "deposed_key"}],
 * "child_modules": [{…}]}}}. Addresses stand there whole.
 */
#include "worker/hcl/state/state_inside.h"

#define MODULES_NEST_MAX 64 /* Plumbline's module view goes half as deep */

enum member { ADDRESS, MODE, TYPE, VALUES, SENSITIVE, TAINTED, DEPOSED, MEMBERS };

static bool text_at(struct cursor *c, size_t place, char out[CURSOR_TEXT_MAX + 1])
{
    bool usable;

    out[0] = '\0';
    if (place == 0)
        return cursor_fail(c, "this resource has no address, mode or type");
    c->at = place;
    if (!cursor_text(c, out, &usable))
        return false;
    if (usable && out[0] != '\0')
        return true;
    c->at = place;
    return cursor_fail(c, "a text that can be an address, a mode or a type was expected");
}

static char kind_at(const struct cursor *c, size_t place)
{
    struct cursor look = *c;

    look.at = place;
    return place != 0 ? cursor_peek(&look) : '\0';
}

static bool read_resource(struct state_reading *reading)
{
    static const char *const names[] = {"address",          "mode",    "type",        "values",
                                        "sensitive_values", "tainted", "deposed_key", NULL};
    char address[CURSOR_TEXT_MAX + 1], mode[CURSOR_TEXT_MAX + 1], type[CURSOR_TEXT_MAX + 1];
    size_t places[MEMBERS];
    struct cursor *c = reading->c;

    if (!cursor_members(c, names, places))
        return false;
    size_t after = c->at;
    if (!text_at(c, places[ADDRESS], address) || !text_at(c, places[MODE], mode) ||
        !text_at(c, places[TYPE], type))
        return false;
    c->at = after;
    if (!str_eq(mode, "managed"))
        return true;
    if (!state_want(reading, type))
        return false;
    struct state_parts parts = {
        .address = state_copy(reading, address),
        .type = reading->type,
        .attributes = places[VALUES],
        .sensitive_values = places[SENSITIVE],
        .tainted = kind_at(c, places[TAINTED]) == 't',
        .deposed = kind_at(c, places[DEPOSED]) == '"',
    };
    return parts.address != NULL && state_add_instance(reading, &parts);
}

static bool read_resources(struct state_reading *reading)
{
    bool first = true;

    if (cursor_peek(reading->c) == 'n')
        return cursor_skip(reading->c);
    while (cursor_next(reading->c, '[', &first))
        if (!read_resource(reading))
            return false;
    return reading->c->why == NULL;
}

static bool read_module(struct state_reading *reading, int depth);

static bool read_children(struct state_reading *reading, int depth)
{
    bool first = true;

    if (depth == MODULES_NEST_MAX)
        return cursor_fail(reading->c, "modules nest deeper than 64");
    if (cursor_peek(reading->c) == 'n')
        return cursor_skip(reading->c);
    while (cursor_next(reading->c, '[', &first))
        if (!read_module(reading, depth + 1))
            return false;
    return reading->c->why == NULL;
}

static bool read_module(struct state_reading *reading, int depth)
{
    char key[CURSOR_KEY_BYTES];
    struct cursor *c = reading->c;
    bool first = true, has_resources = false, has_children = false;

    while (cursor_next(c, '{', &first)) {
        (void)cursor_peek(c);
        size_t at = c->at;
        bool ok;
        if (!cursor_key(c, key))
            return false;
        bool *seen = str_eq(key, "resources")       ? &has_resources
                     : str_eq(key, "child_modules") ? &has_children
                                                    : NULL;
        if (seen != NULL && *seen) {
            c->at = at;
            return cursor_fail(c, "a member stands here for the second time");
        }
        if (seen == &has_resources)
            ok = read_resources(reading);
        else
            ok = seen != NULL ? read_children(reading, depth) : cursor_skip(c);
        if (!ok)
            return false;
        if (seen != NULL)
            *seen = true;
    }
    return c->why == NULL;
}

bool state_read_show(struct state_reading *reading)
{
    static const char *const names[] = {"root_module", NULL};
    struct cursor *c = reading->c;
    size_t place;

    if (cursor_peek(c) == 'n')
        return cursor_skip(c);
    if (!cursor_members(c, names, &place))
        return false;
    if (place == 0)
        return true;
    c->at = place;
    return read_module(reading, 0);
}
