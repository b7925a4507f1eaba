/* One instance of a state: which of its attributes may be kept, and keeping them. */
#include "worker/hcl/state/state_inside.h"

void *state_alloc(struct state_reading *reading, size_t bytes)
{
    struct hcl_state *state = reading->state;

    state->arena_bytes += (bytes + 15) / 16 * 16;
    if (state->arena_bytes > HCL_STATE_MEMORY) {
        cursor_fail(reading->c, "the names up to here need more than 96 MiB");
        return NULL;
    }
    void *memory = arena_alloc(state->arena, bytes);
    reading->no_memory = reading->no_memory || memory == NULL;
    return memory;
}

char *state_copy(struct state_reading *reading, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = state_alloc(reading, size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

/* The attributes that are wanted of one instance, without those that are marked sensitive. */
struct wanted {
    const char *names[STATE_NAMES_MAX];
    size_t n;
};

static void drop(struct wanted *wanted, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < wanted->n; i++)
        if (!str_eq(wanted->names[i], name))
            wanted->names[kept++] = wanted->names[i];
    wanted->n = kept;
}

/* [{"type": "get_attr", "value": "tags"}, …]: whatever is below a name counts as all of it, and a
 * path without steps is the whole instance. */
static bool drop_path(struct cursor *c, struct wanted *wanted)
{
    static const char *const names[] = {"value", NULL};
    char text[CURSOR_TEXT_MAX + 1];
    bool first = true, usable;
    size_t place;

    if (cursor_peek(c) != '[')
        return cursor_skip(c);
    while (cursor_next(c, '[', &first)) {
        if (cursor_peek(c) != '{') {
            if (!cursor_skip(c))
                return false;
            continue;
        }
        if (!cursor_members(c, names, &place))
            return false;
        struct cursor value = *c;
        value.at = place;
        if (place != 0 && cursor_text(&value, text, &usable) && usable)
            drop(wanted, str_eq(text, "tags") ? "tags.Name" : text);
    }
    if (first)
        wanted->n = 0;
    return c->why == NULL;
}

static bool drop_paths(struct state_reading *reading, size_t at, struct wanted *wanted)
{
    struct cursor *c = reading->c;
    bool first = true;

    c->at = at;
    if (cursor_peek(c) != '[')
        return cursor_skip(c);
    while (cursor_next(c, '[', &first))
        if (!drop_path(c, wanted))
            return false;
    return c->why == NULL;
}

/* Members that are true are marked, and a plain true marks the whole instance. */
static bool drop_values(struct state_reading *reading, size_t at, struct wanted *wanted)
{
    struct cursor *c = reading->c;
    char key[CURSOR_KEY_BYTES];
    bool first = true;

    c->at = at;
    if (cursor_peek(c) == 't')
        wanted->n = 0;
    if (cursor_peek(c) != '{')
        return cursor_skip(c);
    while (cursor_next(c, '{', &first)) {
        if (!cursor_key(c, key))
            return false;
        if (cursor_peek(c) == 't')
            drop(wanted, str_eq(key, "tags") ? "tags.Name" : key);
        if (!cursor_skip(c))
            return false;
    }
    return c->why == NULL;
}

struct found_names {
    struct hcl_state_name items[STATE_NAMES_MAX];
    size_t n;
};

/* Keeps the text at at, when it is one that can name something. */
static bool read_name(struct state_reading *reading, size_t at, const char *attribute,
                      struct found_names *out)
{
    char text[CURSOR_TEXT_MAX + 1];
    struct cursor *c = reading->c;
    bool usable;

    c->at = at;
    if (!cursor_text(c, text, &usable))
        return false;
    if (!usable || text[0] == '\0')
        return true;
    char *copy = state_copy(reading, text);
    out->items[out->n++] = (struct hcl_state_name){attribute, copy};
    return copy != NULL;
}

/* tags.Name of the tags at at. */
static bool read_tag(struct state_reading *reading, size_t at, const char *attribute,
                     struct found_names *out)
{
    static const char *const names[] = {"Name", NULL};
    struct cursor *c = reading->c;
    size_t place;

    c->at = at;
    if (cursor_peek(c) != '{')
        return cursor_skip(c);
    if (!cursor_members(c, names, &place))
        return false;
    return place == 0 || read_name(reading, place, attribute, out);
}

static bool read_names(struct state_reading *reading, size_t at, const struct wanted *wanted,
                       struct found_names *out)
{
    const char *members[STATE_NAMES_MAX + 1] = {NULL};
    size_t places[STATE_NAMES_MAX];
    struct cursor *c = reading->c;

    for (size_t i = 0; i < wanted->n; i++)
        members[i] = str_eq(wanted->names[i], "tags.Name") ? "tags" : wanted->names[i];
    c->at = at;
    if (cursor_peek(c) != '{') /* null, of an instance that was never made */
        return cursor_skip(c);
    if (!cursor_members(c, members, places))
        return false;
    for (size_t i = 0; i < wanted->n; i++) {
        bool is_tag = members[i] != wanted->names[i];
        if (places[i] == 0)
            continue;
        if (is_tag ? !read_tag(reading, places[i], wanted->names[i], out)
                   : !read_name(reading, places[i], wanted->names[i], out))
            return false;
    }
    return true;
}

static bool grow(struct state_reading *reading)
{
    struct hcl_state *state = reading->state;
    size_t cap = state->cap != 0 ? state->cap * 2 : 64;

    if (state->n < state->cap)
        return true;
    struct hcl_state_instance *more = reallocarray(state->instances, cap, sizeof *more);
    if (more == NULL) {
        reading->no_memory = true;
        return false;
    }
    state->instances = more;
    state->cap = cap;
    return true;
}

static bool keep(struct state_reading *reading, const struct state_parts *parts,
                 const struct found_names *found)
{
    struct hcl_state *state = reading->state;
    size_t bytes = found->n * sizeof found->items[0];
    struct hcl_state_name *names = state_alloc(reading, bytes + 1);

    if (names == NULL || !grow(reading))
        return false;
    memcpy(names, found->items, bytes);
    state->arena_bytes += found->n * sizeof(struct state_key);
    struct hcl_state_instance instance = {.address = parts->address,
                                          .type = parts->type,
                                          .names = names,
                                          .n_names = found->n,
                                          .tainted = parts->tainted,
                                          .deposed = parts->deposed};
    for (size_t i = found->n; i-- > 0;) {
        bool is_arn = str_starts(names[i].value, "arn:");
        if (is_arn) /* the index may need it in another spelling */
            state->arena_bytes += strlen(names[i].value) + 16;
        if (str_eq(names[i].attribute, "arn") || (instance.arn == NULL && is_arn))
            instance.arn = names[i].value;
    }
    state->instances[state->n++] = instance;
    return true;
}

bool state_add_instance(struct state_reading *reading, const struct state_parts *parts)
{
    struct found_names found = {.n = 0};
    struct wanted wanted = {.n = reading->n_wanted};
    size_t after = reading->c->at;
    bool ok = true;

    if (reading->state->n == HCL_STATE_INSTANCES_MAX)
        return cursor_fail(reading->c, "it holds more than 200000 resource instances");
    memcpy(wanted.names, reading->wanted, wanted.n * sizeof wanted.names[0]);
    if (parts->sensitive_paths != 0)
        ok = drop_paths(reading, parts->sensitive_paths, &wanted);
    if (ok && parts->sensitive_values != 0)
        ok = drop_values(reading, parts->sensitive_values, &wanted);
    if (ok && parts->attributes != 0)
        ok = read_names(reading, parts->attributes, &wanted, &found);
    if (!ok || !keep(reading, parts, &found))
        return false;
    reading->c->at = after;
    return true;
}
