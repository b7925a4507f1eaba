/* ARNs against the addresses that a state has for them; the story stands in fleet.h. */
#include "tests/support/fleet.h"
#include "worker/hcl/aws/types.h"

#include "common/files.h"
#include "tests/support/test.h"

#define MATCHES_MAX     256
#define STATE_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* --- the state --- */

static char *address_of(const struct json *resource, const struct json *instance)
{
    CLEANUP(buf_done) struct buf address = BUF(4096);
    const struct json *key = json_get(instance, "index_key");
    const char *module = json_get_text(resource, "module", NULL);

    buf_print(&address, "%s%s%s.%s", module != NULL ? module : "", module != NULL ? "." : "",
              json_get_text(resource, "type", ""), json_get_text(resource, "name", ""));
    if (json_is_number(key))
        buf_print(&address, "[%lld]", (long long)json_int(key, -1));
    if (json_is_text(key))
        buf_print(&address, "[\"%s\"]", json_text(key, ""));
    char *text = buf_take(&address);
    assert_non_null(text);
    return text;
}

static void add_instances(struct fleet *out, const struct json *resource)
{
    const struct json *instances = json_get(resource, "instances");

    if (!str_eq(json_get_text(resource, "mode", ""), "managed"))
        return;
    for (size_t i = 0; i < json_count(instances); i++) {
        const struct json *instance = json_at(instances, i);
        const struct json *attributes = json_get(instance, "attributes");
        struct fleet_thing thing = {
            .address = address_of(resource, instance),
            .type = json_get_text(resource, "type", ""),
            .arn = json_get_text(attributes, "arn", NULL),
            .id = json_get_text(attributes, "id", NULL),
        };
        if (thing.arn != NULL && !str_starts(thing.arn, "arn:"))
            thing.arn = NULL;
        out->things = realloc(out->things, (out->n + 1) * sizeof *out->things);
        assert_non_null(out->things);
        out->things[out->n++] = thing;
    }
}

/* An event target's arn is that of the queue, a secret's version has the secret's. */
static bool is_another_s(const struct fleet *fleet, const struct fleet_thing *thing)
{
    const char *type = hcl_type_of_arn(thing->arn);

    if (type == NULL || hcl_type_fits(type, thing->type))
        return false;
    for (size_t i = 0; i < fleet->n; i++) {
        const struct fleet_thing *other = &fleet->things[i];
        if (other->arn != NULL && str_eq(other->arn, thing->arn) &&
            hcl_type_fits(type, other->type))
            return true;
    }
    return false;
}

void fleet_read(struct fleet *out, const char *path)
{
    CLEANUP(buf_done) struct buf text = BUF(STATE_MAX_BYTES);
    struct err err = {0};

    *out = (struct fleet){0};
    assert_ok(files_read(path, &text, &err), err);
    assert_ok(json_parse(&out->state, buf_str(&text), text.len, &err), err);
    assert_int_equal(json_get_int(out->state, "version", 0), 4);
    const struct json *resources = json_get(out->state, "resources");
    for (size_t i = 0; i < json_count(resources); i++)
        add_instances(out, json_at(resources, i));
    for (size_t i = 0; i < out->n; i++)
        out->things[i].is_named_by_arn =
            out->things[i].arn != NULL && !is_another_s(out, &out->things[i]);
}

void fleet_done(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->n; i++)
        free(fleet->things[i].address);
    free(fleet->things);
    json_free(fleet->state);
    *fleet = (struct fleet){0};
}

/* --- the judge --- */

/* module.a["x"].aws_y.z[0] without its keys, as hcl_resource.address is. */
static void drop_keys(const char *address, char *out, size_t size)
{
    size_t n = 0;
    bool in_text = false;
    bool in_key = false;

    for (; *address != '\0' && n + 1 < size; address++) {
        in_text = in_text != (*address == '"');
        if (*address == '[' && !in_text)
            in_key = true;
        if (!in_key)
            out[n++] = *address;
        if (*address == ']' && !in_text)
            in_key = false;
    }
    out[n] = '\0';
}

