/*
 * Drift out of a plan (terraform show -json).
 *
 * What would change (resource_changes that are no no-op) is the drift; resource_drift only explains
 * it. It is never a reason to speak alone: a plan right after an apply has entries there that are
 * noise. Where both name an address, somebody changed the resource outside; where only
 * resource_changes does, the code is ahead of what was applied. A resource that was deleted by hand
 * shows as a create, and resource_drift says delete.
 */
#include "producer/sources/terraform.h"

#include <stdio.h>

#include "common/json.h"
#include "proto/item.h"

#define VALUE_MAX      1024 /* bytes of one attribute, once the whole is too long */
#define WORK_MAX       ((size_t)8 * 1024 * 1024)
#define ATTRIBUTES_MAX 1024

static bool has_action(const struct json *change, const char *action)
{
    const struct json *actions = json_get(change, "actions");

    for (size_t i = 0; i < json_count(actions); i++) {
        if (str_eq(json_text(json_at(actions, i), ""), action))
            return true;
    }
    return false;
}

static bool is_change(const struct json *resource)
{
    const struct json *change = json_get(resource, "change");

    return str_eq(json_get_text(resource, "mode", "managed"), "managed") &&
           json_get_text(resource, "address", NULL) != NULL &&
           (has_action(change, "create") || has_action(change, "update") ||
            has_action(change, "delete") || has_action(change, "forget"));
}

static const struct json *explained_by(const struct json *plan, const char *address)
{
    const struct json *drifts = json_get(plan, "resource_drift");

    for (size_t i = 0; i < json_count(drifts); i++) {
        if (str_eq(json_get_text(json_at(drifts, i), "address", ""), address))
            return json_get(json_at(drifts, i), "change");
    }
    return NULL;
}

static const char *action_of(const struct json *change, const struct json *outside)
{
    bool creates = has_action(change, "create");
    bool deletes = has_action(change, "delete") || has_action(change, "forget");

    if (outside != NULL && has_action(outside, "delete"))
        return "delete";
    if (creates && deletes)
        return "update"; /* a replacement */
    if (creates)
        return "create";
    return deletes ? "delete" : "update";
}

static bool same(const struct json *a, const struct json *b)
{
    CLEANUP(buf_done) struct buf left = BUF(WORK_MAX);
    CLEANUP(buf_done) struct buf right = BUF(WORK_MAX);

    json_write(a, JSON_CANONICAL, &left);
    json_write(b, JSON_CANONICAL, &right);
    return left.len == right.len && memcmp(buf_str(&left), buf_str(&right), left.len) == 0;
}

/* The attributes of which the two sides differ; those known only after apply are left out unless
 * nothing else is. */
static struct json *differing(const struct json *masked, const struct json *mine,
                              const struct json *theirs, const struct json *unknown)
{
    struct json *out = json_object();
    const struct json *value;
    const char *key;

    for (size_t i = 0; json_member(masked, i, &key, &value); i++) {
        if (json_get(unknown, key) == NULL && !same(json_get(mine, key), json_get(theirs, key)))
            json_set_give(out, key, json_copy(value));
    }
    return out;
}

static struct json *with_short_values(const struct json *object)
{
    struct json *out = json_object();
    const struct json *value;
    const char *key;

    for (size_t i = 0; json_member(object, i, &key, &value); i++) {
        CLEANUP(buf_done) struct buf text = BUF(WORK_MAX);
        char note[64];

        json_write(value, JSON_COMPACT, &text);
        snprintf(note, sizeof note, "(%zu bytes, left out)", text.len);
        json_set_give(out, key, text.len <= VALUE_MAX ? json_copy(value) : json_new_text(note));
    }
    return out;
}

static void write_capped(const struct json *json, struct buf *out)
{
    CLEANUP(json_freep) struct json *shorter = NULL;

    json_write(json, JSON_COMPACT, out);
    if (!out->too_long)
        return;
    buf_reset(out);
    shorter = with_short_values(json);
    json_write(shorter, JSON_COMPACT, out);
    if (!out->too_long)
        return;
    buf_reset(out);
    buf_text(out, "{\"note\":\"too large to show\"}");
}

static void list_attributes(const struct json *a, const struct json *b, struct buf *out)
{
    const struct json *objects[] = {a, b};
    const struct json *ignored;
    const char *key;

    for (size_t k = 0; k < COUNT(objects); k++) {
        for (size_t i = 0; json_member(objects[k], i, &key, &ignored); i++) {
            if (k == 0 || json_get(a, key) == NULL)
                buf_print(out, "%s%s", out->len > 0 ? ", " : "", key);
        }
    }
}

