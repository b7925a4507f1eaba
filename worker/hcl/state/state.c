/* Which kind of state the bytes are, and reading it; the story stands in state.h. */
#include "worker/hcl/state/state_inside.h"

/* What tells the kinds apart, at the top of the file. */
enum top {
    VERSION,
    RESOURCES,
    FORMAT,
    VALUES,
    ENCRYPTED,
    ENCRYPTION_VERSION,
    PLANNED,
    MODULES,
    TOPS
};
static const char *const TOP_NAMES[] = {"version",        "resources",      "format_version",
                                        "values",         "encrypted_data", "encryption_version",
                                        "planned_values", "modules",        NULL};

static int refuse(const struct cursor *c, struct err *err)
{
    size_t line = 1, column = 1;

    for (size_t i = 0; i < c->at && i < c->len; i++) {
        column = c->bytes[i] == '\n' ? 1 : column + 1;
        line += c->bytes[i] == '\n';
    }
    return err_set(err, ERR_REJECT, "terraform state, line %zu, column %zu: %s", line, column,
                   c->why);
}

static int check_version(struct cursor *c, size_t place, struct err *err)
{
    int64_t version = 0;
    bool usable;

    c->at = place;
    if (!cursor_count(c, 1000000, &version, &usable))
        return refuse(c, err);
    if (usable && version == 4)
        return 0;
    if (usable && version < 4)
        return err_set(err, ERR_REJECT,
                       "terraform state is version %lld, and 4 is read: run `terraform apply "
                       "-refresh-only` with terraform 0.13 or later, which writes it anew",
                       (long long)version);
    return err_set(err, ERR_REJECT,
                   "terraform state has a version other than 4: give what `terraform show -json` "
                   "prints instead");
}

static int check_format(struct cursor *c, size_t place, struct err *err)
{
    char format[CURSOR_TEXT_MAX + 1];
    bool usable;

    c->at = place;
    if (!cursor_text(c, format, &usable))
        return refuse(c, err);
    if (usable && str_starts(format, "1."))
        return 0;
    return err_set(err, ERR_REJECT,
                   "terraform show -json of a format_version other than 1.x: use terraform 1.x");
}

static int no_state(struct cursor *c, const size_t places[TOPS], struct err *err)
{
    if (places[ENCRYPTED] != 0 || places[ENCRYPTION_VERSION] != 0)
        return err_set(
            err, ERR_REJECT,
            "terraform state is encrypted (OpenTofu's encrypted_data), and Plumbline has "
            "no key: give it what `tofu show -json` prints");
    c->at = 0;
    c->why = "this JSON is no terraform state: it has neither version and resources, nor "
             "format_version and values";
    return refuse(c, err);
}

static int read_kind(struct state_reading *reading, const size_t places[TOPS], struct err *err)
{
    struct cursor *c = reading->c;
    int r = 0;

    if (places[ENCRYPTED] != 0 || (places[VERSION] == 0 && places[FORMAT] == 0))
        return no_state(c, places, err);
    r = places[VERSION] != 0 ? check_version(c, places[VERSION], err)
                             : check_format(c, places[FORMAT], err);
    if (r < 0)
        return r;
    if (places[VERSION] == 0 && places[PLANNED] != 0)
        return err_set(err, ERR_REJECT,
                       "this is `terraform show -json` of a plan: give that of the state (without "
                       "a file name)");
    c->at = places[VERSION] != 0 ? places[RESOURCES] : places[VALUES];
    if (c->at == 0) /* nothing was made yet */
        return 0;
    bool ok = places[VERSION] != 0 ? state_read_raw(reading) : state_read_show(reading);
    if (ok)
        return 0;
    return reading->no_memory ? err_nomem(err) : refuse(c, err);
}

int hcl_state_parse(struct hcl_state **out, const char *bytes, size_t len, struct err *err)
{
    CLEANUP(hcl_state_freep) struct hcl_state *state = calloc(1, sizeof *state);
    struct cursor c = json_cursor(bytes, len);
    struct state_reading reading = {.state = state, .c = &c};
    size_t places[TOPS];

    if (len > HCL_STATE_MAX_BYTES)
        return err_set(err, ERR_REJECT, "terraform state is longer than %zu MiB",
                       HCL_STATE_MAX_BYTES / 1024 / 1024);
    if (state == NULL)
        return err_nomem(err);
    state->arena = arena_new(2 * HCL_STATE_MEMORY); /* state_alloc keeps to its share */
    if (state->arena == NULL)
        return err_nomem(err);
    if (len == 0)
        return err_set(err, ERR_REJECT, "terraform state is empty: nothing was applied yet?");
    if (!cursor_members(&c, TOP_NAMES, places) || !cursor_end(&c))
        return refuse(&c, err);
    int r = read_kind(&reading, places, err);
    if (r == 0)
        r = state_index(state, err);
    if (r == 0)
        *out = STEAL(state);
    return r;
}

void hcl_state_free(struct hcl_state *state)
{
    if (state == NULL)
        return;
    arena_free(state->arena);
    free(state->instances);
    free(state->arns);
    free(state->names);
    free(state->addresses);
    free(state);
}

size_t hcl_state_count(const struct hcl_state *state)
{
    return state->n;
}

const struct hcl_state_instance *hcl_state_at(const struct hcl_state *state, size_t i)
{
    return &state->instances[i];
}

size_t hcl_state_bytes(const struct hcl_state *state)
{
    return sizeof *state + state->arena_bytes + state->cap * sizeof *state->instances +
           state->n_addresses * sizeof *state->addresses;
}