/* The end of the key, "[0]" or "[\"x\"]", that begins here. */
static const char *end_of_key(const char *at)
{
    bool in_text = false;

    for (; *at != '\0' && (*at != ']' || in_text); at++)
        in_text = in_text != (*at == '"');
    return *at == ']' ? at + 1 : at;
}

/* "[?]" in an answer is a key that the code does not know: any one key. All else is exact. */
static bool same_instance(const char *answer, const char *address)
{
    while (*answer != '\0' && *address != '\0') {
        if (str_starts(answer, "[?]") && *address == '[') {
            answer += strlen("[?]");
            address = end_of_key(address);
            continue;
        }
        if (*answer++ != *address++)
            return false;
    }
    return *answer == '\0' && *address == '\0';
}

/* A match of the block as a whole stands for all its instances. */
static bool is_it(const struct hcl_match *match, const char *address)
{
    char block[1024];

    if (match->instance != NULL)
        return same_instance(match->instance->address, address);
    drop_keys(address, block, sizeof block);
    return str_eq(match->resource->address, block);
}

static bool is_sure(const struct hcl_match *match)
{
    return match->certainty == HCL_SURE && match->instance != NULL &&
           strstr(match->instance->address, "[?]") == NULL;
}

static const char *answer_of(const struct hcl_match *match)
{
    return match->instance != NULL ? match->instance->address : match->resource->address;
}

static void note_doubts(const struct fleet_thing *thing, const struct hcl_match *matches, size_t n,
                        struct buf *doubts)
{
    for (size_t i = 0; i < n; i++)
        buf_print(doubts, "%s\t%s%s\t%s\n", thing->address,
                  matches[i].certainty == HCL_SURE ? "sure: " : "", answer_of(&matches[i]),
                  matches[i].how);
    if (n == 0)
        buf_print(doubts, "%s\t-\t-\n", thing->address);
}

static void judge(const struct hcl_module *root, const struct fleet_thing *thing,
                  const struct hcl_query *with, struct fleet_score *score)
{
    static struct hcl_match matches[MATCHES_MAX];
    struct hcl_query query = with != NULL ? *with : (struct hcl_query){0};
    bool is_among = false;

    query.arn = thing->arn;
    size_t n = hcl_locate(root, &query, matches, MATCHES_MAX);
    assert_true(n <= MATCHES_MAX);
    for (size_t i = 0; i < n; i++)
        is_among = is_among || is_it(&matches[i], thing->address);
    if (is_among && n == 1 && is_sure(&matches[0])) {
        score->sure++;
        return;
    }
    note_doubts(thing, matches, n, &score->doubts);
    if (is_among) {
        bool is_block = n == 1 && matches[0].certainty == HCL_SURE;
        score->unkeyed += is_block;
        score->ambiguous += !is_block;
        return;
    }
    if (n == 0 && hcl_type_of_arn(thing->arn) == NULL) {
        score->outside++;
        return;
    }
    score->missed += n == 0;
    score->wrong += n > 0;
    print_message("%s: %s is %s; %zu answers%s%s\n", n == 0 ? "missed" : "wrong", thing->arn,
                  thing->address, n, n > 0 ? ", the first " : "",
                  n > 0 ? answer_of(&matches[0]) : "");
}

void fleet_judge(const struct hcl_module *root, const struct fleet *fleet,
                 const struct hcl_query *with, struct fleet_score *score)
{
    score->doubts.max_bytes = FLEET_DOUBTS_MAX;
    for (size_t i = 0; i < fleet->n; i++) {
        score->resources++;
        if (!fleet->things[i].is_named_by_arn)
            continue;
        score->arns++;
        judge(root, &fleet->things[i], with, score);
    }
}

void fleet_report(const char *title, const struct fleet_score *score)
{
    print_message("%s: %zu resources, %zu ARNs: %zu sure, %zu sure but for the key, %zu ambiguous, "
                  "%zu outside the table, %zu missed, %zu wrong\n",
                  title, score->resources, score->arns, score->sure, score->unkeyed,
                  score->ambiguous, score->outside, score->missed, score->wrong);
}