static void fill_arn(struct drift *drift, const struct json *before, const struct json *after)
{
    const char *arn = json_get_text(before, "arn", json_get_text(after, "arn", ""));

    if (str_starts(arn, "arn:") && !str_copy(drift->arn, sizeof drift->arn, arn))
        drift->arn[0] = '\0';
}

/* before is what runs, after what the code wants; either may be null. */
static void fill_sides(struct drift *drift, const struct mask_set *set, const struct json *change)
{
    const struct json *before = json_get(change, "before");
    const struct json *after = json_get(change, "after");
    const struct json *unknown = json_get(change, "after_unknown");
    CLEANUP(json_freep)
    struct json *live = mask_apply(set, before, json_get(change, "before_sensitive"), NULL);
    CLEANUP(json_freep)
    struct json *wanted = mask_apply(set, after, json_get(change, "after_sensitive"), unknown);

    fill_arn(drift, live, wanted);
    if (!json_is_object(before) || !json_is_object(after)) {
        write_capped(live, &drift->actual);
        write_capped(wanted, &drift->expected);
        return;
    }
    CLEANUP(json_freep) struct json *live_part = differing(live, before, after, unknown);
    CLEANUP(json_freep) struct json *wanted_part = differing(wanted, after, before, unknown);
    bool only_unknown = json_count(live_part) == 0 && json_count(wanted_part) == 0;
    write_capped(only_unknown ? live : live_part, &drift->actual);
    write_capped(only_unknown ? wanted : wanted_part, &drift->expected);
    list_attributes(live_part, wanted_part, &drift->attributes);
}

static int tell(const struct mask_set *set, const struct json *plan, const struct json *resource,
                drift_each_fn each, void *context, struct err *err)
{
    const struct json *change = json_get(resource, "change");
    struct drift drift = {
        .address = json_get_text(resource, "address", ""),
        .type = json_get_text(resource, "type", NULL),
        .expected = BUF(ITEM_TEXT_MAX - 1),
        .actual = BUF(ITEM_TEXT_MAX - 1),
        .attributes = BUF(ATTRIBUTES_MAX),
    };
    const struct json *outside = explained_by(plan, drift.address);

    drift.happened_outside = outside != NULL;
    drift.action = action_of(change, outside);
    fill_sides(&drift, set, change);
    int r = each(context, &drift, err);
    buf_done(&drift.expected);
    buf_done(&drift.actual);
    buf_done(&drift.attributes);
    return r;
}

/* Sensitive variables are known by name in the configuration; their values stand in clear in the
 * plan. */
static void learn_variables(struct mask_set *set, const struct json *plan)
{
    const struct json *declared = json_find(plan, "configuration.root_module.variables");
    const struct json *variable;
    const char *name;

    for (size_t i = 0; json_member(declared, i, &name, &variable); i++) {
        const struct json *given = json_get(json_get(plan, "variables"), name);
        if (json_get_bool(variable, "sensitive", false)) {
            mask_learn(set, json_get(given, "value"), json_get(variable, "sensitive"));
            mask_learn(set, json_get(variable, "default"), json_get(variable, "sensitive"));
        }
    }
}

static void learn_changes(struct mask_set *set, const struct json *changes)
{
    for (size_t i = 0; i < json_count(changes); i++) {
        const struct json *change = json_get(json_at(changes, i), "change");
        mask_learn(set, json_get(change, "before"), json_get(change, "before_sensitive"));
        mask_learn(set, json_get(change, "after"), json_get(change, "after_sensitive"));
    }
}

int terraform_drifts(const struct json *plan, drift_each_fn each, void *context, struct err *err)
{
    CLEANUP(mask_set_freep) struct mask_set *set = mask_set_new();
    const struct json *changes = json_get(plan, "resource_changes");
    const char *version = json_get_text(plan, "format_version", "");
    int r = 0;

    if (set == NULL)
        return err_nomem(err);
    if (!str_starts(version, "1.") && !str_starts(version, "0."))
        return err_set(err, ERR_RETRY, "plan format %.20s: 1.x is read here", version);
    learn_variables(set, plan);
    learn_changes(set, changes);
    learn_changes(set, json_get(plan, "resource_drift"));
    for (size_t i = 0; i < json_count(changes) && r == 0; i++) {
        if (is_change(json_at(changes, i)))
            r = tell(set, plan, json_at(changes, i), each, context, err);
    }
    return r;
}
